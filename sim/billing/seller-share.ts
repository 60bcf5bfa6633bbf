/** L-03: what the marketplace owes a seller for an order. */
import type { Rounding } from '#base/decimal.ts'
import { type Amount, MONEY_DECIMALS } from '#base/money.ts'
import { type Formula, literal, minus, times } from './formula.ts'
import { type Line, lineOf } from './line.ts'
import { lessPercent } from './percent.ts'

/** Amounts in whole 1e-8; a refund after settlement is a sale with negative amounts. */
export interface Sale {
  /** As the buyer paid it, tax included. */
  readonly price: Amount
  /** The tax in the price (M-07). */
  readonly tax: Amount
  /** What the customer withheld. */
  readonly withholding: Amount
  /** Percent x 1e8. */
  readonly platformFee: bigint
  readonly sellerTax: Amount
}

const money = (amount: Amount): Formula => literal(amount, MONEY_DECIMALS)

/** (price excluding tax - withholding) x (1 - platform fee) - seller taxes, rounded once. */
export function sellerShare(sale: Sale, rounding: Rounding): Line {
  const base = minus(minus(money(sale.price), money(sale.tax)), money(sale.withholding))
  return lineOf('L-03', minus(times(base, lessPercent(sale.platformFee)), money(sale.sellerTax)), rounding)
}
