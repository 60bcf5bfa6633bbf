/** The arrival rate of a load shape over time, per millisecond, as the engine's arrival processes take it. */
import { profileRate } from '#engine/random/arrivals/profile.ts'
import { constantRate, type RateFunction } from '#engine/random/arrivals/rate.ts'
import { stagesRate } from '#engine/random/arrivals/stages.ts'
import type { Load } from '#scenarios/sections/load.ts'
import type { Rate } from '#scenarios/time.ts'

const perMs = ({ count, perMs: span }: Rate): number => count / span

export interface LoadRate {
  readonly rate: RateFunction
  /** Whether `rate` is of each buyer, or of the whole segment. */
  readonly perBuyer: boolean
}

/** Null for shapes that are no rate: a trace, and the closed model. */
export function loadRate(load: Load, start: number, utcOffset: number): LoadRate | null {
  switch (load.kind) {
    case 'poisson':
      return { perBuyer: load.perBuyer, rate: constantRate(perMs(load.rate)) }
    case 'profile':
      return { perBuyer: load.perBuyer, rate: profileRate(perMs(load.rate), load.weights, utcOffset) }
    case 'stages': {
      const steps = load.steps.map(({ from, to, over }) => ({ from: perMs(from), to: perMs(to), over }))
      return { perBuyer: load.perBuyer, rate: stagesRate(start, steps) }
    }
    case 'spike': {
      const base = perMs(load.base)
      const peak = perMs(load.peak)
      const before = Math.max(0, load.at - start)
      const during = Math.max(0, load.at + load.for - start - before)
      const steps = [
        { from: base, to: base, over: before },
        { from: peak, to: peak, over: during },
        { from: base, to: base, over: 0 },
      ]
      return { perBuyer: load.perBuyer, rate: stagesRate(start, steps) }
    }
    case 'trace':
    case 'closed':
      return null
  }
}
