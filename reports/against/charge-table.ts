/**
 * Charges by resource, product and hour, found by these three: half a million in memory, further ones in a temporary file. Rows are in
 * the order in which they came, and so are their pages; the hours of a resource are next to each other in the index. Charges that
 * come by hour, or by resource, are thus found in pages that are in memory.
 */
import { PagedFile } from '#base/paged-file.ts'
import { HOUR } from '#base/time.ts'
import { WideColumn } from '#engine/wide-column.ts'
import type { RowSet } from './row-set.ts'

/** Charges in memory. */
const MOST_HELD = 500_000
/** Rows of a page, as a power of 2 too, and its bytes. */
const ROW_BITS = 7
const ROWS = 1 << ROW_BITS
const ROWS_SIZE = ROWS * (4 * Float64Array.BYTES_PER_ELEMENT + 5 * Int32Array.BYTES_PER_ELEMENT)
/** Slots of a page: two words each, the row + 1 or 0, and the print of its key. */
const SLOT_BITS = 9
const SLOTS = 1 << SLOT_BITS
const SLOTS_SIZE = SLOTS * 2 * Int32Array.BYTES_PER_ELEMENT
/** Hours whose slots are next to each other, as a power of 2. */
const HOURS_BITS = 6
const HOURS = 1 << HOURS_BITS

/** What a charge is found by, and what else is known of it. */
export interface ChargeKey {
  /** Names by number. */
  readonly resource: number
  readonly product: number
  /** Milliseconds since the epoch. */
  readonly hour: number
  /** -1 where it is not stated. */
  readonly account: number
  /** When an order was charged; the hour of everything else. */
  readonly at: number
}

/** The rows of a page as columns. */
function rowViews(buffer: ArrayBuffer) {
  const floats = (index: number) => new Float64Array(buffer, index * ROWS * Float64Array.BYTES_PER_ELEMENT, ROWS)
  const start = 4 * ROWS * Float64Array.BYTES_PER_ELEMENT
  const integers = (index: number) => new Int32Array(buffer, start + index * ROWS * Int32Array.BYTES_PER_ELEMENT, ROWS)
  return {
    hour: floats(0),
    at: floats(1),
    amount: new WideColumn(ROWS, floats(2), floats(3)),
    resource: integers(0),
    product: integers(1),
    account: integers(2),
    count: integers(3),
    line: integers(4),
  }
}

export class ChargeTable {
  /** Different keys. */
  rows = 0
  readonly #mostHeld: number
  readonly #pages: PagedFile<ReturnType<typeof rowViews>>
  /** Open addressing. */
  #index: PagedFile<Int32Array>
  #slots = SLOTS
  /** Where the key that was looked for last is or belongs. */
  #slot = 0

  /** `mostHeld`: charges in memory, about. */
  constructor(mostHeld = MOST_HELD) {
    this.#mostHeld = mostHeld
    this.#pages = new PagedFile({ size: ROWS_SIZE, most: Math.ceil(mostHeld / ROWS), views: rowViews })
    this.#index = this.#newIndex()
  }

  /** The row of a key, or -1. */
  find(resource: number, product: number, hour: number): number {
    const block = blockOf(resource, product, hour)
    const print = printOf(block, hour)
    const mask = this.#slots - 1
    for (let slot = startOf(block, hour) & mask; ; slot = (slot + 1) & mask) {
      const words = this.#index.at(slot >>> SLOT_BITS)
      const at = (slot & (SLOTS - 1)) * 2
      const row = words[at] - 1
      if (row >= 0 && (words[at + 1] !== print || !this.#isOf(row, resource, product, hour))) continue
      this.#slot = slot
      return row
    }
  }

  /** Adds an amount, whole 1e-8, to a key. The same key again is a second charge of the same thing. */
  add(key: ChargeKey, amount: bigint, line: number): void {
    let row = this.find(key.resource, key.product, key.hour)
    const isNew = row < 0
    if (isNew) row = this.rows++
    const page = this.#pages.changed(row >>> ROW_BITS)
    const at = row & (ROWS - 1)
    if (isNew) {
      page.resource[at] = key.resource
      page.product[at] = key.product
      page.account[at] = key.account
      page.hour[at] = key.hour
      page.at[at] = key.at
      page.line[at] = line
    }
    page.amount.add(at, amount)
    page.count[at]++
    if (!isNew) return
    this.#place(row, key.resource, key.product, key.hour)
    if (this.rows * 2 > this.#slots) this.#rehash()
  }

  resource(row: number): number {
    return this.#page(row).resource[row & (ROWS - 1)]
  }

  product(row: number): number {
    return this.#page(row).product[row & (ROWS - 1)]
  }

  /** -1 where it is not stated. */
  account(row: number): number {
    return this.#page(row).account[row & (ROWS - 1)]
  }

  hour(row: number): number {
    return this.#page(row).hour[row & (ROWS - 1)]
  }

  at(row: number): number {
    return this.#page(row).at[row & (ROWS - 1)]
  }

  /** Whole 1e-8. */
  amount(row: number): bigint {
    return this.#page(row).amount.at(row & (ROWS - 1))
  }

  /** Line of its first charge. */
  line(row: number): number {
    return this.#page(row).line[row & (ROWS - 1)] >>> 0
  }

  /** Of how many charges it is the sum. */
  count(row: number): number {
    return this.#page(row).count[row & (ROWS - 1)]
  }

  /** Rows that are not among these. A charge and its credit cancel out, and are none. */
  *besides(seen: RowSet): Generator<number> {
    for (let row = 0; row < this.rows; row++) if (!seen.has(row) && this.amount(row) !== 0n) yield row
  }

  /** Whether these are all there are. */
  areAll(seen: RowSet): boolean {
    return this.besides(seen).next().done === true
  }

  /** Gives memory and the file back. */
  close(): void {
    this.#pages.close()
    this.#index.close()
    this.rows = 0
  }

  #page(row: number) {
    return this.#pages.at(row >>> ROW_BITS)
  }

  #isOf(row: number, resource: number, product: number, hour: number): boolean {
    const page = this.#page(row)
    const at = row & (ROWS - 1)
    return page.resource[at] === resource && page.product[at] === product && page.hour[at] === hour
  }

  #newIndex(): PagedFile<Int32Array> {
    const most = Math.ceil((this.#mostHeld * 4) / SLOTS)
    return new PagedFile({ size: SLOTS_SIZE, most, views: (buffer) => new Int32Array(buffer) })
  }

  /** Puts a row whose key was looked for last, and not found, into the index. */
  #place(row: number, resource: number, product: number, hour: number): void {
    const words = this.#index.changed(this.#slot >>> SLOT_BITS)
    const at = (this.#slot & (SLOTS - 1)) * 2
    words[at] = row + 1
    words[at + 1] = printOf(blockOf(resource, product, hour), hour)
  }

  #rehash(): void {
    this.#slots *= 2
    this.#index.close()
    this.#index = this.#newIndex()
    for (let row = 0; row < this.rows; row++) {
      const page = this.#page(row)
      const at = row & (ROWS - 1)
      const [resource, product, hour] = [page.resource[at], page.product[at], page.hour[at]]
      this.find(resource, product, hour)
      this.#place(row, resource, product, hour)
    }
  }
}

/** A hash of what neighbouring hours of one charge have in common. */
function blockOf(resource: number, product: number, hour: number): number {
  const hours = Math.floor(hour / HOUR)
  const within = (hour - hours * HOUR) | 0
  let mixed = Math.imul(resource ^ Math.imul(product + 1, 0x9e3779b1), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 15) ^ Math.imul(within, 0x165667b1), 0x27d4eb2f)
  mixed = Math.imul(mixed ^ (mixed >>> 14) ^ Math.imul(hours >> HOURS_BITS, 0xc2b2ae35), 0x2c1b3c6d)
  return mixed ^ (mixed >>> 13)
}

/** The slot of an hour in its block, which begins anywhere within it: charges of one hour are then spread. */
const startOf = (block: number, hour: number): number =>
  (block << HOURS_BITS) | ((Math.floor(hour / HOUR) + (block >>> (32 - HOURS_BITS))) & (HOURS - 1))

/** Nearly always another one for another key. */
function printOf(block: number, hour: number): number {
  const mixed = Math.imul(block ^ Math.imul(Math.floor(hour / HOUR), 0x7feb352d), 0x846ca68b)
  return mixed ^ (mixed >>> 16)
}
