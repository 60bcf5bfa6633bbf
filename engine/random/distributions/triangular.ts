import { type Distribution, demand } from '../variate.ts'

/** Rises in a straight line from min to the most likely value, and falls to max: an estimate of three points. */
export function triangular({ min, mode, max }: { min: number; mode: number; max: number }): Distribution {
  demand(Number.isFinite(min), 'triangular: min', min, 'give a finite number')
  demand(max > min && max < Infinity, 'triangular: max', max, `give a finite number above min (${min})`)
  demand(mode >= min && mode <= max, 'triangular: mode', mode, `give a number from min (${min}) to max (${max})`)
  const width = max - min
  demand(
    width < Infinity,
    'triangular: max',
    max,
    `give a number less far from min (${min}): their difference is not a float64`,
  )
  const left = mode - min
  const right = max - mode
  const peak = left / width
  const quantile = (p: number) => (p < peak ? min + root(p, width, left) : max - root(1 - p, width, right))
  return {
    mean: min + (width / 3 + left / 3),
    // Of width and its parts, whose squares are subtracted before they can overflow both.
    variance: (width * (width - left * (right / width))) / 18,
    kinks: peak > 0 && peak < 1 ? [peak] : [],
    sample: (stream) => quantile(stream.next()),
    quantile,
    cdf(x) {
      if (x <= min) return 0
      if (x >= max) return 1
      return x <= mode ? ((x - min) / width) * ((x - min) / left) : 1 - ((max - x) / width) * ((max - x) / right)
    },
    survival(x) {
      if (x <= min) return 1
      if (x >= max) return 0
      return x <= mode ? 1 - ((x - min) / width) * ((x - min) / left) : ((max - x) / width) * ((max - x) / right)
    },
    upperQuantile: (q) => (1 - q < peak ? quantile(1 - q) : max - root(q, width, right)),
  }
}

/** sqrt(p x y); in two roots where the product is no float64. */
function root(p: number, x: number, y: number): number {
  const product = p * x * y
  return product < Infinity && product > 1e-290 ? Math.sqrt(product) : Math.sqrt(p * x) * Math.sqrt(y)
}
