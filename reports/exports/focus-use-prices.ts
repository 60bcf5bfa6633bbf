/** What price lists say of metered use: of images the price before its discount (M-06), and whose servers are interruptible (E-11). */
import { imageListPrices, type ListedHour } from '../explain/premises.ts'
import type { RunRecord } from '../record.ts'

interface Buyers {
  readonly segment: string
  readonly interruptible?: boolean
}

export class UsePrices {
  readonly #record: RunRecord
  readonly #images = new Map<bigint, readonly ListedHour[]>()
  readonly #pools: ReadonlySet<bigint>
  readonly #segments: ReadonlySet<string>

  constructor(record: RunRecord) {
    this.#record = record
    this.#pools = new Set(
      record.rows<{ pool: bigint }>('SELECT DISTINCT pool FROM interruptible_prices').map(({ pool }) => pool),
    )
    const buyers = (record.meta.scenario.buyers ?? []) as readonly Buyers[]
    this.#segments = new Set(buyers.filter(({ interruptible }) => interruptible === true).map(({ segment }) => segment))
  }

  isInterruptible = (pool: bigint, segment: string): boolean => this.#pools.has(pool) && this.#segments.has(segment)

  /** The list price of an hour of an image that was charged at `price`, whole 1e-10: the last one that comes to it by then. */
  imageList(specification: bigint, hour: number, price: bigint): bigint {
    const known = this.#images.get(specification) ?? imageListPrices(this.#record, specification)
    this.#images.set(specification, known)
    const fitting = known.filter((each) => each.price === price)
    return (fitting.findLast(({ at }) => at <= hour) ?? fitting.at(0))?.list ?? price
  }
}
