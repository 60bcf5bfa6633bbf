/** When each operation is due: arithmetic, so that nothing can make the load wait for the system under it. */
import { log } from '#engine/mathematics/logarithm.ts'
import { type Stream, Streams } from '#engine/random/streams.ts'
import { ExpectedArrivals } from './expected-arrivals.ts'
import { perSecond, type Stage } from './rate.ts'
import type { OpenShape } from './shape.ts'

/** The due times of an open load. Every caller on every thread gets the same. */
export interface Schedule {
  /** Operations of the whole test. */
  readonly count: number
  /** Ms. */
  readonly duration: number
  /** The highest rate, operations a second. */
  readonly peak: number
  /** Ms from the start to the instant at which operation `number` (from 0) is due; Infinity for one that never is. */
  dueAt(number: number): number
  /** Operations that are due by an instant, ms from the start. */
  dueBy(instant: number): number
}

export function scheduleOf(shape: OpenShape): Schedule {
  if (shape.kind === 'due-times') return new DueTimes(shape.at)
  return shape.spacing === 'even' ? new EvenSchedule(shape.stages) : new PoissonSchedule(shape.stages, shape.seed)
}

const peakOf = (stages: readonly Stage[]): number =>
  Math.max(...stages.map((stage) => Math.max(perSecond(stage), perSecond(stage.to ?? stage))))

/** Rounding must not ask for an operation more than the rates and durations come to. */
const ROUNDING = 1e-9

interface Held {
  readonly stage: Stage
  /** Number of its first operation, and of the first that is not its own. */
  readonly first: number
  readonly end: number
  /** Ms from the start of the test to its first operation. */
  readonly from: number
  readonly expected: ExpectedArrivals
}

/** Each stage asks for its first operation as it begins and for none at its end, which is the next one's begin. */
export class EvenSchedule implements Schedule {
  readonly count: number
  readonly duration: number
  readonly peak: number
  readonly #stages: readonly Held[]

  constructor(stages: readonly Stage[]) {
    const held: Held[] = []
    let first = 0
    let from = 0
    for (const stage of stages) {
      const expected = new ExpectedArrivals([stage])
      const end = first + Math.ceil(expected.total - (stage.to === undefined ? 0 : ROUNDING * expected.total))
      held.push({ stage, first, end, from, expected })
      first = end
      from += stage.duration
    }
    this.#stages = held
    this.count = first
    this.duration = from
    this.peak = peakOf(stages)
  }

  dueAt(number: number): number {
    for (const held of this.#stages) if (number < held.end) return within(held, number - held.first)
    return Number.POSITIVE_INFINITY
  }

  dueBy(instant: number): number {
    let [low, high] = [0, this.count]
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if (this.dueAt(middle) <= instant) low = middle + 1
      else high = middle
    }
    return low
  }
}

function within({ stage, from, expected }: Held, place: number): number {
  if (stage.to === undefined) return from + (place * stage.perMs) / stage.count
  return from + Math.min(expected.reach(place), stage.duration)
}

/**
 * Arrivals of a Poisson process whose rate is that of the stages, by inversion: a Poisson process of rate 1 with its
 * time stretched (E. Cinlar, Introduction to Stochastic Processes, 1975, section 4.7). Each thread walks through all of
 * them, some tens of nanoseconds each, so that no thread depends on another.
 */
class PoissonSchedule implements Schedule {
  readonly duration: number
  readonly peak: number
  readonly #expected: ExpectedArrivals
  readonly #seed: string
  readonly #forDueAt: PoissonWalk
  readonly #forDueBy: PoissonWalk
  #count: number | undefined

  constructor(stages: readonly Stage[], seed: string) {
    this.#expected = new ExpectedArrivals(stages)
    this.#seed = seed
    this.duration = this.#expected.duration
    this.peak = peakOf(stages)
    this.#forDueAt = new PoissonWalk(seed)
    this.#forDueBy = new PoissonWalk(seed)
  }

  get count(): number {
    this.#count ??= new PoissonWalk(this.#seed).toSum(this.#expected.total)
    return this.#count
  }

  dueAt(number: number): number {
    return this.#expected.reach(this.#forDueAt.toNumber(number))
  }

  dueBy(instant: number): number {
    return this.#forDueBy.passing((sum) => this.#expected.reach(sum) <= instant)
  }
}

/** A Poisson process of rate 1, from arrival to arrival. One that is asked for an earlier one begins again. */
class PoissonWalk {
  readonly #seed: string
  #stream: Stream
  /** Number of the arrival it is at, and its time. */
  #number = 0
  #sum: number

  constructor(seed: string) {
    this.#seed = seed
    this.#stream = new Streams(seed).stream('load/arrivals')
    this.#sum = this.#gap()
  }

  #gap(): number {
    return -log(1 - this.#stream.next())
  }

  /** The time of arrival `number`. */
  toNumber(number: number): number {
    if (number < this.#number) {
      this.#stream = new Streams(this.#seed).stream('load/arrivals')
      this.#number = 0
      this.#sum = this.#gap()
    }
    for (; this.#number < number; this.#number++) this.#sum += this.#gap()
    return this.#sum
  }

  /** Continues while `holds` of the time of the arrival it is at; returns how many are before that. */
  passing(holds: (sum: number) => boolean): number {
    for (; holds(this.#sum); this.#number++) this.#sum += this.#gap()
    return this.#number
  }

  /** Arrivals before a time. */
  toSum(end: number): number {
    return this.passing((sum) => sum < end)
  }
}

/** Due times as they were given. The test lasts until the last of them. */
class DueTimes implements Schedule {
  readonly #at: Float64Array
  readonly duration: number

  constructor(at: Float64Array) {
    this.#at = at
    this.duration = Math.max(1, at[at.length - 1] ?? 0)
  }

  get count(): number {
    return this.#at.length
  }

  /** Of the second in which most came due. */
  get peak(): number {
    let [most, first] = [1, 0]
    for (let last = 0; last < this.#at.length; last++) {
      while (this.#at[last] - this.#at[first] >= 1_000) first++
      most = Math.max(most, last - first + 1)
    }
    return most
  }

  dueAt(number: number): number {
    return this.#at[number] ?? Number.POSITIVE_INFINITY
  }

  dueBy(instant: number): number {
    let [low, high] = [0, this.#at.length]
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if (this.#at[middle] <= instant) low = middle + 1
      else high = middle
    }
    return low
  }
}
