import { exp } from '../../mathematics/exponential.ts'
import { gammaTerm, incompleteGamma } from '../../mathematics/gamma.ts'
import { normalQuantile } from '../../mathematics/normal.ts'
import { GuideTable } from '../guide-table.ts'
import { aboveZero, type Distribution, demand } from '../variate.ts'

/** Above this mean the table would be longer than its use. */
const LARGEST_TABLE = 1e6
/** Probabilities below this share of the mode's are left out of the table: no draw of 53 bits could reach them. */
const NEGLIGIBLE = 1e-20

/**
 * Number of events with this mean. One draw, by inversion: from a table made at the first draw (12 sqrt(mean)
 * entries or so), above 1e6 by the Cornish-Fisher expansion, which is off by less than 1e-3 of one event there.
 */
export function poisson({ mean }: { mean: number }): Distribution {
  demand(mean > 0 && mean <= 1e15, 'poisson: mean', mean, 'give a number above 0, at most 1e15')
  let table: Table | undefined
  const quantile = (p: number) => {
    if (mean > LARGEST_TABLE) return expanded(mean, p)
    table ??= tableOf(mean)
    return p === 1 ? Infinity : table.first + table.guide.find(p)
  }
  return {
    mean,
    variance: mean,
    sample: (stream) => quantile(stream.next()),
    quantile,
    cdf: (x) => (x < 0 ? 0 : x === Infinity ? 1 : incompleteGamma(Math.floor(x) + 1, mean).upper),
    whole: true,
    survival: (x) => (x < 0 ? 1 : x === Infinity ? 0 : incompleteGamma(Math.floor(x) + 1, mean).lower),
  }
}

interface Table {
  readonly first: number
  readonly guide: GuideTable
}

/** Cumulative probabilities around the mode, each from its neighbour. */
function tableOf(mean: number): Table {
  const mode = Math.floor(mean)
  const below: number[] = []
  let term = 1
  for (let k = mode; k > 0 && term > NEGLIGIBLE; k--) {
    term *= k / mean
    below.push(term)
  }
  const first = mode - below.length
  const terms = [...below.reverse(), 1]
  term = 1
  for (let k = mode + 1; term > NEGLIGIBLE; k++) {
    term *= mean / k
    terms.push(term)
  }
  const atMode = mode === 0 ? exp(-mean) : gammaTerm(mode, mean)
  let sum = 0
  const cumulative = Float64Array.from(terms, (t) => (sum += t * atMode))
  cumulative[cumulative.length - 1] = 1
  return { first, guide: new GuideTable(cumulative) }
}

/** E. Cornish and R. Fisher (1937): a normal variate bent to the skewness and kurtosis of the Poisson law. */
function expanded(mean: number, p: number): number {
  const z = normalQuantile(aboveZero(p))
  const sd = Math.sqrt(mean)
  const x = mean + sd * z + (z * z - 1) / 6 + (z - z * z * z) / (72 * sd)
  return Math.max(0, Math.ceil(x - 0.5))
}
