/** LZ4 as Parquet has it: a block without a frame (LZ4_RAW), or blocks with their lengths before them (LZ4, of Hadoop). */

/** Decompresses a block to so many bytes. Throws RangeError where it is damaged. */
export function lz4Block(input: Uint8Array, size: number): Uint8Array {
  const output = new Uint8Array(size)
  let [from, to] = [0, 0]
  /** A length of 15 continues in the next bytes, up to the first that is not 255. */
  const longer = (length: number): number => {
    let sum = length
    for (let byte = 255; length === 15 && byte === 255; sum += byte) {
      if (from >= input.length) throw new RangeError('LZ4 data ends within a length')
      byte = input[from++]
    }
    return sum
  }
  while (from < input.length) {
    const token = input[from++]
    const literals = longer(token >> 4)
    if (from + literals > input.length || to + literals > size) throw new RangeError('LZ4 data is longer than it says')
    output.set(input.subarray(from, from + literals), to)
    from += literals
    to += literals
    // The last sequence has no match.
    if (from >= input.length) break
    const distance = input[from] | (input[from + 1] << 8)
    from += 2
    const length = longer(token & 15) + 4
    if (distance === 0 || distance > to || to + length > size) throw new RangeError('LZ4 data points out of itself')
    // A match may reach into what it writes.
    for (let end = to + length; to < end; to++) output[to] = output[to - distance]
  }
  if (to !== size) throw new RangeError('LZ4 data is shorter than it says')
  return output
}

/** The blocks of Hadoop; a file that says LZ4 and has none of its lengths is a plain block. */
export function lz4Blocks(input: Uint8Array, size: number): Uint8Array {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  const output = new Uint8Array(size)
  let [from, to] = [0, 0]
  while (from + 8 <= input.length) {
    const [plain, packed] = [view.getUint32(from), view.getUint32(from + 4)]
    if (to + plain > size || from + 8 + packed > input.length) return lz4Block(input, size)
    output.set(lz4Block(input.subarray(from + 8, from + 8 + packed), plain), to)
    from += 8 + packed
    to += plain
  }
  return to === size ? output : lz4Block(input, size)
}
