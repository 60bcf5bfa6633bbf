const view = new DataView(new ArrayBuffer(8))

/**
 * The upper 32 bits of a float64: sign, exponent and the first 20 bits of the fraction. (Nothing writes half a float
 * and reads the whole, which would stall the processor: multiply by a power of two instead.)
 */
export function highWord(x: number): number {
  view.setFloat64(0, x, true)
  return view.getInt32(4, true)
}

/** 2^k at [k + BIAS] for k in [-1024, 1023], all exact (the first two are subnormal). */
export const BIAS = 1024
export const powers = new Float64Array(2048)
powers[BIAS] = 1
for (let k = 1; k < 1024; k++) powers[BIAS + k] = powers[BIAS + k - 1] * 2
for (let k = -1; k >= -1024; k--) powers[BIAS + k] = powers[BIAS + k + 1] / 2

/** x * 2^k for x in [1/4, 4] and any whole k; rounded once where the result is subnormal. */
export function scale(x: number, k: number): number {
  if (k >= -1018 && k < 1022) return x * powers[BIAS + k]
  if (k > 0) return k > 1030 ? x * Infinity : x * 16 * powers[Math.min(BIAS + k - 4, 2047)]
  // In two factors, of which only the second can leave the normal range.
  return k < -1090 ? 0 : x * powers[BIAS - 1000] * powers[BIAS + 1000 + k]
}
