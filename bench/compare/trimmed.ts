import { studentTQuantile } from '#engine/statistics/student-t.ts'

/** Means that a few values far from all others do not move. */

const sorted = (values: readonly number[]): number[] => values.toSorted((x, y) => x - y)
const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** The mean without the given share of the values at either end. */
export function trimmedMean(values: readonly number[], share: number): number {
  const cut = Math.floor(values.length * share)
  return meanOf(sorted(values).slice(cut, values.length - cut))
}

export interface Trimmed {
  readonly mean: number
  /** Of the mean. */
  readonly standardError: number
  /** Degrees of freedom of its t. */
  readonly freedom: number
}

/**
 * The mean of few values without the `cut` least and greatest, with the standard error that belongs to it.
 *
 * Source: J. W. Tukey, D. H. McLaughlin, "Less vulnerable confidence and significance procedures for location based on a
 * single sample", Sankhya A 25 (1963): the squares of the winsorized values about their mean, over h (h - 1), h = values
 * left. Without a cut it is the ordinary mean. @throws RangeError with fewer than two values left
 */
export function trimmed(values: readonly number[], cut: number): Trimmed {
  const left = values.length - 2 * cut
  if (left < 2) throw new RangeError(`${values.length} values less ${cut} at either end leave ${left}`)
  const inOrder = sorted(values)
  const winsorized = inOrder.map((_, at) => inOrder[Math.min(Math.max(at, cut), values.length - 1 - cut)])
  const about = meanOf(winsorized)
  const squares = winsorized.reduce((sum, value) => sum + (value - about) ** 2, 0)
  return {
    mean: meanOf(inOrder.slice(cut, values.length - cut)),
    standardError: Math.sqrt(squares / (left * (left - 1))),
    freedom: left - 1,
  }
}

/** Quantiles of Student's t by level and freedom: few are asked for, each takes a search. */
const quantiles = new Map<string, number>()

function quantile(level: number, freedom: number): number {
  const key = `${level} ${freedom}`
  let value = quantiles.get(key)
  if (value === undefined) {
    value = studentTQuantile(1 - level, freedom)
    quantiles.set(key, value)
  }
  return value
}

/** Half the interval that holds the mean, of which each side errs with chance `level`. */
export const halfWidth = ({ standardError, freedom }: Trimmed, level: number): number =>
  quantile(level, freedom) * standardError
