/**
 * Whole numbers as differences (DELTA_BINARY_PACKED of Parquet): here one block of one miniblock, whose differences take whole
 * bytes each. What follows a page is zstd, which finds again what repeats in bytes, and not in bits.
 */

/** Numbers beyond this are not written as differences: twice the distance of two of them is exact in float64. */
export const MOST_OF_DIFFERENCES = 2 ** 50

const TWO_32 = 4_294_967_296
/** Blocks have a multiple of so many numbers. */
const STEP = 128
/** The longest head: six numbers of at most ten bytes each. */
const HEAD = 64

/** Whole numbers of at most `MOST_OF_DIFFERENCES` in size, as a page has them. */
export function differenceBytes(numbers: Float64Array): Uint8Array {
  const count = numbers.length
  let least = 0
  let most = 0
  if (count > 1) least = most = numbers[1] - numbers[0]
  for (let at = 1; at < count; at++) {
    const difference = numbers[at] - numbers[at - 1]
    if (difference < least) least = difference
    else if (difference > most) most = difference
  }
  const width = widthOf(most - least)
  const block = Math.max(1, Math.ceil((count - 1) / STEP)) * STEP
  const bytes = new Uint8Array(HEAD + (count > 1 ? width * block : 0))
  let at = 0
  const put = (number: number): void => {
    let rest = number
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 128
    bytes[at++] = rest
  }
  put(block)
  put(1)
  put(count)
  put(zigzag(count > 0 ? numbers[0] : 0))
  if (count < 2) return bytes.subarray(0, at)
  put(zigzag(least))
  put(width * 8)
  const end = at + width * block
  for (let index = 1; index < count; index++) {
    let rest = numbers[index] - numbers[index - 1] - least
    if (width > 4) {
      const high = Math.floor(rest / TWO_32)
      for (let byte = 4; byte < width; byte++) bytes[at + byte] = high >>> ((byte - 4) * 8)
      rest -= high * TWO_32
    }
    const low = rest | 0
    if (width > 0) bytes[at] = low
    if (width > 1) bytes[at + 1] = low >>> 8
    if (width > 2) bytes[at + 2] = low >>> 16
    if (width > 3) bytes[at + 3] = low >>> 24
    at += width
  }
  return bytes.subarray(0, end)
}

/**
 * As many numbers as there is room for in `numbers`, which is answered, that `differenceBytes` wrote.
 * @throws Error where the page is none of them
 */
export function readDifferences(page: Uint8Array, numbers: Float64Array): Float64Array {
  const count = numbers.length
  let at = 0
  const take = (): number => {
    let [sum, scale] = [0, 1]
    for (; page[at] >= 128; scale *= 128) sum += (page[at++] - 128) * scale
    return sum + page[at++] * scale
  }
  const [, miniblocks, held] = [take(), take(), take()]
  if (miniblocks !== 1 || held !== count) throw new Error(`a page of ${held} differences is none of ${count} values`)
  if (count === 0) return numbers
  let number = unzigzag(take())
  numbers[0] = number
  if (count === 1) return numbers
  const least = unzigzag(take())
  const width = take() / 8
  if (page.length < at + width * (count - 1)) throw new Error(`a page of ${page.length} bytes lacks differences`)
  for (let index = 1; index < count; index++) {
    let rest = 0
    if (width > 0) rest = page[at]
    if (width > 1) rest |= page[at + 1] << 8
    if (width > 2) rest |= page[at + 2] << 16
    if (width > 3) {
      rest = (rest | (page[at + 3] << 24)) >>> 0
      for (let byte = 4, scale = TWO_32; byte < width; byte++, scale *= 256) rest += page[at + byte] * scale
    }
    at += width
    number += least + rest
    numbers[index] = number
  }
  return numbers
}

/** Bytes that numbers up to `most` take. */
function widthOf(most: number): number {
  let width = 0
  for (let rest = most; rest >= 1; rest /= 256) width++
  return width
}

const zigzag = (number: number): number => (number < 0 ? -2 * number - 1 : 2 * number)
const unzigzag = (number: number): number => (number % 2 === 0 ? number / 2 : -(number + 1) / 2)
