/** The lines of an order for a term with cloud resources (E-09), by row: with one line of servers, its own columns say all. */
import type { Row } from '../../cell/table.ts'

/** A line of an order, as it was created. */
interface Line {
  readonly part: 'price' | 'ecs' | 'tax' | 'refund'
  readonly plan: number
  readonly amount: bigint
  readonly rule: string
}

export class CloudLines {
  #byRow = new Map<number, readonly Line[]>()

  /** The lines of servers and of their resources; none where the order has one such line at most. */
  of(row: Row<'orders'>): readonly Line[] {
    return this.#byRow.get(row) ?? []
  }

  /** Keeps the lines of a new order with servers, whose row may have been another's. */
  take(row: Row<'orders'>, lines: readonly Line[]): void {
    const cloud = lines.filter(({ part }) => part === 'ecs')
    if (cloud.length > 1) this.#byRow.set(row, cloud)
    else if (this.#byRow.size > 0) this.#byRow.delete(row)
  }

  save() {
    return [...this.#byRow]
  }

  restore(state: ReturnType<CloudLines['save']>): void {
    this.#byRow = new Map(state)
  }
}
