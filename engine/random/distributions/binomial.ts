import { betaTerm, incompleteBeta, shareOf } from '../../mathematics/beta.ts'
import { normalQuantile } from '../../mathematics/normal.ts'
import { GuideTable } from '../guide-table.ts'
import { aboveZero, type Distribution, demand } from '../variate.ts'

/** Above this variance the table would be longer than its use. */
const LARGEST_TABLE = 1e6
/** Probabilities below this share of the mode's are left out of the table: no draw of 53 bits could reach them. */
const NEGLIGIBLE = 1e-20

/**
 * Successes in n independent trials, each with this probability. One draw, by inversion: from a table made at the first
 * draw (12 standard deviations or so), for variances above 1e6 by the Cornish-Fisher expansion, which is off by less than
 * 1e-2 of one success there.
 */
export function binomial({ n, probability }: { n: number; probability: number }): Distribution {
  demand(Number.isInteger(n) && n >= 1 && n <= 1e15, 'binomial: n', n, 'give a whole number from 1 to 1e15')
  demand(probability >= 0 && probability <= 1, 'binomial: probability', probability, 'give a number from 0 to 1')
  const mean = n * probability
  const variance = mean * (1 - probability)
  let table: Table | undefined
  const quantile = (p: number) => {
    if (p >= 1) return probability === 0 ? 0 : n
    if (variance > LARGEST_TABLE) return expanded(n, probability, p)
    table ??= tableOf(n, probability)
    return table.first + table.guide.find(p)
  }
  const share = shareOf(probability)
  // P(X <= k) is the upper tail of a beta variate with shapes k + 1 and n - k.
  const tails = (x: number) => {
    const k = Math.floor(x)
    if (k < 0) return { lower: 1, upper: 0 }
    return k >= n ? { lower: 0, upper: 1 } : incompleteBeta(k + 1, n - k, share)
  }
  return {
    mean,
    variance,
    sample: (stream) => quantile(stream.next()),
    quantile,
    cdf: (x) => tails(x).upper,
    survival: (x) => tails(x).lower,
    whole: true,
  }
}

interface Table {
  readonly first: number
  readonly guide: GuideTable
}

/** Cumulative probabilities around the mode, each from its neighbour. */
function tableOf(n: number, probability: number): Table {
  const mode = Math.min(n, Math.floor((n + 1) * probability))
  const odds = probability / (1 - probability)
  const below: number[] = []
  let term = 1
  for (let k = mode; k > 0 && term > NEGLIGIBLE; k--) {
    term *= k / ((n - k + 1) * odds)
    below.push(term)
  }
  const first = mode - below.length
  const terms = [...below.reverse(), 1]
  term = 1
  for (let k = mode + 1; k <= n && term > NEGLIGIBLE; k++) {
    term *= ((n - k + 1) * odds) / k
    terms.push(term)
  }
  const atMode = modeProbability(n, mode, probability)
  let sum = 0
  const cumulative = Float64Array.from(terms, (t) => (sum += t * atMode))
  cumulative[cumulative.length - 1] = 1
  return { first, guide: new GuideTable(cumulative) }
}

/** C(n, k) p^k (1 - p)^(n - k), from the term of the incomplete beta function. */
function modeProbability(n: number, k: number, probability: number): number {
  if (probability === 0 || probability === 1) return 1
  const share = shareOf(probability)
  return betaTerm(k + 1, n - k + 1, share) / (share.x * share.y * (n + 1))
}

/** E. Cornish and R. Fisher (1937): a normal variate bent to the skewness and kurtosis of the binomial law. */
function expanded(n: number, probability: number, p: number): number {
  const z = normalQuantile(aboveZero(p))
  const failure = 1 - probability
  const both = probability * failure
  const sd = Math.sqrt(n * both)
  const cube = z * z * z
  const bent = ((failure - probability) * (z * z - 1)) / 6
  const flattened = 3 * (1 - 6 * both) * (cube - 3 * z) - 2 * (1 - 4 * both) * (2 * cube - 5 * z)
  const x = n * probability + sd * z + bent + flattened / (72 * sd)
  return Math.min(n, Math.max(0, Math.ceil(x - 0.5)))
}
