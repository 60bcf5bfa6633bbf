/** The arrival process of an open load: of one buyer, or of a whole segment. */
import { BatchArrivals } from '#engine/random/arrivals/batch.ts'
import { MarkovModulatedArrivals } from '#engine/random/arrivals/markov-modulated.ts'
import { NonHomogeneousArrivals } from '#engine/random/arrivals/non-homogeneous.ts'
import type { ArrivalProcess } from '#engine/random/arrivals/process.ts'
import type { RateFunction } from '#engine/random/arrivals/rate.ts'
import { RenewalArrivals } from '#engine/random/arrivals/renewal.ts'
import { distribution } from '#engine/random/distribution.ts'
import type { Stream } from '#engine/random/streams.ts'
import { durationDistribution } from '../draws.ts'
import { loadRate, type OpenLoad } from '../load-rate.ts'
import { perMs } from './per-ms.ts'
import { scaledGaps } from './scaled-gaps.ts'

/** Where a process begins, how often it comes, and what it draws from. */
export interface ProcessPlan {
  /** ms since the epoch. */
  readonly start: number
  /** Factor on the rate of the load, above 0. */
  readonly scale: number
  /** A stream by its purpose; each is asked for only where the load needs it. */
  readonly stream: (purpose: 'arrivals' | 'phases' | 'batches') => Stream
}

/** What all processes of a segment share. */
export class Processes {
  readonly #load: OpenLoad
  readonly #surge: RateFunction | null
  readonly #rate: RateFunction | null

  /** `start` and `utcOffset` (ms) are those of the run. */
  constructor(load: OpenLoad, start: number, utcOffset: number, surge: RateFunction | null) {
    this.#load = load
    this.#surge = surge
    this.#rate = load.kind === 'renewal' || load.kind === 'markov' ? null : loadRate(load, start, utcOffset, surge)
  }

  /** Whether a part of the segment's arrivals is such a process, too: memoryless and single. */
  get canBeSplit(): boolean {
    return this.#rate !== null && this.#load.batch === null
  }

  make(plan: ProcessPlan): ArrivalProcess {
    const instants = this.#instants(plan)
    const { batch } = this.#load
    return batch === null ? instants : new BatchArrivals(instants, distribution(batch), plan.stream('batches'))
  }

  #instants({ start, scale, stream }: ProcessPlan): ArrivalProcess {
    const load = this.#load
    const arrivals = stream('arrivals')
    if (load.kind === 'renewal')
      return new RenewalArrivals(scaledGaps(durationDistribution(load.gap), scale), start, arrivals, this.#surge)
    if (load.kind === 'markov') {
      const phases = load.phases.map(({ rate, stay, next }) => ({
        rate: scale * perMs(rate),
        stay,
        ...(next === null ? {} : { next }),
      }))
      return new MarkovModulatedArrivals(phases, start, arrivals, stream('phases'), 0, this.#surge)
    }
    return new NonHomogeneousArrivals(this.#rate as RateFunction, start, arrivals, scale)
  }
}
