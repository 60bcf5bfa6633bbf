/** One pass over the orders of the run: how many there are and what they come to, by what figures are broken down by, and by day. */
import { KeyedSums } from '#sim/record/keyed-sums.ts'
import { wordNumbers } from '../books/words.ts'
import { MeasuredDays } from '../days.ts'
import { oncePerRecord } from '../once-per-record.ts'
import type { RunRecord } from '../record.ts'
import { NONE, orderStepsOf } from './order-steps.ts'
import { orderAmountsOf, ordersOf } from './orders.ts'

/** Numbers of words, and of crowds and pools, that are packed into one number. */
const WORDS = 16_384
const NAMES = 65_536

class OrderCounts {
  readonly #sums = new KeyedSums()
  readonly #states = new KeyedSums()
  readonly #arrivals = new KeyedSums()

  constructor(record: RunRecord) {
    const orders = ordersOf(record)
    const amounts = orderAmountsOf(record)
    const days = new MeasuredDays(record)
    const { since } = record.meta
    const states = this.#statesOf(record)
    for (let place = 1; place < orders.at.length; place++) {
      const at = orders.at[place]
      const day = days.of(at)
      const month = days.month(day)
      if (month === 0 || orders.isMade[place] === 0) continue
      const [crowd, state] = [orders.crowd[place], states[place]]
      if (orders.isNew[place] === 1 && crowd !== 0) this.#arrivals.add(this.#arrivals.rowOf(day, crowd, 0), 1, 0, 0)
      if (at < since) continue
      this.#states.add(this.#states.rowOf(day, state, 0), 1, 0, 0)
      if (crowd === 0) continue
      const row = this.#sums.rowOf(
        orders.specification[place] * NAMES + crowd,
        (orders.kind[place] * WORDS + orders.channel[place]) * WORDS + state,
        month * NAMES + orders.pool[place],
      )
      const { low, high } = amounts
      if (high[place] === 0) this.#sums.add(row, 1, 0, low[place])
      else this.#sums.addVast(row, 1, 0, amounts.at(place))
    }
  }

  /** The state of each order at the end of the run. */
  #statesOf(record: RunRecord): Int32Array {
    const completed = wordNumbers(record)('completed')
    return orderStepsOf(record).states.map((state) => (state === NONE ? completed : state))
  }

  /** `month, kind, specification, crowd, channel, pool, state, n, amount`. */
  *sums(): Generator<readonly (number | bigint)[]> {
    for (let row = 0; row < this.#sums.rows; row++) {
      const { a: sold, b: words, c: place, first: n, amount } = this.#sums.at(row)
      yield [
        ...[Math.floor(place / NAMES), Math.floor(words / WORDS / WORDS), Math.floor(sold / NAMES), sold % NAMES],
        ...[Math.floor(words / WORDS) % WORDS, place % NAMES, words % WORDS, n],
        amount,
      ]
    }
  }

  /** `day, state, n`. */
  states(): Generator<readonly number[]> {
    return pairs(this.#states)
  }

  /** `day, crowd, n`. */
  arrivals(): Generator<readonly number[]> {
    return pairs(this.#arrivals)
  }
}

function* pairs(sums: KeyedSums): Generator<readonly number[]> {
  for (let row = 0; row < sums.rows; row++) {
    const { a, b, first } = sums.at(row)
    yield [a, b, first]
  }
}

const orderCountsOf = oncePerRecord((record) => new OrderCounts(record))

/**
 * Makes the table `order_sums(month, kind, specification, crowd, channel, pool, state, n, amount)` of orders that people made where
 * figures count; `state` is the one at the end of the run.
 */
export function prepareOrderSums(record: RunRecord): void {
  const names = ['month', 'kind', 'specification', 'crowd', 'channel', 'pool', 'state', 'n']
  record.keepComputed('order_sums', names, ['amount'], () => orderCountsOf(record).sums())
}

/** Makes the table `order_days(number, state, n)` of the same orders by the civil day on which they were created. */
export function prepareOrderDays(record: RunRecord): void {
  record.keepComputed('order_days', ['number', 'state', 'n'], [], () => orderCountsOf(record).states())
}

/** Makes the table `arrival_days(number, crowd, n)`: orders about no earlier one, by civil day and by the crowd of their buyers. */
export function prepareArrivalDays(record: RunRecord): void {
  record.keepComputed('arrival_days', ['number', 'crowd', 'n'], [], () => orderCountsOf(record).arrivals())
}
