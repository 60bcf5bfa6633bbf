/**
 * The recorded facts as the auditor holds them: everything that concerns one account. Money is whole 1e-8 of any size; what
 * one metered hour costs is a number.
 */
import type { Settlements } from './settlements.ts'
import type { Transaction } from './transaction.ts'
import type { Spans } from './usage-spans.ts'

export interface Step {
  readonly at: number
  readonly event: number
  readonly from: number
  readonly to: number
}

export interface InstanceStep extends Step {
  /** The image on it from now on. */
  readonly specification: number
}

/** A step of a supervision flow; `by` is who took it. */
export interface SupervisionStep extends Step {
  readonly rule: number
  readonly by: number
}

export interface SubscriptionStep extends Step {
  readonly termStart: number
  readonly termEnd: number
}

/** A usage record that did not come once and in time (U-09). */
export interface UsageFault {
  readonly item: number
  readonly priced: number
  readonly hour: number
  readonly at: number
  readonly seconds: number
  readonly amount: number
  readonly copy: number
  readonly outcome: number
}

export interface Instance {
  readonly id: number
  readonly at: number
  readonly order: number
  readonly pool: number
  readonly specification: number
  readonly billing: number
  /** From running to the deletion its buyer plans, ms; -1 where none is planned. */
  readonly lifetime: number
  steps: readonly InstanceStep[]
  spans: Spans
  faults: readonly UsageFault[]
}

export interface OrderLine {
  readonly line: number
  readonly part: number
  readonly plan: number
  readonly amount: bigint
  readonly rule: number
}

export interface Order {
  readonly id: number
  readonly at: number
  readonly specification: number
  readonly pool: number
  readonly kind: number
  /** The subscription it is about; 0 for a purchase. */
  readonly subject: number
  /** Whole 1e-8. */
  readonly quantity: number
  readonly months: number
  readonly rule: number
  readonly instances: number
  readonly amount: bigint
  lines: readonly OrderLine[]
  /** O-04, M-07: the lines that it was paid by, where they are not those of its creation. */
  requoted: readonly (OrderLine & { readonly at: number })[]
  steps: readonly Step[]
  /** Of the subscription that bears its number. */
  subscription: readonly SubscriptionStep[]
  /** Of the supervision flow that bears its number. */
  supervision: readonly SupervisionStep[]
  /** What it says it does to its subscription. */
  changes: readonly OrderChange[]
  /** The refund it states. */
  returns: readonly ReturnedPeriod[]
}

/** A row of `order_changes`. */
export interface OrderChange {
  readonly at: number
  readonly subscription: number
  readonly specificationFrom: number
  readonly specification: number
  readonly quantityFrom: number
  readonly quantity: number
  readonly plan: number
  readonly serverPlan: number
  readonly termStart: number
  readonly termEnd: number
  readonly newTermEnd: number
  readonly decidedAt: number
  readonly rule: number
  /** What priced the configuration before; 0 of a renewal. */
  readonly planFrom: number
  /** Its kind as a word, 0 when none, and percent x 1e8 or whole 1e-8. */
  readonly discount: number
  readonly discountValue: bigint
}

/** A row of `refunds`. */
export interface ReturnedPeriod {
  readonly at: number
  readonly subscription: number
  readonly paidOrder: number
  readonly begun: number
  readonly periodStart: number
  readonly periodEnd: number
  readonly months: number
  readonly cash: bigint
  readonly coupon: bigint
  readonly couponReturned: bigint
  readonly servers: number
  readonly returns: number
  readonly consumed: bigint
  readonly fee: bigint
  readonly amount: bigint
  readonly rounding: bigint
  readonly tax: bigint
  readonly cloud: bigint
  readonly rule: number
}
export interface Bill {
  readonly month: number
  readonly lines: number
  readonly charges: bigint
  readonly rounding: bigint
  readonly payable: bigint
  readonly final: number
}

/** A row of `bill_taxes`. */
export interface BillTax {
  readonly month: number
  readonly at: number
  readonly region: number
  readonly taxable: bigint
  readonly tax: bigint
  readonly ofOrders: bigint
  readonly transaction: number
}

/** A row of `refused_requests`: what was asked for; `quantity` in units or servers. */
export interface Asked {
  readonly kind: number
  readonly specification: number
  readonly quantity: number
  readonly months: number
}

export interface Refusal {
  readonly id: number
  readonly at: number
  readonly code: number
  readonly specification: number
  readonly pool: number
  readonly quantity: number
  readonly order: number
  readonly lost: bigint
  readonly rule: number
  readonly asked: Asked | undefined
}

export interface Notice {
  readonly at: number
  readonly code: number
  /** What it is about: a subscription; 0 for the account itself. */
  readonly subject: number
  readonly rule: number
}

export interface Coupon {
  readonly id: number
  readonly at: number
  /** A cash coupon; else a discount coupon. */
  readonly isCash: boolean
  readonly amount: bigint
}

export interface CouponDraw {
  readonly coupon: number
  readonly order: number
  readonly at: number
  readonly amount: bigint
}

export interface CreditGrant {
  readonly at: number
  readonly amount: bigint
  /** Transactions from this number on were booked after it. */
  readonly transactionsFrom: number
}

export interface CombinedPayment {
  readonly id: number
  readonly at: number
  readonly order: number
  readonly outcome: number
}

/** A row of `ledger_months`. */
export interface LedgerMonth {
  readonly owner: number
  readonly ledger: number
  readonly kind: number
  readonly month: number
  readonly measured: number
  readonly ofOrders: number
  readonly times: number
  /** A number where float64 holds it exactly. */
  readonly amount: number | bigint
}

/** A row of `metered_months`. */
export interface MeteredMonth {
  readonly item: number
  readonly priced: number
  readonly pool: number
  readonly rule: number
  readonly month: number
  readonly measured: number
  readonly lines: number
  readonly seconds: number
  /** A number where float64 holds it exactly. */
  readonly amount: number | bigint
}

/** automatic renewal was enabled, modified or disabled. */
export interface AutoRenewalChange {
  readonly subscription: number
  readonly at: number
  readonly event: number
  readonly day: number
  /** 0 for the period of the policy. */
  readonly months: number
}

/** O-13: a bound card was charged, or declined; `order` is 0 for a top-up. */
export interface CardCharge {
  readonly at: number
  readonly order: number
  readonly amount: bigint
  readonly outcome: number
  /** 0 where it was charged. */
  readonly reason: number
  /** Number from which transactions were booked after it. */
  readonly transactionsFrom: number
}

/** O-06: an amount that a reseller was asked about; `asked` is the instant whose price it is. */
export interface Confirmation {
  readonly asked: number
  readonly at: number
  readonly kind: number
  readonly specification: number
  readonly pool: number
  /** Whole 1e-8. */
  readonly quantity: number
  readonly months: number
  readonly subject: number
  readonly amount: bigint
  readonly isConfirmed: boolean
}

/** O-14: a freeze of the account, by the scenario's event number `planned`. */
export interface AccountFreeze {
  readonly at: number
  readonly planned: number
  readonly reason: number
  readonly until: number
}

export interface AccountFacts {
  readonly id: number
  /** False for a number that `accounts` does not hold: its facts are orphans. */
  readonly known: boolean
  readonly segment: string
  /** Within the segment, from 1. */
  readonly number: number
  readonly region: number
  readonly instances: readonly Instance[]
  readonly orders: readonly Order[]
  readonly standing: readonly Step[]
  readonly freezes: readonly AccountFreeze[]
  readonly freezeSteps: readonly Step[]
  /** In the order in which they were booked; those that are among the settlements are left out. */
  readonly transactions: readonly Transaction[]
  /** U-08: hours that were settled in the plain way. */
  readonly settlements: Settlements | undefined
  readonly bills: readonly Bill[]
  readonly billTaxes: readonly BillTax[]
  readonly refusals: readonly Refusal[]
  readonly notices: readonly Notice[]
  readonly coupons: readonly Coupon[]
  readonly couponDraws: readonly CouponDraw[]
  readonly creditGrants: readonly CreditGrant[]
  /**
   * O-06: the monthly budget of a reseller's customer; null without a budget, undefined for accounts that pay
   * themselves.
   */
  readonly budget: bigint | null | undefined
  /** R-08, in the order of time. */
  readonly autoRenewals: readonly AutoRenewalChange[]
  /** O-13: what buyers selected for their orders, where it was not the balance. */
  readonly methods: ReadonlyMap<number, { readonly at: number; readonly method: number }>
  readonly cards: readonly CardCharge[]
  readonly confirmations: readonly Confirmation[]
  readonly combined: readonly CombinedPayment[]
  /** What the record says its transactions and its use come to by month. */
  readonly ledgerMonths: readonly LedgerMonth[]
  readonly meteredMonths: readonly MeteredMonth[]
  /** Rows whose instance, order or transaction does not exist, by table. */
  readonly orphans: readonly string[]
}
