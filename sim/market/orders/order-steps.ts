/** Steps of an order (O-01): each goes through its table and the record. */

import { NONE } from '../../cell/table.ts'
import { begin, type Step, transition } from '../../cell/transition.ts'
import { wordNumber } from '../words.ts'
import { type OrderKind, order, orderKind } from './order.ts'
import type { Orders } from './orders.ts'

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
  readonly channel: 'search' | 'category' | 'popular' | 'favourites' | 'trace' | 'warm-start' | ''
  /** Line of the segment's `buys`, from 1. */
  readonly interest: number
  /** Which of the buyer's wishes it is, from 1; 0 where no wish made it. It names the random streams of the order. */
  readonly wish?: number
  /** How long a pay-per-use server lives from its launch, ms. */
  readonly lifetime: number
  /** O-03: what the buyer says when asked; without it to all that is asked yes. */
  readonly consent?: { acceptsTerms(): boolean; authorises(): boolean }
  /** What it does to which subscription (row); without it a purchase. */
  readonly about?: { readonly kind: Exclude<OrderKind, 'purchase' | 'trial'>; readonly subscription: number }
  /** Number of the order that is changed or renewed; left out for a purchase. */
  readonly subject?: number
  /** What the order is for; a purchase unless said. */
  readonly kind?: 'purchase' | 'trial'
}

/** One line of an order's amount (M-04); `ecs` is the server under an image, `plan` 0 where no price plan made it. */
export interface OrderLine {
  readonly part: 'price' | 'ecs' | 'tax' | 'refund'
  readonly plan: number
  readonly amount: bigint
  readonly rule: string
}

/** Creates the order: its amount is the sum of its lines, fixed from now on (M-04, O-04). Answers its row. */
export function createOrder(market: Orders, intent: OrderIntent, lines: readonly OrderLine[], rule = 'O-01'): number {
  const { orders, accounts, places, facts, now } = market
  const row = orders.add()
  const amount = lines.reduce((sum, line) => sum + line.amount, 0n)
  const id = market.number('orders')
  const { about } = intent
  const kind = about?.kind ?? intent.kind ?? 'purchase'
  const sumOf = (part: OrderLine['part']): bigint =>
    lines.reduce((sum, line) => sum + (line.part === part ? line.amount : 0n), 0n)
  // O-06: a reseller has to approve what his budget can block.
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
  orders.priceRule[row] = price === undefined ? 0 : wordNumber(price.rule)
  orders.cloudPlan[row] = servers?.plan ?? 0
  orders.cloudRule[row] = servers === undefined ? 0 : wordNumber(servers.rule)
  orders.createdAt[row] = now
  orders.instances[row] = intent.pool !== NONE && kind === 'purchase' ? intent.quantity : 0
  orders.amount.put(row, amount)
  orders.tax.put(row, sumOf('tax'))
  orders.cloudPrice.put(row, sumOf('ecs'))
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
    kind: wordNumber(kind),
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
  writeStep(market, id, begin(market, order, orders.state, row, first, 'O-01'))
  market.orderBegan.emit(row)
  return row
}

/** Pay-per-use is never asked for, nor is what costs nothing. */
function needsApproval({ balances }: Orders, { account, pool, months, kind, about }: OrderIntent): boolean {
  const isFree = kind === 'trial' || about?.kind === 'unsubscription' || (pool !== NONE && months === 0)
  return balances.reseller[account] === 1 && !isFree
}

/** Fields are named one by one, since orders step often: spread, they are copied by a loop. */
function writeStep({ facts }: Orders, id: number, { at, event, from_state, to_state, rule }: Step): void {
  facts.order_steps({ order_id: id, at, event, from_state, to_state, rule })
}

export function step(market: Orders, row: number, event: OrderEvent, rule: string): void {
  const { orders } = market
  writeStep(market, orders.id[row], transition(market, order, orders.state, row, event, rule))
  const { [row]: to } = orders.state
  if (to === order.state.completed || to === order.state.cancelled) market.orderEnded.emit(row)
}

/** Frees the row of an order that is over once no server refers to it. */
export function forgetOrder(market: Orders, row: number): void {
  const { orders, timers } = market
  const { completed, cancelled } = order.state
  if (orders.servers[row] > 0 || (orders.state[row] !== completed && orders.state[row] !== cancelled)) return
  timers.cancel(orders.expiry[row])
  timers.cancel(orders.payTimer[row])
  orders.remove(row)
}
