/** Small numbers packed into bits, as Parquet's hybrid of run lengths and bit packing has them: here runs of eight, packed. */

/** Bits that numbers up to `most` take. */
export const bitsOf = (most: number): number => 32 - Math.clz32(most)

/** The bytes of numbers of so many bits each, 0 to 32: one run of groups of eight. */
export function packBits(numbers: ArrayLike<number>, bits: number): Uint8Array {
  const groups = Math.ceil(numbers.length / 8)
  const head: number[] = []
  let rest = groups * 2 + 1
  for (; rest >= 128; rest = Math.floor(rest / 128)) head.push((rest % 128) | 128)
  head.push(rest)
  const bytes = new Uint8Array(head.length + groups * bits)
  bytes.set(head)
  let at = head.length
  if (bits === 8) {
    bytes.set(numbers, at)
    return bytes
  }
  if (bits === 16) {
    for (let index = 0; index < numbers.length; index++) {
      bytes[at++] = numbers[index]
      bytes[at++] = numbers[index] >>> 8
    }
    return bytes
  }
  let [held, filled] = [0, 0]
  // Up to here what is held and what comes fit 31 bits, which are several times as fast as float64.
  if (bits <= 24) {
    for (let index = 0; index < numbers.length; index++) {
      held |= numbers[index] << filled
      for (filled += bits; filled >= 8; filled -= 8) {
        bytes[at++] = held
        held >>>= 8
      }
    }
    if (filled > 0) bytes[at] = held
    return bytes
  }
  for (let index = 0; index < numbers.length; index++) {
    // Below 2^39: seven bits held and a number of 32.
    held += numbers[index] * 2 ** filled
    filled += bits
    while (filled >= 8) {
      bytes[at++] = held % 256
      held = Math.floor(held / 256)
      filled -= 8
    }
  }
  if (filled > 0) bytes[at] = held
  return bytes
}

/**
 * As many numbers as there is room for in `numbers`, which is answered, that `packBits` packed.
 * @throws Error where the page has fewer
 */
export function unpackBits(bytes: Uint8Array, from: number, bits: number, numbers: Int32Array): Int32Array {
  const count = numbers.length
  let at = from
  while (bytes[at] >= 128) at++
  at++
  if (bytes.length < at + Math.ceil(count / 8) * bits) throw new Error(`a page of ${bytes.length} bytes lacks numbers`)
  if (bits === 8) {
    numbers.set(bytes.subarray(at, at + count))
    return numbers
  }
  let [held, filled] = [0, 0]
  if (bits <= 16) {
    const mask = (1 << bits) - 1
    for (let index = 0; index < count; index++) {
      for (; filled < bits; filled += 8) held |= bytes[at++] << filled
      numbers[index] = held & mask
      held >>>= bits
      filled -= bits
    }
    return numbers
  }
  for (let index = 0; index < count; index++) {
    while (filled < bits) {
      held += bytes[at++] * 2 ** filled
      filled += 8
    }
    const scale = 2 ** bits
    numbers[index] = held % scale
    held = Math.floor(held / scale)
    filled -= bits
  }
  return numbers
}

/** The widest numbers of which three whole bytes after the first hold the rest: what 32 bits give, less the seven that come before. */
const MOST_BITS_AT_ONCE = 25

/**
 * The numbers at some places, in `numbers`, which is answered: others are passed over.
 * @throws Error where the page ends before them
 */
export function unpackSome(
  bytes: Uint8Array,
  from: number,
  bits: number,
  chosen: Int32Array,
  numbers: Int32Array,
): Int32Array {
  let at = from
  while (bytes[at] >= 128) at++
  at++
  const count = chosen.length
  const most = count === 0 ? 0 : chosen[count - 1] + 1
  if (bits > MOST_BITS_AT_ONCE) {
    const all = unpackBits(bytes, from, bits, new Int32Array(most))
    for (let place = 0; place < count; place++) numbers[place] = all[chosen[place]]
    return numbers
  }
  if (bytes.length < at + Math.ceil(most / 8) * bits) throw new Error(`a page of ${bytes.length} bytes lacks numbers`)
  const mask = 2 ** bits - 1
  for (let place = 0; place < count; place++) {
    const first = chosen[place] * bits
    const byte = at + Math.floor(first / 8)
    // Behind the page there is nothing, which is 0.
    const held = bytes[byte] | (bytes[byte + 1] << 8) | (bytes[byte + 2] << 16) | (bytes[byte + 3] << 24)
    numbers[place] = (held >>> (first % 8)) & mask
  }
  return numbers
}
