/** Steps of servers or orders: read from columns thing by thing, since there are several of each. */
import { inOrderOf } from '../record/number-order.ts'

type Numbers = Float64Array | Int32Array

/** Steps of all things of one kind of some cells, read account by account. */
export class StepRows<T> {
  readonly #order: Int32Array
  readonly #owned: Numbers
  readonly #things: Numbers
  readonly #stepOf: (row: number) => T
  #next = 0

  /** `owned`: by row, the account of its thing; 0 where the record has no such thing. */
  constructor(owned: Numbers, things: Numbers, stepOf: (row: number) => T) {
    this.#order = inOrderOf(owned, inOrderOf(things))
    this.#owned = owned
    this.#things = things
    this.#stepOf = stepOf
  }

  /** The account of the next row; Infinity at the end. */
  get account(): number {
    return this.#next === this.#order.length ? Number.POSITIVE_INFINITY : this.#owned[this.#order[this.#next]]
  }

  /** Passes over all rows of the next account, if it is this one. */
  skip(account: number): void {
    while (this.account === account) this.#next++
  }

  /** Gives the steps of each thing of the next account, if it is this one, in the order in which they were written; answers how many. */
  give(account: number, take: (thing: number, steps: T[]) => void): number {
    const from = this.#next
    const [order, owned, things, stepOf] = [this.#order, this.#owned, this.#things, this.#stepOf]
    let next = from
    while (next < order.length && owned[order[next]] === account) {
      const thing = things[order[next]]
      const steps: T[] = []
      do steps.push(stepOf(order[next++]))
      while (next < order.length && things[order[next]] === thing && owned[order[next]] === account)
      take(thing, steps)
    }
    this.#next = next
    return next - from
  }
}
