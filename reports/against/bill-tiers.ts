/** Bills with a discount that depends on what they come to: on all of a bill above an amount, or on what is above it. */
import { divideRounded } from '#base/decimal.ts'
import { decimalText } from '#base/decimal-text.ts'
import { formatAmount } from '#base/money.ts'
import { factorOfBills } from './bill-factor.ts'
import type { TaxedBill } from './bill-tax.ts'
import { billKey, type InvoiceBill } from './invoices.ts'
import { givesMoved, stateCharges } from './moved-use.ts'
import type { RatedSource } from './rated-line.ts'
import { because, type Reason, uncertain } from './reason.ts'
import { simplestOf } from './simplest.ts'

const FEWEST_BILLS = 2
/** A line through two bills is a discount where a third one is on it. */
const FEWEST_ABOVE = 3
const CENT = 1_000_000n
const COARSEST = 1_000_000n * 100n * CENT
/** Discounts that people set, in parts of a thousand. */
const PARTS = 1_000n
/** Accounts that are named. */
const MOST_ACCOUNTS = 3

export async function tiersOfBills(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
): Promise<Reason | undefined> {
  const bills = await source.bills()
  if (!stateCharges(invoices) || bills.length !== invoices.size) return undefined
  const taxed = bills.flatMap((bill): TaxedBill[] => {
    const invoice = invoices.get(billKey(bill.account, bill.month))
    return invoice === undefined ? [] : [{ bill, invoice, use: new Map(), orders: [] }]
  })
  if (taxed.length < bills.length) return undefined
  const differing = taxed.filter(({ bill, invoice }) => invoice.figures.charges !== bill.charges)
  const agreeing = taxed.filter((each) => !differing.includes(each))
  const found = [
    await discountAbove(source, differing, agreeing),
    discountOnTop(source, invoices, differing, agreeing),
  ].filter((reason) => reason !== undefined)
  return found.length < 2 ? found[0] : uncertain(found)
}

const sizes = (bills: readonly TaxedBill[]): bigint[] =>
  bills.map(({ bill }) => bill.charges).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))

/** One factor on every bill above an amount, while all others agree. */
async function discountAbove(
  source: RatedSource,
  differing: readonly TaxedBill[],
  agreeing: readonly TaxedBill[],
): Promise<Reason | undefined> {
  const [above, below] = [sizes(differing), sizes(agreeing)]
  const [least, most] = [above[0], below[below.length - 1]]
  if (above.length < FEWEST_BILLS || below.length < FEWEST_BILLS || most >= least) return undefined
  const reason = await factorOfBills(source, differing)
  if (reason === undefined) return undefined
  const [limit] = simplestOf({ low: most, high: least - 1n }, COARSEST, 1)
  const accounts = new Set(differing.map(({ bill }) => bill.account))
  const isOfAccounts = accounts.size <= MOST_ACCOUNTS && !agreeing.some(({ bill }) => accounts.has(bill.account))
  const either = isOfAccounts ? `, or of ${[...accounts].join(' and ')} only` : ''
  return { ...reason, text: `${reason.text}; of bills above ${formatAmount(limit)}${either}` }
}

/** A factor on what of each bill is above an amount. */
function discountOnTop(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
  differing: readonly TaxedBill[],
  agreeing: readonly TaxedBill[],
): Reason | undefined {
  const sorted = differing.toSorted((a, b) => (a.bill.charges < b.bill.charges ? -1 : 1))
  const [first, last] = [sorted[0], sorted[sorted.length - 1]]
  if (sorted.length < FEWEST_ABOVE) return undefined
  const width = last.bill.charges - first.bill.charges
  const [low, high] = [first.invoice.figures.charges ?? 0n, last.invoice.figures.charges ?? 0n]
  if (width <= 0n) return undefined
  const part = divideRounded((high - low) * PARTS, width, 'half-up')
  if (part < 0n || part === PARTS) return undefined
  // theirs = limit + part (ours - limit)
  const limit = divideRounded(high * PARTS - last.bill.charges * part, PARTS - part, 'half-up')
  const round = divideRounded(limit, CENT, 'half-up') * CENT
  if (round <= 0n || round > first.bill.charges || agreeing.some(({ bill }) => bill.charges > round)) return undefined
  const bills = [...differing, ...agreeing].map(({ bill }) => bill)
  const charges = new Map(bills.map((bill) => [billKey(bill.account, bill.month), bill.charges]))
  const isTheirs = (['truncate', 'half-up'] as const).some((mode) =>
    givesMoved(source, bills, invoices, (key) => {
      const more = (charges.get(key) ?? 0n) - round
      return more <= 0n ? 0n : divideRounded(more * part, PARTS, mode) - more
    }),
  )
  if (!isTheirs) return undefined
  const text = `what of each bill is above ${formatAmount(round)} at ${decimalText(part, 3)} times ours`
  return because(part < PARTS ? 'discount' : 'surcharge', 'M-06', text)
}
