import { type Distribution, demand } from '../variate.ts'

/** Every value between min and max is as likely as any other. */
export function uniform({ min, max }: { min: number; max: number }): Distribution {
  demand(Number.isFinite(min), 'uniform: min', min, 'give a finite number')
  demand(Number.isFinite(max) && max >= min, 'uniform: max', max, `give a finite number not below min (${min})`)
  const width = max - min
  demand(
    width < Infinity,
    'uniform: max',
    max,
    `give a number less far from min (${min}): their difference is not a float64`,
  )
  return {
    mean: min + width / 2,
    variance: (width * width) / 12,
    sample: (stream) => min + width * stream.next(),
    quantile: (p) => (p === 1 ? max : min + width * p),
    cdf: (x) => (x < min ? 0 : x >= max ? 1 : (x - min) / width),
    survival: (x) => (x < min ? 1 : x >= max ? 0 : (max - x) / width),
    upperQuantile: (q) => max - width * q,
  }
}
