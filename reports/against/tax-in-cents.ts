/** Bills as they are on paper: charges in minor units, or as they are, and on them a tax in minor units. */
import { divideRounded } from '#base/decimal.ts'
import { toMinorUnits } from '#sim/billing/minor-units.ts'
import { ANY_RATE, percentText, ROUND_RATE } from './bill-tax.ts'
import { billKey, type InvoiceBill } from './invoices.ts'
import type { RatedSource } from './rated-line.ts'
import { because, type Reason, together } from './reason.ts'
import { common, simplestOf, whereEqual } from './simplest.ts'

const FEWEST_BILLS = 2
const PERCENT = 10n ** 8n

/** Bills that state their tax, and mostly their charges; undefined where they are no such bills. */
export async function taxInCents(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
): Promise<Reason | undefined> {
  const bills = await source.bills()
  if (bills.length < FEWEST_BILLS || bills.length !== invoices.size) return undefined
  const minor = 10n ** BigInt(8 - source.decimals)
  const inMinor = (amount: bigint): bigint => divideRounded(amount, minor, 'half-up') * minor
  const { 'tax.percent': ours, 'rounding.monthTotal': monthTotal } = source.policies
  for (const areRounded of [false, true]) {
    let range = ANY_RATE
    let isOther = false
    for (const bill of bills) {
      const figures = invoices.get(billKey(bill.account, bill.month))?.figures
      const charges = areRounded ? inMinor(bill.charges) : bill.charges
      const tax = figures?.tax
      isOther ||= tax === undefined || tax % minor !== 0n || (bill.taxable ?? bill.charges) !== bill.charges
      isOther ||= (figures?.charges ?? charges) !== charges
      const payable = toMinorUnits(charges + (tax ?? 0n), source.decimals, monthTotal)
      isOther ||= (figures?.payable ?? payable) !== payable
      const fits = isOther
        ? undefined
        : whereEqual((rate) => inMinor((charges * rate) / (100n * PERCENT)), tax ?? 0n, range)
      if (fits === undefined) isOther = true
      else range = common(range, fits)
    }
    const [rate] = isOther ? [] : simplestOf(range, 100n * PERCENT, 1)
    if (rate === undefined || rate % ROUND_RATE !== 0n) continue
    const rounding = because(
      'rounding',
      'M-02',
      areRounded
        ? `charges and tax of each bill rounded to ${source.decimals} decimals, half-up`
        : `the tax of each bill rounded to ${source.decimals} decimals, half-up`,
    )
    const rates = [percentText(rate)]
    if (rates[0] === ours) return rounding
    return together(because('tax rate', 'M-07', `tax.percent ${rates[0]} instead of ${ours}`, { rates }), rounding)
  }
  return undefined
}
