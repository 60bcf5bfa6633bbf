/**
 * The datasets that FOCUS 1.4 has next to Cost and Usage: Invoice Detail, the lines of each bill and credit note, and Billing Period.
 * A line is what of a bill has one category and SKU; its charges in Cost and Usage sum to it exactly.
 */
import { monthOf, startOfMonth } from '#base/civil-time.ts'
import { csvLine } from '#base/csv-text.ts'
import { FINAL_AFTER } from '#sim/billing/final-bill.ts'
import type { RunRecord } from '../record.ts'
import { detailIdOf, type FocusCharge, focusMoney, instantText, PROVIDER } from './focus-rows.ts'
import type { Files } from './journal.ts'
import { KeyedSums } from './keyed-sums.ts'

export const invoiceDetailColumns = [
  ...['BilledCost', 'BillingAccountId', 'BillingCurrency', 'BillingPeriodEnd', 'BillingPeriodStart', 'ChargeCategory'],
  ...['InvoiceDetailCreated', 'InvoiceDetailDescription', 'InvoiceDetailGrain', 'InvoiceDetailId'],
  ...['InvoiceDetailLastUpdated', 'InvoiceId', 'InvoiceIssueDate', 'InvoiceIssueStatus', 'InvoiceIssuerName'],
  ...['PaymentCurrency', 'PaymentDueDate', 'PaymentTerms', 'ReferenceInvoiceId'],
] as const

export const billingPeriodColumns = [
  ...['BillingPeriodCreated', 'BillingPeriodEnd', 'BillingPeriodLastUpdated', 'BillingPeriodStart'],
  ...['BillingPeriodStatus', 'InvoiceIssuerName'],
] as const

type Row<C extends readonly string[]> = Readonly<Record<C[number], string>>

const TERMS = 'drawn from the balance of the account'

/** I-02: when the bill of a month is final; months are year x 12 + month - 1. */
export const billedAt = (month: number, utcOffset: number): number => startOfMonth(month + 1, utcOffset) + FINAL_AFTER

/** What of a line is the same for all its charges. */
function grainOf({ service, sku, resource, category }: FocusCharge): string {
  if (category === 'Tax' || category === 'Adjustment') return ''
  const grain = {
    ...(sku === undefined || sku === '' ? {} : { ServiceName: service[0], SkuId: sku }),
    ...(sku === undefined && resource !== undefined ? { ResourceId: resource.id, ResourceType: resource.type } : {}),
  }
  return Object.keys(grain).length === 0 ? '' : JSON.stringify(grain)
}

/** The lines of all invoices of a run, added up while their charges are written; in the order of the invoices' numbers. */
export class InvoiceDetails {
  readonly #record: RunRecord
  readonly #sums = new KeyedSums()

  constructor(record: RunRecord) {
    this.#record = record
  }

  /**
   * Adds a charge to its line; one that is on no invoice has none. `issued`: when the invoice was issued, undefined where it is
   * provisional. `reference`: the invoice that it corrects, if another.
   */
  add(charge: FocusCharge, issued: number | undefined, reference = charge.invoice): void {
    if (charge.invoice === '') return
    this.#sums.add(`${charge.invoice} ${detailIdOf(charge)}`, charge.billed, () =>
      JSON.stringify(this.#rowOf(charge, issued, reference)),
    )
  }

  #rowOf(charge: FocusCharge, issued: number | undefined, reference: string): Row<typeof invoiceDetailColumns> {
    const { currency, utcOffset, end } = this.#record.meta
    const created = instantText(issued ?? end)
    return {
      BilledCost: '',
      BillingAccountId: charge.account,
      BillingCurrency: currency,
      BillingPeriodEnd: instantText(startOfMonth(charge.month + 1, utcOffset)),
      BillingPeriodStart: instantText(startOfMonth(charge.month, utcOffset)),
      ChargeCategory: charge.category,
      InvoiceDetailCreated: created,
      InvoiceDetailDescription: detailIdOf(charge).replace('/', ': '),
      InvoiceDetailGrain: grainOf(charge),
      InvoiceDetailId: detailIdOf(charge),
      InvoiceDetailLastUpdated: created,
      InvoiceId: charge.invoice,
      InvoiceIssueDate: issued === undefined ? '' : created,
      InvoiceIssueStatus: issued === undefined ? 'Open' : 'Issued',
      InvoiceIssuerName: PROVIDER,
      PaymentCurrency: currency,
      PaymentDueDate: '',
      PaymentTerms: TERMS,
      ReferenceInvoiceId: reference,
    }
  }

  /** Writes both datasets. Returns the number of rows. */
  write(files: Files): number {
    const lines = files.open('focus-invoice-detail.csv')
    lines.write(csvLine(invoiceDetailColumns))
    let rows = 0
    for (const { about, sum } of this.#sums.entries()) {
      // A line of nothing is no line of an invoice.
      if (sum === 0n) continue
      const row = { ...JSON.parse(about), BilledCost: focusMoney(sum) }
      lines.write(csvLine(invoiceDetailColumns.map((column) => row[column])))
      rows++
    }
    return rows + this.#writePeriods(files)
  }

  #writePeriods(files: Files): number {
    const { start, end, utcOffset } = this.#record.meta
    const periods = files.open('focus-billing-period.csv')
    periods.write(csvLine(billingPeriodColumns))
    let rows = 0
    for (let month = monthOf(start, utcOffset); startOfMonth(month, utcOffset) < end; month++) {
      const isClosed = billedAt(month, utcOffset) < end
      const row: Row<typeof billingPeriodColumns> = {
        BillingPeriodCreated: instantText(Math.max(start, startOfMonth(month, utcOffset))),
        BillingPeriodEnd: instantText(startOfMonth(month + 1, utcOffset)),
        BillingPeriodLastUpdated: instantText(isClosed ? billedAt(month, utcOffset) : end),
        BillingPeriodStart: instantText(startOfMonth(month, utcOffset)),
        BillingPeriodStatus: isClosed ? 'Closed' : 'Open',
        InvoiceIssuerName: PROVIDER,
      }
      periods.write(csvLine(billingPeriodColumns.map((column) => row[column as keyof typeof row])))
      rows++
    }
    return rows
  }
}
