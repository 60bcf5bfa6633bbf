/** Whether one record goes before another of the same instant by rank, then entity (T-06); false when they are equal. */
export function comesBefore(words: Int32Array, record: number, other: number): boolean {
  const rank = words[record | 2] >>> 27
  const otherRank = words[other | 2] >>> 27
  return rank < otherRank || (rank === otherRank && words[record | 3] < words[other | 3])
}

/** Steps of insertion sort that a tick may cost before it is sorted by merging. */
const PATIENCE = 64

/**
 * Sorts a circular list of records of one instant by (rank, entity) and keeps equal ones in their order. A list that is
 * in order already, as most are, costs one walk.
 * @param head the list's sentinel: `words[head]` is its first record, `words[head | 1]` its last
 */
export function sortTick(words: Int32Array, head: number): void {
  let patience = PATIENCE
  let last = words[head]
  if (last === head) return
  for (let record = words[last]; record !== head; record = words[last]) {
    if (comesBefore(words, record, last)) {
      let before = words[last | 1]
      while (before !== head && comesBefore(words, record, before)) {
        before = words[before | 1]
        patience--
      }
      moveBehind(words, record, before)
      if (patience < 0) {
        relink(words, head, mergeSort(words, head))
        return
      }
    } else last = record
  }
}

function moveBehind(words: Int32Array, record: number, before: number): void {
  const after = words[record]
  words[words[record | 1]] = after
  words[after | 1] = words[record | 1]
  const next = words[before]
  words[before] = record
  words[record | 1] = before
  words[record] = next
  words[next | 1] = record
}

/** Bottom-up merge sort of (key, record) pairs in flat arrays; returns the records in order. */
function mergeSort(words: Int32Array, head: number): Int32Array {
  let count = 0
  for (let record = words[head]; record !== head; record = words[record]) count++
  let keys = new Float64Array(count)
  let records = new Int32Array(count)
  let place = 0
  for (let record = words[head]; record !== head; record = words[record]) {
    keys[place] = (words[record | 2] >>> 27) * 0x100000000 + words[record | 3]
    records[place++] = record
  }
  sortRuns(keys, records, count)
  let otherKeys = new Float64Array(count)
  let otherRecords = new Int32Array(count)
  for (let width = RUN; width < count; width *= 2) {
    for (let low = 0; low < count; low += 2 * width) {
      const middle = Math.min(low + width, count)
      merge(keys, records, otherKeys, otherRecords, low, middle, Math.min(middle + width, count))
    }
    ;[keys, otherKeys] = [otherKeys, keys]
    ;[records, otherRecords] = [otherRecords, records]
  }
  return records
}

/** Length of the runs that insertion sort makes. */
const RUN = 8

function sortRuns(keys: Float64Array, records: Int32Array, count: number): void {
  for (let i = 1; i < count; i++) {
    const key = keys[i]
    const record = records[i]
    const first = i - (i % RUN)
    let j = i
    for (; j > first && keys[j - 1] > key; j--) {
      keys[j] = keys[j - 1]
      records[j] = records[j - 1]
    }
    keys[j] = key
    records[j] = record
  }
}

function merge(
  keys: Float64Array,
  records: Int32Array,
  toKeys: Float64Array,
  toRecords: Int32Array,
  low: number,
  middle: number,
  high: number,
): void {
  let left = low
  let right = middle
  for (let place = low; place < high; place++) {
    const from = left < middle && (right >= high || keys[left] <= keys[right]) ? left++ : right++
    toKeys[place] = keys[from]
    toRecords[place] = records[from]
  }
}

function relink(words: Int32Array, head: number, records: Int32Array): void {
  let last = head
  for (let i = 0; i < records.length; i++) {
    const record = records[i]
    words[last] = record
    words[record | 1] = last
    last = record
  }
  words[last] = head
  words[head | 1] = last
}
