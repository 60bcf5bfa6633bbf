/**
 * Invoices and credit notes as documents (I-01, I-04). A run keeps 8 decimals a line and rounds the whole to minor units (M-08);
 * a document has minor units on each line. So the lines of each rate of tax share out its rounded total, its tax is the rate of
 * that total (EN 16931, BR-CO-17), and `rounding` is what is left to what the run charged, which is `payable` to the cent.
 */
import { divideRounded, parseDecimal, tenTo } from '#base/decimal.ts'
import { decimalText } from '#base/decimal-text.ts'
import { MONEY_DECIMALS } from '#base/money.ts'
import type { Reference } from './covering.ts'

export type DocumentKind = 'invoice' | 'credit note'

/** Something that was charged or refunded: whole 1e-8 before tax, and its rate of tax in percent. */
export interface Item {
  readonly text: string
  readonly note: string
  readonly net: bigint
  readonly percent: string
}

/** An item as a line of the document: `amount` in whole minor units (as 1e-8). */
export interface DocumentLine extends Item {
  readonly amount: bigint
}

export interface TaxRate {
  readonly percent: string
  readonly taxable: bigint
  readonly tax: bigint
}

/** What brought a document to minor units. */
export interface Totals {
  readonly lines: readonly DocumentLine[]
  readonly rates: readonly TaxRate[]
  readonly net: bigint
  readonly tax: bigint
  readonly rounding: bigint
  /** In minor units. */
  readonly payable: bigint
  /** What the run charged or refunded: the same, unless part of it is a coupon, which may have more decimals (M-08). */
  readonly exact: bigint
}

export interface BusinessDocument extends Totals {
  readonly kind: DocumentKind
  readonly number: string
  /** Instant, ms. */
  readonly issued: number
  /** `start-ups/12`, and its segment. */
  readonly account: string
  readonly segment: string
  /** O-06: which side of it the reseller of the segment is on; undefined where it is from the marketplace to the account. */
  readonly reseller: 'buyer' | 'seller' | undefined
  /** The month it is about, as its first instant; undefined where it is about orders alone. */
  readonly month: number | undefined
  /** The orders it covers. */
  readonly orders: readonly bigint[]
  /** The invoice that it replaces, or that has the order it refunds and is valid; undefined where there is none. */
  readonly reference: Reference | undefined
  /** Of a credit note: the number of the monthly bill that has its order (I-04). */
  readonly bill: string
  /** Why it is no longer valid; empty where it is. */
  readonly returned: string
}

/**
 * Whether a document is part of what was invoiced. A returned invoice is void, and a credit note of an order that is on no valid invoice
 * corrects nothing that was invoiced: EN 16931 has no credit note without its invoice (BT-25), and the two cancel out.
 */
export const isInvoiced = ({ kind, reference, returned }: BusinessDocument): boolean =>
  returned === '' && (kind === 'invoice' || reference !== undefined)

/** Percent, 8 decimals. */
const PERCENT_DECIMALS = 8
export const percentOf = (text: string): bigint => parseDecimal(text, PERCENT_DECIMALS, 'percent', 'unsigned')
/** `6.5` of `6.50`: one text for each rate. */
export const percentText = (text: string): string => decimalText(percentOf(text), PERCENT_DECIMALS)

/** Tax of an amount (whole 1e-8) at a rate, before any rounding to minor units. */
export const taxAt = (net: bigint, percent: string): bigint =>
  divideRounded(net * percentOf(percent), tenTo(PERCENT_DECIMALS + 2), 'half-up')

/** Items, tax included or not, as a document in the minor units of a currency with so many decimals. */
export function totalsOf(items: readonly Item[], exact: bigint, decimals: number): Totals {
  const unit = tenTo(MONEY_DECIMALS - decimals)
  const round = (amount: bigint): bigint => divideRounded(amount, unit, 'half-up') * unit
  const percents = [...new Set(items.map(({ percent }) => percent))].sort((a, b) => Number(percentOf(a) - percentOf(b)))
  const lines: DocumentLine[] = []
  const rates = percents.map((percent): TaxRate => {
    let [before, given] = [0n, 0n]
    for (const item of items.filter((each) => each.percent === percent)) {
      before += item.net
      const amount = round(before) - given
      given += amount
      lines.push({ ...item, amount })
    }
    return { percent, taxable: given, tax: round(taxAt(given, percent)) }
  })
  const net = rates.reduce((sum, { taxable }) => sum + taxable, 0n)
  const tax = rates.reduce((sum, rate) => sum + rate.tax, 0n)
  const payable = round(exact)
  return { lines, rates, net, tax, rounding: payable - net - tax, payable, exact }
}

/**
 * An item at its rate of tax; where another tax was charged than that rate of the whole (M-07, `tax.couponBase: paid`), the
 * part that was taxed and the part that was not.
 */
export function itemsOf(item: Item, tax: bigint, unit: bigint): Item[] {
  const percent = percentText(item.percent)
  const difference = taxAt(item.net, percent) - tax
  if (percentOf(percent) === 0n || (difference < unit && -difference < unit)) return [{ ...item, percent }]
  const taxed = divideRounded(tax * tenTo(PERCENT_DECIMALS + 2), percentOf(percent), 'half-up')
  const parts = [
    { ...item, percent, net: taxed },
    { ...item, percent: '0', net: item.net - taxed, note: 'not taxed: paid with a discount coupon (M-07)' },
  ]
  return parts.filter(({ net }) => net !== 0n)
}
