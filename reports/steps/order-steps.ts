/** One pass over the steps of orders (O-01): when they were paid, how long they took, and how they ended. */

import type { MassFacts } from '#sim/record/column-facts.ts'
import { ById } from '../books/by-id.ts'
import { numbersOf } from '../books/columns.ts'
import { Slices } from '../books/slices.ts'
import { wordNumbers } from '../books/words.ts'
import { oncePerRecord } from '../once-per-record.ts'
import type { RunRecord } from '../record.ts'
import { textsOf } from './names.ts'
import { type Orders, ordersOf } from './orders.ts'
import { TimeList, type Times } from './times.ts'

/** States and their numbers are packed into one number. */
const WORDS = 16_384

class OrderSteps {
  /** When orders that have lines were paid: `order_id, at`. */
  readonly payments: (readonly [order: number, at: number])[] = []
  /** States of orders that did not end completed: `order_id, state`. */
  readonly ends: (readonly [order: number, state: number])[] = []
  /** From a payment to the completion, of orders that people made. */
  readonly provisioning: Times
  /** How many orders took each way from state to state where figures count. */
  readonly #flows = new Map<number, number>()
  readonly #provisioning = new TimeList(3)
  readonly #orders: Orders
  readonly #slices: Slices
  readonly #hasLines: ById
  readonly #words
  readonly #since: number

  constructor(record: RunRecord) {
    const word = wordNumbers(record)
    this.#words = {
      pay: word('pay'),
      complete: word('complete'),
      completed: word('completed'),
      cancelled: word('cancelled'),
    }
    this.#orders = ordersOf(record)
    this.#slices = new Slices(record)
    this.#since = record.meta.since
    const withLines = [...record.numbers('SELECT DISTINCT order_id FROM paid_lines')].map(([order]) => order)
    this.#hasLines = new ById(
      withLines,
      withLines.map(() => 1),
    )
    for (const cell of record.massCells()) this.#take(cell)
    const goods = (column: string) => textsOf(record, `SELECT id, ${column} FROM goods`)
    this.provisioning = this.#provisioning.times({
      month: [0, textsOf(record, 'SELECT no, month FROM months')],
      kind: [1, goods('kind')],
      product: [1, goods('product')],
      region: [2, textsOf(record, 'SELECT id, region FROM crowds')],
    })
  }

  /** `from_state, to_state, n`. */
  flows(): (readonly number[])[] {
    return [...this.#flows].map(([key, n]) => [Math.floor(key / WORDS), key % WORDS, n])
  }

  #take(cell: MassFacts): void {
    const steps = cell.table('order_steps')
    const [order, at, event, from, to] = numbersOf(steps, ['order_id', 'at', 'event', 'from_state', 'to_state'])
    const { pay, complete, completed, cancelled } = this.#words
    const count = steps.rows
    const last = new Map<number, number>()
    const done = new Map<number, number>()
    for (let row = 0; row < count; row++) {
      if (at[row] >= this.#since) {
        const way = from[row] * WORDS + to[row]
        this.#flows.set(way, (this.#flows.get(way) ?? 0) + 1)
      }
      // A final state has one step; only of open orders the last counts.
      const known = last.get(order[row])
      if (known !== completed && known !== cancelled) last.set(order[row], to[row])
      if (event[row] === complete) done.set(order[row], at[row])
    }
    for (let row = 0; row < count; row++) {
      if (event[row] !== pay) continue
      if (this.#hasLines.of(order[row]) === 1) this.payments.push([order[row], at[row]])
      const place = this.#orders.places.of(order[row])
      const until = done.get(order[row])
      if (until === undefined || at[row] < this.#since || this.#orders.isMade[place] === 0) continue
      const month = this.#slices.months[this.#slices.of(at[row])]
      this.#provisioning.add(until - at[row], month, this.#orders.specification[place], this.#orders.crowd[place])
    }
    for (const [of, state] of last) if (state !== completed) this.ends.push([of, state])
  }
}

/** The steps of a record's orders, gone through once. */
export const orderStepsOf = oncePerRecord((record) => new OrderSteps(record))

/** Makes the table `order_payments(order_id, at)`: when orders that have lines were paid. */
export function prepareOrderPayments(record: RunRecord): void {
  record.keepComputed('order_payments', ['order_id', 'at'], [], () => orderStepsOf(record).payments)
}

/** Makes the table `order_flows(from_state, to_state, n)`: steps of orders where figures count. */
export function prepareOrderFlows(record: RunRecord): void {
  record.keepComputed('order_flows', ['from_state', 'to_state', 'n'], [], () => orderStepsOf(record).flows())
}
