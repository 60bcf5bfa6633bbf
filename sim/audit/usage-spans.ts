/** Metered hours as the record has them: in columns, those of a server one after the other, so that passes over them make no objects. */
import type { FactRows } from '../record/column-facts.ts'
import { inOrderOf } from '../record/number-order.ts'
import type { Price } from './exact.ts'

/** `hours` clock hours from `firstHour` on whose line is the same. */
export interface UsageSpan {
  readonly account: number
  readonly item: number
  readonly priced: number
  readonly firstHour: number
  readonly hours: number
  readonly seconds: number
  /** Whole 1e-10, as `price` has it. */
  readonly unitPrice: Price
  readonly amount: number
  readonly rule: number
}

type Numbers = Float64Array | Int32Array

/** Columns by span. */
interface SpanColumns {
  readonly account: Numbers
  readonly item: Numbers
  readonly priced: Numbers
  readonly firstHour: Numbers
  readonly hours: Numbers
  readonly seconds: Numbers
  readonly amount: Numbers
  readonly rule: Numbers
  /** Whole 1e-10; NaN where float64 does not hold it exactly, which is in `vast` by its row. */
  readonly unitPrice: Numbers
  readonly vast: ReadonlyMap<number, bigint> | undefined
}

const NO_NUMBERS = new Int32Array(0)
const NO_COLUMNS: SpanColumns = {
  ...{ account: NO_NUMBERS, item: NO_NUMBERS, priced: NO_NUMBERS, firstHour: NO_NUMBERS, hours: NO_NUMBERS },
  ...{ seconds: NO_NUMBERS, amount: NO_NUMBERS, rule: NO_NUMBERS, unitPrice: NO_NUMBERS, vast: undefined },
}

/** Spans of one server: rows from `first` up to, and without, `end`, in the order in which they were written. */
export class Spans implements Iterable<UsageSpan> {
  readonly columns: SpanColumns
  readonly first: number
  readonly end: number

  constructor(columns: SpanColumns = NO_COLUMNS, first = 0, end = 0) {
    this.columns = columns
    this.first = first
    this.end = end
  }

  get length(): number {
    return this.end - this.first
  }

  /** The price of a row: a number where float64 holds it exactly. */
  priceAt(row: number): Price {
    const price = this.columns.unitPrice[row]
    return Number.isNaN(price) ? (this.columns.vast?.get(row) as bigint) : price
  }

  at(row: number): UsageSpan {
    const { account, item, priced, firstHour, hours, seconds, amount, rule } = this.columns
    return {
      account: account[row],
      item: item[row],
      priced: priced[row],
      firstHour: firstHour[row],
      hours: hours[row],
      seconds: seconds[row],
      unitPrice: this.priceAt(row),
      amount: amount[row],
      rule: rule[row],
    }
  }

  *[Symbol.iterator](): Generator<UsageSpan> {
    for (let row = this.first; row < this.end; row++) yield this.at(row)
  }
}

export const NO_SPANS = new Spans()

/** Spans of all servers of some cells, read account by account. */
export class SpanRows {
  readonly #columns: SpanColumns
  readonly #owners: Numbers
  readonly #instances: Numbers
  #next = 0

  /** `owned`: by row, the account of its server; 0 where the record has no such server. */
  constructor(rows: FactRows, instances: Numbers, owned: Numbers) {
    const order = inOrderOf(owned, inOrderOf(instances))
    const arranged = (values: Numbers): Numbers => {
      const sorted = values instanceof Int32Array ? new Int32Array(order.length) : new Float64Array(order.length)
      for (let to = 0; to < order.length; to++) sorted[to] = values[order[to]]
      return sorted
    }
    const column = (name: string): Numbers => arranged(rows.column(name).values)
    const price = rows.column('unit_price')
    const vast = new Map<number, bigint>()
    if (price.vast !== undefined)
      for (const [to, row] of order.entries()) {
        const whole = price.vast.get(row)
        if (whole !== undefined) vast.set(to, whole)
      }
    this.#owners = arranged(owned)
    this.#instances = arranged(instances)
    this.#columns = {
      account: column('account'),
      item: column('item'),
      priced: column('priced'),
      firstHour: column('first_hour'),
      hours: column('hours'),
      seconds: column('seconds'),
      amount: column('amount'),
      rule: column('rule'),
      unitPrice: arranged(price.values),
      vast: vast.size === 0 ? undefined : vast,
    }
  }

  /** The account of the next row; Infinity at the end. */
  get account(): number {
    return this.#next === this.#owners.length ? Number.POSITIVE_INFINITY : this.#owners[this.#next]
  }

  /** Passes over all rows of the next account, if it is this one. */
  skip(account: number): void {
    while (this.account === account) this.#next++
  }

  /** Gives the spans of each server of the next account, if it is this one; answers how many. */
  give(account: number, take: (instance: number, spans: Spans) => void): number {
    const from = this.#next
    while (this.account === account) {
      const first = this.#next
      const instance = this.#instances[first]
      while (this.account === account && this.#instances[this.#next] === instance) this.#next++
      take(instance, new Spans(this.#columns, first, this.#next))
    }
    return this.#next - from
  }
}
