/**
 * What people do of their own accord: on an occasion, with a probability, after a delay. Each behaviour is declared as
 * data; this file draws it, sets its timer, and carries it out when the time comes.
 */
import type { Duration } from '#base/time.ts'
import type { Distribution, DistributionSpec } from '#engine/random/distribution.ts'
import type { Stream } from '#engine/random/streams.ts'
import type { BuyerSegment } from '#scenarios/sections/buyers.ts'
import type { Cell } from '../cell/cell.ts'
import { type Cells, type Handle, NONE, type Row } from '../cell/table.ts'
import type { World } from '../world/world.ts'
import { drawDuration, durationDistribution, happens } from './draws.ts'
import type { StreamOf } from './stream-of.ts'
import { type PeopleTimer, timersOf } from './timers.ts'

/** How the buyers of one segment behave. Without a probability they are certain to act. */
export interface Habit {
  readonly probability?: number
  /** Delay, ms. */
  readonly after: Distribution
}

/** A habit as a scenario writes it, ready to draw from. */
export const habitFrom = ({ probability, after }: { probability?: number; after: DistributionSpec }): Habit => ({
  ...(probability === undefined ? {} : { probability }),
  after: durationDistribution(after),
})

/** One behaviour: of buyers, about the rows of the table `T` of the market `M`. */
export interface Declared<M, T extends string, H extends Habit = Habit> {
  /** What the clock calls it. */
  readonly timer: PeopleTimer
  /** The buyer's random stream that answers whether, and after how long. */
  readonly stream: string
  /** The stream of the delay, if it has one of its own. */
  readonly delayStream?: string
  /** Made once for each segment. */
  readonly habit: (segment: BuyerSegment, world: World) => H
  /** The column that says whose row it is. */
  readonly account: (market: M) => Readonly<Cells<T, Row<'accounts'>>>
  /** The column that keeps the timer of each row, so that the market can cancel it. */
  readonly pending?: (market: M) => Cells<T, Handle>
  /** Whether the row gives any occasion for it. Asked before anything is drawn. */
  readonly applies?: (market: M, row: Row<T>) => boolean
  /** What the timer is set for, if not for the row itself; NONE to leave it. Asked before the delay is drawn. */
  readonly subject?: (market: M, row: Row<T>) => number
  /** Delay, ms, where it is not simply drawn from the habit. */
  readonly delay?: (market: M, row: Row<T>, habit: H, stream: Stream) => Duration
  /** What to do when the time has come. */
  readonly act: (market: M, subject: Row<T>, behaviour: Behaviour<M, T, H>) => void
}

/** A declared behaviour at work in one cell. It has no state of its own. */
export class Behaviour<M, T extends string, H extends Habit = Habit> {
  readonly #cell: Cell
  readonly #market: M
  readonly #streamOf: StreamOf
  readonly #declared: Declared<M, T, H>
  readonly #habits: readonly H[]

  constructor(market: M & { readonly at: Cell }, streamOf: StreamOf, declared: Declared<M, T, H>) {
    const { world } = market.at
    this.#cell = market.at
    this.#market = market
    this.#streamOf = streamOf
    this.#declared = declared
    this.#habits = world.scenario.buyers.map((segment) => declared.habit(segment, world))
  }

  #account(row: Row<T>): Row<'accounts'> {
    return this.#declared.account(this.#market)[row]
  }

  /** The habit of the row's buyer. */
  habit(row: Row<T>): H {
    return this.#habits[this.#cell.accounts.segment[this.#account(row)]]
  }

  /** A random stream of the row's buyer: that of the behaviour, or one for another purpose. */
  stream(row: Row<T>, purpose = this.#declared.stream): Stream {
    return this.#streamOf(this.#account(row), purpose)
  }

  /** There is occasion for it: draws whether and when the buyer acts, and sets the timer. Returns whether. */
  consider(row: Row<T>): boolean {
    const { applies, subject, stream, delayStream = stream, delay } = this.#declared
    if (applies !== undefined && !applies(this.#market, row)) return false
    const habit = this.habit(row)
    if (habit.probability !== undefined && !happens(habit.probability, () => this.stream(row))) return false
    const entity = subject === undefined ? row : subject(this.#market, row)
    if (entity === NONE) return false
    const drawn = this.stream(row, delayStream)
    const wait = delay === undefined ? drawDuration(habit.after, drawn) : delay(this.#market, row, habit, drawn)
    this.schedule(row, wait, entity)
    return true
  }

  /** Sets the timer, ms from now, in place of any that is set already. */
  schedule(row: Row<T>, wait: Duration, entity: number = row): void {
    const { timer, pending } = this.#declared
    const timers = timersOf({ at: this.#cell })
    this.cancel(row)
    const handle = timers.wake(timer, timers.now + wait, entity)
    if (pending !== undefined) pending(this.#market)[row] = handle
  }

  /** Cancels the timer, if one is set. */
  cancel(row: Row<T>): void {
    const { pending } = this.#declared
    if (pending === undefined) return
    const column = pending(this.#market)
    this.#cell.clock.cancel(column[row])
    column[row] = NONE
  }

  /** The time has come, and the buyer lets it pass. */
  passes(subject: Row<T>): void {
    const { pending } = this.#declared
    if (pending !== undefined) pending(this.#market)[subject] = NONE
  }

  /** The time has come. */
  act(subject: Row<T>): void {
    const { pending, act } = this.#declared
    if (pending !== undefined) pending(this.#market)[subject] = NONE
    act(this.#market, subject, this)
  }
}
