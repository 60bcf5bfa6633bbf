/** Settlement with sellers: what their monthly bills are made of, what was paid out and what is owed (L-02, L-03). */
import { prepareBooked } from '../booked.ts'
import { type Figure, monthOf, type Source, sum, word } from './figure.ts'

/**
 * Lines of bills by the month that was billed. The platform's fee is what is left of sales when all else is taken off. What
 * brings a bill to minor units (M-08) is of no product.
 */
export const sellerBillsSource: Source = {
  name: 'figure_seller_bills',
  labels: ['month', 'kind', 'product', 'seller', 'region'],
  sql: `
SELECT ${monthOf('b.month')} AS month, coalesce(g.kind, '') AS kind, coalesce(g.product, '') AS product, s.segment || '/' || s.number AS seller, r.region,
  sum(CASE l.part WHEN ${word('sale')} THEN l.sales ELSE 0 END) AS sold,
  -sum(CASE l.part WHEN ${word('refund')} THEN l.sales ELSE 0 END) AS refunded,
  sum(l.withholding) AS withholding, sum(l.tax) AS tax, sum(l.share) AS share,
  ${sum('l.share', `l.part = ${word('rounding')}`)} AS rounding,
  ${sum('l.sales - l.withholding - l.tax - l.share', `l.part <> ${word('rounding')}`)} AS fee
FROM run CROSS JOIN seller_bill_lines l CROSS JOIN seller_bills b ON b.id = l.bill_id
CROSS JOIN sellers s ON s.id = b.seller LEFT JOIN goods g ON g.id = l.specification LEFT JOIN regions r ON r.id = s.region_id
WHERE b.month >= run.measured_from OR run.measured_from = run.start
GROUP BY 1, 2, 3, 4, 5`,
}

/** What the ledger holds of sellers by the month of the booking; `amount` is owed to them where it is below zero. */
export const sellerLedgerSource: Source = {
  name: 'figure_seller_ledger',
  labels: ['month', 'seller', 'region'],
  needs: [prepareBooked],
  sql: `
SELECT m.month, k.measured, s.segment || '/' || s.number AS seller, r.region, w.word AS movement, sum(k.amount) AS amount
FROM booked_sellers k CROSS JOIN months m ON m.no = k.month CROSS JOIN words w ON w.id = k.movement
CROSS JOIN sellers s ON s.id = k.seller LEFT JOIN regions r ON r.id = s.region_id
WHERE k.ledger = ${word('seller-payable')} GROUP BY 1, 2, 3, 4, 5`,
}

/**
 * What sellers have earned by the end of the run: `billed` are the shares on their bills, `unbilled` what the ledger account
 * unbilled-payable holds, with what is still to be withheld and taxed of it (L-06). Books cover the whole run.
 */
export const sellerAccrualsSource: Source = {
  name: 'figure_seller_accruals',
  labels: ['seller', 'region'],
  needs: [prepareBooked],
  sql: `
SELECT s.segment || '/' || s.number AS seller, r.region, k.billed, k.unbilled FROM (
  SELECT seller, sum(billed) AS billed, sum(unbilled) AS unbilled FROM (
    SELECT seller, amount AS billed, 0 AS unbilled FROM seller_bills
    UNION ALL SELECT seller, 0, -amount FROM booked_sellers WHERE ledger = ${word('unbilled-payable')})
  GROUP BY 1) k
CROSS JOIN sellers s ON s.id = k.seller LEFT JOIN regions r ON r.id = s.region_id`,
}

const accrual = (name: string, text: string, value: string): Figure => ({
  name: `sellers.${name}`,
  unit: 'money',
  text,
  source: sellerAccrualsSource,
  measure: { value },
  by: ['region', 'seller'],
})

const billed = (name: string, text: string, column: string): Figure => ({
  name: `sellers.${name}`,
  unit: 'money',
  text,
  source: sellerBillsSource,
  measure: { value: sum(column) },
  by: ['kind', 'month', 'product', 'seller'],
})

export const settlementFigures: readonly Figure[] = [
  billed('sales', 'prices without tax on bills of sellers (L-03)', 'sold'),
  billed('refunds', 'refunds without tax on bills of sellers (L-03)', 'refunded'),
  billed('withholding', 'withheld by customers from sales of sellers (L-03)', 'withholding'),
  billed('platformFee', "the marketplace's fee on sales of sellers (L-03)", 'fee'),
  billed('taxes', 'taxes of sellers on their sales (L-03)', 'tax'),
  billed('rounding', 'what brings bills of sellers to minor units (M-08)', 'rounding'),
  billed('share', 'totals of bills of sellers; negative if sellers owe (L-02, L-03)', 'share'),
  accrual('unbilled', 'owed to sellers at the end of the run and not yet billed (L-06)', sum('unbilled')),
  accrual(
    'earned',
    'all earnings of sellers: billed and not yet billed at the end of the run (L-02, L-06)',
    `${sum('billed')} + ${sum('unbilled')}`,
  ),
  {
    name: 'sellers.paid',
    unit: 'money',
    text: 'paid out to sellers (L-02)',
    source: sellerLedgerSource,
    measure: { value: sum('amount', `measured = 1 AND movement = 'payout'`) },
    by: ['month', 'region', 'seller'],
  },
  {
    name: 'sellers.balance',
    unit: 'money',
    text: 'owed to sellers at the end of the run: billed and not yet paid out; negative if sellers owe (L-02)',
    source: sellerLedgerSource,
    measure: { value: `-${sum('amount')}` },
    // By month it would be what changed in the month, which is another figure.
    by: ['region', 'seller'],
  },
]
