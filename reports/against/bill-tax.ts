/**
 * Another rate of tax as the cause of bills that differ (M-07): every figure of a bill leaves an interval of rates, and each rate
 * in all of the intervals gives every bill to the last digit. The rate of fewest digits is the one that is named.
 */
import { decimalText } from '#base/decimal-text.ts'
import { toMinorUnits } from '#sim/billing/minor-units.ts'
import { taxOnUse } from '#sim/billing/month-total.ts'
import { type Figure, figuresOf, type InvoiceBill } from './invoices.ts'
import type { RatedSource, SourceBill, TaxedOrder } from './rated-line.ts'
import { because, type Reason } from './reason.ts'
import { common, type Range, simplestOf, whereEqual } from './simplest.ts'

/** Percentages have 8 decimals; no tax exceeds the price. */
const PERCENT_DECIMALS = 8
const PERCENT = 10n ** BigInt(PERCENT_DECIMALS)
export const ANY_RATE: Range = { low: 0n, high: 100n * PERCENT }
/** Rates of more decimals are found in any small difference. */
export const FINEST_RATE = PERCENT / 10_000n
/** One bill alone shows only rates of whole or half percents. */
export const ROUND_RATE = PERCENT / 2n

export const percentText = (rate: bigint): string => decimalText(rate, PERCENT_DECIMALS)

/** A bill of ours as its tax sees it, and what the invoices say of it. */
export interface TaxedBill {
  readonly bill: SourceBill
  readonly invoice: InvoiceBill
  /** Use before tax, by kind and product. */
  readonly use: Map<string, bigint>
  readonly orders: TaxedOrder[]
}

/** What of a bill is taxed by the other rate, and how. */
interface Way {
  /** What it is called after the rates; empty where all is taxed. */
  readonly text: string
  /** Which part of the use: by kind and product; all of it where it is left out. */
  readonly isTaxed?: (use: string) => boolean
  /** The prices have the tax in them: nothing is added to them. */
  readonly isIncluded?: boolean
}

type Figures = Readonly<Record<Figure, bigint>>

/** The figures of a bill by another rate. */
function figuresBy(source: RatedSource, { bill, use, orders }: TaxedBill, rate: bigint, way: Way): Figures {
  const { 'rounding.charge': rounding, 'rounding.monthTotal': monthTotal } = source.policies
  const taxOf = (amount: bigint, percent: string): bigint => taxOnUse({ amount, percent }, rounding).amount
  const percent = percentText(rate)
  const taxable = bill.taxable ?? bill.charges
  let charges = bill.charges
  let tax: bigint
  if (way.isIncluded === true) {
    // Of a gross price with a tax of r percent in it, r / (100 + r) is tax.
    tax = rate === 0n ? 0n : (bill.charges * rate) / (100n * PERCENT + rate)
    return { charges, tax, payable: toMinorUnits(charges, source.decimals, monthTotal) }
  }
  if (way.isTaxed === undefined) {
    for (const order of orders) charges += taxOf(order.base, percent) - order.tax
    tax = taxOf(taxable, percent)
  } else {
    let part = 0n
    for (const [what, amount] of use) if (way.isTaxed(what)) part += amount
    tax = taxOf(part, percent) + taxOf(taxable - part, bill.taxPercent ?? source.policies['tax.percent'])
  }
  return { charges, tax, payable: toMinorUnits(charges + tax, source.decimals, monthTotal) }
}

/** Rates within an interval by which every figure that is stated comes out; undefined where there is none. */
function ratesOf(source: RatedSource, taxed: TaxedBill, way: Way, within: Range): Range | undefined {
  let range: Range | undefined = within
  for (const figure of figuresOf(taxed.invoice)) {
    if (range === undefined) return undefined
    const theirs = taxed.invoice.figures[figure] ?? 0n
    range = whereEqual((rate) => figuresBy(source, taxed, rate, way)[figure], theirs, range)
  }
  return range
}

/** Rates by which all of the bills come out, and the simplest of them; undefined where there is none. */
function rateOfAll(source: RatedSource, bills: readonly TaxedBill[], way: Way): bigint[] | undefined {
  let range = ANY_RATE
  for (const taxed of bills) {
    const found = ratesOf(source, taxed, way, range)
    if (found === undefined) return undefined
    range = common(range, found)
  }
  const rates = simplestOf(range, 100n * PERCENT).filter((rate) => rate % FINEST_RATE === 0n)
  return rates.length === 0 ? undefined : rates
}

/** The whole or half percents of a part of the use, `isTaxed`, that give all of the bills; undefined where there are none. */
export function rateOfPart(
  source: RatedSource,
  bills: readonly TaxedBill[],
  isTaxed: (use: string) => boolean,
): string[] | undefined {
  const rates = rateOfAll(source, bills, { text: '', isTaxed })?.filter((rate) => rate % ROUND_RATE === 0n)
  return rates === undefined || rates.length === 0 ? undefined : rates.map(percentText)
}

const sizeOf = ({ bill }: TaxedBill): bigint => bill.charges
const largestFirst = (bills: readonly TaxedBill[]): TaxedBill[] =>
  bills.toSorted((a, b) => (sizeOf(a) < sizeOf(b) ? 1 : sizeOf(a) > sizeOf(b) ? -1 : 0))

/** `0`, or `8 or 10` where regions are taxed apart. */
const ourRates = (source: RatedSource, bills: readonly TaxedBill[]): string =>
  [...new Set(bills.map((taxed) => ourRate(source, taxed)))].sort().join(' or ')

const ourRate = (source: RatedSource, { bill, orders }: TaxedBill): string =>
  orders[0]?.percent ?? bill.taxPercent ?? source.policies['tax.percent']

function rateReason(source: RatedSource, bills: readonly TaxedBill[], rates: readonly bigint[], way: Way): Reason {
  const [rate] = rates
  const ours = ourRates(source, bills)
  const facts = { rates: rates.map(percentText) }
  const theirs = facts.rates.join(' or ')
  if (way.isIncluded === true)
    return because(
      'tax rate',
      'M-07',
      `tax.percent ${theirs} included in the prices, not ${ours} on top of them`,
      facts,
    )
  const instead = `tax.percent ${theirs} instead of ${ours}${way.text}`
  const either = rate === 0n && way.isTaxed === undefined ? ': none is added, or it is in the prices' : ''
  return because('tax rate', 'M-07', `${instead}${either}`, facts)
}

const states = ({ invoice }: TaxedBill, figure: Figure): boolean => invoice.figures[figure] !== undefined

/** One bill alone, of which only the payable is known, comes out by some rate whatever is wrong with it. */
const isCertain = (bills: readonly TaxedBill[], rates: readonly bigint[]): boolean =>
  bills.length > 1 || ((states(bills[0], 'charges') || states(bills[0], 'tax')) && rates[0] % ROUND_RATE === 0n)

const wholes: readonly Way[] = [{ text: '' }, { text: '', isIncluded: true }]

/** Parts of the use that may be taxed apart: by kind, and by product where there are several. */
function partsOf(bills: readonly TaxedBill[]): Way[] {
  const names = new Set(bills.flatMap(({ use }) => [...use.keys()]))
  const kinds = new Set([...names].map((name) => name.slice(0, name.indexOf(' '))))
  if (names.size < 2) return []
  return [
    ...(kinds.size < 2
      ? []
      : [...kinds].map(
          (kind): Way => ({ text: ` on use of kind ${kind}`, isTaxed: (use) => use.startsWith(`${kind} `) }),
        )),
    ...[...names].slice(0, MOST_PRODUCTS).flatMap((name): Way[] => [
      { text: ` on ${name.slice(name.indexOf(' ') + 1)}`, isTaxed: (use) => use === name },
      { text: ` on all but ${name.slice(name.indexOf(' ') + 1)}`, isTaxed: (use) => use !== name },
    ]),
  ]
}

const MOST_PRODUCTS = 50

/** Whether the lines that were handed over are all that a bill taxes: late and lost records are not among them. */
const isWhole = ({ bill, use }: TaxedBill): boolean =>
  [...use.values()].reduce((sum, amount) => sum + amount, 0n) === (bill.taxable ?? bill.charges)

/**
 * The other rate of tax that explains every bill; where bills agree by ours, every bill that differs. `differing` are some of
 * `bills`, which both sides have.
 */
export function taxOfBills(
  source: RatedSource,
  bills: readonly TaxedBill[],
  differing: readonly TaxedBill[],
): { readonly reason: Reason; readonly isOfAll: boolean } | undefined {
  const [all, wrong] = [largestFirst(bills), largestFirst(differing)]
  if (wrong.length === 0) return undefined
  // Charges that differ without any order in them are no matter of tax.
  const isPossible = wrong.some((bill) => states(bill, 'payable') || states(bill, 'tax') || bill.orders.length > 0)
  if (!isPossible) return undefined
  for (const way of wholes) {
    if (way.isIncluded === true && !wrong.every((bill) => states(bill, 'tax'))) continue
    const rates = rateOfAll(source, all, way)
    if (rates !== undefined && isCertain(all, rates))
      return { reason: rateReason(source, all, rates, way), isOfAll: true }
  }
  if (all.every(isWhole))
    for (const way of partsOf(all)) {
      const rates = rateOfAll(source, all, way)
      if (rates !== undefined && isCertain(wrong, rates))
        return { reason: rateReason(source, wrong, rates, way), isOfAll: true }
    }
  const rates = rateOfAll(source, wrong, wholes[0])
  if (rates === undefined || !isCertain(wrong, rates) || !isTelling(source, wrong)) return undefined
  return { reason: rateReason(source, wrong, rates, { text: whose(all, wrong) }), isOfAll: false }
}

/** Two small bills come out by a common rate often enough without it: the chance of that, for amounts that are anything. */
function isTelling(source: RatedSource, bills: readonly TaxedBill[]): boolean {
  if (bills.every((bill) => states(bill, 'charges') || states(bill, 'tax'))) return true
  const widths = bills.slice(0, 8).map((taxed) => {
    const range = ratesOf(source, taxed, wholes[0], ANY_RATE) ?? ANY_RATE
    return Number(range.high - range.low) / Number(ANY_RATE.high)
  })
  return widths.slice(1).reduce((chance, width) => chance * (width + widths[0]), 1) < 0.01
}

/** Which bills are taxed by the other rate, where an account or a month tells them apart. */
function whose(all: readonly TaxedBill[], wrong: readonly TaxedBill[]): string {
  const accounts = new Set(wrong.map(({ bill }) => bill.account))
  const others = all.filter((taxed) => !wrong.includes(taxed))
  if (others.every(({ bill }) => !accounts.has(bill.account)))
    return accounts.size === 1 ? ` on the bills of ${[...accounts][0]}` : ` on the bills of ${accounts.size} accounts`
  const first = Math.min(...wrong.map(({ bill }) => bill.month))
  const last = Math.max(...wrong.map(({ bill }) => bill.month))
  const month = (number: number): string => `${Math.floor(number / 12)}-${String((number % 12) + 1).padStart(2, '0')}`
  if (others.every(({ bill }) => bill.month < first)) return ` from ${month(first)} on`
  if (others.every(({ bill }) => bill.month > last)) return ` up to ${month(last)}`
  return ` on ${wrong.length} of ${all.length} bills`
}

/** Bills whose rates are tried on all of the others. */
const VOTES = 50

/**
 * The rate that most bills come out by, where other causes are among them; undefined where it is ours or none prevails.
 * Bills that state their charges are judged by those, so that charges which differ are no matter of it.
 */
export function prevailingRate(source: RatedSource, differing: readonly TaxedBill[]): Prevailing | undefined {
  if (differing.length < 2) return undefined
  const own = differing.map(withTheirCharges)
  const votes = new Map<bigint, number>()
  for (const taxed of largestFirst(own).slice(0, VOTES)) {
    if (!states(taxed, 'payable') && !states(taxed, 'tax')) continue
    const range = ratesOf(source, taxed, wholes[0], ANY_RATE)
    const [rate] = range === undefined ? [] : simplestOf(range, 100n * PERCENT, 1)
    if (rate !== undefined && rate % FINEST_RATE === 0n) votes.set(rate, (votes.get(rate) ?? 0) + 1)
  }
  const [most] = [...votes].sort((a, b) => b[1] - a[1])
  if (most === undefined) return undefined
  const [rate] = most
  const isBy = (taxed: TaxedBill): boolean => ratesOf(source, taxed, wholes[0], { low: rate, high: rate }) !== undefined
  const fitting = own.filter(isBy)
  if (fitting.length < 2 || fitting.length * 2 <= own.length) return undefined
  if (ourRates(source, fitting) === percentText(rate)) return undefined
  return { rate, reason: rateReason(source, fitting, [rate], wholes[0]) }
}

export interface Prevailing {
  readonly rate: bigint
  readonly reason: Reason
}

/** A bill with the charges that the invoices state of it, all of them use: its tax is then a matter of its own. */
function withTheirCharges(taxed: TaxedBill): TaxedBill {
  const { bill, invoice, orders } = taxed
  const { charges } = invoice.figures
  if (charges === undefined || charges === bill.charges || orders.length > 0) return taxed
  const gap = charges - bill.charges
  const taxable = (bill.taxable ?? bill.charges) + gap
  return { ...taxed, bill: { ...bill, charges, taxable } }
}

/** The same source with another rate of tax on use: bills are looked through by it for what else is wrong. */
export const retaxed = (source: RatedSource, rate: bigint): RatedSource => ({
  ...source,
  totalOf: (bill, other) => source.totalOf(bill, other, percentText(rate)),
})
