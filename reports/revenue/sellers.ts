/** Settlement with sellers month by month, and whether it ties to the ledger (L-02, L-03). */
import { prepare } from '../figures/figure.ts'
import { chargesSource } from '../figures/money.ts'
import { sellerAccrualsSource, sellerBillsSource, sellerLedgerSource } from '../figures/settlement.ts'
import type { RunRecord } from '../record.ts'
import { column, type ReportCell, type ReportTable } from '../report-table.ts'

const amounts = ['sold', 'refunded', 'withholding', 'fee', 'tax', 'rounding', 'share', 'paid'] as const

/** What was billed for each month, and what was paid out in it. */
const movements = `
SELECT seller, month, sum(sold) AS sold, sum(refunded) AS refunded, sum(withholding) AS withholding, sum(fee) AS fee,
  sum(tax) AS tax, sum(rounding) AS rounding, sum(share) AS share, sum(billed) AS billed, sum(paid) AS paid
FROM (SELECT seller, month, sold, refunded, withholding, fee, tax, rounding, share, 0 AS billed, 0 AS paid FROM ${sellerBillsSource.name}
  UNION ALL
  SELECT seller, month, 0, 0, 0, 0, 0, 0, 0, CASE movement WHEN 'seller-bill' THEN -amount ELSE 0 END,
    CASE movement WHEN 'payout' THEN amount ELSE 0 END FROM ${sellerLedgerSource.name})
GROUP BY 1, 2 ORDER BY 1, 2`

/** Each seller by month: sales, deductions, share, payouts, and what is owed at the month's end. */
export function sellerSettlement(record: RunRecord): ReportTable {
  for (const source of [sellerBillsSource, sellerLedgerSource]) prepare(record, source)
  let [seller, balance, owed]: [unknown, bigint, bigint] = ['', 0n, 0n]
  const rows = record.rows(movements).map((row): ReportCell[] => {
    if (row.seller !== seller) [seller, balance] = [row.seller, 0n]
    const change = BigInt(row.billed ?? 0) - BigInt(row.paid ?? 0)
    balance += change
    owed += change
    return [row.seller, row.month, ...amounts.map((name) => row[name]), balance]
  })
  const sums = amounts.map((_, at) => rows.reduce((sum, row) => sum + BigInt(row[at + 2] ?? 0), 0n))
  return {
    name: 'seller-settlement',
    title: 'Settlement with sellers',
    text: "Sales and refunds count in the month that was billed, without tax. Share: (sales less refunds less withholding) x (1 - platform fee) less the seller's taxes (L-03), and what brings the bill to minor units (M-08). A bill is booked on the 7th of the next month and paid out `settlement.payoutDelay` later: “paid” and “owed” use the month of the booking, so a share is owed from the month after its sales. “Owed” is the balance of the ledger account seller-payable at the end of the month.",
    columns: [
      column('seller', 'Seller'),
      column('month', 'month'),
      column('sales', 'sales', 'money'),
      column('refunds', 'refunds', 'money'),
      column('withholding', 'withholding', 'money'),
      column('platform_fee', 'platform fee', 'money'),
      column('tax', 'taxes', 'money'),
      column('rounding', 'rounding', 'money'),
      column('share', 'share', 'money'),
      column('paid', 'paid', 'money'),
      column('owed', 'owed', 'money'),
    ],
    rows,
    total: ['total', '', ...sums, owed],
  }
}

const revenueColumns = ['gross', 'refunds', 'net', 'tax', 'billed', 'unbilled', 'earned'] as const

/** What each seller's products brought, and what of it is the seller's: on bills, not yet on one, and in all. */
export function sellerRevenue(record: RunRecord): ReportTable {
  for (const source of [chargesSource, sellerAccrualsSource]) prepare(record, source)
  const rows = record
    .rows(
      `SELECT seller, sum(gross) AS gross, sum(refunded) AS refunds, sum(gross) - sum(refunded) AS net, sum(tax) AS tax,
  sum(billed) AS billed, sum(unbilled) AS unbilled, sum(billed) + sum(unbilled) AS earned
FROM (SELECT seller, gross, refunded, tax, 0 AS billed, 0 AS unbilled FROM ${chargesSource.name} WHERE seller <> ''
  UNION ALL SELECT seller, 0, 0, 0, billed, unbilled FROM ${sellerAccrualsSource.name})
GROUP BY 1 ORDER BY 1`,
    )
    .map((row): ReportCell[] => [row.seller, ...revenueColumns.map((name) => row[name])])
  return {
    name: 'revenue-sellers',
    title: 'Revenue by seller',
    text: "Charges to buyers for the seller's products, before tax; servers have no seller. Billed: shares on bills. Not yet billed: the balance of unbilled-payable for the seller at the end of the run, before withholding and taxes (L-06). Both cover the whole run.",
    columns: [
      column('seller', 'Seller'),
      ...revenueColumns.slice(0, 4).map((name) => column(name, name, 'money')),
      column('billed', 'billed', 'money'),
      column('unbilled', 'not yet billed', 'money'),
      column('earned', 'billed and not yet billed', 'money'),
    ],
    rows,
    total: ['total', ...revenueColumns.map((_, at) => rows.reduce((sum, row) => sum + BigInt(row[at + 1] ?? 0), 0n))],
  }
}

/** What bills say against what the ledger holds: shares billed, less what was paid out, is what is owed. */
export interface SellerTie {
  readonly billed: bigint
  readonly paid: bigint
  readonly ledger: bigint
}

export function sellerTie(record: RunRecord): SellerTie {
  for (const source of [sellerBillsSource, sellerLedgerSource]) prepare(record, source)
  const [row] = record.rows(`SELECT (SELECT coalesce(sum(amount), 0) FROM seller_bills) AS billed,
  (SELECT coalesce(sum(amount) FILTER (WHERE movement = 'payout'), 0) FROM ${sellerLedgerSource.name}) AS paid,
  (SELECT -coalesce(sum(amount), 0) FROM ${sellerLedgerSource.name}) AS ledger`)
  return { billed: BigInt(row.billed ?? 0), paid: BigInt(row.paid ?? 0), ledger: BigInt(row.ledger ?? 0) }
}
