export interface Moments {
  readonly mean: number
  readonly variance: number
}

/** Mean and variance of values with weights of 0 or more, in two passes: no large squares to cancel. */
export function moments(values: ArrayLike<number>, weights: ArrayLike<number>): Moments {
  const n = values.length
  let largest = 0
  let total = 0
  for (let i = 0; i < n; i++) {
    largest = Math.max(largest, Math.abs(values[i]))
    total += weights[i]
  }
  // Far from the ends of float64 in between, so that only a result that is itself too large becomes Infinity.
  const unit = largest > 0 && largest < Infinity ? largest : 1
  let mean = 0
  for (let i = 0; i < n; i++) if (weights[i] > 0) mean += (values[i] / unit) * (weights[i] / total)
  let variance = 0
  for (let i = 0; i < n; i++) if (weights[i] > 0) variance += (values[i] / unit - mean) ** 2 * (weights[i] / total)
  const sd = Math.sqrt(variance) * unit
  return { mean: mean * unit, variance: sd * sd }
}

/** Mean and variance of a mixture: within its parts and between them. */
export function mixtureMoments(parts: readonly { readonly weight: number; readonly of: Moments }[]): Moments {
  const weights = parts.map(({ weight }) => weight)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const means = parts.map(({ of }) => of.mean)
  const between = moments(means, weights)
  const within = parts.reduce((sum, { weight, of }) => sum + of.variance * (weight / total), 0)
  return { mean: between.mean, variance: within + between.variance }
}
