/**
 * A column of whole numbers of any size: `low` holds what float64 holds exactly, `high` how many times 2^52 there are
 * next to it. Typed arrays, so that it is saved and copied like any other column. Where `high` is 0, which is nearly
 * always, `low` is the number itself, and hot code works on it alone.
 *
 * Of a number of 0 or more `low` is never negative, and where `high` is above 0 it is from 2^52 to 2^53: up to that much
 * may be taken from `low` without a look at `high`.
 */
export interface WideState {
  readonly low: Float64Array
  readonly high: Float64Array
}

/** What `high` counts. */
const CHUNK = 2 ** 52
const CHUNK_WHOLE = BigInt(CHUNK)

/** `R`: the type of its rows, for tables that tell theirs apart. */
export class WideColumn<R extends number = number> {
  readonly low: Float64Array
  readonly high: Float64Array

  /** `low` and `high` are all 0, or what a column before this one held. */
  constructor(rows: number, low = new Float64Array(rows), high = new Float64Array(rows)) {
    this.low = low
    this.high = high
  }

  at(row: R): bigint {
    const high = this.high[row]
    return high === 0 ? BigInt(this.low[row]) : BigInt(high) * CHUNK_WHOLE + BigInt(this.low[row])
  }

  isZero(row: R): boolean {
    return this.low[row] === 0 && this.high[row] === 0
  }

  /** Whether the number is less than `limit`, of which `safe` is the same as float64 if that holds it exactly. */
  isBelow(row: R, limit: bigint, safe: number): boolean {
    return this.high[row] === 0 && Number.isSafeInteger(safe) ? this.low[row] < safe : this.at(row) < limit
  }

  put(row: R, value: bigint): void {
    if (value > -CHUNK_WHOLE && value < CHUNK_WHOLE) {
      this.low[row] = Number(value)
      this.high[row] = 0
      return
    }
    // One chunk stays in `low`, so that hot code can draw on it.
    const high = value / CHUNK_WHOLE - (value > 0n ? 1n : -1n)
    this.high[row] = Number(high)
    this.low[row] = Number(value - high * CHUNK_WHOLE)
  }

  add(row: R, value: bigint): void {
    this.put(row, this.at(row) + value)
  }

  /** Adds a number that float64 holds exactly, at the cost of an addition where the sum is one, too. */
  addSafe(row: R, value: number): void {
    const sum = this.low[row] + value
    if (this.high[row] === 0 && sum < CHUNK && sum > -CHUNK) this.low[row] = sum
    else this.add(row, BigInt(value))
  }

  copy(other: WideColumn): void {
    this.low.set(other.low)
    this.high.set(other.high)
  }

  /** All rows are 0 again. */
  clear(): void {
    this.low.fill(0)
    this.high.fill(0)
  }

  save(rows: number): WideState {
    return { low: this.low.slice(0, rows), high: this.high.slice(0, rows) }
  }

  restore({ low, high }: WideState): void {
    this.clear()
    this.low.set(low)
    this.high.set(high)
  }
}
