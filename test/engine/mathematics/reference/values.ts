import { readFileSync } from 'node:fs'
import type { FunctionName } from './domains.ts'

/** A number of 113 bits as the sum of two float64, the first of them its nearest. */
export interface Exact {
  readonly value: number
  readonly rest: number
}

/** The stored values of a function, in the order of its points: IEEE binary128, little-endian, 16 bytes each. */
export function valuesOf(name: FunctionName): readonly Exact[] {
  const bytes = readFileSync(new URL(`${name}.f128`, import.meta.url))
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return Array.from({ length: bytes.length / 16 }, (_, i) => read(view, 16 * i))
}

function read(view: DataView, at: number): Exact {
  const top = view.getUint16(at + 14, true)
  const exponent = (top & 0x7fff) - 16383
  const sign = top & 0x8000 ? -1 : 1
  if (top << 1 === 0) return { value: 0, rest: 0 }
  // The 112 bits of the fraction in pieces that float64 holds.
  const first = 1 + view.getUint32(at + 10, true) / 2 ** 32
  const second = view.getUint32(at + 6, true) / 2 ** 64
  const third = view.getUint32(at + 2, true) / 2 ** 96 + view.getUint16(at, true) / 2 ** 112
  const low = second + third
  const sum = first + low
  return { value: sign * scaled(sum, exponent), rest: sign * scaled(first - sum + second + third, exponent) }
}

/** x * 2^k in steps that stay within float64. */
function scaled(x: number, k: number): number {
  if (k > 1000) return scaled(x * 2 ** 1000, k - 1000)
  if (k < -1000) return k < -2300 ? 0 : scaled(x * 2 ** -1000, k + 1000)
  return x * 2 ** k
}

/** How far `found` is from a value, in units in the last place of the value. */
export function ulpsOff(found: number, { value, rest }: Exact): number {
  if (found === value) return Number.isFinite(value) ? Math.abs(rest) / ulp(value) : 0
  return Math.abs(found - value - rest) / ulp(value)
}

/** How far `found` is from a value, as a share of it. */
export function relativeError(found: number, { value, rest }: Exact): number {
  return Math.abs(found - value - rest) / Math.abs(value)
}

/** The distance of neighbouring float64 in the binade of x. */
function ulp(x: number): number {
  const exponent = Math.max(-1022, exponentOf(x))
  return exponent < -970 ? 2 ** -1074 * 2 ** (exponent + 1022) : 2 ** (exponent - 52)
}

const view = new DataView(new ArrayBuffer(8))
function exponentOf(x: number): number {
  view.setFloat64(0, x)
  return ((view.getUint16(0) >> 4) & 0x7ff) - 1023
}
