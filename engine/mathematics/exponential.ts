import { BIAS, powers, scale } from './bits.ts'
import { LN2_HIGH, LN2_LOW } from './logarithm.ts'

/** Adding and taking away 1.5 * 2^52 rounds to the nearest whole number. */
const ROUND = 6755399441055744

/**
 * e^r - 1 - r for |r| <= ln 2 / 2: r^2 times the minimax polynomial of degree 10 (Remez exchange in 60 digits),
 * error 2^-59.6. Grouped so that the products do not wait for one another.
 */
export function tail(r: number): number {
  const z = r * r
  const w = z * z
  const a = 0.041666666666666685 + r * 0.008333333333326604 + z * (0.0013888888888875103 + r * 0.00019841269873503958)
  const b = 2.4801587345978418e-5 + r * 2.755725678757259e-6 + z * (2.7557254013629266e-7 + r * 2.510472607735544e-8)
  return z * (0.5 + (r * 0.1666666666666667 + z * (a + w * (b + w * 2.092127195605433e-9))))
}

/**
 * e^x, the same bits on every machine; error below 1 ulp (subnormal results: 1 ulp).
 * Method: x = k ln 2 + r with |r| <= ln 2 / 2 in two parts (W. Cody and W. Waite, "Software Manual for the
 * Elementary Functions", 1980).
 */
export function exp(x: number): number {
  return expSum(x, 0)
}

/** e^(x + rest), where `rest` is what a sum of two floats x could not hold. */
export function expSum(x: number, rest: number): number {
  if (!(x <= 710)) return x > 710 ? Infinity : NaN
  if (x < -746) return 0
  const k = x * Math.LOG2E + ROUND - ROUND
  const high = x - k * LN2_HIGH
  const low = rest - k * LN2_LOW
  const r = high + low
  const y = 1 + (high + (low + tail(r)))
  return k > -1019 && k < 1022 ? y * powers[BIAS + k] : scale(y, k)
}

/** e^x - 1, exact to the last bits for small x too; error below 1.1 ulp. */
export function expm1(x: number): number {
  if (!(x <= 710)) return x > 710 ? Infinity : NaN
  if (x < -37.5) return -1
  if (x > -1e-16 && x < 1e-16) return x
  const k = x * Math.LOG2E + ROUND - ROUND
  const high = x - k * LN2_HIGH
  const low = -k * LN2_LOW
  const rest = low + tail(high + low)
  if (k === 0) return high + rest
  if (k > 60) return scale(1 + (high + rest), k)
  // 2^k (e^r - 1) + (2^k - 1), the exact part first; what its sum rounds away goes to the small part.
  const one = powers[BIAS - k]
  const whole = k > 52 ? 1 : 1 - one
  const sum = whole + high
  return powers[BIAS + k] * (sum + (whole - sum + high + (k > 52 ? rest - one : rest)))
}
