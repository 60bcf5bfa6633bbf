import { type Distribution, demand } from '../variate.ts'

/** Rises in a straight line from min to the most likely value, and falls to max: an estimate of three points. */
export function triangular({ min, mode, max }: { min: number; mode: number; max: number }): Distribution {
  demand(Number.isFinite(min), 'triangular: min', min, 'give a finite number')
  demand(max > min && max < Infinity, 'triangular: max', max, `give a finite number above min (${min})`)
  demand(mode >= min && mode <= max, 'triangular: mode', mode, `give a number from min (${min}) to max (${max})`)
  const width = max - min
  const left = mode - min
  const right = max - mode
  const peak = left / width
  const quantile = (p: number) =>
    p < peak ? min + Math.sqrt(p * width * left) : max - Math.sqrt((1 - p) * width * right)
  return {
    mean: min + (width + left) / 3,
    variance: (width * width - left * right) / 18,
    sample: (stream) => quantile(stream.next()),
    quantile,
    cdf(x) {
      if (x <= min) return 0
      if (x >= max) return 1
      return x <= mode ? ((x - min) * (x - min)) / (width * left) : 1 - ((max - x) * (max - x)) / (width * right)
    },
  }
}
