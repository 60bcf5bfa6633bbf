/** O-06: before an order, a reseller's customer confirms its amount with the reseller, who may decline it. */
import { NONE, type Row } from '../../cell/table.ts'
import type { OrderKind } from './order.ts'
import type { Orders } from './orders.ts'

/** The order that the customer would place, and what it would cost when the customer asked. */
export interface AskedAmount {
  /** Row of the buyer. */
  readonly account: Row<'accounts'>
  readonly askedAt: number
  readonly kind: OrderKind
  /** Number of the specification. */
  readonly specification: number
  /** Row of the pool; NONE without servers. */
  readonly pool: number
  readonly quantity: number
  readonly months: number
  /** Number of the subscription; 0 for a purchase. */
  readonly subject: number
  /** Whole 1e-8, tax included. */
  readonly amount: bigint
}

/** The reseller's answer; a declined order is refused before it exists. */
export function answerAmount(market: Orders, asked: AskedAmount, confirmed: boolean): void {
  const { accounts, places, facts, now } = market
  const { account, specification, quantity, months, subject, amount } = asked
  const pool = asked.pool === NONE ? 0 : places[asked.pool].id
  facts.reseller_confirmations({
    account: accounts.id[account],
    asked: asked.askedAt,
    at: now,
    kind: market.word(asked.kind),
    specification,
    pool,
    quantity: quantity * 1e8,
    months,
    subject,
    amount,
    confirmed: confirmed ? 1 : 0,
    rule: market.word('O-06'),
  })
  if (!confirmed)
    market.refuse('reseller-declined', 'O-06', { account, specification, pool, quantity, order: subject, lost: amount })
}
