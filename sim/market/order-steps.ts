/** Steps of an order (O-01): each goes through its table and the record. */
import { wordNumber } from '../record/words.ts'
import type { Market } from './market.ts'
import { order } from './order.ts'
import { NONE } from './tables.ts'

type OrderEvent = (typeof order.events)[number]

export interface OrderIntent {
  /** Row of the buyer. */
  readonly account: number
  /** Number of the specification. */
  readonly specification: number
  /** Row of the pool; NONE for what needs no server. */
  readonly pool: number
  /** Of the quantity attribute, or ECS instances. */
  readonly quantity: number
  /** Duration bought; 0 for pay-per-use. */
  readonly months: number
  readonly channel: 'search' | 'category' | 'popular' | 'favourites' | 'trace'
  /** Line of the segment's `buys`, from 1. */
  readonly interest: number
  /** How long a pay-per-use server lives from its launch, ms. */
  readonly lifetime: number
  /** Number of the order or instance that is changed or renewed; left out for a purchase. */
  readonly subject?: number
  /** What the order is for; a purchase unless said. */
  readonly kind?: 'purchase' | 'trial'
}

/** One line of an order's amount (M-04); `plan` is 0 where no price plan made it. */
export interface OrderLine {
  readonly part: 'price' | 'tax'
  readonly plan: number
  readonly amount: number
  readonly rule: string
}

/** Creates the order: its amount is the sum of its lines, fixed from now on (M-04, O-04). Answers its row. */
export function createOrder(market: Market, intent: OrderIntent, lines: readonly OrderLine[], rule = 'O-01'): number {
  const { orders, accounts, pools, facts, now } = market
  const row = orders.add()
  const amount = lines.reduce((sum, line) => sum + line.amount, 0)
  const id = market.number('orders')
  // O-06: a reseller has to approve what his budget can block.
  const begins = order.state[needsApproval(market, intent) ? 'pending-approval' : 'pending-payment']
  const perServer = intent.months === 0 && intent.pool !== NONE
  orders.id[row] = id
  orders.account[row] = intent.account
  orders.specification[row] = intent.specification
  orders.state[row] = begins
  orders.quantity[row] = intent.quantity
  orders.months[row] = intent.months
  orders.instances[row] = perServer ? intent.quantity : 0
  orders.amount[row] = amount
  orders.tax[row] = lines.reduce((sum, line) => sum + (line.part === 'tax' ? line.amount : 0), 0)
  orders.lifetime[row] = intent.lifetime
  orders.expiry[row] = NONE
  orders.nextUnpaid[row] = NONE
  orders.subject[row] = intent.subject ?? 0
  orders.payTimer[row] = NONE
  orders.discounted[row] = market.offer(intent.specification).discount === undefined ? 0 : 1
  facts.orders({
    id,
    at: now,
    account: accounts.id[intent.account],
    specification: intent.specification,
    pool: intent.pool === NONE ? 0 : pools.id[intent.pool],
    kind: wordNumber(intent.kind ?? 'purchase'),
    quantity: intent.quantity * 1e8,
    months: intent.months,
    instances: orders.instances[row],
    channel: wordNumber(intent.channel),
    interest: intent.interest,
    subject: orders.subject[row],
    amount,
    rule: wordNumber(rule),
  })
  lines.forEach((line, index) => {
    facts.order_lines({
      order_id: id,
      line: index + 1,
      part: wordNumber(line.part),
      plan: line.plan,
      amount: line.amount,
      rule: wordNumber(line.rule),
    })
  })
  writeStep(market, row, 'begin', NONE, begins, 'O-01')
  market.reactions.orderBegan(row)
  return row
}

const needsApproval = ({ accounts }: Market, { account, pool, kind }: OrderIntent): boolean =>
  accounts.reseller[account] === 1 && pool === NONE && kind !== 'trial'

export function step(market: Market, row: number, event: OrderEvent, rule: string): void {
  const { orders } = market
  const from = orders.state[row]
  const to = market.move(order, from, event)
  orders.state[row] = to
  writeStep(market, row, event, from, to, rule)
  if (to === order.state.completed || to === order.state.cancelled) market.reactions.orderEnded(row)
}

function writeStep(
  market: Market,
  row: number,
  event: OrderEvent | 'begin',
  from: number,
  to: number,
  rule: string,
): void {
  market.facts.order_steps({
    order_id: market.orders.id[row],
    at: market.now,
    event: wordNumber(event),
    from_state: from === NONE ? 0 : wordNumber(order.states[from]),
    to_state: wordNumber(order.states[to]),
    rule: wordNumber(rule),
  })
}
