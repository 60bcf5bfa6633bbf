/** Reads a record and judges it with every check; the record stays as it is. */
import type { Database } from 'better-sqlite3'
import Sqlite from 'better-sqlite3'
import { closeDatabase } from '#base/databases.ts'
import type { MassFacts } from '../record/column-facts.ts'
import { AccountTables, readAccounts } from './account-facts.ts'
import type { Check } from './check.ts'
import { checks } from './checks.ts'
import type { AccountFacts } from './facts.ts'
import { Findings, type SentFindings } from './findings.ts'
import { kinds } from './kinds.ts'
import { massFactsOf } from './mass-facts.ts'
import { freeBehind, massFeeds, type ThingOwners, thingOwners } from './mass-feeds.ts'
import { assigned, type Hand, massRows, type Piece, piecesOf, RECORD_SHARE } from './pieces.ts'
import { Premises } from './premises.ts'
import { Remainder, type SentFacts, sentFacts } from './remainder.ts'
import type { Plainness } from './settlements.ts'
import { vocabularyOf } from './vocabulary.ts'
import { Workings } from './workings.ts'

/** Tables by which work is measured, next to the mass of the facts: their rows are read once. */
const measured = ['orders', 'order_lines', 'accounts']

/** What was found in some pieces, as a thread can send it. */
export interface JudgedPart {
  readonly findings: SentFindings
  /** By check. */
  readonly gathered: readonly unknown[]
  /** Facts in the files of their cells about accounts that are not theirs, and about none. */
  readonly rest: readonly SentFacts[]
}

export class Judge {
  readonly findings: Findings
  readonly #database: Database
  readonly #checks: readonly Check[]
  /** What they judge of one account: most checks are other functions on other shapes of objects, whose look-up costs. */
  readonly #ofAccounts: readonly NonNullable<Check['account']>[]
  readonly #workings: Workings
  readonly #mass: MassFacts
  readonly #rest = new Remainder()
  readonly #plainness: Plainness
  #tables: AccountTables | undefined
  #owners: ThingOwners | undefined

  /**
   * `columns`: the folder that has the column files, if not that of the record. Throws where the file is no record of a run.
   */
  constructor(path: string, columns?: string, findings = new Findings()) {
    this.findings = findings
    this.#database = new Sqlite(path, { readonly: true, fileMustExist: true })
    this.#database.pragma('cache_size = -16384')
    this.#mass = massFactsOf(this.#database, columns)
    const premises = new Premises(this.#database)
    const words = vocabularyOf(premises)
    this.#plainness = { premises, words }
    this.#checks = checks.map((make) => make({ premises, words, findings: this.findings }))
    this.#ofAccounts = this.#checks.flatMap((check) => check.account?.bind(check) ?? [])
    this.#workings = new Workings(premises, words)
  }

  /** The record in pieces for so many threads, each of at least so many usage spans. */
  pieces(threads: number, leastSpans: number): Piece[] {
    return piecesOf(this.#database, this.#mass, threads, leastSpans)
  }

  /** Judges all pieces and the record in this thread, in the memory of the largest piece; only `finish` is left. */
  all(pieces: readonly Piece[], onProgress: (fraction: number) => void): void {
    if (pieces.length === 1) {
      this.whole(onProgress)
      this.record()
      return
    }
    const [hand] = assigned(pieces, 1)
    this.hand(hand, (fraction) => onProgress(0.9 * fraction))
    this.remainder(pieces)
  }

  /** Judges all accounts in one; `onProgress` gets the share done, 0 to 0.9: the end concerns all of them. */
  whole(onProgress: (fraction: number) => void = () => {}): void {
    const tables = this.#readTables()
    this.#owners ??= thingOwners(this.#database)
    const mass = massFeeds(this.#mass, this.#owners, this.#plainness)
    const reading = { mass, accounts: tables.accounts(), onRows: this.#progressOf(1, onProgress) }
    for (const facts of readAccounts(tables, reading)) this.#judge(facts)
  }

  #readTables(): AccountTables {
    this.#tables ??= new AccountTables(this.#database)
    return this.#tables
  }

  #judge(facts: AccountFacts): void {
    this.findings.account = facts.id
    this.#workings.begin(facts)
    for (const check of this.#ofAccounts) check(facts, this.#workings)
    this.findings.account = Number.POSITIVE_INFINITY
  }

  /** Judges a piece; its columns are forgotten before the next. */
  #piece(
    { cells, accounts = new Float64Array(), others, isFirst, share }: Piece,
    tables: AccountTables,
    onProgress = (_: number) => {},
  ): void {
    this.#owners ??= thingOwners(this.#database)
    const mine = new Set(accounts)
    // Of the piece before this one, then what was only used to arrange the columns of this one.
    const facts = this.#mass.of(cells)
    freeBehind(facts)
    const mass = massFeeds(facts, this.#owners, this.#plainness)
    freeBehind(facts)
    const reading = {
      mass,
      accounts,
      passedOver: new Set(others),
      onRows: this.#progressOf(share, onProgress),
    }
    for (const facts of readAccounts(tables, reading))
      if (mine.has(facts.id)) this.#judge(facts)
      else if (isFirst) this.#rest.add([sentFacts(facts)])
  }

  /** Judges the pieces of a hand, and the record if it is among them; `onProgress` gets the share of them that is done, 0 to 1. */
  hand({ pieces, judgesRecord, share }: Hand, onProgress = (_: number) => {}): void {
    let done = 0
    for (const piece of pieces) {
      this.#piece(piece, this.#readTables(), (fraction) => onProgress(done + (fraction * piece.share) / share))
      done += piece.share / share
    }
    if (!judgesRecord) return
    this.record()
    onProgress(done + RECORD_SHARE / share)
  }

  /** Judges one account. */
  account(id: number): void {
    const accounts = Float64Array.of(id)
    const tables = new AccountTables(this.#database, { only: accounts })
    this.#piece({ cells: this.#mass.cells, accounts, isFirst: false, share: 1 }, tables)
  }

  /** What was found so far, for the judge of other pieces to `join`. */
  send(): JudgedPart {
    return {
      findings: this.findings.send(),
      gathered: this.#checks.map((check) => check.gathered?.()),
      rest: this.#rest.found(),
    }
  }

  /** Adds what was found in other pieces. */
  join({ findings, gathered, rest }: JudgedPart): void {
    this.findings.join(findings)
    for (const [index, check] of this.#checks.entries()) check.join?.(gathered[index])
    this.#rest.add(rest)
  }

  /** Judges what is left once all pieces are joined: facts of no account, and accounts that are in no piece. */
  remainder(pieces: readonly Piece[]): void {
    const known = new Set(pieces.flatMap(({ accounts = [] }) => [...accounts]))
    for (const facts of this.#rest.accounts(this.#readTables(), known))
      if (known.has(facts.id)) this.#tellStrayed(facts)
      else this.#judge(facts)
  }

  /** An account has its facts in the files of one cell: its money is followed there. */
  #tellStrayed({ id, transactions, instances, orders, orphans }: AccountFacts): void {
    const count = transactions.length + instances.length + orders.length + orphans.length
    const text = 'facts of the account in the files of a cell that it does not live in'
    this.findings.differ(kinds.orphan, `account ${id}`, 0, count, 0, text)
  }

  /** Judges what concerns all accounts and asks nothing of what was gathered of them. */
  record(): void {
    for (const check of this.#checks) check.record?.(this.#database, this.#mass)
  }

  /** Judges what all accounts together come to, when every piece, the remainder and the record are judged. */
  finish(): void {
    for (const check of this.#checks) check.finish?.(this.#database, this.#mass)
  }

  close(): void {
    closeDatabase(this.#database)
  }

  /** Counts rows of a share of all work. */
  #progressOf(share: number, onProgress: (fraction: number) => void): (rows: number) => void {
    const whole = (measured.reduce((sum, table) => sum + this.#lastRow(table), massRows(this.#mass)) + 1) * share
    let read = 0
    let reported = 0
    return (rows) => {
      read += rows
      const fraction = Math.min(0.9, (read / whole) * 0.9)
      if (fraction - reported < 0.01) return
      reported = fraction
      onProgress(fraction)
    }
  }

  #lastRow(table: string): number {
    return (this.#database.prepare(`SELECT max(rowid) FROM ${table}`).pluck().get() as number | null) ?? 0
  }
}
