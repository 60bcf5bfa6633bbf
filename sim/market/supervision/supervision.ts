import type { Cell } from '../../cell/cell.ts'
import { Chapter } from '../../cell/chapter.ts'
import { Port } from '../../cell/port.ts'
import type { Row } from '../../cell/table.ts'
import { ranks } from '../../cell/timers.ts'
import type { Orders } from '../orders/orders.ts'
import { supervisionTable } from './flows.ts'

export const supervisionTimers = {
  silenceLasts: ranks.expire,
  flowCompletes: ranks.expire,
  flowGrowsOld: ranks.expire,
} as const

/** Supervision (S): the flow in which a seller provides what cannot be set up immediately, and its appeals. */
export class Supervision extends Chapter<keyof typeof supervisionTimers> {
  readonly orderChapter: Orders
  readonly invoices
  readonly orders
  readonly flows = supervisionTable()
  readonly parts = { flows: this.flows }
  /** A flow began (S-02), by the row of its order. */
  readonly flowBegan = new Port<[order: Row<'orders'>]>()
  /** A flow entered a state with a next turn (S-03); `resumed`: after an appeal. */
  readonly flowTurned = new Port<[flow: Row<'flows'>, resumed: boolean]>()
  /** A ground for an appeal has arisen for a side that does not owe the next move, or has just made it (S-06). */
  readonly appealPossible = new Port<[flow: Row<'flows'>, by: 'buyer' | 'seller']>()
  /** A flow is frozen until an operations manager decides (S-07). */
  readonly appealFiled = new Port<[flow: Row<'flows'>]>()
  /** A clock is about to end a flow: what its seller or a manager was asked is void. */
  readonly flowCloses = new Port<[flow: Row<'flows'>]>()

  constructor(at: Cell, orders: Orders) {
    super(at)
    this.orderChapter = orders
    this.invoices = orders.invoices
    this.orders = orders.orders
  }
}
