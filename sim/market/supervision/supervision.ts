import type { Cell } from '../../cell/cell.ts'
import { Chapter } from '../../cell/chapter.ts'
import { Port } from '../../cell/port.ts'
import { code, count, duration, flag, id, instant, number, row, state, table, timer } from '../../cell/table.ts'
import { ranks } from '../../cell/timers.ts'
import type { Orders } from '../orders/orders.ts'
import type { Subscriptions } from '../subscriptions/subscriptions.ts'
import { supervisionKinds, supervisionLifecycles } from './supervision-lifecycles.ts'

/** Who owes the next move of a flow: the values of `silenceSide`. */
export const side = { nobody: 0, seller: 1, buyer: 2 } as const

/**
 * Supervision flows that are not over (S-01..S-09). `turn` counts whose move it was, so that an answer to an earlier
 * turn is known as such. The clocks of silence, completion and age keep what they have measured (`…Spent`), since when
 * they run (`…Since`: STOPPED or PAUSED when they do not) and the timer that waits for their limit.
 */
export const supervisionTable = () =>
  table('flows', {
    id: id('orders'),
    order: row('orders'),
    account: row('accounts'),
    seller: number('sellers'),
    kind: code(supervisionKinds),
    // All kinds have the same states in the same order.
    state: state(supervisionLifecycles[0]),
    frozenFrom: state(supervisionLifecycles[0]),
    turn: count(),
    sellerRejections: count(),
    buyerRejections: count(),
    paidAt: instant(),
    acceptedAt: instant(),
    appeal: id('appeals'),
    silenceSide: code(Object.keys(side)),
    silenceTold: flag(),
    silenceSince: instant(),
    silenceSpent: duration(),
    silenceTimer: timer(),
    completionSince: instant(),
    completionSpent: duration(),
    completionTimer: timer(),
    ageSince: instant(),
    ageSpent: duration(),
    ageTimer: timer(),
    moveTimer: timer(),
    reminderTimer: timer(),
    appealTimer: timer(),
  })

export const supervisionTimers = {
  silenceLasts: ranks.expire,
  flowCompletes: ranks.expire,
  flowGrowsOld: ranks.expire,
} as const

/** Supervision (S): the flow in which a seller provides what cannot be set up at once, and its appeals. */
export class Supervision extends Chapter<keyof typeof supervisionTimers> {
  readonly orderChapter: Orders
  readonly subscriptionChapter: Subscriptions
  readonly invoices
  readonly orders
  readonly flows = supervisionTable()
  readonly parts = { flows: this.flows }
  /** A flow began (S-02), by the row of its order. */
  readonly flowBegan = new Port<[order: number]>()
  /** A flow entered a state in which somebody owes the next move (S-03); `resumed`: after an appeal. */
  readonly flowTurned = new Port<[flow: number, resumed: boolean]>()
  /** A ground for an appeal has arisen for a side that does not owe the next move, or has just made it (S-06). */
  readonly appealPossible = new Port<[flow: number, by: 'buyer' | 'seller']>()
  /** A flow is frozen until an operations manager decides (S-07). */
  readonly appealFiled = new Port<[flow: number]>()
  /** A clock is about to end a flow: what its seller or a manager was asked is void. */
  readonly flowCloses = new Port<[flow: number]>()

  constructor(at: Cell, orders: Orders, subscriptions: Subscriptions) {
    super(at)
    this.orderChapter = orders
    this.subscriptionChapter = subscriptions
    this.invoices = orders.invoices
    this.orders = orders.orders
  }
}
