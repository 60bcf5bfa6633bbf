/**
 * Uses of images in hours that are not over or not closed yet (U-02, U-03): what one key of an instance used of one hour.
 * Only instances that changed in the hour have any; a steady instance is described by its span alone.
 */
import { HOUR, type Instant } from '#base/time.ts'
import {
  type HourPrice,
  hourPrice,
  type Id,
  instant,
  NONE,
  number,
  type Row,
  row,
  seconds,
  table,
} from '../../cell/table.ts'

/** Whole seconds in [from, to): both ends are rounded down to their second, so that cutting an interval loses none. */
export const secondsBetween = (from: number, to: number): number => Math.floor(to / 1000) - Math.floor(from / 1000)

/** `next` links an instance's uses in the order of their first use; `key` is what is charged once an hour (U-03). */
export const useTable = () =>
  table('uses', {
    next: row('uses'),
    key: number('keys'),
    specification: number('specifications'),
    hour: instant(),
    seconds: seconds(),
    price: hourPrice(),
  })

/** What is on the disk, and what an hour of it costs as things are. */
export interface Image {
  /** What is charged once an hour (U-03). */
  readonly key: Id<'keys'>
  readonly specification: Id<'specifications'>
  readonly price: HourPrice
}

export class ImageUses {
  readonly table = useTable()
  /** U-07: which price and specification of several in an hour hold. */
  readonly #priceAt: 'first' | 'last'

  constructor(priceAt: 'first' | 'last') {
    this.#priceAt = priceAt
  }

  /**
   * Counts use in [from, to), which is not empty, into the chain that begins with `head`; returns its head. An hour
   * begins at `clockHour`, or with the first use that no open hour of the key covers where that is null (U-02).
   */
  add(head: number, from: number, to: number, image: Image, clockHour: number | null): number {
    const { table } = this
    let first = head
    for (let at = from; at < to; ) {
      let use = this.#open(first, image.key, at)
      if (use === NONE) {
        use = this.#begin(image, clockHour ?? at)
        if (first === NONE) first = use
        else table.next[this.#last(first)] = use
      } else if (this.#priceAt === 'last') {
        table.specification[use] = image.specification
        table.price[use] = image.price
      }
      const end = Math.min(to, table.hour[use] + HOUR)
      table.seconds[use] += secondsBetween(at, end)
      at = end
    }
    return first
  }

  #begin(image: Image, hour: Instant): Row<'uses'> {
    const { table } = this
    const use = table.add()
    table.next[use] = NONE
    table.key[use] = image.key
    table.specification[use] = image.specification
    table.hour[use] = hour
    table.price[use] = image.price
    return use
  }

  #open(head: number, key: Id<'keys'>, at: number): number {
    const { table } = this
    let use = head
    while (use !== NONE && (table.key[use] !== key || table.hour[use] + HOUR <= at)) use = table.next[use]
    return use
  }

  #last(head: number): number {
    const { table } = this
    let use = head
    while (table.next[use] !== NONE) use = table.next[use]
    return use
  }
}
