/**
 * The natural logarithm in two floats, for what would multiply the rounding of one: powers and the terms of densities.
 * Products are split after T. Dekker (Numerische Mathematik 18, 1971) to keep what they round away.
 */
import { BIAS, highWord, powers } from './bits.ts'
import { LN2_HIGH, LN2_LOW } from './logarithm.ts'

const TO_SQRT_HALF = 0x3ff00000 - 0x3fe6a09e
const LEAST_NORMAL = 2 ** -1022
const TWO_54 = 18014398509481984
/** Splits a float64 into two halves of 26 bits. */
const SPLIT = 134217729

/** ln 3/4 and ln 5/4: the first parts are whole multiples of 2^-42, so that k ln 2 is added to them exactly. */
const LN_THREE_QUARTERS = -0.2876820724516165
const LN_THREE_QUARTERS_LOW = -1.6445010155315012e-13
const LN_FIVE_QUARTERS = 0.22314355131402408
const LN_FIVE_QUARTERS_LOW = 1.856757095979601e-13

/** (ln((1+s)/(1-s)) - 2s - 2/3 s^3) / s^5 in powers of s^2 for |s| <= 0.072: Taylor, error 2^-72 of the whole. */
function series(z: number): number {
  return (
    0.4 +
    z *
      (0.2857142857142857 +
        z *
          (0.2222222222222222 +
            z *
              (0.18181818181818182 + z * (0.15384615384615385 + z * (0.13333333333333333 + z * 0.11764705882352941)))))
  )
}

/** The upper 26 bits of x. */
export function head(x: number): number {
  const c = SPLIT * x
  return c - (c - x)
}

/** What ln x has below its float64, as the last call of `longLog` left it: no object for the pair. */
export let lnLow = 0

/**
 * ln x for finite x > 0 to about 2^-67 of its size: returns its float64 and leaves the rest in `lnLow`. x = 2^k c (1+f)
 * with c of 3/4, 1 and 5/4 next to it, so that s = f / (2+f) stays below 0.072 (P. Tang, "Table-driven implementation of
 * the logarithm function", 1990).
 */
export function longLog(x: number): number {
  const subnormal = x < LEAST_NORMAL
  const normal = subnormal ? x * TWO_54 : x
  const k = ((highWord(normal) + TO_SQRT_HALF) >> 20) - 1023
  const m = normal * powers[BIAS - k]
  const exponent = subnormal ? k - 54 : k
  let c = 1
  let a = exponent * LN2_HIGH
  let aLow = exponent * LN2_LOW
  if (m < 0.8660254037844386) {
    c = 0.75
    a += LN_THREE_QUARTERS
    aLow += LN_THREE_QUARTERS_LOW
  } else if (m > 1.118033988749895) {
    c = 1.25
    a += LN_FIVE_QUARTERS
    aLow += LN_FIVE_QUARTERS_LOW
  }

  // s + sLow = (m - c) / (m + c), by the remainder of the first quotient; m - c is exact.
  const f = m - c
  const t = m + c
  const tLow = m - (t - c)
  const s = f / t
  const sHead = head(s)
  const tHead = head(t)
  const sTail = s - sHead
  const tTail = t - tHead
  const remainder = f - sHead * tHead - sHead * tTail - sTail * tHead - sTail * tTail
  const sLow = (remainder - s * tLow) / t

  // z + zLow = s^2, then cube + cubeLow = s^3, then third + thirdLow = 2/3 of its first part.
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

  // k ln 2 + ln c + 2s + third + the rest, largest first, each rounding kept.
  const b = a + 2 * s
  const bLow = a === 0 ? 0 : 2 * s - (b - a)
  const sum = b + third
  const sumLow = third - (sum - b)
  const rest = sumLow + (bLow + (2 * sLow + (thirdLow + cubeLow * TWO_THIRDS + cube * z * series(z) + aLow)))
  const ln = sum + rest
  lnLow = rest - (ln - sum)
  return ln
}

const TWO_THIRDS = 2 / 3
const TWO_THIRDS_HEAD = head(TWO_THIRDS)
const TWO_THIRDS_TAIL = TWO_THIRDS - TWO_THIRDS_HEAD
/** 2/3 less its float64, exactly a third of that float64's last bit. */
const TWO_THIRDS_LOW = 2 ** -54 * TWO_THIRDS
