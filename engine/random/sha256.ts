/**
 * SHA-256 (FIPS 180-4) of short texts, for the seeds of random streams. A call of `node:crypto` takes two and a half times
 * as long for a text of this size: most of it is the way into native code and back.
 */
import { hash } from 'node:crypto'

/** Fractions of the cube roots of the first 64 primes, and of the square roots of the first eight. */
// biome-ignore format: eight in a row
const K = Int32Array.of(
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
)
// biome-ignore format: eight in a row
const START = Int32Array.of(
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
)

const schedule = new Int32Array(64)
const state = new Int32Array(8)

/** One block of 64 bytes, which the first sixteen words of the schedule hold. */
function compress(): void {
  const w = schedule
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15]
    const y = w[i - 2]
    const low = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)
    const high = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)
    w[i] = (w[i - 16] + low + w[i - 7] + high) | 0
  }
  let [a, b, c, d, e, f, g, h] = [state[0], state[1], state[2], state[3], state[4], state[5], state[6], state[7]]
  for (let i = 0; i < 64; i++) {
    const rotated = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const first = (h + rotated + (g ^ (e & (f ^ g))) + K[i] + w[i]) | 0
    const turned = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const second = (turned + ((a & b) | (c & (a | b)))) | 0
    h = g
    g = f
    f = e
    e = (d + first) | 0
    d = c
    c = b
    b = a
    a = (first + second) | 0
  }
  state[0] += a
  state[1] += b
  state[2] += c
  state[3] += d
  state[4] += e
  state[5] += f
  state[6] += g
  state[7] += h
}

/** Puts the hash of a text into `state`; false, with nothing done, where it has other characters than ASCII's. */
function digestAscii(text: string): boolean {
  const w = schedule
  state.set(START)
  let word = 0
  let at = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 127) return false
    word = (word << 8) | code
    if ((i & 3) !== 3) continue
    w[at++] = word
    if (at === 16) {
      compress()
      at = 0
    }
  }
  // A bit of 1, zeros, and the length in bits.
  const rest = text.length & 3
  w[at++] = rest === 0 ? 1 << 31 : ((word << 8) | 0x80) << (24 - 8 * rest)
  if (at > 14) {
    w.fill(0, at, 16)
    compress()
    at = 0
  }
  w.fill(0, at, 15)
  w[15] = text.length << 3
  compress()
  return true
}

/** The first four of the eight words of the hash, big-endian, of a text in UTF-8 that is shorter than 2^28 characters. */
export function sha256Words(text: string): [number, number, number, number] {
  if (digestAscii(text)) return [state[0] >>> 0, state[1] >>> 0, state[2] >>> 0, state[3] >>> 0]
  const bytes = hash('sha256', text, 'buffer')
  return [bytes.readUInt32BE(0), bytes.readUInt32BE(4), bytes.readUInt32BE(8), bytes.readUInt32BE(12)]
}
