/**
 * Overlapping batch means: the variance of a sum over one long run whose neighbouring values resemble one another, and the
 * interval of its mean.
 *
 * Source: M. S. Meketon, B. W. Schmeiser, "Overlapping batch means: something for nothing?", Proceedings of the Winter
 * Simulation Conference (1984): the same bias as that of separate batches, with 1.5 times their degrees of freedom.
 */
import { studentTQuantile } from './student-t.ts'

/** Fewer batches say too little of the variance. */
export const LEAST_BATCHES = 8
/** A run shorter than so many of its memories, e.g. mean lives of servers, remembers how it began. */
export const LEAST_MEMORIES = 30
/** Chance that the halves of a steady run are said to differ. */
const FALSE_ALARM = 0.01

export const sumOf = (numbers: ArrayLike<number>): number => {
  let sum = 0
  for (let i = 0; i < numbers.length; i++) sum += numbers[i]
  return sum
}

/** Variance of the sum of all values, which have the mean 0, from the sums of every window as long as a batch. */
export function overlappingVariance(values: ArrayLike<number>, batch: number): number {
  const batches = values.length / batch
  let window = 0
  let squares = 0
  for (let i = 0; i < values.length; i++) {
    window += values[i]
    if (i >= batch) window -= values[i - batch]
    if (i >= batch - 1) squares += window * window
  }
  return ((squares / (values.length - batch + 1)) * batches) / (1 - 1 / batches)
}

/** Degrees of freedom of that variance. */
export const overlappingFreedom = (batches: number): number => 1.5 * (batches - 1)

/** Sums over eight about equal parts. */
export function eighths(values: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(8)
  for (let i = 0; i < values.length; i++) sums[Math.floor((i * 8) / values.length)] += values[i]
  return sums
}

/** Whether the two halves of a run are more apart than chance: Student's t of the eighths of one against those of the other. */
export function halvesDiffer(values: ArrayLike<number>): boolean {
  const parts = eighths(values)
  const [first, second] = [parts.slice(0, 4), parts.slice(4)]
  const [a, b] = [sumOf(first) / 4, sumOf(second) / 4]
  const squares = sumOf(first.map((each) => (each - a) ** 2)) + sumOf(second.map((each) => (each - b) ** 2))
  if (squares === 0) return a !== b
  return Math.abs(a - b) / Math.sqrt((squares / 6) * (2 / 4)) > studentTQuantile(1 - FALSE_ALARM / 2, 6)
}

export type SingleRunMean =
  | { readonly mean: number; readonly low: number; readonly high: number; readonly method: 'batches' }
  | { readonly mean: number; readonly method: 'too-short' | 'too-rare' | 'halves-differ' }

/**
 * The mean of a run's values, e.g. one a day, with an interval where the run is long enough for one: eight batches and
 * more, values other than 0 in eight of them and more. `memories` is the length of the run over its memory.
 */
export function singleRunMean(values: readonly number[], memories: number, confidence = 0.95): SingleRunMean {
  const mean = values.length === 0 ? NaN : sumOf(values) / values.length
  const batch = Math.floor(values.length / LEAST_BATCHES)
  if (batch < 1 || !(memories >= LEAST_MEMORIES)) return { mean, method: 'too-short' }
  if (values.filter((value) => value !== 0).length < LEAST_BATCHES) return { mean, method: 'too-rare' }
  if (halvesDiffer(values)) return { mean, method: 'halves-differ' }
  const batches = values.length / batch
  const variance = overlappingVariance(
    values.map((value) => value - mean),
    batch,
  )
  const critical = studentTQuantile((1 + confidence) / 2, overlappingFreedom(batches))
  const reach = (critical * Math.sqrt(variance)) / values.length
  return { mean, low: mean - reach, high: mean + reach, method: 'batches' }
}
