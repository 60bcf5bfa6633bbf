import { lastNotAbove } from '../sorted.ts'
import { type Distribution, demand } from '../variate.ts'
import { constant } from './constant.ts'

/**
 * The law of observed data: their sorted values joined by straight lines, each gap as likely as any other (the
 * usual sample quantile, type 7 of R. Hyndman and Y. Fan, The American Statistician 50, 1996).
 */
export function empirical({ values }: { values: readonly number[] }): Distribution {
  demand(
    values.length > 0 && values.every(Number.isFinite),
    'empirical: values',
    values,
    'give at least one, all finite',
  )
  if (values.length === 1) return constant(values[0])
  const sorted = Float64Array.from(values).sort()
  const gaps = sorted.length - 1
  demand(sorted[gaps] - sorted[0] < Infinity, 'empirical: values', [sorted[0], sorted[gaps]], 'give a narrower range')
  let mean = 0
  for (let i = 0; i < gaps; i++) mean += (sorted[i] / 2 + sorted[i + 1] / 2) / gaps
  const range = sorted[gaps] - sorted[0] || 1
  let variance = 0
  for (let i = 0; i < gaps; i++) {
    const a = (sorted[i] - mean) / range
    const b = (sorted[i + 1] - mean) / range
    variance += (a * a + a * b + b * b) / 3 / gaps
  }
  variance *= range * range
  const quantile = (p: number) => {
    const position = p * gaps
    const i = Math.min(Math.floor(position), gaps - 1)
    return sorted[i] + (position - i) * (sorted[i + 1] - sorted[i])
  }
  return {
    mean,
    variance,
    kinks: Array.from({ length: gaps - 1 }, (_, i) => (i + 1) / gaps),
    sample: (stream) => quantile(stream.next()),
    quantile,
    cdf(x) {
      if (x < sorted[0]) return 0
      if (x >= sorted[gaps]) return 1
      const i = lastNotAbove(sorted, x)
      return (i + (x - sorted[i]) / (sorted[i + 1] - sorted[i])) / gaps
    },
  }
}
