import { count, month, monthOfHour, monthOfMs, type PlainFigure, sum } from './plain-sql.ts'

const end = `(SELECT value - 1 FROM meta WHERE key = 'end')`
const offset = `(SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'utcOffset')`
/** What orders were paid by, in words: another price or tax than at their creation replaces all of their lines. */
const paidLine = `(SELECT * FROM (SELECT order_id, part, plan, amount, rule FROM v_order_lines
  WHERE order_id NOT IN (SELECT order_id FROM order_requotes)
  UNION ALL SELECT order_id, part, plan, amount, rule FROM v_order_requotes))`
const isPurse = `word IN ('buyer-cash', 'buyer-coupons', 'buyer-receivable', 'payment-clearing')`

/**
 * Every leg of every repetition of every transaction (M-09): money in the month in which it moved, all else in the month of
 * the day it is about; where the two differ, it was unbilled in between.
 */
const legs = (where: string): string => `
SELECT ${monthOfMs('moment')} AS month, kind, product, segment, region, amount FROM (
  SELECT CASE side.name WHEN 'made' THEN min(t.at + turn.n * 3600000, ${end})
      ELSE CASE t.hour WHEN 0 THEN t.day * 86400000 - ${offset} ELSE t.hour + turn.n * 3600000 END END AS moment,
    b.segment, b.region, CASE l.word WHEN 'cloud-resource-revenue' THEN NULL ELSE g.product END AS product, CASE WHEN l.unbilled THEN side.sign * p.amount ELSE p.amount END AS amount,
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

/** What the lines of an order say of its servers, and what of a refund is theirs: all but where an unsubscription has it. */
const ofServers = `(SELECT sum(amount) FROM ${paidLine} WHERE order_id = o.id AND part = 'ecs')`
const serversBack = `coalesce((SELECT sum(cloud) FROM v_refunds r WHERE r.paid_order = o.id AND r.at = t.at), ${ofServers})`
const legOf = (ledger: string): string =>
  `coalesce((SELECT sum(amount) FROM v_postings WHERE transaction_id = t.id AND ledger = '${ledger}'), 0)`

/** What of deferred revenue is of servers, which is of no product, and is none of the product's. */
const deferredOfServers = `
SELECT substr(t.day, 1, 7) AS month, side.kind, side.product, b.segment, b.region, side.sign * t.amount AS amount
FROM (SELECT t.day, o.account, o.specification, CASE t.kind
    WHEN 'payment' THEN -${ofServers}
    WHEN 'recognition' THEN -${legOf('cloud-resource-revenue')}
    WHEN 'refund' THEN ${serversBack} - ${legOf('cloud-resource-revenue')} END AS amount
  FROM v_transactions t JOIN v_orders o ON o.id = t.order_id
  WHERE ${ofServers} IS NOT NULL AND t.kind IN ('payment', 'recognition', 'refund')) t
JOIN buyer b ON b.id = t.account
JOIN (SELECT id, kind, product, -1 AS sign FROM good UNION ALL SELECT id, 'ecs', NULL, 1 FROM good) side ON side.id = t.specification`

/** Legs of ledger accounts, with those that name no buyer or product where they belong (`attributed.ts`). */
const held = (ledger: string): string =>
  `${legs(`l.word = '${ledger}'`)} UNION ALL SELECT month, kind, product, segment, region, amount FROM attributed WHERE ledger = '${ledger}'`
const everything = `${legs('1')} UNION ALL SELECT month, kind, product, segment, region, amount FROM attributed`
const credit = (ledger: string): PlainFigure => sum(held(ledger), '-amount')
const paidIn = legs(`k.word = 'top-up' AND l.word = 'payment-clearing'`)

const cutover = `CASE WHEN o.at < '2023-06-11T16:00:00.000Z' THEN 'until ' ELSE 'since ' END || '2023-06-12'`
const model = `(SELECT max(p.price ->> '$.model') FROM ${paidLine} l JOIN plans p ON p.id = l.plan WHERE l.order_id = o.id AND l.part = 'price')`
const about = `${cutover} AS version, o.kind AS "order"`
const sold = `${about}, g.kind, g.product, g.seller, b.segment, b.region, ${model} AS model`

/** What a line is of: goods, or servers, which are of no product and no seller. */
const lineGoods = `(SELECT id, kind, product, seller, 0 AS is_server FROM good UNION ALL SELECT id, 'ecs', NULL, NULL, 1 FROM good)`

const metered = `
SELECT ${monthOfHour('h.hour')} AS month, '' AS version, 'usage' AS "order", i.word AS kind, g.product, g.seller, b.segment, p.region,
  'hourly' AS model, r.word AS rule, h.amount
FROM usage_hours h JOIN words i ON i.id = h.item JOIN words r ON r.id = h.rule JOIN buyer b ON b.id = h.account
JOIN instances s ON s.id = h.instance_id JOIN place p ON p.id = s.pool
LEFT JOIN good g ON i.word = 'image' AND g.id = h.priced`

/** Hours that were metered and never charged, their records having come too late (U-09). */
const rejected = `
SELECT ${monthOfHour('h.hour')} AS month, '' AS version, 'usage' AS "order", i.word AS kind, g.product, g.seller, b.segment, p.region,
  'hourly' AS model, 'U-09' AS rule, -h.amount AS amount
FROM usage_rejected h JOIN words i ON i.id = h.item JOIN buyer b ON b.id = h.account
JOIN instances s ON s.id = h.instance_id JOIN place p ON p.id = s.pool
LEFT JOIN good g ON i.word = 'image' AND g.id = h.priced`

const paid = (parts: string): string => `
SELECT ${month('s.at')} AS month, ${sold}, l.rule, l.amount
FROM v_order_steps s JOIN v_orders o ON o.id = s.order_id JOIN ${paidLine} l ON l.order_id = o.id
JOIN ${lineGoods} g ON g.id = o.specification AND g.is_server = (l.part = 'ecs') JOIN buyer b ON b.id = o.account WHERE s.event = 'pay' AND l.part ${parts}`

/** Metered use that was charged, and orders that were paid. */
const charged = `${metered} UNION ALL ${rejected} UNION ALL ${paid(`IN ('price', 'ecs')`)}`

/** What orders refunded passes through the account \`refunds\` net of tax; the tax goes straight back. */
const givenBack = (ledger: string): string => `
SELECT ${month('t.at')} AS month, ${sold}, t.rule, p.amount
FROM v_transactions t JOIN v_postings p ON p.transaction_id = t.id JOIN v_orders o ON o.id = t.order_id
JOIN good g ON g.id = o.specification JOIN buyer b ON b.id = o.account
WHERE t.kind = 'refund' AND p.ledger IN (${ledger})`

/** The part of it that was paid for servers; the rest is the goods'. */
const serversGivenBack = `
SELECT ${month('t.at')} AS month, ${sold}, t.rule, CASE WHEN g.is_server THEN -${serversBack} ELSE ${serversBack} END AS amount
FROM v_transactions t JOIN v_orders o ON o.id = t.order_id JOIN ${lineGoods} g ON g.id = o.specification
JOIN buyer b ON b.id = o.account WHERE t.kind = 'refund' AND ${ofServers} IS NOT NULL`

/** M-07: tax on the use of a month, in the month that was used; of no kind, product and seller. */
const taxOnUse = `
SELECT ${monthOfMs('x.month')} AS month, '' AS version, 'usage' AS "order", NULL AS kind, NULL AS product, NULL AS seller, b.segment,
  b.region, 'hourly' AS model, r.word AS rule, x.tax AS amount
FROM bill_taxes x JOIN buyer b ON b.id = x.account JOIN words r ON r.id = x.rule`

/** The part of an order's tax that is of its servers, and what of it is refunded (M-07). */
const netOf = `(SELECT sum(amount) FROM ${paidLine} WHERE order_id = o.id AND part <> 'tax')`
const taxPaid = `(SELECT sum(amount) FROM ${paidLine} WHERE order_id = o.id AND part = 'tax')`
const serversTax = `part_of(${taxPaid}, ${ofServers}, ${netOf})`
const serversTaxBack = `coalesce((SELECT sum(part_of(tax, cloud, amount + coupon_returned - tax)) FROM v_refunds r WHERE r.paid_order = o.id AND r.at = t.at), ${serversTax})`
const isOfBoth = `${ofServers} IS NOT NULL AND ${taxPaid} IS NOT NULL`
const eitherWay = (amount: string): string => `CASE WHEN g.is_server THEN ${amount} ELSE -${amount} END AS amount`

const taxMoved = `
SELECT ${month('s.at')} AS month, ${sold}, 'M-07' AS rule, ${eitherWay(serversTax)}
FROM v_order_steps s JOIN v_orders o ON o.id = s.order_id JOIN ${lineGoods} g ON g.id = o.specification
JOIN buyer b ON b.id = o.account WHERE s.event = 'pay' AND ${isOfBoth}`
const taxMovedBack = `
SELECT ${month('t.at')} AS month, ${sold}, t.rule, ${eitherWay(serversTaxBack)}
FROM v_transactions t JOIN v_orders o ON o.id = t.order_id JOIN ${lineGoods} g ON g.id = o.specification
JOIN buyer b ON b.id = o.account WHERE t.kind = 'refund' AND ${isOfBoth}`

const purses = `'buyer-cash', 'buyer-coupons', 'buyer-receivable', 'payment-clearing'`
/** Refunds before tax: out to the buyer less the tax in it, and before they are rounded to minor units (M-08). */
const refunded = `${givenBack(`${purses}, 'rounding-differences', 'tax-payable'`)} UNION ALL ${serversGivenBack}`
const signed = (sign: string, facts: string): string => `SELECT *, ${sign}amount AS signed FROM (${facts})`

const taxColumns =
  'month, version, "order", kind, product, seller, segment, region, model, rule, amount, amount AS signed'
/** Tax in orders and on use, with its columns in one order. */
const taxed = `SELECT ${taxColumns} FROM (${paid(`= 'tax'`)}) UNION ALL SELECT ${taxColumns} FROM (${taxMoved}) UNION ALL SELECT ${taxColumns} FROM (${taxOnUse})`

export const moneyQuestions: Readonly<Record<string, PlainFigure>> = {
  'revenue.gross': sum(charged, 'amount'),
  'revenue.refunds': sum(signed('-', refunded), 'signed'),
  'revenue.net': sum(`${signed('', charged)} UNION ALL ${signed('', refunded)}`, 'signed'),
  'revenue.tax': sum(
    `${taxed} UNION ALL ${signed('-', givenBack(`'tax-payable'`))} UNION ALL ${signed('-', taxMovedBack)}`,
    'signed',
  ),
  'ledger.deferredRevenue': sum(`${legs(`l.word = 'deferred-revenue'`)} UNION ALL ${deferredOfServers}`, '-amount'),
  'ledger.marketplaceRevenue': credit('marketplace-revenue'),
  'ledger.sellerCost': sum(held('seller-cost'), 'amount'),
  'ledger.deferredSellerCost': sum(held('deferred-seller-cost'), 'amount'),
  'ledger.unbilledPayable': credit('unbilled-payable'),
  'ledger.promotionExpense': sum(held('promotion-expense'), 'amount'),
  'ledger.roundingDifferences': credit('rounding-differences'),
  'ledger.cloudResourceRevenue': credit('cloud-resource-revenue'),
  'ledger.buyerCash': credit('buyer-cash'),
  'ledger.sum': sum(`${everything} UNION ALL ${deferredOfServers}`, 'amount'),
  'topUps.count': count(paidIn),
  'topUps.amount': sum(paidIn, 'amount'),
  'arrears.due': sum(legs(`l.word = 'buyer-receivable'`), 'amount'),
}
