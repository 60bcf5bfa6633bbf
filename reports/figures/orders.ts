/** Orders and what became of them (O-01), and what the market refused. */
import { dayNumber, prepareDays } from '../days.ts'
import { bothSides, moved, ofGoods, prepareOrderServers, sideKind } from '../server-lines.ts'
import { prepareOrderSums } from '../steps/order-counts.ts'
import { type Figure, isMade, isMeasured, monthOf, type Source, sum } from './figure.ts'

/** Orders by their state at the end of the run. An order of servers counts under kind image: the image they were bought with. */
export const ordersSource: Source = {
  name: 'figure_orders',
  labels: ['month', 'order', 'kind', 'product', 'segment', 'region', 'channel', 'pool'],
  needs: [prepareOrderSums],
  sql: `
SELECT m.month, ow.word AS "order", g.kind, g.product, c.segment, c.region, cw.word AS channel,
  coalesce(pn.pool, '') AS pool, sw.word AS state, o.n, o.amount FROM order_sums o
JOIN months m ON m.no = o.month JOIN goods g ON g.id = o.specification JOIN crowds c ON c.id = o.crowd
JOIN words ow ON ow.id = o.kind JOIN words cw ON cw.id = o.channel JOIN words sw ON sw.id = o.state
LEFT JOIN pool_names pn ON pn.id = o.pool`,
}

/** What orders come to: as above, but the lines of their servers, with their tax, are of kind ecs and of no product. */
const amountsSource: Source = {
  name: 'figure_order_amounts',
  labels: ordersSource.labels,
  needs: [ordersSource, prepareDays, prepareOrderServers],
  sql: `
SELECT month, "order", kind, product, segment, region, channel, pool, sum(amount) AS amount FROM (
  SELECT month, "order", kind, product, segment, region, channel, pool, amount FROM ${ordersSource.name}
  UNION ALL
  SELECT m.month, ow.word, ${sideKind}, ${ofGoods('g.product')}, c.segment, c.region, cw.word, coalesce(pn.pool, ''), ${moved('o.amount')}
  FROM (
    SELECT d.month, o.kind, o.specification, b.crowd, o.channel, o.pool, sum(s.paid + s.ordered_tax) AS amount
    FROM run CROSS JOIN order_servers s CROSS JOIN orders o ON o.id = s.order_id CROSS JOIN days d ON d.number = ${dayNumber('o.at')}
    CROSS JOIN buyers b ON b.id = o.account WHERE ${isMeasured('o.at')} AND ${isMade('o.channel')} GROUP BY 1, 2, 3, 4, 5, 6) o
  CROSS JOIN ${bothSides} JOIN months m ON m.no = o.month JOIN goods g ON g.id = o.specification JOIN crowds c ON c.id = o.crowd
  JOIN words ow ON ow.id = o.kind JOIN words cw ON cw.id = o.channel LEFT JOIN pool_names pn ON pn.id = o.pool)
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8`,
}

/** What the market refused: mostly before there was an order at all. */
export const refusalsSource: Source = {
  name: 'figure_refusals',
  labels: ['month', 'code', 'kind', 'product', 'segment', 'region', 'pool'],
  sql: `
SELECT ${monthOf('f.at')} AS month, cw.word AS code, coalesce(g.kind, '') AS kind, coalesce(g.product, '') AS product,
  coalesce(b.segment, '') AS segment, coalesce(b.region, '') AS region, coalesce(pn.pool, '') AS pool,
  f.order_id = 0 AS before_order, count(*) AS n, sum(f.quantity) AS quantity, sum(f.lost) AS lost
FROM refusals f, run JOIN words cw ON cw.id = f.code
LEFT JOIN goods g ON g.id = f.specification LEFT JOIN buyers b ON b.id = f.account
LEFT JOIN pool_names pn ON pn.id = f.pool
WHERE ${isMeasured('f.at')}
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8`,
}

const orderFigure = (name: string, text: string, value: string, unit: Figure['unit'] = 'count'): Figure => ({
  name,
  unit,
  text,
  source: ordersSource,
  measure: { value },
  by: ['kind', 'month', 'order', 'product', 'region', 'segment'],
})

const refusalFigure = (name: string, text: string, value: string, unit: Figure['unit'] = 'count'): Figure => ({
  name,
  unit,
  text,
  source: refusalsSource,
  measure: { value },
  by: ['code', 'month', 'pool', 'product', 'segment'],
})

const inState = (state: string): string => sum('n', `state = '${state}'`)

export const orderFigures: readonly Figure[] = [
  orderFigure('orders.placed', 'orders created', sum('n')),
  orderFigure('orders.completed', 'orders that ended completed', inState('completed')),
  orderFigure('orders.cancelled', 'orders that ended cancelled', inState('cancelled')),
  orderFigure('orders.processing', 'orders paid and not yet provisioned at the end of the run', inState('processing')),
  orderFigure('orders.pendingPayment', 'orders unpaid at the end of the run', inState('pending-payment')),
  orderFigure('orders.pendingApproval', 'orders not yet approved at the end of the run', inState('pending-approval')),
  orderFigure(
    'orders.open',
    'orders without a final state at the end of the run (Q-05)',
    sum('n', `state NOT IN ('completed', 'cancelled')`),
  ),
  {
    ...orderFigure(
      'orders.amount',
      'sum of the amounts of all orders created, paid or not (M-04)',
      sum('amount'),
      'money',
    ),
    source: amountsSource,
  },
  refusalFigure('orders.refused', 'refused requests', sum('n')),
  refusalFigure('orders.refusedUnits', 'units or ECS instances in refused requests', sum('quantity')),
  refusalFigure('orders.refusedAmount', 'price of refused requests: one hour, or the order', sum('lost'), 'money'),
]
