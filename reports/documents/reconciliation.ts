/**
 * Documents against the books, by account: invoices less credit notes are what was charged less what was refunded, apart from what
 * is not invoiced and from roundings that no bill has (I-03, I-04, M-08). The books and the documents are summed apart from each other.
 */
import { csvLine } from '#base/csv-text.ts'
import { formatAmount } from '#base/money.ts'
import { civilMonthOf } from '#sim/record/document-views.ts'
import { documentFiles } from '../exports/csv-files.ts'
import type { RunRecord } from '../record.ts'
import { coveringInvoices } from './covering.ts'
import { resellerBillsSql, resoldOrdersSql } from './reseller-bills.ts'

/** Whole 1e-8. */
export interface Reconciled {
  readonly account: string
  /** What the account was charged by its ledger: drawn from balance, coupons, credit or its reseller, or due. */
  readonly charged: bigint
  /** What of it went back. */
  readonly refunded: bigint
  /** Invoices that are issued and not returned, or final bills that are those of a reseller (O-06), and the credit notes of orders on them. */
  readonly invoiced: bigint
  readonly credited: bigint
  /** Paid orders less what went back of them, and use with its tax, that are on no such invoice. */
  readonly notInvoiced: bigint
  /** What brings invoices to minor units less what did so with bills: invoices of single orders are rounded one by one. */
  readonly rounding: bigint
  /** What remains without an explanation. */
  readonly difference: bigint
}

const word = (text: string): string => `(SELECT id FROM words WHERE word = '${text}')`
const words = (...texts: readonly string[]): string => `(SELECT id FROM words WHERE word IN ('${texts.join("', '")}'))`

const sources = words('buyer-cash', 'buyer-coupons', 'buyer-receivable', 'payment-clearing')
const kinds = words('payment', 'usage', 'late-usage', 'usage-tax', 'bill-rounding', 'refund')

const booksSql = `SELECT t.account, k.word, sum(p.amount * t.repeats) FROM transactions t
JOIN postings p ON p.transaction_id = t.id AND p.ledger IN ${sources} JOIN words k ON k.id = t.kind
WHERE t.kind IN ${kinds} GROUP BY t.account, t.kind`

/** Issued and not returned. */
const validSql = `SELECT i.* FROM invoices i JOIN invoice_numbers n ON n.invoice_id = i.id
WHERE NOT EXISTS (SELECT 1 FROM invoice_steps s WHERE s.invoice_id = i.id AND s.to_state = ${word('returned')})`

const invoicesSql = `WITH valid AS MATERIALIZED (${validSql})
SELECT i.account, l.rule = ${word('M-08')}, sum(l.amount) FROM valid i JOIN invoice_lines l ON l.invoice_id = i.id GROUP BY 1, 2
UNION ALL SELECT account, 1, sum(rounding) FROM (${resellerBillsSql}) GROUP BY account
UNION ALL SELECT account, 0, sum(payable - rounding) FROM (${resellerBillsSql}) GROUP BY account`

const notesSql = 'SELECT account, order_id, sum(amount) FROM credit_notes GROUP BY account, order_id'

const ordersSql = `WITH valid AS MATERIALIZED (${validSql}),
resold AS MATERIALIZED (SELECT order_id FROM (${resoldOrdersSql}))
SELECT t.account, sum(p.amount * t.repeats) FROM transactions t
JOIN postings p ON p.transaction_id = t.id AND p.ledger IN ${sources}
WHERE t.kind = ${word('payment')}
  AND t.order_id NOT IN (SELECT l.order_id FROM invoice_lines l JOIN valid i ON i.id = l.invoice_id)
  AND t.order_id NOT IN (SELECT order_id FROM resold) GROUP BY t.account`

/** Charges of bills without a valid invoice of their month, less the orders in them, and the tax on use. */
const useSql = `WITH valid AS MATERIALIZED (${validSql}),
invoiced AS MATERIALIZED (SELECT i.account, i.month FROM valid i WHERE i.month <> 0
  UNION SELECT account, month FROM (${resellerBillsSql})),
paid AS MATERIALIZED (SELECT t.account, ${civilMonthOf('t.at')} AS month, sum(p.amount * t.repeats) AS amount FROM transactions t
  JOIN postings p ON p.transaction_id = t.id AND p.ledger IN ${sources} WHERE t.kind = ${word('payment')} GROUP BY 1, 2)
SELECT b.account, sum(b.payable - b.rounding - coalesce(p.amount, 0)) FROM bills b
LEFT JOIN invoiced v ON v.account = b.account AND v.month = b.month
LEFT JOIN paid p ON p.account = b.account AND p.month = b.month WHERE v.month IS NULL GROUP BY b.account`

type Sums = Map<bigint, bigint>

/** Sums of a query by account: its first column is the account, its last the amount; those that `isOf` chooses. */
function sumsOf(record: RunRecord, sql: string, isOf: (row: readonly unknown[]) => boolean = () => true): Sums {
  const sums: Sums = new Map()
  for (const row of record.cursor(sql).rows) {
    const account = row[0] as bigint
    if (isOf(row)) sums.set(account, (sums.get(account) ?? 0n) + (row.at(-1) as bigint))
  }
  return sums
}

/** Each account that was charged anything, by name. */
export function reconciled(record: RunRecord): Reconciled[] {
  const charged = sumsOf(record, booksSql, ([, kind]) => kind !== 'refund')
  const refunded = sumsOf(record, booksSql, ([, kind]) => kind === 'refund')
  const booked = sumsOf(record, booksSql, ([, kind]) => kind === 'bill-rounding')
  const invoiced = sumsOf(record, invoicesSql)
  const rounded = sumsOf(record, invoicesSql, ([, isRounding]) => isRounding === 1n)
  const covering = coveringInvoices(record)
  const credited = sumsOf(record, notesSql, ([, order]) => covering.has(order as bigint))
  const others = sumsOf(record, notesSql, ([, order]) => !covering.has(order as bigint))
  const orders = sumsOf(record, ordersSql)
  const use = sumsOf(record, useSql)
  const accounts = record.rows<{ id: bigint; name: string }>('SELECT id, name FROM accounts ORDER BY name')
  return accounts.flatMap(({ id, name }): Reconciled[] => {
    const of = (sums: Sums): bigint => sums.get(id) ?? 0n
    if (!charged.has(id)) return []
    const one = {
      account: name,
      charged: of(charged),
      refunded: -of(refunded),
      invoiced: of(invoiced),
      credited: of(credited),
      notInvoiced: of(orders) + of(use) - of(others),
      rounding: of(rounded) - of(booked),
    }
    const explained = one.invoiced - one.credited + one.notInvoiced - one.rounding
    return [{ ...one, difference: one.charged - one.refunded - explained }]
  })
}

/** One line for each account, as CSV. */
export function accountTotalsCsv(record: RunRecord): string {
  const rows = reconciled(record).map((one) => {
    const { account, charged, refunded, invoiced, credited, notInvoiced, rounding, difference } = one
    const amounts = [charged, refunded, invoiced, credited, notInvoiced, rounding, difference]
    return csvLine([account, ...amounts.map(formatAmount)])
  })
  return [csvLine(Object.keys(documentFiles['account-totals.csv'].columns)), ...rows].join('')
}
