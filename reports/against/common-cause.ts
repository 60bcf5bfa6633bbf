/**
 * The cause that many bills have in common: another switch of the rulebook, another rate of tax, one factor, or a rate of tax
 * together with one of the others. A cause is named where computing every bill by it gives the invoices to the last digit.
 */
import { factorOfBills } from './bill-factor.ts'
import { type Prevailing, prevailingRate, retaxed, type TaxedBill, taxOfBills } from './bill-tax.ts'
import { billKey, type InvoiceBill } from './invoices.ts'
import type { RatedSource, SourceBill } from './rated-line.ts'
import { certainly, type Reason, together } from './reason.ts'
import { switchOfBills, switchReason } from './variants.ts'

export interface Common {
  /** Of everything: what differs, what is missing and what is unknown. */
  readonly ofAll?: Reason | undefined
  /** Of all that differs. */
  readonly ofDisputed?: Reason | undefined
  /** The rate of tax by which most bills come out, while others have a cause of their own besides. */
  readonly rate?: Prevailing | undefined
}

interface Compared {
  readonly source: RatedSource
  readonly bills: readonly SourceBill[]
  readonly invoices: ReadonlyMap<string, InvoiceBill>
  /** What differs, by its key. */
  readonly disputed: ReadonlyMap<string, unknown>
  /** Bills that only one side has. */
  readonly others: number
}

export async function commonCause(compared: Compared): Promise<Common> {
  const { source, bills, invoices, disputed, others } = compared
  const oneSwitch = disputed.size + others > 1 ? certainly(await switchOfBills(source, invoices)) : undefined
  if (oneSwitch !== undefined) return { ofAll: oneSwitch }
  if (disputed.size === 0) return {}
  const taxed = await taxedBills(source, bills, invoices)
  const differing = taxed.filter(({ bill }) => disputed.has(billKey(bill.account, bill.month)))
  const of = (reason: Reason): Common => (others === 0 ? { ofAll: reason, ofDisputed: reason } : { ofDisputed: reason })
  const tax = taxOfBills(source, taxed, differing)
  if (tax !== undefined) return of(tax.reason)
  const factor = await factorOfBills(source, taxed)
  if (factor !== undefined) return of(factor)
  const withSwitch = await switchAndTax(source, invoices)
  if (withSwitch !== undefined) return { ofAll: withSwitch }
  const rate = prevailingRate(source, differing)
  if (rate === undefined) return {}
  const withFactor = await factorOfBills(retaxed(source, rate.rate), taxed)
  return withFactor === undefined ? { rate } : of(together(withFactor, rate.reason))
}

/** One switch and one rate of tax, which together give every bill. */
async function switchAndTax(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
): Promise<Reason | undefined> {
  const found: Reason[] = []
  for (const variant of source.variants()) {
    const bills = await variant.source.bills()
    const taxed = bills.flatMap((bill): TaxedBill[] => {
      const invoice = invoices.get(billKey(bill.account, bill.month))
      return invoice === undefined ? [] : [{ bill, invoice, use: new Map(), orders: [] }]
    })
    if (taxed.length < bills.length || taxed.length < invoices.size || taxed.length < 2) continue
    const tax = taxOfBills(variant.source, taxed, taxed)
    if (tax?.isOfAll === true) found.push(together(switchReason(variant), tax.reason))
  }
  return found.length === 1 ? found[0] : undefined
}

/** The bills that both sides have, with what they tax. */
async function taxedBills(
  source: RatedSource,
  bills: readonly SourceBill[],
  invoices: ReadonlyMap<string, InvoiceBill>,
): Promise<TaxedBill[]> {
  const found = new Map<string, TaxedBill>()
  for (const bill of bills) {
    const invoice = invoices.get(billKey(bill.account, bill.month))
    if (invoice !== undefined)
      found.set(billKey(bill.account, bill.month), { bill, invoice, use: new Map(), orders: [] })
  }
  await source.each((line) => {
    const taxed = found.get(billKey(line.account, line.month))
    if (taxed === undefined) return
    if (line.taxed !== undefined) taxed.orders.push(line.taxed)
    if (line.isOrder) return
    const what = `${line.kind} ${line.product}`
    taxed.use.set(what, (taxed.use.get(what) ?? 0n) + line.amount)
  })
  return [...found.values()]
}
