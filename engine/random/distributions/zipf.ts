import { exp, expm1 } from '../../mathematics/exponential.ts'
import { log, log1p } from '../../mathematics/logarithm.ts'
import { pow } from '../../mathematics/power.ts'
import { GuideTable } from '../guide-table.ts'
import { type Distribution, demand } from '../variate.ts'

/** Ranks up to here come out of a table, those beyond out of a formula. */
const HEAD = 1024

/**
 * Ranks 1 to n, rank k as often as k^-exponent says (exponent 0: all alike). One draw, by inversion, in the same
 * little memory for any n: beyond rank 1,024 the sum of powers is its Euler-Maclaurin integral, relative error
 * below 1e-12.
 */
export function zipf({ n, exponent }: { n: number; exponent: number }): Distribution {
  demand(Number.isInteger(n) && n >= 1 && n <= 1e15, 'zipf: n', n, 'give a whole number from 1 to 1e15')
  demand(exponent >= 0 && exponent <= 100, 'zipf: exponent', exponent, 'give a number from 0 to 100')
  const size = Math.min(n, HEAD)
  let sum = 0
  const cumulative = Float64Array.from({ length: size }, (_, i) => (sum += pow(i + 1, -exponent)))
  const head = new GuideTable(cumulative)
  const headTotal = cumulative[size - 1]
  const total = powerSum(n, exponent)
  const upTo = (k: number) => (k <= size ? cumulative[k - 1] : headTotal + powerTail(k, exponent))
  const quantile = (p: number) => {
    const share = p * total
    if (share <= headTotal || n <= HEAD) return head.find(share) + 1
    const k = Math.ceil(tailEnd(share - headTotal, exponent) - 0.5)
    return Math.min(Math.max(k, HEAD + 1), n)
  }
  // From rank 1, from which high exponents change almost no draw.
  const { first, second } = beyondOne(n, exponent)
  const beyond = first / total
  return {
    mean: 1 + beyond,
    variance: Math.max(0, second / total - beyond * beyond),
    whole: true,
    sample: (stream) => quantile(stream.next()),
    quantile,
    cdf: (x) => (x < 1 ? 0 : x >= n ? 1 : upTo(Math.floor(x)) / total),
  }
}

/** Sums of (k - 1) k^-e and (k - 1)^2 k^-e for k = 1 … n. */
function beyondOne(n: number, e: number): { first: number; second: number } {
  let first = 0
  let second = 0
  if (n > HEAD) {
    const [zero, one, two] = [0, 1, 2].map((power) => powerTail(n, e - power))
    first = one - zero
    second = two - 2 * one + zero
  }
  for (let k = Math.min(n, HEAD); k > 1; k--) {
    const share = (k - 1) * pow(k, -e)
    first += share
    second += (k - 1) * share
  }
  return { first, second }
}

/** Sum of k^-e for k = 1 … n. */
function powerSum(n: number, e: number): number {
  let sum = 0
  for (let k = Math.min(n, HEAD); k > 0; k--) sum += pow(k, -e)
  return n > HEAD ? sum + powerTail(n, e) : sum
}

/** Sum of k^-e for k = HEAD + 1 … n: the integral over half a step more on both sides, and its first correction. */
function powerTail(n: number, e: number): number {
  const start = HEAD + 0.5
  const end = n + 0.5
  return integral(end / start, e) * pow(start, 1 - e) + (e / 24) * (pow(end, -e - 1) - pow(start, -e - 1))
}

/** Where the sum from HEAD + 1 on reaches `share`: powerTail turned round. */
function tailEnd(share: number, e: number): number {
  const start = HEAD + 0.5
  const unit = pow(start, 1 - e)
  const correction = (e / 24) * pow(start, -e - 1)
  const rough = start * inverse((share + correction) / unit, e)
  return start * inverse((share + correction - (e / 24) * pow(rough, -e - 1)) / unit, e)
}

/** Integral of x^-e from 1 to x. */
function integral(x: number, e: number): number {
  return e === 1 ? log(x) : expm1((1 - e) * log(x)) / (1 - e)
}

/** The x with integral(x, e) = y. */
function inverse(y: number, e: number): number {
  return e === 1 ? exp(y) : exp(log1p((1 - e) * y) / (1 - e))
}
