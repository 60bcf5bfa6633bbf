/** Money: what buyers were charged, what was given back, what they paid in, and what they owe (M-05, A-01). */

import { usageSource } from './ecs.ts'
import { type Figure, monthOf, type Source, sum, word } from './figure.ts'

/**
 * The ledger by month, kind of movement and ledger account. Use counts in the month of its clock hour, everything else
 * when it was booked; repetitions an hour apart fall into the month of each. `amount` is the sum, debits positive.
 */
export const ledgerSource: Source = {
  name: 'figure_ledger',
  labels: ['month', 'kind', 'product', 'segment', 'region'],
  sql: `
WITH moves AS (
  SELECT t.id, CASE kw.word WHEN 'late-usage' THEN 'usage' ELSE kw.word END AS movement, CASE WHEN t.hour > 0 THEN t.hour ELSE t.at END AS base, t.repeats,
    coalesce(b.segment, '') AS segment, coalesce(b.region, '') AS region, coalesce(g.kind, '') AS kind,
    coalesce(g.product, '') AS product
  FROM transactions t JOIN words kw ON kw.id = t.kind LEFT JOIN buyers b ON b.id = t.account
  LEFT JOIN orders o ON o.id = t.order_id LEFT JOIN goods g ON g.id = o.specification),
monthly AS (
  SELECT v.*, m.month,
    max(0, min(v.repeats, (m.next - v.base + 3599999) / 3600000))
      - max(0, min(v.repeats, (m.first - v.base + 3599999) / 3600000)) AS times
  FROM moves v JOIN months m ON v.base < m.next AND v.base + v.repeats * 3600000 > m.first)
SELECT v.month, v.movement, lw.word AS ledger, v.segment, v.region, v.product,
  CASE WHEN lw.word = 'cloud-resource-revenue' THEN 'ecs' WHEN v.movement = 'usage' THEN 'image' ELSE v.kind END AS kind,
  sum(v.times) AS n, sum(v.times * p.amount) AS amount
FROM monthly v JOIN postings p ON p.transaction_id = v.id JOIN words lw ON lw.id = p.ledger
WHERE v.times > 0
GROUP BY 1, 2, 3, 4, 5, 6, 7`,
}

/** The price model of an order: that of its price line's plan. The plan of a server's line is one of another table. */
export const orderModels: Source = {
  name: 'figure_models',
  labels: [],
  sql: `SELECT l.order_id, min(p.price ->> 'model') AS model FROM order_lines l JOIN plans p ON p.id = l.plan
WHERE l.part = ${word('price')} GROUP BY 1`,
}

/** On which side of the policy `expansion.cutover` an instant lies (X-05). */
const versionOf = (instant: string): string => `
coalesce(CASE WHEN ${instant} < cutover.at THEN 'until ' ELSE 'since ' END || cutover.day, '')`

/** Ledger accounts out of which orders are paid and into which money goes back: balance, coupons, credit, a reseller. */
export const paidWith = ['buyer-cash', 'buyer-coupons', 'buyer-receivable', 'payment-clearing'].map(word).join(', ')

/**
 * What buyers were charged: metered lines and the lines of orders that were paid; and what they were given back. A
 * refund is any transaction about an order, other than its payment, that gives back on balance; its tax is no revenue.
 */
export const chargesSource: Source = {
  name: 'figure_charges',
  labels: ['month', 'kind', 'product', 'seller', 'segment', 'region', 'order', 'model', 'rule', 'version'],
  needs: [usageSource, orderModels],
  sql: `
WITH cutover AS (
  SELECT value ->> '$."expansion.cutover"' AS at,
    date((value ->> '$."expansion.cutover"' + utc_offset) / 1000, 'unixepoch') AS day
  FROM meta, run WHERE key = 'policies'),
sold AS (
  SELECT o.id, o.account, ow.word AS "order", g.kind, g.product, coalesce(g.seller, '') AS seller,
    coalesce(m.model, '') AS model, ${versionOf('o.at')} AS version
  FROM orders o JOIN cutover JOIN goods g ON g.id = o.specification JOIN words ow ON ow.id = o.kind
  LEFT JOIN ${orderModels.name} m ON m.order_id = o.id)
SELECT month, kind, product, seller, segment, region, "order", model, rule, version,
  sum(amount) AS gross, sum(refunded) AS refunded, sum(tax) AS tax FROM (
  SELECT month, kind, product, seller, segment, region, 'usage' AS "order", 'hourly' AS model, rule, '' AS version,
    amount, 0 AS refunded, 0 AS tax FROM ${usageSource.name}
  UNION ALL
  SELECT ${monthOf('s.at')}, o.kind, o.product, o.seller, b.segment, b.region, o."order", o.model, rw.word, o.version,
    ${sum('l.amount', `l.part <> ${word('tax')}`)}, 0, ${sum('l.amount', `l.part = ${word('tax')}`)}
  FROM order_steps s, run JOIN sold o ON o.id = s.order_id JOIN order_lines l ON l.order_id = o.id
  JOIN words rw ON rw.id = l.rule JOIN buyers b ON b.id = o.account
  WHERE s.event = ${word('pay')} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
  UNION ALL
  SELECT ${monthOf('t.at')}, o.kind, o.product, o.seller, b.segment, b.region, o."order", o.model, rw.word, o.version,
    0, -sum(p.amount), -${sum('p.amount', `p.ledger = ${word('tax-payable')}`)}
  FROM transactions t, run JOIN postings p ON p.transaction_id = t.id
    AND p.ledger IN (${paidWith}, ${word('tax-payable')})
  JOIN sold o ON o.id = t.order_id JOIN words rw ON rw.id = t.rule JOIN buyers b ON b.id = o.account
  WHERE t.order_id > 0 AND t.kind NOT IN (${word('payment')}, ${word('recognition')}, ${word('payout')}) GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10`,
}

/** Messages that became due to buyers (A-06, R-02). */
const noticesSource: Source = {
  name: 'figure_notices',
  labels: ['month', 'code', 'segment', 'region'],
  sql: `
SELECT ${monthOf('n.at')} AS month, cw.word AS code, b.segment, b.region, count(*) AS n
FROM notices n, run JOIN words cw ON cw.id = n.code JOIN buyers b ON b.id = n.account
GROUP BY 1, 2, 3, 4`,
}

const revenueFigure = (name: string, text: string, value: string): Figure => ({
  name,
  unit: 'money',
  text,
  source: chargesSource,
  measure: { value },
  by: ['kind', 'model', 'month', 'order', 'product', 'region', 'rule', 'segment', 'seller', 'version'],
})

const ledgerFigure = (name: string, text: string, value: string, unit: Figure['unit'] = 'money'): Figure => ({
  name,
  unit,
  text,
  source: ledgerSource,
  measure: { value },
  // By month a balance would be what changed in the month, which is another figure.
  by: name.startsWith('topUps.') ? ['month', 'region', 'segment'] : ['region', 'segment'],
})

const balance = (ledger: string): string => `-${sum('amount', `ledger = '${ledger}'`)}`

export const moneyFigures: readonly Figure[] = [
  revenueFigure('revenue.gross', 'charged to buyers before tax: metered use and orders paid', sum('gross')),
  revenueFigure('revenue.refunds', 'given back to buyers, before tax (S-07, S-09, O-08)', sum('refunded')),
  revenueFigure(
    'revenue.net',
    'charged to buyers before tax, less what was given back',
    `${sum('gross')} - ${sum('refunded')}`,
  ),
  revenueFigure('revenue.tax', 'tax on orders paid, less the tax given back (M-07)', sum('tax')),
  ledgerFigure(
    'ledger.deferredRevenue',
    'paid for terms that lie ahead when the run ends (M-05)',
    balance('deferred-revenue'),
  ),
  ledgerFigure('ledger.marketplaceRevenue', 'recognised revenue of products (M-05)', balance('marketplace-revenue')),
  ledgerFigure(
    'ledger.cloudResourceRevenue',
    'recognised revenue of servers (M-05)',
    balance('cloud-resource-revenue'),
  ),
  ledgerFigure('ledger.buyerCash', 'balances of buyers when the run ends (M-05)', balance('buyer-cash')),
  ledgerFigure('ledger.sum', 'sum of all postings; anything but 0 is a fault (Q-01)', sum('amount')),
  ledgerFigure(
    'topUps.count',
    'payments by buyers into their balance',
    sum('n', `movement = 'top-up' AND ledger = 'payment-clearing'`),
    'count',
  ),
  ledgerFigure(
    'topUps.amount',
    'what buyers paid into their balance',
    sum('amount', `movement = 'top-up' AND ledger = 'payment-clearing'`),
  ),
  ledgerFigure('arrears.due', 'what buyers owe when the run ends (A-01)', sum('amount', `ledger = 'buyer-receivable'`)),
  {
    name: 'notices.sent',
    unit: 'count',
    text: 'messages that became due to buyers (A-06, R-02)',
    source: noticesSource,
    measure: { value: sum('n') },
    by: ['code', 'month', 'segment'],
  },
]
