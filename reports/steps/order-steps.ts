/** Passes over the steps of orders (O-01): when they were paid; how long they took, and how they ended. */

import type { MassFacts } from '#sim/record/column-facts.ts'
import { placesOf } from '../books/by-id.ts'
import { numbersOf, partsOf } from '../books/columns.ts'
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
  /** The last state of each order by its place; NONE where it has no step. */
  readonly states: Int32Array
  /** From a payment to the completion, of orders that people made. */
  readonly provisioning: Times
  /** How many orders took each way from state to state where figures count. */
  readonly #flows = new Map<number, number>()
  readonly #provisioning = new TimeList(3)
  readonly #orders: Orders
  readonly #slices: Slices
  /** When each order was completed, by its place; NONE where it was not. */
  readonly #done: Float64Array
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
    this.states = new Int32Array(this.#orders.at.length).fill(NONE)
    this.#done = new Float64Array(this.states.length).fill(NONE)
    this.#slices = new Slices(record)
    this.#since = record.meta.since
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
    const { places, isMade, specification, crowd } = this.#orders
    const [states, done] = [this.states, this.#done]
    for (let row = 0; row < steps.rows; row++) {
      if (at[row] >= this.#since) {
        const way = from[row] * WORDS + to[row]
        this.#flows.set(way, (this.#flows.get(way) ?? 0) + 1)
      }
      const place = places.of(order[row])
      // A final state has one step; only of open orders the last counts.
      if (states[place] !== completed && states[place] !== cancelled) states[place] = to[row]
      if (event[row] === complete) done[place] = at[row]
    }
    for (let row = 0; row < steps.rows; row++) {
      if (event[row] !== pay || at[row] < this.#since) continue
      const place = places.of(order[row])
      if (done[place] === NONE || isMade[place] === 0) continue
      const month = this.#slices.months[this.#slices.of(at[row])]
      this.#provisioning.add(done[place] - at[row], month, specification[place], crowd[place])
    }
  }
}

/** Neither a word nor an instant has this number. */
export const NONE = -1

/** The steps of a record's orders, gone through once. */
export const orderStepsOf = oncePerRecord((record) => new OrderSteps(record))

/** When orders that have lines were paid: `order_id, at`. */
function* paymentsOf(record: RunRecord): Generator<readonly [order: number, at: number]> {
  const pay = wordNumbers(record)('pay')
  const withLines = [...record.numbers('SELECT DISTINCT order_id FROM paid_lines')].map(([order]) => order)
  const hasLines = placesOf(withLines)
  for (const cell of record.massCells())
    for (const part of partsOf(cell, 'order_steps')) {
      const [order, at, event] = numbersOf(part, ['order_id', 'at', 'event'])
      for (let row = 0; row < part.rows; row++)
        if (event[row] === pay && hasLines.of(order[row]) > 0) yield [order[row], at[row]]
    }
}

/** Makes the table `order_payments(order_id, at)`: when orders that have lines were paid. */
export function prepareOrderPayments(record: RunRecord): void {
  record.keepComputed('order_payments', ['order_id', 'at'], [], () => paymentsOf(record))
}

/** Makes the table `order_flows(from_state, to_state, n)`: steps of orders where figures count. */
export function prepareOrderFlows(record: RunRecord): void {
  record.keepComputed('order_flows', ['from_state', 'to_state', 'n'], [], () => orderStepsOf(record).flows())
}
