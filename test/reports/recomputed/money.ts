import { count, month, monthOfMs, type PlainFigure, sum } from './plain-sql.ts'

const end = `(SELECT value - 1 FROM meta WHERE key = 'end')`
const offset = `(SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'utcOffset')`
const isPurse = `word IN ('buyer-cash', 'buyer-coupons', 'buyer-receivable', 'payment-clearing')`

/**
 * Every leg of every repetition of every transaction (M-09): money in the month in which it moved, all else in the month of
 * the day it is about; where the two differ, it was unbilled in between.
 */
const legs = (where: string): string => `
SELECT ${monthOfMs('moment')} AS month, kind, product, segment, region, amount FROM (
  SELECT CASE side.name WHEN 'made' THEN min(t.at + turn.n * 3600000, ${end})
      ELSE CASE t.hour WHEN 0 THEN t.day * 86400000 - ${offset} ELSE t.hour + turn.n * 3600000 END END AS moment,
    b.segment, b.region, g.product, CASE WHEN l.unbilled THEN side.sign * p.amount ELSE p.amount END AS amount,
    CASE WHEN l.word = 'cloud-resource-revenue' THEN 'ecs' WHEN k.word IN ('usage', 'late-usage') THEN 'image' ELSE g.kind END AS kind
  FROM (WITH RECURSIVE turn(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM turn WHERE n + 1 < (SELECT max(repeats) FROM transactions))
    SELECT n FROM turn) turn
  JOIN transactions t ON turn.n < t.repeats JOIN words k ON k.id = t.kind JOIN postings p ON p.transaction_id = t.id
  JOIN (SELECT id, word, ${isPurse} AS is_purse, 0 AS unbilled FROM words
    UNION ALL SELECT id, 'unbilled-receivable', 1, 1 FROM words WHERE ${isPurse}) l ON l.id = p.ledger
  JOIN (SELECT 'made' AS name, -1 AS sign UNION ALL SELECT 'about', 1) side
    ON l.unbilled OR side.name = CASE WHEN l.is_purse THEN 'made' ELSE 'about' END
  LEFT JOIN buyer b ON b.id = t.account LEFT JOIN orders o ON o.id = t.order_id
  LEFT JOIN good g ON g.id = o.specification WHERE ${where})`

const credit = (ledger: string): PlainFigure => sum(legs(`l.word = '${ledger}'`), '-amount')
const paidIn = legs(`k.word = 'top-up' AND l.word = 'payment-clearing'`)

const cutover = `CASE WHEN o.at < '2023-06-11T16:00:00.000Z' THEN 'until ' ELSE 'since ' END || '2023-06-12'`
const model = `(SELECT max(p.price ->> '$.model') FROM v_order_lines l JOIN plans p ON p.id = l.plan WHERE l.order_id = o.id AND l.part = 'price')`
const sold = `${cutover} AS version, o.kind AS "order", g.kind, g.product, g.seller, b.segment, b.region, ${model} AS model`

const metered = `
SELECT ${monthOfMs('h.hour')} AS month, '' AS version, 'usage' AS "order", i.word AS kind, g.product, g.seller, b.segment, p.region,
  'hourly' AS model, r.word AS rule, h.amount
FROM usage_hours h JOIN words i ON i.id = h.item JOIN words r ON r.id = h.rule JOIN buyer b ON b.id = h.account
JOIN instances s ON s.id = h.instance_id JOIN place p ON p.id = s.pool
LEFT JOIN good g ON i.word = 'image' AND g.id = h.priced`

/** Hours that were metered and never charged, their records having come too late (U-09). */
const rejected = `
SELECT ${monthOfMs('h.hour')} AS month, '' AS version, 'usage' AS "order", i.word AS kind, g.product, g.seller, b.segment, p.region,
  'hourly' AS model, 'U-09' AS rule, -h.amount AS amount
FROM usage_rejected h JOIN words i ON i.id = h.item JOIN buyer b ON b.id = h.account
JOIN instances s ON s.id = h.instance_id JOIN place p ON p.id = s.pool
LEFT JOIN good g ON i.word = 'image' AND g.id = h.priced`

const paid = (parts: string): string => `
SELECT ${month('s.at')} AS month, ${sold}, l.rule, l.amount
FROM v_order_steps s JOIN v_orders o ON o.id = s.order_id JOIN v_order_lines l ON l.order_id = o.id
JOIN good g ON g.id = o.specification JOIN buyer b ON b.id = o.account WHERE s.event = 'pay' AND l.part ${parts}`

/** Metered use that was charged, and orders that were paid. */
const charged = `${metered} UNION ALL ${rejected} UNION ALL ${paid(`IN ('price', 'ecs')`)}`

/** What orders gave back passes through the account \`refunds\` net of tax; the tax goes straight back. */
const givenBack = (ledger: string): string => `
SELECT ${month('t.at')} AS month, ${sold}, t.rule, p.amount
FROM v_transactions t JOIN v_postings p ON p.transaction_id = t.id JOIN v_orders o ON o.id = t.order_id
JOIN good g ON g.id = o.specification JOIN buyer b ON b.id = o.account
WHERE t.kind = 'refund' AND p.ledger IN (${ledger})`

const purses = `'buyer-cash', 'buyer-coupons', 'buyer-receivable', 'payment-clearing'`
/** Refunds before tax: out to the buyer less the tax in it. */
const refunded = givenBack(`${purses}, 'tax-payable'`)
const signed = (sign: string, facts: string): string => `SELECT *, ${sign}amount AS signed FROM (${facts})`

export const moneyQuestions: Readonly<Record<string, PlainFigure>> = {
  'revenue.gross': sum(charged, 'amount'),
  'revenue.refunds': sum(signed('-', refunded), 'signed'),
  'revenue.net': sum(`${signed('', charged)} UNION ALL ${signed('', refunded)}`, 'signed'),
  'revenue.tax': sum(`${signed('', paid(`= 'tax'`))} UNION ALL ${signed('-', givenBack(`'tax-payable'`))}`, 'signed'),
  'ledger.deferredRevenue': credit('deferred-revenue'),
  'ledger.marketplaceRevenue': credit('marketplace-revenue'),
  'ledger.sellerCost': sum(legs(`l.word = 'seller-cost'`), 'amount'),
  'ledger.deferredSellerCost': sum(legs(`l.word = 'deferred-seller-cost'`), 'amount'),
  'ledger.unbilledPayable': credit('unbilled-payable'),
  'ledger.promotionExpense': sum(legs(`l.word = 'promotion-expense'`), 'amount'),
  'ledger.cloudResourceRevenue': credit('cloud-resource-revenue'),
  'ledger.buyerCash': credit('buyer-cash'),
  'ledger.sum': sum(legs('1'), 'amount'),
  'topUps.count': count(paidIn),
  'topUps.amount': sum(paidIn, 'amount'),
  'arrears.due': sum(legs(`l.word = 'buyer-receivable'`), 'amount'),
}
