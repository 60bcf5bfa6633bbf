/** Open model: a constant rate with one spike, in which another rate holds. */
import type { RateFunction } from '#engine/random/arrivals/rate.ts'
import { stagesRate } from '#engine/random/arrivals/stages.ts'
import type { LoadOf } from '#scenarios/sections/load.ts'
import { perMs } from './per-ms.ts'

/** Of a spike that began before `start` (ms), what is left. */
export function spike({ base, peak, at, for: length }: LoadOf<'spike'>, start: number): RateFunction {
  const before = Math.max(0, at - start)
  const during = Math.max(0, at + length - start - before)
  const [calm, high] = [perMs(base), perMs(peak)]
  return stagesRate(start, [
    { from: calm, to: calm, over: before },
    { from: high, to: high, over: during },
    { from: calm, to: calm, over: 0 },
  ])
}
