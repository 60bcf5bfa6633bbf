/** Audits what a load test has written: every amount, every posting, and the trial balance of all ledgers. */
import Sqlite from 'better-sqlite3'
import { closeDatabase } from '#base/databases.ts'
import { ledgerAccounts } from '../../record/ledger-accounts.ts'
import { POPULATION } from '../../record/load-ledger.ts'
import { ExactSum, Findings } from '../findings.ts'
import { kinds } from '../kinds.ts'
import { Premises } from '../premises.ts'
import { BooksDigest, combinedDigest } from './books-digest.ts'
import { type Leg, LoadJudge } from './judge.ts'
import { type BookedOperation, Disorder, readLedger } from './ledger-reader.ts'

export interface LoadDifference {
  readonly kind: string
  readonly subject: string
  readonly recorded: number
  readonly audited: number
  readonly text: string
}

export interface LedgerAudit {
  /** Amounts that were recomputed, and those on which the auditor disagrees. */
  readonly amounts: number
  readonly differing: number
  /** The first of them. */
  readonly differences: readonly LoadDifference[]
  readonly operations: number
  readonly bills: number
  /** Closing balance by ledger account, debits positive, whole 1e-8. */
  readonly balances: readonly bigint[]
  readonly lanes: readonly number[]
}

/** Differences listed one by one. */
const LISTED = 20

/** Audits one ledger. Throws where the file is none. */
export function auditLedger(path: string): LedgerAudit {
  try {
    return audited(path, false)
  } catch (error) {
    // No ledger is written like that, but one may have been changed.
    if (!(error instanceof Disorder)) throw error
    return audited(path, true)
  }
}

function audited(path: string, isSorted: boolean): LedgerAudit {
  const database = new Sqlite(path, { readonly: true, fileMustExist: true })
  try {
    const premises = new Premises(database)
    const population = database.prepare('SELECT value FROM meta WHERE key = ?').pluck().get(POPULATION)
    const regions = database.prepare<[], number>('SELECT region_id FROM accounts ORDER BY id').pluck().all()
    const findings = new Findings()
    const judge = new LoadJudge(premises, { count: Number(population), regions }, findings)
    const digest = new BooksDigest()
    const balances = ledgerAccounts.map(() => new ExactSum())
    let [operations, bills] = [0, 0]
    for (const operation of readLedger(database, isSorted)) {
      operations++
      if (operation.kind === 'bill') bills++
      digest.add(operation)
      judgeLegs(findings, operation, judge.judge(operation))
      for (const [, ledger, , amount] of operation.legs) balances[ledger]?.add(amount)
    }
    return {
      amounts: findings.amounts,
      differing: findings.differing,
      differences: findings.differences.slice(0, LISTED).map(({ kind, ...rest }) => ({
        ...rest,
        kind: kind.name,
        recorded: Number(rest.recorded),
        audited: Number(rest.audited),
      })),
      operations,
      bills,
      balances: balances.map(({ value }) => value),
      lanes: digest.lanes,
    }
  } finally {
    closeDatabase(database)
  }
}

/** What is posted, account by account, against what should be; and that it sums to zero. */
function judgeLegs(
  findings: Findings,
  { number, kind, row, surplus, legs }: BookedOperation,
  expected: readonly Leg[],
) {
  const described = (text: string) => () => ({ subject: `operation ${number}`, at: row[2] ?? 0, text })
  if (kind === undefined) findings.compare(kinds.transaction, legs.length, 0, described('postings of nothing'))
  if (surplus > 0) findings.compare(kinds.transaction, surplus, 0, described('a second operation with this number'))
  let sum = 0
  for (const [, , , amount] of legs) sum += amount
  if (legs.length > 0) findings.compare(kinds.transaction, sum, 0, described('its postings do not sum to zero'))
  for (const { ledger, owner, recorded, audited } of paired(legs, expected))
    findings.compare(kinds.transaction, recorded, audited, described(`posted on ${nameOf(ledger)} of ${owner}`))
}

const nameOf = (ledger: number): string => ledgerAccounts[ledger] ?? `ledger ${ledger}`

interface Moved {
  readonly ledger: number
  readonly owner: number
  recorded: number
  audited: number
}

/** What moves on each account, as recorded and as it should be. */
function paired(legs: BookedOperation['legs'], expected: readonly Leg[]): Moved[] {
  const all: Moved[] = []
  const at = (ledger: number, owner: number): Moved => {
    for (const moved of all) if (moved.ledger === ledger && moved.owner === owner) return moved
    const moved = { ledger, owner, recorded: 0, audited: 0 }
    all.push(moved)
    return moved
  }
  for (const [, ledger, owner, amount] of legs) at(ledger, owner).recorded += amount
  for (const [ledger, owner, amount] of expected) at(ledger, owner).audited += amount
  return all
}

/** The audits of all ledgers of a test together. */
export interface LoadAudit extends Omit<LedgerAudit, 'lanes'> {
  /** What all postings sum to, whole 1e-8: 0. */
  readonly trial: bigint
  readonly digest: string
}

/** Brings the audits of several ledgers together: the books of a test, across all threads. */
export function wholeAudit(parts: readonly LedgerAudit[]): LoadAudit {
  const sum = (of: (part: LedgerAudit) => number): number => parts.reduce((total, part) => total + of(part), 0)
  const balances = ledgerAccounts.map((_, ledger) => parts.reduce((total, part) => total + part.balances[ledger], 0n))
  const trial = balances.reduce((total, balance) => total + balance, 0n)
  return {
    amounts: sum(({ amounts }) => amounts) + 1,
    differing: sum(({ differing }) => differing) + (trial === 0n ? 0 : 1),
    differences: parts.flatMap(({ differences }) => differences).slice(0, LISTED),
    operations: sum(({ operations }) => operations),
    bills: sum(({ bills }) => bills),
    balances,
    trial,
    digest: combinedDigest(parts.map(({ lanes }) => lanes)),
  }
}
