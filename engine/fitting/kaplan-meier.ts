/** The share of lifetimes that are longer than a time, some of them cut off (E. Kaplan and P. Meier, JASA 53, 1958). */
import type { Lifetimes } from './sample.ts'

/** A step of the survival function: from this time on, up to the next. */
export interface SurvivalStep {
  readonly time: number
  readonly survival: number
}

/** The steps at the times at which lifetimes ended, in rising order. */
export function kaplanMeier({ times, ended }: Lifetimes): SurvivalStep[] {
  const steps: SurvivalStep[] = []
  let survival = 1
  for (let index = 0; index < times.length; ) {
    const time = times[index]
    const atRisk = times.length - index
    let deaths = 0
    for (; index < times.length && times[index] === time; index++) deaths += ended[index]
    if (deaths === 0) continue
    survival *= 1 - deaths / atRisk
    steps.push({ time, survival })
  }
  return steps
}

/** The largest distance of a distribution from these steps, on both sides of each (Kolmogorov and Smirnov). */
export function largestDistance(steps: readonly SurvivalStep[], survivalAt: (time: number) => number): number {
  let before = 1
  let most = 0
  for (const { time, survival } of steps) {
    const expected = survivalAt(time)
    most = Math.max(most, Math.abs(expected - survival), Math.abs(expected - before))
    before = survival
  }
  return most
}

/** Values at evenly spaced shares, for an empirical distribution; what never ended counts as the longest time seen. */
export function quantilesOf(steps: readonly SurvivalStep[], longest: number, count: number): number[] {
  const values: number[] = []
  let at = 0
  for (let index = 0; index < count; index++) {
    const share = (index + 0.5) / count
    while (at < steps.length && 1 - steps[at].survival < share) at++
    values.push(at < steps.length ? steps[at].time : longest)
  }
  return values
}
