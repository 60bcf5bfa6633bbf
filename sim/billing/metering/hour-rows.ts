/** U-01..U-03: use cut into hours. A row is one product's use of one hour of one resource. */
import { startOfHour } from '#base/civil-time.ts'
import { HOUR, SECOND } from '#base/time.ts'
import type { Policies } from '#scenarios/policies.ts'

export interface HourRow {
  /** The first instant of the hour. */
  readonly hour: number
  /** What is charged separately from the rest of the hour (U-03). */
  readonly key: string | number
  /** The image product, or the size of anything else; undefined where it has no name. */
  readonly product: string | undefined
  /** Whole seconds of use in the hour. */
  seconds: number
  /** The first instant of use, and the instant after the last (U-07). */
  readonly firstUse: number
  useEnd: number
}

/** Seconds of [from, to): both ends floored, so that cutting an interval anywhere loses and adds none. */
const wholeSeconds = (from: number, to: number): number => Math.floor(to / SECOND) - Math.floor(from / SECOND)

/**
 * Takes use in time order and gives out each hour's rows once no later use can fall into them. Holds the open hour only.
 * `clock`: hours of civil time; `rolling`: an hour begins with the first use that no open hour of the key covers.
 */
export class HourRows {
  /** In the order of their first use; a handful at most. */
  #open: HourRow[] = []
  readonly #hour: Policies['image.hour']
  readonly #offset: number
  readonly #emit: (row: HourRow) => void

  constructor(hour: Policies['image.hour'], offset: number, emit: (row: HourRow) => void) {
    this.#hour = hour
    this.#offset = offset
    this.#emit = emit
  }

  /** The rows whose hour is not over, earliest first use first. */
  get open(): readonly HourRow[] {
    return this.#open
  }

  /** Continues with the open rows of another resource. */
  take(open: readonly HourRow[]): void {
    if (open.length > 0 || this.#open.length > 0) this.#open = [...open]
  }

  /** Use of `product` in [from, to); `key` tells apart what is charged separately (U-03). */
  add(from: number, to: number, product: string | undefined, key: string | number): void {
    for (let at = from; at < to; ) {
      this.close(at)
      let row = this.#open.find((each) => each.key === key)
      if (row === undefined) {
        const hour = this.#hour === 'clock' ? startOfHour(at, this.#offset) : at
        row = { hour, key, product, seconds: 0, firstUse: at, useEnd: at }
        this.#open.push(row)
      }
      const end = Math.min(to, row.hour + HOUR)
      row.seconds += wholeSeconds(at, end)
      row.useEnd = end
      at = end
    }
  }

  /** Gives out every row whose hour has ended by `now`, earliest first use first. */
  close(now: number): void {
    if (!this.#open.some((row) => row.hour + HOUR <= now)) return
    const open = this.#open
    this.#open = open.filter((row) => row.hour + HOUR > now)
    for (const row of open) if (row.hour + HOUR <= now) this.#emit(row)
  }
}
