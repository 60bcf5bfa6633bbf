/** Numbers of which there are few, as places in the list of those: what a dictionary of Parquet has. */

/** More different ones than this, or than so many a row, are written as they are. */
const MOST = 8192
const ROWS_EACH = 4

/** Four for each different number: 2^15. */
const SLOTS = MOST * 4
const SHIFT = 32 - 15
const SPREAD = 0x9e3779b1

/** Which number a slot has: its place in the list and 1; 0 for none. Cleared after each use. */
const slots = new Int32Array(SLOTS)
const found = new Float64Array(MOST)

export interface FewNumbers {
  /** In the order in which they first come. */
  readonly distinct: Float64Array
  readonly places: Int32Array
}

/** Undefined where there are too many different ones, or none. The places are in `room`, which has at least as many. */
export function fewNumbers(numbers: Float64Array, room: Int32Array): FewNumbers | undefined {
  const most = Math.min(MOST, Math.floor(numbers.length / ROWS_EACH))
  if (most === 0) return undefined
  const places = room.subarray(0, numbers.length)
  let count = 0
  let last = Number.NaN
  let place = 0
  let isFew = true
  for (let row = 0; row < numbers.length; row++) {
    const number = numbers[row]
    if (number !== last) {
      let slot = Math.imul(number | 0, SPREAD) >>> SHIFT
      while (slots[slot] !== 0 && found[slots[slot] - 1] !== number) slot = (slot + 1) % SLOTS
      if (slots[slot] === 0) {
        if (count >= most) {
          isFew = false
          break
        }
        found[count] = number
        slots[slot] = ++count
      }
      last = number
      place = slots[slot] - 1
    }
    places[row] = place
  }
  slots.fill(0)
  return isFew ? { distinct: found.slice(0, count), places } : undefined
}
