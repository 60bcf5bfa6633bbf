/** How an order comes about (O-01): its amount is fixed, and both are facts. */

import { NONE, type Row } from '../../cell/table.ts'
import { begin } from '../../cell/transition.ts'
import type { OrderIntent, OrderLine } from './intent.ts'
import { order, orderKind } from './order.ts'
import { writeStep } from './order-steps.ts'
import type { Orders } from './orders.ts'

/** Creates the order: its amount is the sum of its lines, fixed from now on (M-04, O-04). Returns its row. */
export function createOrder(
  market: Orders,
  intent: OrderIntent,
  lines: readonly OrderLine[],
  rule = 'O-01',
): Row<'orders'> {
  const { orders, accounts, places, facts, now } = market
  const row = orders.add()
  const amount = lines.reduce((sum, line) => sum + line.amount, 0n)
  const id = market.number('orders')
  const { about } = intent
  const kind = about?.kind ?? intent.kind ?? 'purchase'
  const sumOf = (part: OrderLine['part']): bigint =>
    lines.reduce((sum, line) => sum + (line.part === part ? line.amount : 0n), 0n)
  // O-06: a reseller has to approve what the budget can block.
  const first = needsApproval(market, intent) ? 'pending-approval' : 'pending-payment'
  orders.id[row] = id
  orders.account[row] = intent.account
  orders.specification[row] = intent.specification
  orders.quantity[row] = intent.quantity
  orders.months[row] = intent.months
  orders.kind[row] = orderKind[kind]
  orders.subscription[row] = about?.subscription ?? NONE
  orders.pool[row] = intent.pool
  const lineOf = (part: OrderLine['part']): OrderLine | undefined => lines.find((line) => line.part === part)
  const [price, servers] = [lineOf('price'), lineOf('ecs')]
  orders.plan[row] = price?.plan ?? 0
  orders.priceRule[row] = price === undefined ? 0 : market.word(price.rule)
  orders.cloudPlan[row] = servers?.plan ?? 0
  orders.cloudRule[row] = servers === undefined ? 0 : market.word(servers.rule)
  orders.createdAt[row] = now
  orders.instances[row] = intent.pool !== NONE && kind === 'purchase' ? intent.quantity : 0
  orders.amount.put(row, amount)
  orders.tax.put(row, sumOf('tax'))
  orders.cloudPrice.put(row, sumOf('ecs'))
  if (servers !== undefined) market.cloudLines.take(row, lines)
  orders.lifetime[row] = intent.lifetime
  orders.wish[row] = intent.wish ?? 0
  orders.subject[row] = intent.subject ?? 0
  orders.discounted[row] = market.offer(intent.specification).discount === undefined ? 0 : 1
  facts.orders({
    id,
    at: now,
    account: accounts.id[intent.account],
    specification: intent.specification,
    pool: intent.pool === NONE ? 0 : places[intent.pool].id,
    kind: market.word(kind),
    quantity: intent.quantity * 1e8,
    months: intent.months,
    instances: orders.instances[row],
    channel: market.word(intent.channel),
    interest: intent.interest,
    subject: orders.subject[row],
    amount,
    rule: market.word(rule),
  })
  lines.forEach((line, index) => {
    facts.order_lines({
      order_id: id,
      line: index + 1,
      part: market.word(line.part),
      plan: line.plan,
      amount: line.amount,
      rule: market.word(line.rule),
    })
  })
  writeStep(market, id, begin(market, order, orders.state, row, first, 'O-01'))
  market.orderBegan.emit(row)
  return row
}

/** Pay-per-use is never asked for, nor is what costs nothing. */
function needsApproval({ balances }: Orders, { account, pool, months, kind, about }: OrderIntent): boolean {
  const isRefund = about?.kind === 'unsubscription' || about?.kind === 'partial-refund'
  const isFree = kind === 'trial' || isRefund || (pool !== NONE && months === 0)
  return balances.reseller[account] === 1 && !isFree
}
