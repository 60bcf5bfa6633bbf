/** What all chapters of the rules have in common: a cell to live in, and parts to save. */

import type { Instant } from '#base/time.ts'
import type { Policies } from '#scenarios/policies.ts'
import type { Region } from '#scenarios/sections/market.ts'
import type { FactWriters } from '../record/fact-log.ts'
import type { Offer } from '../world/catalog.ts'
import type { Listing } from '../world/listing.ts'
import type { PoolPlace } from '../world/places.ts'
import { inForce } from '../world/timeline.ts'
import type { World } from '../world/world.ts'
import type { accountTable, Cell } from './cell.ts'
import type { NoticeCode, RefusalCode } from './codes.ts'
import type { Ledger } from './ledger.ts'
import { type Parts, restoreParts, saveParts } from './parts.ts'
import type { Id, Row } from './table.ts'
import type { Timers } from './timers.ts'

/** Who is refused what, and what it was worth (whole 1e-8). Numbers as the record knows them, but the account's row. */
export interface Refused {
  readonly account: Row<'accounts'>
  readonly specification: number
  /** 0 for none. */
  readonly pool: number
  readonly quantity: number
  /** 0 where there is no order. */
  readonly order: number
  readonly lost: bigint
  /** What was asked for, where the rest does not say it. */
  readonly asked?: Asked
}

/** What was asked of a subscription, or a purchase for a term: a specification, how much of it, for how many months. */
export interface Asked {
  readonly kind: 'purchase' | 'upgrade' | 'expansion' | 'renewal' | 'automatic-renewal' | 'unsubscription'
  readonly specification: number
  readonly quantity: number
  /** 0 where a duration is no part of it. */
  readonly months: number
}

/**
 * The market as far as one chapter of the rulebook knows it: its own tables and ports, the chapters before it that it was
 * given, and its cell. `K`: the kinds of timers it owns. Its rules are functions that take it as `market`.
 */
export abstract class Chapter<K extends string = never> {
  readonly at: Cell
  readonly world: World
  readonly cell: Id<'cells'>
  readonly timers: Timers<K>
  readonly facts: FactWriters
  readonly ledger: Ledger
  readonly accounts: ReturnType<typeof accountTable>
  readonly places: readonly PoolPlace[]
  /** All of its state, by name, for a snapshot. */
  abstract readonly parts: Parts

  constructor(at: Cell) {
    this.at = at
    this.world = at.world
    this.cell = at.cell
    this.timers = at.clock
    this.facts = at.facts
    this.ledger = at.ledger
    this.accounts = at.accounts
    this.places = at.places
    at.chapters.set(this.constructor.name, this)
  }

  get now(): Instant {
    return this.timers.now
  }

  get region(): Region {
    return this.at.region
  }

  /** The policies in force now. */
  get policies(): Policies {
    return this.at.policiesAt(this.timers.now)
  }

  policiesAt(instant: Instant): Policies {
    return this.at.policiesAt(instant)
  }

  /** What a specification costs and gives now (C-05), by its number. */
  offer(specification: number): Offer {
    return this.world.catalog.at(specification, this.now)
  }

  /** C-05: whether a product, by its number, may be ordered or renewed by hand now. */
  isListed(product: number): boolean {
    return this.#listing(product) === 'listed'
  }

  /** C-05: whether automatic renewals of a product, by its number, continue now. */
  renewsAutomatically(product: number): boolean {
    const listing = this.#listing(product)
    return listing !== 'no-renewal' && listing !== 'violation'
  }

  /** The rule by which a product, by its number, is not on sale now. */
  delistedBy(product: number): 'C-05' | 'C-07' | 'O-14' {
    const listing = this.#listing(product)
    return listing === 'violation' ? 'O-14' : listing === 'awaited' ? 'C-07' : 'C-05'
  }

  #listing(product: number): Listing {
    const planned = inForce(this.world.listings[product - 1], this.now)
    return planned === 'awaited' && this.at.answeredAt[product - 1] <= this.now ? 'listed' : planned
  }

  number(kind: string): number {
    return this.at.number(kind)
  }

  /** What a fact holds in place of a word. @throws Error for a word that is not in the cell's dictionary */
  word(word: string): number {
    return this.at.words.numberOf(word)
  }

  refuse(code: RefusalCode, rule: string, what: Refused): void {
    const id = this.number('refusals')
    const { asked } = what
    if (asked !== undefined)
      this.facts.refused_requests({
        refusal_id: id,
        kind: this.word(asked.kind),
        specification: asked.specification,
        quantity: asked.quantity,
        months: asked.months,
        rule: this.word(rule),
      })
    this.facts.refusals({
      id,
      at: this.now,
      account: this.accounts.id[what.account],
      code: this.word(code),
      specification: what.specification,
      pool: what.pool,
      quantity: what.quantity,
      order_id: what.order,
      lost: what.lost,
      rule: this.word(rule),
    })
  }

  notify(account: Row<'accounts'>, code: NoticeCode, rule: string, subject: number): void {
    this.facts.notices({
      at: this.now,
      account: this.accounts.id[account],
      code: this.word(code),
      subject,
      rule: this.word(rule),
    })
  }

  save(): unknown {
    return saveParts(this.parts)
  }

  restore(state: unknown): void {
    restoreParts(this.parts, state)
  }

  /** Keeps a table by account: it gets a row as each account is opened. */
  protected byAccount<T extends { add(): number }>(make: (count: number) => T): T {
    const made = make(this.world.population.homes[this.cell].length)
    this.at.accountOpened.connect(() => {
      made.add()
    })
    return made
  }
}
