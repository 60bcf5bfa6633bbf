/** Months that have ended and whose bills are not final yet (I-02). */

import type { Instant } from '#base/time.ts'
import type { Row } from '../../cell/table.ts'

/** An order that was paid, for the bill of its month. */
export interface PaidOrder {
  readonly account: Row<'accounts'>
  readonly order: number
  readonly amount: bigint
}

/** The charges of one month that has ended, by row of the account table. */
export interface ClosedMonth {
  readonly month: Instant
  readonly charges: bigint[]
  readonly lines: Int32Array
  /** What of the charges was orders, and the tax in them. */
  readonly orders: readonly bigint[]
  readonly orderTax: readonly bigint[]
  /** Orders paid in it, where its bill is invoiced (I-02). */
  readonly paid: readonly PaidOrder[]
}

export class ClosedMonths {
  /** Oldest first. */
  all: ClosedMonth[] = []

  save(): readonly ClosedMonth[] {
    return this.all
  }

  restore(state: readonly ClosedMonth[]): void {
    this.all = [...state]
  }
}
