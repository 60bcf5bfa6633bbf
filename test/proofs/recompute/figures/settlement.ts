import { month, type PlainFigure, sum } from './plain-sql.ts'

const home = `l.segment || '/' || l.number AS seller, r.region`

const billLines = (part = `'sale', 'refund'`): string => `
SELECT ${month('b.month')} AS month, coalesce(g.kind, '') AS kind, coalesce(g.product, '') AS product, ${home}, i.sales,
  i.withholding, i.tax, i.share, i.sales - i.withholding - i.tax - i.share AS fee
FROM v_seller_bill_lines i JOIN v_seller_bills b ON b.id = i.bill_id LEFT JOIN good g ON g.id = i.specification
JOIN sellers l ON l.id = b.seller JOIN regions r ON r.id = l.region_id WHERE i.part IN (${part})`

const payable = (kinds: string): string => `
SELECT ${month('t.at')} AS month, ${home}, p.amount FROM v_transactions t JOIN v_postings p ON p.transaction_id = t.id
JOIN sellers l ON l.id = p.owner JOIN regions r ON r.id = l.region_id WHERE p.ledger = 'seller-payable' AND t.kind IN (${kinds})`

/** Shares on bills, and what is owed and on no bill yet. */
const onBills = `SELECT ${home}, b.amount FROM v_seller_bills b JOIN sellers l ON l.id = b.seller JOIN regions r ON r.id = l.region_id`
const offBills = `SELECT ${home}, -p.amount * t.repeats AS amount FROM v_transactions t JOIN v_postings p ON p.transaction_id = t.id
JOIN sellers l ON l.id = p.owner JOIN regions r ON r.id = l.region_id WHERE p.ledger = 'unbilled-payable'`

export const settlementQuestions: Readonly<Record<string, PlainFigure>> = {
  'sellers.sales': sum(billLines(`'sale'`), 'sales'),
  'sellers.refunds': sum(billLines(`'refund'`), '-sales'),
  'sellers.withholding': sum(billLines(), 'withholding'),
  'sellers.platformFee': sum(billLines(), 'fee'),
  'sellers.taxes': sum(billLines(), 'tax'),
  'sellers.rounding': sum(billLines(`'rounding'`), 'share'),
  'sellers.share': sum(billLines(`'sale', 'refund', 'rounding'`), 'share'),
  'sellers.unbilled': sum(offBills, 'amount'),
  'sellers.earned': sum(`${onBills} UNION ALL ${offBills}`, 'amount'),
  'sellers.paid': sum(payable(`'payout'`), 'amount'),
  'sellers.balance': sum(payable(`'seller-bill', 'payout'`), '-amount'),
}
