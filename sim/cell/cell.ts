/**
 * One cell as every chapter of its market knows it: the world, the clock, the books, the writers of facts,
 * and who is at home here. It holds no rule.
 */
import type { Instant } from '#base/time.ts'
import type { Policies } from '#scenarios/policies.ts'
import type { Region } from '#scenarios/sections/market.ts'
import type { Dictionary } from '../record/dictionary.ts'
import type { FactWriters } from '../record/fact-log.ts'
import type { PoolPlace } from '../world/places.ts'
import { inForce } from '../world/timeline.ts'
import type { World } from '../world/world.ts'
import { Ledger } from './ledger.ts'
import type { Saved } from './parts.ts'
import { Port } from './port.ts'
import { type Id, number, type Row, table } from './table.ts'
import type { Clock } from './timers.ts'

/** Buyers at home in this cell. Chapters that keep something of each account have a table of their own, by the same rows. */
export const accountTable = (count: number) =>
  table('accounts', { id: number('accounts'), segment: number('segments') }, count)

export class Cell {
  readonly world: World
  /** Its number, from 0. */
  readonly cell: Id<'cells'>
  readonly clock: Clock
  readonly facts: FactWriters
  /** What the numbers of words in facts mean. */
  readonly words: Dictionary
  readonly ledger: Ledger
  readonly accounts
  /** An account was added, as the run begins: a row. */
  readonly accountOpened = new Port<[account: Row<'accounts'>]>()
  /** ECS pools of this cell, by row. */
  readonly places: readonly PoolPlace[]
  /** C-07: from which instant a product is listed for which requirements came in, by its number - 1; Infinity before. */
  readonly answeredAt: Float64Array
  readonly #policiesChange: boolean
  readonly #numbers = new Map<string, number>()
  readonly #invariants: (() => void)[] = []
  /** Chapters of the cell, by name of their class: each comes here as it is made, and is saved with the cell. */
  readonly chapters = new Map<string, Saved>()

  constructor(world: World, cell: Id<'cells'>, clock: Clock, facts: FactWriters, words: Dictionary) {
    const { policies, scenario, population, policyTimeline, pools } = world
    this.world = world
    this.cell = cell
    this.clock = clock
    this.facts = facts
    this.words = words
    this.ledger = new Ledger(facts, words, cell + 1, world.cells, {
      offset: policies['time.utcOffset'],
      end: scenario.end,
    })
    this.accounts = accountTable(population.homes[cell].length)
    this.places = pools.filter((pool) => pool.cell === cell)
    this.answeredAt = new Float64Array(scenario.catalog.length).fill(Number.POSITIVE_INFINITY)
    this.#policiesChange = policyTimeline.length > 1
  }

  /** Adds an account: every chapter gets its row of it. Returns the row. */
  openAccount(id: Id<'accounts'>, segment: Id<'segments'>): Row<'accounts'> {
    const row = this.accounts.add()
    this.accounts.id[row] = id
    this.accounts.segment[row] = segment
    this.accountOpened.emit(row)
    return row
  }

  /** The region that this cell is, or is in. */
  get region(): Region {
    return this.world.scenario.regions[this.world.cellPlaces[this.cell].region]
  }

  /** The policies in force at an instant: of a phase, those of its beginning. */
  policiesAt(instant: Instant): Policies {
    return this.#policiesChange ? inForce(this.world.policyTimeline, instant) : this.world.policies
  }

  /** The next number of a kind of thing: unlike that of any other cell, whatever the number of threads. */
  number(kind: string): number {
    const next = this.#numbers.get(kind) ?? 0
    this.#numbers.set(kind, next + 1)
    return next * this.world.cells + this.cell + 1
  }

  /** Names what must hold whenever a month or the run ends: `check` throws an Error that names the rule. */
  invariant(check: () => void): void {
    this.#invariants.push(check)
  }

  /** @throws Error for the first invariant that does not hold: an error of the program */
  checkInvariants(): void {
    for (const check of this.#invariants) check()
  }

  save() {
    const answeredAt = this.answeredAt.slice()
    return { accounts: this.accounts.save(), numbers: [...this.#numbers], ledger: this.ledger.save(), answeredAt }
  }

  restore(state: ReturnType<Cell['save']>): void {
    this.accounts.restore(state.accounts)
    for (const [kind, next] of state.numbers) this.#numbers.set(kind, next)
    this.ledger.restore(state.ledger)
    this.answeredAt.set(state.answeredAt)
  }
}
