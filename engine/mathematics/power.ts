import { expSum } from './exponential.ts'
import { head, lnLow, longLog } from './long-logarithm.ts'

/**
 * x^y, the same bits on every machine; error below 1 ulp. Special values are those of ECMAScript's `**`.
 * Method: y ln x with ln x in two floats of about 67 good bits, then e^(high + low).
 */
export function pow(x: number, y: number): number {
  if (y === 0) return 1
  if (y === 1) return x
  if (!(x > 0) || x === Infinity || !(y - y === 0)) return unusual(x, y)
  if (x === 1) return 1
  return positive(x, y)
}

function positive(x: number, y: number): number {
  const ln = longLog(x)
  const product = y * ln
  if (!(product < 800 && product > -800)) return expSum(product, 0)
  const yHead = head(y)
  const lnHead = head(ln)
  const yTail = y - yHead
  const lnTail = ln - lnHead
  const productLow = yHead * lnHead - product + yHead * lnTail + yTail * lnHead + yTail * lnTail
  return expSum(product, productLow + y * lnLow)
}

/** x of zero, below zero, infinite or not a number; y infinite or not a number. */
function unusual(x: number, y: number): number {
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN
  if (y === Infinity || y === -Infinity) {
    const size = Math.abs(x)
    if (size === 1) return NaN
    return size > 1 === y > 0 ? Infinity : 0
  }
  const whole = Math.floor(y) === y
  const odd = whole && Math.abs(y) < 2 ** 53 && y % 2 !== 0
  const negative = x < 0 || Object.is(x, -0)
  if (x === 0 || x === Infinity || x === -Infinity) {
    const size = (x === 0) === y > 0 ? 0 : Infinity
    return negative && odd ? -size : size
  }
  if (!whole) return NaN
  return odd ? -pow(-x, y) : pow(-x, y)
}
