/**
 * Parts of densities that are differences of large numbers, kept in two floats, after C. Loader ("Fast and accurate
 * computation of binomial probabilities", 2000). Each function returns the first float and leaves the second in `rest`.
 */
import { head, lnLow, longLog } from './long-logarithm.ts'

/** What the last function called could not hold in its float64. */
export let rest = 0

/** x y, exactly, as long as neither is above 2^996. */
export function product(x: number, y: number): number {
  const p = x * y
  const xHead = head(x)
  const yHead = head(y)
  const xTail = x - xHead
  const yTail = y - yHead
  rest = xHead * yHead - p + xHead * yTail + xTail * yHead + xTail * yTail
  return p
}

/** x + y, exactly (D. Knuth, The Art of Computer Programming 2, 4.2.2). */
export function sum(x: number, y: number): number {
  const s = x + y
  const part = s - x
  rest = x - (s - part) + (y - part)
  return s
}

/**
 * x - a - a ln(x / a) for a > 0 and x + xLow > 0: how far x is from a in the exponent of a gamma, Poisson, beta or
 * binomial probability. About 2^-57 of its size.
 */
export function deviance(a: number, x: number, xLow = 0): number {
  const d = sum(x, -a)
  const dLow = rest + xLow
  if (Math.abs(d) <= 0.1 * a) {
    // d^2 / (x + a) - 2 a s^3 (1/3 + s^2/5 + …) with s = d / (x + a)
    const t = sum(x, a)
    const tLow = rest + xLow
    const square = product(d, d)
    const squareLow = rest + 2 * d * dLow
    const lead = square / t
    const back = product(lead, t)
    const leadLow = (square - back - rest + squareLow - lead * tLow) / t
    const s = d / t
    const z = s * s
    let series = 0
    for (let k = 17; k >= 3; k -= 2) series = series * z + 1 / k
    const value = sum(lead, -2 * a * s * z * series)
    rest += leadLow
    return value
  }
  const ratio = x / a
  const back = product(ratio, a)
  const ratioLow = (x - back - rest + xLow) / a
  const ln = longLog(ratio)
  const low = lnLow + ratioLow / ratio
  const scaled = product(a, ln)
  const scaledLow = rest + a * low
  const value = sum(d, -scaled)
  rest += dLow - scaledLow
  return value
}

/** a ln x - x for x + xLow > 0. */
export function logPower(a: number, x: number, xLow = 0): number {
  const ln = longLog(x)
  const low = lnLow + xLow / x
  const scaled = product(a, ln)
  const scaledLow = rest + a * low
  const value = sum(scaled, -x)
  rest += scaledLow - xLow
  return value
}
