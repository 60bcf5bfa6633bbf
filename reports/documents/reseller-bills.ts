/**
 * Final bills of customers of a reseller (O-06): who is charged is the reseller, so each is an invoice to the reseller, under its own number.
 * The buyer gets no invoice from the marketplace.
 */
import { civilMonthOf } from '#sim/record/document-views.ts'

const payment = `(SELECT id FROM words WHERE word = 'payment')`

/** What is payable of them: 0 is no invoice. */
export const resellerBillsSql = `SELECT d.account, d.month, d.payable, d.rounding FROM bills d
JOIN reseller_customers c ON c.account = d.account WHERE d.final = 1 AND d.payable > 0`

/** Orders that are on them. */
export const resoldOrdersSql = `WITH resold AS MATERIALIZED (${resellerBillsSql}),
paid AS MATERIALIZED (SELECT t.order_id, t.account, ${civilMonthOf('t.at')} AS month, t.id FROM transactions t
  WHERE t.kind = ${payment} AND t.account IN (SELECT account FROM resold))
SELECT p.order_id, p.account, p.month, p.id FROM paid p JOIN resold r ON r.account = p.account AND r.month = p.month`
