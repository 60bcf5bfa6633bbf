import { count, greatest, mean, month, ms, type PlainFigure, percentile, sum } from './plain-sql.ts'

const orders = (where: string): string => `
SELECT ${month('o.at')} AS month, o.kind AS "order", g.kind, g.product, b.segment, b.region, o.channel, p.pool, o.amount
FROM v_orders o JOIN order_states s ON s.order_id = o.id JOIN good g ON g.id = o.specification
JOIN buyer b ON b.id = o.account LEFT JOIN place p ON p.id = o.pool WHERE ${where}`

/** Servers of an order, and all that its tax is on. */
const sumOf = (condition: string): string =>
  `(SELECT sum(amount) FROM v_order_lines WHERE order_id = o.id AND ${condition})`

/** What orders come to, line by line; servers are of no product, and have their part of the tax. */
const lines = `
SELECT ${month('o.at')} AS month, o.kind AS "order", CASE l.part WHEN 'ecs' THEN 'ecs' ELSE g.kind END AS kind,
  CASE l.part WHEN 'ecs' THEN NULL ELSE g.product END AS product, b.segment, b.region, o.channel, p.pool, l.amount
FROM v_orders o JOIN v_order_lines l ON l.order_id = o.id JOIN good g ON g.id = o.specification
JOIN buyer b ON b.id = o.account LEFT JOIN place p ON p.id = o.pool
UNION ALL
SELECT ${month('o.at')}, o.kind, side.kind, side.product, b.segment, b.region, o.channel, p.pool,
  side.sign * part_of(l.amount, ${sumOf(`part = 'ecs'`)}, ${sumOf(`part <> 'tax'`)})
FROM v_orders o JOIN v_order_lines l ON l.order_id = o.id AND l.part = 'tax'
JOIN (SELECT id, kind, product, -1 AS sign FROM good UNION ALL SELECT id, 'ecs', NULL, 1 FROM good) side ON side.id = o.specification
JOIN buyer b ON b.id = o.account LEFT JOIN place p ON p.id = o.pool WHERE ${sumOf(`part = 'ecs'`)} IS NOT NULL`

const refusals = `
SELECT ${month('f.at')} AS month, f.code, g.kind, g.product, b.segment, b.region, p.pool, f.quantity, f.lost
FROM v_refusals f LEFT JOIN good g ON g.id = f.specification LEFT JOIN buyer b ON b.id = f.account
LEFT JOIN place p ON p.id = f.pool`

const provisioned = `
SELECT ${month('paid.at')} AS month, g.kind, g.product, b.region, ${ms('done.at')} - ${ms('paid.at')} AS ms
FROM v_order_steps paid JOIN v_order_steps done ON done.order_id = paid.order_id AND done.to_state = 'completed'
JOIN orders o ON o.id = paid.order_id JOIN good g ON g.id = o.specification JOIN buyer b ON b.id = o.account
WHERE paid.event = 'pay'`

const accountSteps = (event: string): string => `
SELECT ${month('s.at')} AS month, b.segment, b.region FROM v_account_steps s JOIN buyer b ON b.id = s.account
WHERE s.event = '${event}'`

const settled = `
SELECT ${month('s.at')} AS month, b.segment, b.region, ${ms('s.at')} - (
  SELECT max(${ms('f.at')}) FROM v_account_steps f WHERE f.account = s.account AND f.event = 'fallDue' AND f.at <= s.at) AS ms
FROM v_account_steps s JOIN buyer b ON b.id = s.account WHERE s.event = 'settle'`

const inArrears = `
SELECT b.segment, b.region FROM buyer b
WHERE (SELECT count(*) FROM v_account_steps s WHERE s.account = b.id AND s.event = 'fallDue')
  > (SELECT count(*) FROM v_account_steps s WHERE s.account = b.id AND s.event IN ('settle', 'reopen'))`

const subscriptions = (where: string): string => `
SELECT ${month('o.at')} AS month, g.kind, g.product, b.segment, b.region
FROM v_orders o JOIN good g ON g.id = o.specification JOIN buyer b ON b.id = o.account
WHERE o.id IN (SELECT subscription_id FROM subscription_steps) AND ${where}`

const lastState = `(SELECT s.to_state FROM v_subscription_steps s WHERE s.subscription_id = o.id ORDER BY s.at DESC, s.term_end DESC LIMIT 1)`

const notices = `
SELECT ${month('n.at')} AS month, n.code, b.segment, b.region FROM v_notices n JOIN buyer b ON b.id = n.account`

const bills = (where = '1'): string => `
SELECT ${month('l.month')} AS month, b.segment, b.region, l.charges, l.rounding, l.payable
FROM v_bills l JOIN buyer b ON b.id = l.account WHERE ${where}`

export const orderQuestions: Readonly<Record<string, PlainFigure>> = {
  'orders.placed': count(orders('1')),
  'orders.completed': count(orders(`s.state = 'completed'`)),
  'orders.cancelled': count(orders(`s.state = 'cancelled'`)),
  'orders.processing': count(orders(`s.state = 'processing'`)),
  'orders.pendingPayment': count(orders(`s.state = 'pending-payment'`)),
  'orders.pendingApproval': count(orders(`s.state = 'pending-approval'`)),
  'orders.open': count(orders(`s.state IN ('processing', 'pending-payment', 'pending-approval')`)),
  'orders.amount': sum(lines, 'amount'),
  'orders.refused': count(refusals),
  'orders.refusedUnits': sum(refusals, 'quantity'),
  'orders.refusedAmount': sum(refusals, 'lost'),
  'provisioning.mean': mean(provisioned, 'ms', 1000),
  'provisioning.p50': percentile(provisioned, 'ms', 50, 1000),
  'provisioning.p95': percentile(provisioned, 'ms', 95, 1000),
  'provisioning.p99': percentile(provisioned, 'ms', 99, 1000),
  'provisioning.max': greatest(provisioned, 'ms', 1000),
  'arrears.entered': count(accountSteps('fallDue')),
  'arrears.settled': count(accountSteps('settle')),
  'arrears.suspended': count(accountSteps('graceEnds')),
  'arrears.released': count(accountSteps('retentionEnds')),
  'arrears.hoursP50': percentile(settled, 'ms', 50, 3_600_000),
  'arrears.hoursP95': percentile(settled, 'ms', 95, 3_600_000),
  'accounts.count': count('SELECT segment, region FROM buyer'),
  'accounts.inArrears': count(inArrears),
  'subscriptions.begun': count(subscriptions('1')),
  'subscriptions.active': count(subscriptions(`${lastState} = 'active'`)),
  'notices.sent': count(notices),
  'bills.count': count(bills()),
  'bills.final': count(bills('l.final = 1')),
  'bills.charges': sum(bills(), 'charges'),
  'bills.rounding': sum(bills(), 'rounding'),
  'bills.payable': sum(bills(), 'payable'),
  // Reports compare six sums of each kind of capacity with the auditor's, and the cost of the cheapest mix.
  'reconciliation.amounts': sum(
    `SELECT kind, amounts FROM audit_totals UNION ALL
    SELECT 'capacity cost', CASE supply WHEN 'cheapest' THEN 1 ELSE 6 END FROM audit_capacity_costs`,
    'amounts',
  ),
  'reconciliation.differences': count('SELECT kind FROM audit_differences'),
}
