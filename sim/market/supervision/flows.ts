/** Supervision flows as a table, and whose move it is. */
import { code, count, duration, flag, id, instant, number, row, state, table, timer } from '../../cell/table.ts'
import { supervisionKinds, supervisionLifecycles } from './supervision-lifecycles.ts'

/** Who owes the next move of a flow: the values of `silenceSide`. */
export const side = { none: 0, seller: 1, buyer: 2 } as const

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
    silenceNotified: flag(),
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
    withdrawTimer: timer(),
  })

export type SupervisionTable = ReturnType<typeof supervisionTable>
