/** Whether a model's results agree with theory, or in distribution with runs of an original. */
import { covers, type Interval, meanInterval } from '#engine/statistics/confidence.ts'
import { Tally } from '#engine/statistics/tally.ts'
import type { Example } from './registry.ts'

/** Runs of an original by model and quantity: see `reference.json`. */
export type Reference = Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>

export type Verdict = {
  readonly model: string
  readonly quantity: string
  readonly mean: number
  /** Theory, or the mean of the original. */
  readonly expected: number
  /** Half-width of our mean, where theory is known; else the distance of the two distributions over what chance allows. */
  readonly measure: string
  readonly agrees: boolean
}

/** Runs a model with so many seeds and judges each quantity at a level. */
export function judge(example: Example, reference: Reference, seeds: number, level: number): Verdict[] {
  const runs = Array.from({ length: seeds }, (_, i) => example.measure(`${example.path}/${i}`))
  const names = namesOf(example, reference)
  return names.map((quantity) => {
    const ours = runs.map((run) => run[quantity])
    const theory = example.theory?.[quantity]
    const verdict =
      theory === undefined ? compare(ours, reference[example.path][quantity], level) : cover(ours, theory, level)
    return { model: example.path, quantity, mean: tallyOf(ours).mean, ...verdict }
  })
}

/** How many quantities are judged in all. */
export function quantities(examples: readonly Example[], reference: Reference): number {
  return examples.reduce((sum, example) => sum + namesOf(example, reference).length, 0)
}

function namesOf(example: Example, reference: Reference): string[] {
  return Object.keys(example.theory ?? reference[example.path])
}

function cover(ours: readonly number[], theory: number, level: number) {
  const interval: Interval = meanInterval(tallyOf(ours), level)
  return { expected: theory, measure: `+- ${interval.halfWidth.toPrecision(3)}`, agrees: covers(interval, theory) }
}

/**
 * Two samples of one distribution: the Kolmogorov-Smirnov distance stays below its critical value (Smirnov 1948, asymptotic;
 * on the safe side for discrete quantities).
 */
function compare(ours: readonly number[], theirs: readonly number[], level: number) {
  const critical = Math.sqrt(
    (-Math.log((1 - level) / 2) / 2) * ((ours.length + theirs.length) / (ours.length * theirs.length)),
  )
  const distance = smirnov(ours, theirs)
  return {
    expected: tallyOf(theirs).mean,
    measure: `D ${distance.toFixed(3)} < ${critical.toFixed(3)}`,
    agrees: distance < critical,
  }
}

/** Greatest difference of two empirical distribution functions. Values that differ by rounding alone count as equal. */
export function smirnov(a: readonly number[], b: readonly number[]): number {
  const at = (sample: readonly number[], x: number) =>
    sample.filter((y) => y <= x + 1e-4 * Math.abs(x)).length / sample.length
  return Math.max(...[...a, ...b].map((x) => Math.abs(at(a, x) - at(b, x))))
}

function tallyOf(values: readonly number[]): Tally {
  const tally = new Tally()
  for (const value of values) tally.add(value)
  return tally
}
