/** A line: an order, or (order 0) what was metered in the month of the bill. */
export interface InvoiceLine {
  readonly order: number
  readonly amount: bigint
}

/** An order that was paid, for the bill of its month. */
export interface PaidOrder extends InvoiceLine {
  readonly account: number
}
