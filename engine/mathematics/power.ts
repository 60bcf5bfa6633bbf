import { BIAS, highWord, powers } from './bits.ts'
import { expSum } from './exponential.ts'
import { LN2_HIGH, LN2_LOW } from './logarithm.ts'

const TO_SQRT_HALF = 0x3ff00000 - 0x3fe6a09e
const LEAST_NORMAL = 2 ** -1022
const TWO_54 = 18014398509481984
/** Splits a float64 into two halves of 26 bits (T. Dekker, Numerische Mathematik 18, 1971). */
const SPLIT = 134217729

/**
 * (ln((1+s)/(1-s)) - 2s - 2/3 s^3) / s^5 in powers of s^2: minimax for |s| <= 3 - 2 sqrt 2 (Remez exchange in
 * 60 digits), error 2^-65 of the whole.
 */
function series(z: number): number {
  const w = z * z
  const odd = z * (0.2857142857009848 + w * (0.18181784349140281 + w * 0.13256797738421622))
  return 0.40000000000002256 + w * (0.22222222520124083 + w * (0.1538675817536591 + w * 0.13196517613856346)) + odd
}

/**
 * x^y, the same bits on every machine; error below 1 ulp. Special values are those of ECMAScript's `**`.
 * Method: y ln x with ln x in two floats of about 68 good bits, then e^(high + low).
 */
export function pow(x: number, y: number): number {
  if (y === 0) return 1
  if (y === 1) return x
  if (!(x > 0) || x === Infinity || !(y - y === 0)) return unusual(x, y)
  if (x === 1) return 1
  return positive(x, y)
}

function positive(x: number, y: number): number {
  const ln = logarithm(x)
  const product = y * ln
  if (!(product < 800 && product > -800)) return expSum(product, 0)
  const yHead = head(y)
  const lnHead = head(ln)
  const yTail = y - yHead
  const lnTail = ln - lnHead
  const productLow = yHead * lnHead - product + yHead * lnTail + yTail * lnHead + yTail * lnTail
  return expSum(product, productLow + y * lnLow)
}

/** What ln x has below its float64, as the last call of `logarithm` left it: no object for the pair. */
let lnLow = 0

/** ln x for finite x > 0, its lower part in `lnLow`. Products are split after Dekker to keep what they round away. */
function logarithm(x: number): number {
  const subnormal = x < LEAST_NORMAL
  const normal = subnormal ? x * TWO_54 : x
  const k = ((highWord(normal) + TO_SQRT_HALF) >> 20) - 1023
  const f = normal * powers[BIAS - k] - 1
  const exponent = subnormal ? k - 54 : k

  // s + sLow = f / (2 + f), by the remainder of the first quotient.
  const t = 2 + f
  const tLow = f - (t - 2)
  const s = f / t
  const sHead = head(s)
  const tHead = head(t)
  const sTail = s - sHead
  const tTail = t - tHead
  const remainder = f - sHead * tHead - sHead * tTail - sTail * tHead - sTail * tTail
  const sLow = (remainder - s * tLow) / t

  // z + zLow = s^2, then c + cLow = 2/3 s^3.
  const z = s * s
  const zLow = sHead * sHead - z + 2 * sHead * sTail + sTail * sTail + 2 * s * sLow
  const cube = s * z
  const zHead = head(z)
  const zTail = z - zHead
  const cubeLow = sHead * zHead - cube + sHead * zTail + sTail * zHead + sTail * zTail + s * zLow + sLow * z
  const third = cube * TWO_THIRDS
  const cubeHead = head(cube)
  const cubeTail = cube - cubeHead
  const thirdLow =
    cubeHead * TWO_THIRDS_HEAD - third + cubeHead * TWO_THIRDS_TAIL + cubeTail * TWO_THIRDS + cube * TWO_THIRDS_LOW

  // ln x = k ln 2 + 2s + third + the rest, largest first, each rounding kept.
  const a = exponent * LN2_HIGH
  const b = a + 2 * s
  const bLow = exponent === 0 ? 0 : 2 * s - (b - a)
  const ln = b + third
  const rest = third - (ln - b)
  lnLow = rest + (bLow + (2 * sLow + (thirdLow + cubeLow * TWO_THIRDS + cube * z * series(z) + exponent * LN2_LOW)))
  return ln
}

const TWO_THIRDS = 2 / 3
const TWO_THIRDS_HEAD = head(TWO_THIRDS)
const TWO_THIRDS_TAIL = TWO_THIRDS - TWO_THIRDS_HEAD
/** 2/3 less its float64, exactly a third of that float64's last bit. */
const TWO_THIRDS_LOW = 2 ** -54 * TWO_THIRDS

/** The upper 26 bits of x. */
function head(x: number): number {
  const c = SPLIT * x
  return c - (c - x)
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
