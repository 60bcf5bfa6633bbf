/** pi/2 in four parts, the first three of 33 bits, so that n * part is exact for n < 2^20. */
const P1 = 1.5707963267341256
const P2 = 6.077100506303966e-11
const P3 = 2.0222662487111665e-21
const P4 = 8.4784276603689e-32
const ROUND = 6755399441055744

/** Largest angle, in radians, whose distance from a multiple of pi/2 is still known to the last bit. */
export const LARGEST_ANGLE = 1e6

/** sin(x + low) for |x| <= pi/4: minimax in x^2 (Remez exchange in 60 digits), error 2^-58. */
function sinKernel(x: number, low: number): number {
  const z = x * x
  const w = z * z
  const r =
    0.008333333333322316 +
    z * (-0.00019841269829725186 + z * 2.7557313662026562e-6) +
    z * w * (-2.5050753257474816e-8 + z * 1.5896504452748013e-10)
  return x - (z * (0.5 * low - z * x * r) - low + z * x * 0.16666666666666632)
}

/** cos(x + low) for |x| <= pi/4: minimax in x^2 (Remez exchange in 60 digits), error 2^-64. */
function cosKernel(x: number, low: number): number {
  const z = x * x
  const w = z * z
  const r =
    z * (0.0416666666666666 + z * (-0.001388888888887399 + z * 2.4801587289395018e-5)) +
    w * w * (-2.7557314326049635e-7 + z * (2.087571956027352e-9 + z * -1.1359448712979298e-11))
  const half = 0.5 * z
  const whole = 1 - half
  return whole + (1 - whole - half + (z * r - x * low))
}

/** sin(x + quarter pi/2), by subtracting whole quarters of a turn in three steps of Cody and Waite (1980). */
function turned(x: number, quarter: number): number {
  if (!(Math.abs(x) <= LARGEST_ANGLE)) {
    if (Number.isFinite(x)) throw new RangeError(`angle ${x} rad: bring it into [-${LARGEST_ANGLE}, ${LARGEST_ANGLE}]`)
    return NaN
  }
  const n = x * 0.6366197723675814 + ROUND - ROUND
  const a = x - n * P1
  const b = n * P2
  const c = a - b
  const d = n * P3
  const high = c - d
  const low = a - c - b + (c - high - d) - n * P4
  const y = high + low
  const rest = high - y + low
  const turn = (n + quarter) & 3
  const size = turn & 1 ? cosKernel(y, rest) : sinKernel(y, rest)
  return turn & 2 ? -size : size
}

/** Sine of an angle in radians, |x| <= LARGEST_ANGLE (RangeError beyond); error below 1 ulp. */
export function sin(x: number): number {
  if (x > -1e-8 && x < 1e-8) return x
  return turned(x, 0)
}

/** Cosine of an angle in radians, |x| <= LARGEST_ANGLE (RangeError beyond); error below 1 ulp. */
export function cos(x: number): number {
  return turned(x, 1)
}
