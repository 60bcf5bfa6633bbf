const float = new Float64Array(1)
const bits = new BigInt64Array(float.buffer)

/** Place of x in the row of all float64, counted from 0. */
function rank(x: number): bigint {
  float[0] = x
  return bits[0] < 0n ? -(bits[0] & 0x7fffffffffffffffn) : bits[0]
}

/** How many float64 are between a and b, one of them counted; 0 for two NaN. */
export function ulps(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b) ? 0 : Infinity
  const d = rank(a) - rank(b)
  return Number(d < 0n ? -d : d)
}

/** The float64 with these 64 bits. */
export function fromBits(high: number, low: number): number {
  bits[0] = (BigInt(high | 0) << 32n) | BigInt(low >>> 0)
  return float[0]
}
