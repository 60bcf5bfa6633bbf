/**
 * Stopping and starting servers (E-01): an owner who has the habit lets a server rest from time to time; one whose server
 * came back stopped or could not be started tries until it runs.
 */
import { HOUR } from '#base/time.ts'
import type { Distribution } from '#engine/random/distribution.ts'
import { NONE } from '../cell/table.ts'
import { instance } from '../market/servers/instance.ts'
import { restart, stop } from '../market/servers/running.ts'
import type { Servers } from '../market/servers/servers.ts'
import { durationLaw } from './duration-law.ts'
import type { StreamOf } from './stream-of.ts'
import { timersOf } from './timers.ts'

/** A full pool is asked again after this time, so that what is refused adds up to the hours that were lost. */
const RETRY = HOUR

interface Habit {
  readonly probability: number
  readonly after: Distribution
  readonly pause: Distribution
  readonly repeat: boolean
}

export class Stopping {
  readonly #market: Servers
  readonly #streamOf: StreamOf
  /** By segment. */
  readonly #habits: readonly Habit[]

  constructor(market: Servers, streamOf: StreamOf) {
    this.#market = market
    this.#streamOf = streamOf
    this.#habits = market.world.scenario.buyers.map(({ habits: { stopStart } }) => ({
      probability: stopStart.probability,
      after: durationLaw(stopStart.after),
      pause: durationLaw(stopStart.pause),
      repeat: stopStart.repeat,
    }))
  }

  #habit(row: number): Habit {
    const { instances, accounts } = this.#market
    return this.#habits[accounts.segment[instances.account[row]]]
  }

  /** The owner's next action on a server, which replaces any other. */
  #plan(row: number, kind: 'buyerStops' | 'buyerRestarts', wait: number): void {
    const timers = timersOf(this.#market)
    const { instances } = this.#market
    timers.cancel(instances.habitTimer[row])
    instances.habitTimer[row] = timers.wake(kind, timers.now + wait, row)
  }

  #draw(row: number, law: Distribution): number {
    return Math.max(0, Math.round(law.sample(this.#streamOf(this.#market.instances.account[row], 'stopping'))))
  }

  /** A server is there: whether it will be stopped at all is drawn once. */
  launched(row: number): void {
    const { instances } = this.#market
    const { probability, after } = this.#habit(row)
    if (probability === 0 || this.#streamOf(instances.account[row], 'stopping').next() >= probability) return
    instances.stops[row] = 1
    this.#plan(row, 'buyerStops', this.#draw(row, after))
  }

  stops(row: number): void {
    const { instances } = this.#market
    const { pause, repeat } = this.#habit(row)
    instances.habitTimer[row] = NONE
    // A frozen server cannot be stopped; the schedule continues when it runs again.
    if (instances.state[row] === instance.state.suspended) return
    instances.wanted[row] = 0
    if (!repeat) instances.stops[row] = 0
    stop(this.#market, row, 'E-01')
    this.#plan(row, 'buyerRestarts', this.#draw(row, pause))
  }

  /** The owner wants it to run: now, or as soon as it is stopped and not frozen nor being changed. */
  restarts(row: number): void {
    const { instances } = this.#market
    instances.habitTimer[row] = NONE
    instances.wanted[row] = 1
    if (instances.state[row] !== instance.state.stopped) return
    if (!restart(this.#market, row)) this.#plan(row, 'buyerRestarts', RETRY)
    else if (instances.stops[row] === 1) this.#plan(row, 'buyerStops', this.#draw(row, this.#habit(row).after))
  }

  /** A server is stopped: after a freeze, or with a new image (E-07). */
  stoodStill(row: number): void {
    if (this.#market.instances.wanted[row] === 1) this.#plan(row, 'buyerRestarts', 0)
  }
}
