import { columns } from '#engine/columns.ts'

/**
 * Supervision flows that are not over (S-01..S-09). `turn` counts whose move it was, so that an answer to an earlier
 * turn is known as such. The clocks of silence, completion and age keep what they have measured (`…Spent`), since when
 * they run (`…Since`: STOPPED or PAUSED when they do not) and the timer that waits for their limit.
 */
export const supervisionTable = () =>
  columns({
    id: 'f64',
    order: 'i32',
    account: 'i32',
    seller: 'i32',
    kind: 'u8',
    state: 'u8',
    frozenFrom: 'u8',
    turn: 'i32',
    sellerRejections: 'i32',
    buyerRejections: 'i32',
    paidAt: 'f64',
    acceptedAt: 'f64',
    appeal: 'f64',
    silenceSide: 'u8',
    silenceTold: 'u8',
    silenceSince: 'f64',
    silenceSpent: 'f64',
    silenceTimer: 'i32',
    completionSince: 'f64',
    completionSpent: 'f64',
    completionTimer: 'i32',
    ageSince: 'f64',
    ageSpent: 'f64',
    ageTimer: 'i32',
    moveTimer: 'i32',
    reminderTimer: 'i32',
    appealTimer: 'i32',
  })

/** Who owes the next move of a flow: the values of `silenceSide`. */
export const side = { nobody: 0, seller: 1, buyer: 2 } as const
