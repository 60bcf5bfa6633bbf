import { erfc, normalTail } from './error-function.ts'
import { log } from './logarithm.ts'

/**
 * P(Z <= z) of the standard normal distribution; relative error below 1e-15 in both tails (results below 2e-308: absolute
 * error 1e-323).
 */
export function normalCdf(z: number): number {
  if (z < -1) return normalTail(-z)
  return 0.5 * erfc(z * -Math.SQRT1_2)
}

/**
 * The z with normalCdf(z) = p, relative error below 1e-15; -Infinity at 0, Infinity at 1, NaN outside.
 * Source: M. J. Wichura, "Algorithm AS 241: The percentage points of the normal distribution", Applied
 * Statistics 37 (1988), routine PPND16.
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5
  if (q >= -0.425 && q <= 0.425) return q * middle(0.180625 - q * q)
  if (!(p > 0 && p < 1)) return p === 0 ? -Infinity : p === 1 ? Infinity : NaN
  const r = Math.sqrt(-log(q < 0 ? p : 1 - p))
  const z = r <= 5 ? tail(r - 1.6) : farTail(r - 5)
  return q < 0 ? -z : z
}

function middle(r: number): number {
  let a = 2509.0809287301227 * r + 33430.57558358813
  a = ((a * r + 67265.7709270087) * r + 45921.95393154987) * r + 13731.69376550946
  a = ((a * r + 1971.5909503065513) * r + 133.14166789178438) * r + 3.3871328727963665
  let b = 5226.495278852854 * r + 28729.085735721943
  b = ((b * r + 39307.89580009271) * r + 21213.794301586597) * r + 5394.196021424751
  b = ((b * r + 687.1870074920579) * r + 42.31333070160091) * r + 1
  return a / b
}

function tail(r: number): number {
  let a = 7.745450142783414e-4 * r + 0.022723844989269184
  a = ((a * r + 0.2417807251774506) * r + 1.2704582524523684) * r + 3.6478483247632045
  a = ((a * r + 5.769497221460691) * r + 4.630337846156546) * r + 1.4234371107496835
  let b = 1.0507500716444169e-9 * r + 5.475938084995345e-4
  b = ((b * r + 0.015198666563616457) * r + 0.14810397642748008) * r + 0.6897673349851
  b = ((b * r + 1.6763848301838038) * r + 2.053191626637759) * r + 1
  return a / b
}

function farTail(r: number): number {
  let a = 2.0103343992922881e-7 * r + 2.7115555687434876e-5
  a = ((a * r + 0.0012426609473880784) * r + 0.026532189526576124) * r + 0.29656057182850487
  a = ((a * r + 1.7848265399172913) * r + 5.463784911164114) * r + 6.657904643501103
  let b = 2.0442631033899397e-15 * r + 1.421511758316446e-7
  b = ((b * r + 1.8463183175100548e-5) * r + 7.868691311456133e-4) * r + 0.014875361290850615
  b = ((b * r + 0.1369298809227358) * r + 0.599832206555888) * r + 1
  return a / b
}
