/**
 * Student's t distribution, with portable functions only, so that an interval is the same on every machine.
 *
 * The tail is an incomplete beta function (M. Abramowitz, I. Stegun, "Handbook of Mathematical Functions", 26.7.1), inverted
 * by Newton's method; with many degrees of freedom the quantile is expanded around the normal one (26.7.5). Relative errors
 * below 2e-14, held by a test against 10,000 values of 113 bits each.
 */
import { betaTerm, incompleteBeta, mirrored, type Share, shareOf } from '../mathematics/beta.ts'
import { product, rest, sum } from '../mathematics/deviance.ts'
import { exp } from '../mathematics/exponential.ts'
import { log } from '../mathematics/logarithm.ts'
import { normalQuantile } from '../mathematics/normal.ts'
import { pow } from '../mathematics/power.ts'

/** Beyond this t^2 / freedom the tail is its first term to the last digit. */
const FAR = 1e20

/**
 * The value that a t variable with `freedom` (> 0, need not be whole) degrees of freedom does not exceed with
 * probability `p`.
 * @throws RangeError unless 0 < p < 1 and freedom > 0
 */
export function studentTQuantile(p: number, freedom: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`probability ${p} is not between 0 and 1`)
  if (!(freedom > 0)) throw new RangeError(`${freedom} degrees of freedom`)
  if (p === 0.5) return 0
  const z = normalQuantile(p)
  if (freedom > 1e4 && z * z < freedom / 500) return expandedQuantile(z, freedom)
  return p > 0.5 ? upperQuantile(1 - p, p - 0.5, freedom) : -upperQuantile(p, 0.5 - p, freedom)
}

/** Probability that a t variable exceeds `t`. */
export function studentTTail(t: number, freedom: number): number {
  if (Number.isNaN(t)) return NaN
  if (t < 0) return 0.5 + partsAt(-t, freedom).centre
  return t === 0 ? 0.5 : partsAt(t, freedom).tail
}

/** The probability of exceeding t > 0, of lying between 0 and t, and the density times t. */
interface Parts {
  readonly tail: number
  readonly centre: number
  readonly slope: number
}

function partsAt(t: number, freedom: number): Parts {
  const root = t / Math.sqrt(freedom)
  if (root * root > FAR) {
    if (freedom > 64) return { tail: 0, centre: 0.5, slope: 0 }
    // 1 / (n B(n/2, 1/2)) (sqrt(n) / t)^n, from the term of the beta function at 1/2.
    const scale = betaTerm(freedom / 2, 0.5, HALF) * pow(2, (freedom + 1) / 2)
    const tail = (scale / freedom) * pow(1 / root, freedom)
    return { tail, centre: 0.5 - tail, slope: tail * freedom }
  }
  const { lower, upper, term } = incompleteBeta(freedom / 2, 0.5, shareAt(t, freedom))
  return { tail: lower / 2, centre: upper / 2, slope: term }
}

const HALF = shareOf(0.5)

/** x = freedom / (freedom + t^2), of which the smaller part is a quotient in two floats and the other 1 less it. */
function shareAt(t: number, freedom: number): Share {
  const square = product(t, t)
  const squareLow = rest
  const whole = sum(freedom, square)
  const wholeLow = rest + squareLow
  if (square > freedom) return quotient(freedom, 0, whole, wholeLow)
  return mirrored(quotient(square, squareLow, whole, wholeLow))
}

function quotient(n: number, nLow: number, d: number, dLow: number): Share {
  const x = n / d
  const back = product(x, d)
  const xLow = (n - back - rest + nLow - x * dLow) / d
  const y = sum(1, -x)
  return { x, xLow, y, yLow: rest - xLow }
}

/** The t > 0 with this tail, below 1/2; `centre` is 1/2 less it, whose digits it may have lost. */
function upperQuantile(tail: number, centre: number, freedom: number): number {
  let w = log(guess(tail, freedom))
  let t = exp(w)
  for (let step = 0; step < 200; step++) {
    const parts = partsAt(t, freedom)
    // On the logarithm of the smaller part as a function of ln t, which is concave: the steps cannot run away.
    const near = tail > 0.25
    const goal = near ? centre : tail
    const found = near ? parts.centre : parts.tail
    if (found === 0) {
      w -= 1
      t = exp(w)
      continue
    }
    const share = parts.slope / found
    const miss = Math.abs(found - goal) < 1e-3 * goal ? (goal - found) / goal : log(goal) - log(found)
    const move = (near ? miss : -miss) / share
    if (Math.abs(move) > 1e-3) {
      w = log(t) + move
      t = exp(w)
      continue
    }
    const next = t * (1 + move + 0.5 * move * move)
    if (Math.abs(move) < 1e-9 || next === t) return next
    t = next
  }
  return t
}

/** Above the root: the normal quantile stretched for few degrees of freedom, or the first term of the tail far out. */
function guess(tail: number, freedom: number): number {
  const z = -normalQuantile(tail)
  if (freedom > 4) return z + (z * z * z + z) / (4 * freedom)
  return Math.max(z, pow(2 * tail, -1 / freedom) * Math.sqrt(freedom))
}

/** Abramowitz & Stegun 26.7.5; the first term left out is below 1e-16 for freedom above 500 z^2. */
function expandedQuantile(z: number, freedom: number): number {
  const z2 = z * z
  const g1 = (z * (z2 + 1)) / 4
  const g2 = (z * ((5 * z2 + 16) * z2 + 3)) / 96
  const g3 = (z * (((3 * z2 + 19) * z2 + 17) * z2 - 15)) / 384
  const g4 = (z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945)) / 92160
  return z + (g1 + (g2 + (g3 + g4 / freedom) / freedom) / freedom) / freedom
}
