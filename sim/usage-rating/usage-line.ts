/** Lines and bills of a rated log of usage and subscriptions. */
import type { Amount } from '#base/money.ts'
import type { Currency } from '#scenarios/currencies.ts'

/** What happened to a subscription. */
export type SubscriptionKind =
  | 'trial'
  | 'purchase'
  | 'renewal'
  | 'upgrade'
  | 'expansion'
  | 'down-at-renewal'
  | 'refund'
  | 'correction'

/** What a line of a subscription has besides. */
export interface SubscriptionPart {
  readonly subscription: string
  readonly kind: SubscriptionKind
  /** The instant of the charge, and the time that it is for; ms. */
  readonly at: number
  readonly from: number
  readonly until: number
  /** On its order (M-07), whole 1e-8. */
  readonly tax: Amount
}

/** A line of a bill. */
export interface UsageLine {
  readonly account: string
  /** Month of the bill, and of the use; they differ in corrections. */
  readonly bill: number
  readonly month: number
  /** A metric, the offer of a subscription, or `commitment`. */
  readonly metric: string
  readonly dimensions: ReadonlyMap<string, string>
  readonly currency: Currency
  readonly events: number
  /** Whole 1e-8. */
  readonly quantity: bigint
  readonly rule: string
  readonly text: string
  readonly amount: Amount
  /** Of subscriptions. */
  readonly part?: SubscriptionPart
}

export interface UsageBill {
  readonly account: string
  readonly month: number
  readonly currency: Currency
  readonly lines: number
  /** Before tax. */
  readonly charges: Amount
  readonly tax: Amount
  readonly payable: Amount
}
