import { lifecycle } from '../../cell/lifecycle.ts'

/** What an order is for; its column keeps the position. All but a purchase are about a subscription. */
export const orderKinds = [
  'purchase',
  'upgrade',
  'expansion',
  'renewal',
  'unsubscription',
  'trial',
  'partial-refund',
] as const
export type OrderKind = (typeof orderKinds)[number]
export const orderKind = Object.fromEntries(orderKinds.map((kind, index) => [kind, index])) as Record<OrderKind, number>

/** O-13: what a buyer may pay with; the column of an order keeps the position. */
export const paymentMethods = ['balance', 'card', 'credit'] as const
export type PaymentMethod = (typeof paymentMethods)[number]
export const paymentMethod = { balance: 0, card: 1, credit: 2 } as const satisfies Record<PaymentMethod, number>

/** O-01, O-08, O-10, S-08: an order from creation to its one final state. */
export const order = lifecycle('order', {
  'pending-approval': {
    approve: 'pending-payment',
    pay: null,
    complete: null,
    expire: null,
    cancel: 'cancelled',
    fail: 'cancelled',
  },
  'pending-payment': {
    approve: null,
    pay: 'processing',
    complete: null,
    expire: 'cancelled',
    cancel: 'cancelled',
    fail: 'cancelled',
  },
  processing: {
    approve: null,
    pay: null,
    complete: 'completed',
    expire: null,
    cancel: 'cancelled',
    fail: 'cancelled',
  },
  completed: { approve: null, pay: null, complete: null, expire: null, cancel: null, fail: null },
  cancelled: { approve: null, pay: null, complete: null, expire: null, cancel: null, fail: null },
})
