/** Money: what buyers were charged, what was given back, what they paid in, and what they owe (M-05, A-01). */
import { prepareBooked } from '../booked.ts'
import { prepareRejected } from '../metered.ts'
import { usageSource } from './ecs.ts'
import { type Figure, monthOf, type Source, sum, word } from './figure.ts'

/** The ledger by month, kind of movement and ledger account. `amount` is the sum of `n` legs, debits positive. */
export const ledgerSource: Source = {
  name: 'figure_ledger',
  labels: ['month', 'kind', 'product', 'segment', 'region'],
  needs: [prepareBooked],
  sql: `
SELECT m.month, kw.word AS movement, lw.word AS ledger, coalesce(c.segment, '') AS segment, coalesce(c.region, '') AS region,
  coalesce(g.product, '') AS product,
  CASE WHEN lw.word = 'cloud-resource-revenue' THEN 'ecs' WHEN kw.word = 'usage' THEN 'image' ELSE coalesce(g.kind, '') END AS kind,
  k.n, k.amount
FROM (SELECT b.crowd, k.month, k.movement, k.ledger, o.specification, sum(k.times) AS n, sum(k.amount) AS amount
  FROM booked k LEFT JOIN buyers b ON b.id = k.account LEFT JOIN orders o ON o.id = k.order_id GROUP BY 1, 2, 3, 4, 5) k
JOIN months m ON m.no = k.month JOIN words kw ON kw.id = k.movement JOIN words lw ON lw.id = k.ledger
LEFT JOIN crowds c ON c.id = k.crowd LEFT JOIN goods g ON g.id = k.specification`,
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
 * What buyers were charged: metered lines, less those whose records came too late to be charged (U-09), and the lines of
 * orders that were paid; and what they were given back. A refund is any transaction about an order, other than its
 * payment, that gives back on balance; its tax is no revenue.
 */
export const chargesSource: Source = {
  name: 'figure_charges',
  labels: ['month', 'kind', 'product', 'seller', 'segment', 'region', 'order', 'model', 'rule', 'version'],
  needs: [usageSource, orderModels, prepareBooked, prepareRejected],
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
  SELECT m.month, o.kind, o.product, o.seller, b.segment, b.region, o."order", o.model, rw.word, o.version,
    0, -sum(k.amount), -${sum('k.amount', `k.ledger = ${word('tax-payable')}`)}
  FROM booked k JOIN months m ON m.no = k.month JOIN sold o ON o.id = k.order_id JOIN words rw ON rw.id = k.rule
  JOIN buyers b ON b.id = o.account
  WHERE k.order_id > 0 AND k.ledger IN (${paidWith}, ${word('tax-payable')})
    AND k.movement NOT IN (${word('payment')}, ${word('recognition')}) GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
  UNION ALL
  SELECT m.month, iw.word, coalesce(g.product, ''), coalesce(g.seller, ''), b.segment, pn.region, 'usage', 'hourly', 'U-09', '',
    -r.amount, 0, 0
  FROM rejected r JOIN months m ON m.no = r.month JOIN words iw ON iw.id = r.item JOIN buyers b ON b.id = r.account
  JOIN pool_names pn ON pn.id = r.pool LEFT JOIN goods g ON r.item = ${word('image')} AND g.id = r.priced)
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
