/** A transaction as the record has it, with the rows that belong to it. */
import type { Legs } from './legs.ts'

/** A row of `recognitions`: days of a period that was paid for, which a transaction earns. */
export interface EarnedDays {
  readonly price: bigint
  readonly commission: bigint
  readonly firstDay: number
  readonly days: number
  readonly since: number
  readonly from: number
  readonly to: number
}

/** A row of `seller_shares`. */
export interface SellerShare {
  readonly specification: number
  readonly month: number
  readonly sales: bigint
  readonly cost: bigint
}

export interface Transaction {
  readonly id: number
  readonly at: number
  readonly repeats: number
  readonly kind: number
  readonly order: number
  readonly hour: number
  /** The civil day that it is about, counted from 1970-01-01 (M-09). */
  readonly day: number
  earned: readonly EarnedDays[]
  shares: readonly SellerShare[]
  readonly legs: Legs
}
