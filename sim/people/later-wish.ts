/** Wishes that a buyer takes up again once the reseller has confirmed their amount (O-06), as plain data. */
import type { RefusalCode } from '../cell/codes.ts'
import type { Id, Row } from '../cell/table.ts'
import type { OrderIntent } from '../market/orders/intent.ts'
import type { PutOff } from './prerequisites.ts'

/** A purchase, with the pool that it was priced in. */
export type ConfirmedPurchase = PutOff<OrderIntent['channel']> & { readonly pool: number }

/** What is done about a purchase that was refused. */
export type OnRefusal = (purchase: ConfirmedPurchase, why: RefusalCode) => void

/** What a buyer wants of a subscription, as plain data. */
export interface TermWish {
  readonly kind: 'upgrade' | 'expansion' | 'renewal'
  /** Row of the subscription, and its number: by the time of the order the row may be another's. */
  readonly row: Row<'subscriptions'>
  readonly id: Id<'orders'>
  /** Number of the specification. */
  readonly specification: number
  readonly quantity: number
  /** Of a renewal. */
  readonly months: number
}

export type LaterWish = { readonly purchase: ConfirmedPurchase } | { readonly about: TermWish }
