import { BIAS, highWord, powers } from './bits.ts'

/** ln 2 in two parts: LN2_HIGH has 32 bits, so that k * LN2_HIGH is exact for every exponent k. */
export const LN2_HIGH = 0.6931471803691238
export const LN2_LOW = 1.9082149292705877e-10

/** Added to the high word, it makes the exponent step up at sqrt 2 instead of at 2. */
const TO_SQRT_HALF = 0x3ff00000 - 0x3fe6a09e
const TWO_54 = 18014398509481984

/**
 * (ln((1+s)/(1-s)) - 2s) / s as a polynomial in s^2 without its constant term: minimax for |s| <= 3 - 2 sqrt 2
 * (Remez exchange in 60 digits), error 2^-58.5.
 */
function series(z: number): number {
  const w = z * z
  const odd = w * (0.3999999999941399 + w * (0.22222198554024347 + w * 0.1531402118307421))
  const even = z * (0.6666666666666734 + w * (0.28571428742558763 + w * (0.1818356539994841 + w * 0.14796261658753787)))
  return odd + even
}

/**
 * Natural logarithm, the same bits on every machine; error below 1 ulp. NaN below 0, -Infinity at 0.
 * Method: x = 2^k (1+f) with 1+f in [sqrt(1/2), sqrt 2), s = f/(2+f), ln(1+f) = 2 artanh s
 * (P. Tang, "Table-driven implementation of the logarithm function", 1990, and K. C. Ng's fdlibm).
 */
export function log(x: number): number {
  const high = highWord(x)
  if (high < 0x00100000 || high >= 0x7ff00000) return unusual(x)
  const k = ((high + TO_SQRT_HALF) >> 20) - 1023
  const f = x * powers[BIAS - k] - 1
  const s = f / (2 + f)
  const half = 0.5 * f * f
  return s * (half + series(s * s)) + k * LN2_LOW - half + f + k * LN2_HIGH
}

/** Zero, subnormal, negative, infinite and not a number. */
function unusual(x: number): number {
  if (x === 0) return -Infinity
  if (x < 0) return NaN
  return x < 1 ? log(x * TWO_54) - 54 * LN2_LOW - 54 * LN2_HIGH : x
}

/** ln(1 + x), exact to the last bits for small x too; error below 1 ulp. */
export function log1p(x: number): number {
  if (!(x > -1) || x === Infinity) return x === -1 ? -Infinity : x === Infinity ? x : NaN
  if (x > -1.1e-16 && x < 1.1e-16) return x
  let f = x
  let k = 0
  let lost = 0
  if (x < -0.2928932188134524 || x > 0.4142135623730951) {
    const u = 1 + x
    // What the sum above rounded away, relative to u.
    lost = x < 9007199254740992 ? (u > 2 ? 1 - (u - x) : x - (u - 1)) / u : 0
    k = ((highWord(u) + TO_SQRT_HALF) >> 20) - 1023
    f = u * powers[BIAS - k] - 1
  }
  const s = f / (2 + f)
  const half = 0.5 * f * f
  return s * (half + series(s * s)) + (k * LN2_LOW + lost) - half + f + k * LN2_HIGH
}
