import { deviance, logPower, rest, sum } from './deviance.ts'
import { exp, expm1, expSum } from './exponential.ts'
import { log, log1p } from './logarithm.ts'
import { pow } from './power.ts'
import { sin } from './trigonometry.ts'

const HALF_LN_2PI = 0.9189385332046728
const SQRT_2PI = 2.5066282746310007
const EPSILON = 2 ** -53

/**
 * ln |gamma(x)| for any x but 0, -1, -2, … (Infinity there). Relative error below 1e-15 for x > 0, near the zeros 1 and 2
 * too; for x < 0 the error is below 4e-15 (1 + ln |gamma(x)|).
 */
export function lgamma(x: number): number {
  if (x <= 0) {
    if (Math.floor(x) === x) return Infinity
    // |sin pi x| from the distance to the next whole number, which is exact.
    return log(Math.PI / sin(Math.PI * Math.abs(x - Math.round(x)))) - lgamma(1 - x)
  }
  if (x < 0.5) return aroundTwo(x) - log1p(x) - log(x)
  if (x < 1.5) return aroundTwo(x - 1) - log1p(x - 1)
  if (x < 2.5) return aroundTwo(x - 2)
  if (x >= 10) return (x - 0.5) * log(x) - x + HALF_LN_2PI + stirlingError(x)
  let product = 1
  let shifted = x
  while (shifted >= 2.5) product *= --shifted
  return log(product) + aroundTwo(shifted - 2)
}

/** gamma(x) for 0 < x <= 25; relative error below 1e-14. */
export function gammaFunction(x: number): number {
  if (x < 1.5) return exp(lgamma(x < 0.5 ? x + 1 : x)) / (x < 0.5 ? x : 1)
  let product = 1
  let shifted = x
  while (shifted >= 2.5) product *= --shifted
  return product * exp(aroundTwo(shifted - 2))
}

/** ln gamma(2 + d) for |d| <= 1/2: d (1 - 0.5772) + sum of (zeta(k) - 1) (-d)^k / k. */
function aroundTwo(d: number): number {
  let sum = 0
  for (let i = ZETA_LESS_ONE.length - 1; i >= 0; i--) sum = sum * -d + ZETA_LESS_ONE[i] / (i + 2)
  return d * (ONE_LESS_EULER + d * sum)
}

const ONE_LESS_EULER = 0.42278433509846713
/** zeta(2) - 1, zeta(3) - 1, … as far as float64 tells them apart from what the series needs. */
const ZETA_LESS_ONE = [
  0.6449340668482264, 0.2020569031595943, 0.08232323371113819, 0.03692775514336993, 0.01734306198444914,
  0.008349277381922827, 0.00407735619794434, 0.0020083928260822143, 9.945751278180853e-4, 4.941886041194645e-4,
  2.460865533080483e-4, 1.2271334757848915e-4, 6.124813505870483e-5, 3.058823630702049e-5, 1.528225940865187e-5,
  7.637197637899763e-6, 3.81729326499984e-6, 1.908212716553939e-6, 9.539620338727962e-7, 4.769329867878064e-7,
  2.38450502727733e-7, 1.1921992596531106e-7, 5.960818905125948e-8, 2.980350351465228e-8,
]

/** ln gamma(x) less Stirling's formula (x - 1/2) ln x - x + ln(2 pi)/2, by its asymptotic series; x >= 10. */
export function stirlingError(x: number): number {
  const z = 1 / (x * x)
  return (
    (0.08333333333333333 +
      z *
        (-0.002777777777777778 +
          z *
            (7.936507936507937e-4 +
              z *
                (-5.952380952380953e-4 +
                  z * (8.417508417508417e-4 + z * (-0.0019175269175269176 + z * 0.00641025641025641)))))) /
    x
  )
}

/**
 * (x + xLow)^a e^-(x + xLow) / gamma(a + 1) for a > 0: the probability of a Poisson law of mean x at a, and what P and Q
 * below start from. Relative error below 1e-14.
 */
export function gammaTerm(a: number, x: number, xLow = 0): number {
  if (x === 0) return 0
  if (a < 10) {
    const exponent = logPower(a, x, xLow)
    return expSum(exponent, rest) / gammaFunction(a + 1)
  }
  const off = deviance(a, x, xLow)
  const low = rest
  const exponent = sum(-off, -stirlingError(a))
  return expSum(exponent, rest - low) / (SQRT_2PI * Math.sqrt(a))
}

/** The two tails, and x^a e^-x / gamma(a + 1). */
export interface GammaTails {
  readonly lower: number
  readonly upper: number
  readonly term: number
}

/**
 * Regularised incomplete gamma functions P(a, x) = P(X <= x) and Q = 1 - P for X gamma distributed with shape
 * a > 0 and scale 1. Series below a + 1, continued fraction (Lentz) above; for a < 1 and small x the series of W. Gautschi
 * (ACM Trans. Math. Software 5, 1979), which keeps the digits of Q. Relative error of both below 2e-14 for shapes up to
 * 1e5. The work grows with sqrt(a).
 * @throws RangeError for a shape that is not above 0
 */
export function incompleteGamma(a: number, x: number): GammaTails {
  if (!(a > 0 && a < Infinity) || Number.isNaN(x))
    throw new RangeError(`incompleteGamma(${a}, ${x}): shape must be > 0`)
  if (x <= 0) return { lower: 0, upper: 1, term: 0 }
  if (x === Infinity) return { lower: 1, upper: 0, term: 0 }
  if (a < 1 && x < 1) return smallTails(a, x)
  const term = gammaTerm(a, x)
  if (a >= 1 && x < a + 1) {
    const lower = term * risingSeries(a, x)
    return { lower, upper: 1 - lower, term }
  }
  const upper = term * a * continuedFraction(a, x)
  return { lower: 1 - upper, upper, term }
}

/** P = x^a / gamma(a + 1) (1 + a S) with S the sum of (-x)^k / (k! (a + k)); Q from what x^a / gamma(a + 1) lacks to 1. */
function smallTails(a: number, x: number): GammaTails {
  let part = 1
  let sum = 0
  for (let k = 1; Math.abs(part) > EPSILON * 0.01; k++) {
    part *= -x / k
    sum += part / (a + k)
  }
  const lack = expm1(a * log(x) - (a < 0.5 ? aroundTwo(a) - log1p(a) : aroundTwo(a - 1)))
  const power = pow(x, a) / gammaFunction(1 + a)
  return { lower: power * (1 + a * sum), upper: -lack - (1 + lack) * a * sum, term: power * exp(-x) }
}

function risingSeries(a: number, x: number): number {
  let term = 1
  let sum = 1
  for (let n = a + 1; term > sum * EPSILON; n++) {
    term *= x / n
    sum += term
  }
  return sum
}

function continuedFraction(a: number, x: number): number {
  let b = x - a + 1
  let c = 1e300
  let d = 1 / b
  let h = d
  for (let i = 1; ; i++) {
    const an = i * (a - i)
    b += 2
    d = 1 / (an * d + b)
    c = b + an / c
    const factor = c * d
    h *= factor
    if (Math.abs(factor - 1) <= 2 * EPSILON || i > 1e6) return h
  }
}
