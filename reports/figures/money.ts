/** Money: what buyers were charged, what was refunded, what they paid in, and what they owe (M-05, A-01). */
import { DAY } from '#base/time.ts'
import { KeyedSums } from '#sim/record/keyed-sums.ts'
import { prepareAttributedShares } from '../attributed-shares.ts'
import { prepareBooked } from '../booked.ts'
import { crowdsOf } from '../books/crowds.ts'
import { dayNumber, prepareDays } from '../days.ts'
import { prepareRejected } from '../metered.ts'
import { prepareOrderModels } from '../price-models.ts'
import type { RunRecord } from '../record.ts'
import { bothSides, moved, ofEither, ofGoods, sideKind } from '../server-lines.ts'
import { prepareServersBack } from '../servers-back.ts'
import { prepareOrderPayments } from '../steps/order-steps.ts'
import { usageSource } from './ecs.ts'
import { type Figure, isMeasured, type Source, sum, word } from './figure.ts'

/**
 * What of deferred revenue is of servers: deferred with the payment; earned, or taken back into it, against the revenue of
 * servers; and refunded, less what a refund takes out of that revenue.
 */
const deferredOfServers = `
SELECT crowd, specification, month, measured, movement, amount FROM deferred_servers
UNION ALL
SELECT b.crowd, o.specification, k.month, k.measured, k.movement, s.back
FROM order_moves k JOIN servers_back s USING (transaction_id) JOIN orders o ON o.id = k.order_id JOIN buyers b ON b.id = o.account
WHERE k.movement = ${word('refund')} AND k.ledger = ${word('refunds')} AND k.is_debit`

/**
 * Revenue of metered images by product, which its legs do not name: they are of an account's whole hour. What was metered and not
 * charged (U-09) is no revenue.
 */
const revenueOfUse = `
SELECT m.month, u.measured, 'usage', 'marketplace-revenue', c.segment, c.region, ${ofEither('g.product')}, 'image', 0, ${moved('-u.amount')}
FROM (SELECT crowd, month, measured, priced, sum(amount) AS amount FROM (
    SELECT t.crowd, t.month, t.measured, t.priced, t.amount FROM metered t WHERE t.item = ${word('image')} AND t.crowd > 0
    UNION ALL
    SELECT b.crowd, r.month, r.measured, r.priced, -r.amount FROM rejected r JOIN buyers b ON b.id = r.account WHERE r.item = ${word('image')})
  GROUP BY 1, 2, 3, 4) u
CROSS JOIN ${bothSides} JOIN months m ON m.no = u.month JOIN crowds c ON c.id = u.crowd JOIN goods g ON g.id = u.priced`

/**
 * The ledger by month, kind of movement and ledger account. `amount` is the sum of `n` legs, debits positive; `measured`: 1
 * from when figures count. Balances are those of the whole run.
 */
export const ledgerSource: Source = {
  name: 'figure_ledger',
  labels: ['month', 'kind', 'product', 'segment', 'region'],
  needs: [prepareBooked, prepareServersBack, prepareAttributedShares],
  sql: `
SELECT m.month, k.measured, kw.word AS movement, lw.word AS ledger, coalesce(c.segment, '') AS segment, coalesce(c.region, '') AS region,
  coalesce(g.product, '') AS product,
  CASE WHEN lw.word = 'cloud-resource-revenue' THEN 'ecs' WHEN kw.word = 'usage' THEN 'image' ELSE coalesce(g.kind, '') END AS kind,
  k.n, k.amount
FROM (SELECT crowd, month, measured, movement, ledger,
    CASE ledger WHEN ${word('cloud-resource-revenue')} THEN 0 ELSE specification END AS specification,
    sum(times) AS n, sum(amount) AS amount
  FROM booked GROUP BY 1, 2, 3, 4, 5, 6) k
JOIN months m ON m.no = k.month JOIN words kw ON kw.id = k.movement JOIN words lw ON lw.id = k.ledger
LEFT JOIN crowds c ON c.id = k.crowd LEFT JOIN goods g ON g.id = k.specification
UNION ALL
SELECT m.month, d.measured, kw.word, 'deferred-revenue', c.segment, c.region, ${ofGoods('g.product')}, ${sideKind}, 0, ${moved('d.amount')}
FROM (SELECT crowd, specification, month, measured, movement, sum(amount) AS amount FROM (${deferredOfServers}) GROUP BY 1, 2, 3, 4, 5) d
CROSS JOIN ${bothSides} JOIN months m ON m.no = d.month JOIN words kw ON kw.id = d.movement JOIN crowds c ON c.id = d.crowd
JOIN goods g ON g.id = d.specification
UNION ALL
SELECT m.month, s.measured, kw.word, lw.word, coalesce(c.segment, ''), coalesce(c.region, ''), coalesce(g.product, ''), coalesce(g.kind, ''),
  0, s.amount
FROM (SELECT crowd, specification, month, measured, movement, ledger, amount FROM attributed_shares
  UNION ALL SELECT 0, 0, month, measured, movement, ledger, -sum(amount) FROM attributed_shares GROUP BY month, measured, movement, ledger) s
JOIN months m ON m.no = s.month JOIN words kw ON kw.id = s.movement JOIN words lw ON lw.id = s.ledger
LEFT JOIN crowds c ON c.id = s.crowd LEFT JOIN goods g ON g.id = s.specification
UNION ALL
${revenueOfUse}`,
}

/** Lines `l` of what is sold: those of an unsubscription tell what is refunded, which its transactions do as well. */
export const isSold = `l.part <> ${word('refund')}`

/** On which side of the policy `expansion.cutover` an instant is (X-05). */
const versionOf = (instant: string): string => `
coalesce(CASE WHEN ${instant} < cutover.at THEN 'until ' ELSE 'since ' END || cutover.day, '')`

/** Ledger accounts out of which orders are paid and into which money goes back: balance, coupons, credit, a reseller. */
export const paidWith = ['buyer-cash', 'buyer-coupons', 'buyer-receivable', 'payment-clearing'].map(word).join(', ')

/** The same before what was paid was rounded to minor units (M-08). */
export const paidExactly = `${paidWith}, ${word('rounding-differences')}`

/**
 * What buyers were charged: metered lines, less those whose records came too late to be charged (U-09), and the lines of
 * orders that were paid; and what they were refunded. Tax on metered use (M-07) is on the sum of servers and images, so it is
 * of no kind, product or seller; it belongs to the month that was used. A refund is any transaction about an order, other than its
 * payment, that refunds on balance; its tax is no revenue. Servers of orders, and what they are taxed by, are of kind ecs, as
 * metered ones are.
 */
export const chargesSource: Source = {
  name: 'figure_charges',
  labels: ['month', 'kind', 'product', 'seller', 'segment', 'region', 'order', 'model', 'rule', 'version'],
  needs: [
    prepareDays,
    usageSource,
    prepareOrderModels,
    prepareServersBack,
    prepareBooked,
    prepareRejected,
    prepareOrderPayments,
  ],
  sql: `
WITH cutover AS (
  SELECT value ->> '$."expansion.cutover"' AS at,
    date((value ->> '$."expansion.cutover"' + utc_offset) / 1000, 'unixepoch') AS day
  FROM meta, run WHERE key = 'policies'),
named AS (
  SELECT m.month, o.id, o.at, ${sideKind} AS kind, ${ofGoods('g.product')} AS product,
    ${ofGoods("coalesce(g.seller, '')")} AS seller, b.segment, b.region,
    ow.word AS "order", coalesce(models.model, '') AS model, rw.word AS rule, k.amount, k.refunded, k.tax
  FROM (
    SELECT d.month, s.order_id, l.rule, l.part = ${word('ecs')} AS to_servers,
      ${sum('l.amount', `l.part <> ${word('tax')}`)} AS amount, 0 AS refunded,
      ${sum('l.amount', `l.part = ${word('tax')}`)} AS tax
    FROM run CROSS JOIN order_payments s CROSS JOIN days d ON d.number = ${dayNumber('s.at')}
    CROSS JOIN paid_lines l ON l.order_id = s.order_id AND ${isSold}
    WHERE ${isMeasured('s.at')} GROUP BY s.order_id, l.rule, 4
    UNION ALL
    SELECT month, order_id, rule, 0, 0, -sum(amount), -${sum('amount', `ledger = ${word('tax-payable')}`)} FROM order_moves
    WHERE measured = 1 AND ledger IN (${paidExactly}, ${word('tax-payable')})
    GROUP BY month, order_id, rule
    UNION ALL
    SELECT d.month, v.order_id, ${word('M-07')}, to_servers, 0, 0, ${moved('v.tax')}
    FROM run CROSS JOIN order_payments s CROSS JOIN order_servers v ON v.order_id = s.order_id AND v.is_taxed
    CROSS JOIN days d ON d.number = ${dayNumber('s.at')} CROSS JOIN ${bothSides}
    WHERE ${isMeasured('s.at')}
    UNION ALL
    SELECT k.month, k.order_id, k.rule, to_servers, 0, ${moved('s.back')}, ${moved('-s.tax_back')}
    FROM order_moves k CROSS JOIN servers_back s ON s.transaction_id = k.transaction_id CROSS JOIN ${bothSides}
    WHERE k.measured = 1 AND k.movement = ${word('refund')} AND k.ledger = ${word('refunds')} AND k.is_debit) k
  CROSS JOIN months m ON m.no = k.month CROSS JOIN words rw ON rw.id = k.rule CROSS JOIN orders o ON o.id = k.order_id
  CROSS JOIN goods g ON g.id = o.specification CROSS JOIN buyers b ON b.id = o.account
  CROSS JOIN words ow ON ow.id = o.kind LEFT JOIN order_models models ON models.order_id = o.id)
SELECT month, kind, product, seller, segment, region, "order", model, rule, version,
  sum(amount) AS gross, sum(refunded) AS refunded, sum(tax) AS tax FROM (
  SELECT month, kind, product, seller, segment, region, 'usage' AS "order", 'hourly' AS model, rule, '' AS version,
    amount, 0 AS refunded, 0 AS tax FROM ${usageSource.name}
  UNION ALL
  SELECT month, kind, product, seller, segment, region, "order", model, rule, ${versionOf('named.at')}, amount, refunded, tax
  FROM named CROSS JOIN cutover
  UNION ALL
  SELECT m.month, '', '', '', c.segment, c.region, 'usage', 'hourly', 'M-07', '', 0, 0, -k.amount
  FROM booked k JOIN months m ON m.no = k.month JOIN crowds c ON c.id = k.crowd
  WHERE k.measured = 1 AND k.movement = ${word('usage-tax')} AND k.ledger = ${word('tax-payable')}
  UNION ALL
  SELECT m.month, iw.word, coalesce(g.product, ''), coalesce(g.seller, ''), b.segment, pn.region, 'usage', 'hourly', 'U-09', '',
    -r.amount, 0, 0
  FROM rejected r JOIN months m ON m.no = r.month JOIN words iw ON iw.id = r.item JOIN buyers b ON b.id = r.account
  JOIN pool_names pn ON pn.id = r.pool LEFT JOIN goods g ON r.item = ${word('image')} AND g.id = r.priced WHERE r.measured = 1)
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10`,
}

/** Makes the table `notice_days(day, code, crowd, n)` of messages where figures count; `day` is a number of a civil day. */
function prepareNoticeDays(record: RunRecord): void {
  record.keepComputed('notice_days', ['day', 'code', 'crowd', 'n'], [], () => {
    const { since, utcOffset } = record.meta
    const crowds = crowdsOf(record)
    const sums = new KeyedSums()
    const [at, code, account] = record.numberColumns('SELECT at, code, account FROM notices', 3)
    for (let row = 0; row < at.length; row++) {
      const crowd = crowds.of(account[row])
      if (at[row] < since || crowd === 0) continue
      sums.add(sums.rowOf(Math.floor((at[row] + utcOffset) / DAY), code[row], crowd), 1, 0, 0)
    }
    return Array.from({ length: sums.rows }, (_, row) => {
      const { a, b, c, first } = sums.at(row)
      return [a, b, c, first]
    })
  })
}

/** Messages that became due to buyers (A-06, R-02). */
const noticesSource: Source = {
  name: 'figure_notices',
  labels: ['month', 'code', 'segment', 'region'],
  needs: [prepareNoticeDays],
  sql: `
SELECT strftime('%Y-%m', n.day * 86400, 'unixepoch') AS month, cw.word AS code, c.segment, c.region, sum(n.n) AS n
FROM notice_days n JOIN words cw ON cw.id = n.code JOIN crowds c ON c.id = n.crowd
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
  revenueFigure('revenue.refunds', 'refunded to buyers, before tax (S-07, S-09, O-08)', sum('refunded')),
  revenueFigure('revenue.net', 'charged to buyers before tax, less refunds', `${sum('gross')} - ${sum('refunded')}`),
  revenueFigure('revenue.tax', 'tax on orders paid and on metered use, less refunded tax (M-07)', sum('tax')),
  ledgerFigure('ledger.deferredRevenue', 'paid for terms after the end of the run (M-05)', balance('deferred-revenue')),
  ledgerFigure(
    'ledger.marketplaceRevenue',
    "recognised revenue of products: without the sellers' shares as an agent, with them as a principal (M-05, L-06)",
    balance('marketplace-revenue'),
  ),
  ledgerFigure(
    'ledger.sellerCost',
    "sellers' shares of earned revenue, if the marketplace is presented as a principal (L-06)",
    sum('amount', `ledger = 'seller-cost'`),
  ),
  ledgerFigure(
    'ledger.deferredSellerCost',
    "sellers' shares of revenue not yet earned at the end of the run (L-06)",
    sum('amount', `ledger = 'deferred-seller-cost'`),
  ),
  ledgerFigure(
    'ledger.unbilledPayable',
    'owed to sellers at the end of the run and not yet billed (L-06)',
    balance('unbilled-payable'),
  ),
  ledgerFigure(
    'ledger.promotionExpense',
    'coupons granted, less lapsed amounts (M-10)',
    sum('amount', `ledger = 'promotion-expense'`),
  ),
  ledgerFigure(
    'ledger.roundingDifferences',
    'what bringing bills, refunds and bills of sellers to minor units has brought in, or cost (M-08)',
    balance('rounding-differences'),
  ),
  ledgerFigure(
    'ledger.cloudResourceRevenue',
    'recognised revenue of servers (M-05)',
    balance('cloud-resource-revenue'),
  ),
  ledgerFigure('ledger.buyerCash', 'balances of buyers at the end of the run (M-05)', balance('buyer-cash')),
  ledgerFigure('ledger.sum', 'sum of all postings; anything but 0 is an error (Q-01)', sum('amount')),
  ledgerFigure(
    'topUps.count',
    'payments by buyers into their balance',
    sum('n', `measured = 1 AND movement = 'top-up' AND ledger = 'payment-clearing'`),
    'count',
  ),
  ledgerFigure(
    'topUps.amount',
    'amounts paid by buyers into their balance',
    sum('amount', `measured = 1 AND movement = 'top-up' AND ledger = 'payment-clearing'`),
  ),
  ledgerFigure(
    'arrears.due',
    'debt of buyers at the end of the run (A-01)',
    sum('amount', `ledger = 'buyer-receivable'`),
  ),
  {
    name: 'notices.sent',
    unit: 'count',
    text: 'notices due to buyers (A-06, R-02)',
    source: noticesSource,
    measure: { value: sum('n') },
    by: ['code', 'month', 'segment'],
  },
]
