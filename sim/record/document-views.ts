/**
 * Documents with numbers (I-04): monthly bills, invoices and credit notes. Each region numbers each kind from 1, in the
 * order in which they are made, so that no number is missing whatever the number of threads.
 */
import { sumColumns, sumSql } from './wide.ts'

const wordId = (text: string): string => `(SELECT id FROM words WHERE word = '${text}')`
const meta = (key: string): string => `(SELECT CAST(value AS INTEGER) FROM meta WHERE key = '${key}')`
const offset = meta('utcOffset')

/** The first instant of the civil month of an instant. */
const monthOf = (instant: string): string =>
  `unixepoch((${instant} + ${offset}) / 1000, 'unixepoch', 'start of month') * 1000 - ${offset}`

/** What happens as the books close is of the last month of the run. */
const inRun = (instant: string): string => `min(${instant}, ${meta('end')} - 1)`

/** The civil month of what happens at an instant, as its first instant: of a run, in SQL. */
export const civilMonthOf = (instant: string): string => monthOf(inRun(instant))

/** `B-ap-1-000017`: a letter for the kind, the region, and the number. */
const numbered = (letter: string, order: string): string =>
  `'${letter}-' || r.region || '-' || printf('%06d', row_number() OVER (PARTITION BY r.id ORDER BY ${order}))`

const ofRegion = 'JOIN accounts a ON a.id = d.account JOIN regions r ON r.id = a.region_id'

/** What a refund gives to the buyer, or to the reseller who paid: coupons and cash in minor units. */
const received = ['buyer-cash', 'buyer-coupons', 'payment-clearing'].map(wordId).join(', ')
const back = sumSql('p.amount', '-1')

/** Parts of a credit note, by ledger account: what was deferred or earned of the price, tax and rounding. */
const partOf = `CASE p.ledger WHEN ${wordId('tax-payable')} THEN 'tax' WHEN ${wordId('rounding-differences')} THEN 'rounding' ELSE 'price' END`
const partSums = sumSql('p.amount')

export const documentViews = [
  {
    name: 'bill_numbers',
    text: 'The number of each monthly bill: by region, month and buyer, without gaps (I-04).',
    sql: `SELECT d.account, d.month, ${numbered('B', 'd.month, d.account')} AS number FROM bills d ${ofRegion}`,
  },
  {
    name: 'invoice_numbers',
    text: 'The number of each issued invoice: by region, in the order of issue, without gaps (I-04).',
    sql: `SELECT d.id AS invoice_id, d.account, d.issued, ${numbered('I', 'd.issued, d.id')} AS number
      FROM (SELECT i.id, i.account, s.at AS issued FROM invoices i
        JOIN invoice_steps s ON s.invoice_id = i.id AND s.event = ${wordId('issue')}) d ${ofRegion}`,
  },
  {
    name: 'credit_notes',
    text: 'Refunds as credit notes (I-04): numbered without gaps by region, of the month in which they are made, with the bill they correct: that of the month in which the order was paid.',
    sql: `WITH made AS (
      SELECT t.id AS transaction_id, t.at, t.account, t.order_id,
        ${civilMonthOf('t.at')} AS month,
        ${civilMonthOf('paid.at')} AS bill_month,
        ${back.units} AS units, ${back.parts} AS parts
      FROM transactions t JOIN postings p ON p.transaction_id = t.id AND p.ledger IN (${received})
      LEFT JOIN (SELECT order_id, min(at) AS at FROM transactions WHERE kind = ${wordId('payment')} GROUP BY order_id) paid
        ON paid.order_id = t.order_id
      WHERE t.kind = ${wordId('refund')} GROUP BY t.id
    ) SELECT ${numbered('C', 'd.at, d.transaction_id')} AS number, d.transaction_id, d.at, d.account, d.order_id, d.month,
      d.bill_month, b.number AS bill_number, ${sumColumns('d.units', 'd.parts', 'amount')}
      FROM made d ${ofRegion} LEFT JOIN bill_numbers b ON b.account = d.account AND b.month = d.bill_month`,
  },
  {
    name: 'credit_note_lines',
    text: 'The lines of credit notes, which sum to their amounts: price, tax, and what rounds the cash to minor units (M-08).',
    sql: `WITH legs AS (
      SELECT p.transaction_id, ${partOf} AS part, ${partSums.units} AS units, ${partSums.parts} AS parts
      FROM transactions t JOIN postings p ON p.transaction_id = t.id
        AND p.ledger NOT IN (${received}, ${wordId('refunds')})
      WHERE t.kind = ${wordId('refund')} GROUP BY p.transaction_id, part
    ) SELECT n.number, l.part, ${sumColumns('l.units', 'l.parts', 'amount')}
      FROM legs l JOIN credit_notes n ON n.transaction_id = l.transaction_id`,
  },
  {
    name: 'bill_corrections',
    text: 'Use on the bill of a later month than its own, because its record arrived after `usage.lateWindow`, or after the bill of its month was final (U-09, I-04): the hour it corrects, and the bill that has it.',
    sql: `SELECT t.id AS transaction_id, t.at, t.account, t.hour, ${civilMonthOf('t.at')} AS bill_month, b.number AS bill_number
      FROM transactions t LEFT JOIN bill_numbers b ON b.account = t.account AND b.month = ${civilMonthOf('t.at')}
      WHERE t.kind = ${wordId('late-usage')} AND t.rule = ${wordId('I-04')}`,
  },
] as const
