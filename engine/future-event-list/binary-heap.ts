import { doubled } from '../growth.ts'
import { EventRecords } from './event-records.ts'
import type { FutureEventList, FutureEventListState, Handle } from './future-event-list.ts'

/**
 * Implicit binary heap over event records, O(log n) each way (Williams 1964). Slower than the timing wheel and much
 * simpler: it is the oracle, and the choice where the wheel's fixed 112 KiB are too much. A record's word 1 holds its
 * place in the heap, so that cancelling is real.
 */
export class BinaryHeap extends EventRecords implements FutureEventList {
  block = 0
  within = 0
  private horizon = Number.POSITIVE_INFINITY
  private times = new Float64Array(64)
  private heap = new Int32Array(64)
  /** Sequence number of each record. */
  private sequences = new Float64Array(64)
  private sequence = 0

  constructor(start: number) {
    super(0)
    this.times = timesOf(this.words)
    this.moveTo(start)
  }

  get now(): number {
    return this.block * 0x40000000 + this.within
  }

  moveTo(time: number): void {
    this.block = Math.floor(time / 0x40000000)
    this.within = time % 0x40000000
  }

  insert(delay: number, tag: number, entity: number, a: number, b: number): Handle {
    const record = this.allocate(tag, entity, a, b)
    this.times[(record >> 1) | 3] = this.now + delay
    if (this.size > this.heap.length) this.heap = doubled(this.heap)
    this.sequences[record >> 3] = this.sequence++
    this.siftUp(record, this.size - 1)
    return this.handleOf(record)
  }

  insertFar(delay: number, tag: number, entity: number, a: number, b: number): Handle {
    return this.insert(delay, tag, entity, a, b)
  }

  cancel(handle: Handle): boolean {
    const record = this.recordOf(handle)
    if (record < 0) return false
    this.remove(record)
    return true
  }

  reschedule(handle: Handle, delay: number): boolean {
    const record = this.recordOf(handle)
    if (record < 0) return false
    this.times[(record >> 1) | 3] = this.now + delay
    this.sequences[record >> 3] = this.sequence++
    this.place(record, this.words[record | 1])
    return true
  }

  next(): number {
    return this.size === 0 ? Number.POSITIVE_INFINITY : this.times[(this.heap[0] >> 1) | 3]
  }

  until(end: number): void {
    this.horizon = end
  }

  take(): number {
    if (this.size === 0) return -1
    const first = this.heap[0]
    const time = this.times[(first >> 1) | 3]
    if (time >= this.horizon) return -1
    this.moveTo(time)
    this.remove(first)
    return first
  }

  save(): FutureEventListState {
    return {
      structure: 'heap',
      ...this.saveRecords(),
      now: this.now,
      sequence: this.sequence,
      heap: this.heap.slice(0, this.size),
      sequences: this.sequences.slice(0, this.end >> 3),
    }
  }

  restore(state: FutureEventListState, kinds: Int32Array): number {
    const saved = state as unknown as ReturnType<BinaryHeap['saveRecords']> & {
      now: number
      sequence: number
      heap: Int32Array
      sequences: Float64Array
    }
    const missing = this.restoreRecords(saved, kinds)
    if (missing >= 0) return missing
    this.moveTo(saved.now)
    this.sequence = saved.sequence
    this.heap = new Int32Array(Math.max(64, saved.heap.length))
    this.heap.set(saved.heap)
    this.sequences.set(saved.sequences)
    return -1
  }

  protected override grown(records: number): void {
    this.times = timesOf(this.words)
    const grown = new Float64Array(records)
    grown.set(this.sequences.subarray(0, Math.min(records, this.sequences.length)))
    this.sequences = grown
  }

  private remove(record: number): void {
    const place = this.words[record | 1]
    this.release(record)
    const last = this.heap[this.size]
    if (last !== record) this.place(last, place)
  }

  /** Puts a record where its key belongs, starting from a free place. */
  private place(record: number, place: number): void {
    if (place > 0 && this.before(record, this.heap[(place - 1) >> 1])) this.siftUp(record, place)
    else this.siftDown(record, place)
  }

  private siftUp(record: number, from: number): void {
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (!this.before(record, this.heap[parent])) break
      this.put(this.heap[parent], place)
      place = parent
    }
    this.put(record, place)
  }

  private siftDown(record: number, from: number): void {
    const { heap, size } = this
    let place = from
    for (let child = 2 * place + 1; child < size; child = 2 * place + 1) {
      if (child + 1 < size && this.before(heap[child + 1], heap[child])) child++
      if (!this.before(heap[child], record)) break
      this.put(heap[child], place)
      place = child
    }
    this.put(record, place)
  }

  private put(record: number, place: number): void {
    this.heap[place] = record
    this.words[record | 1] = place
  }

  /** T-06: (time, rank, entity, sequence). */
  private before(x: number, y: number): boolean {
    const { times, words } = this
    const early = times[(x >> 1) | 3]
    const late = times[(y >> 1) | 3]
    if (early !== late) return early < late
    const high = words[x | 2] >>> 27
    const low = words[y | 2] >>> 27
    if (high !== low) return high < low
    if (words[x | 3] !== words[y | 3]) return words[x | 3] < words[y | 3]
    return this.sequences[x >> 3] < this.sequences[y >> 3]
  }
}

/** Word pairs of the records as float64: a record's time is number `(record >> 1) | 3`. */
function timesOf({ buffer, byteOffset, length }: Int32Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  return new Float64Array(buffer, byteOffset, length >> 1)
}
