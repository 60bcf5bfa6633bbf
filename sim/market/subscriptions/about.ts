/** What every order about a subscription has in common: who may place it, what it says, and what it records. */
import type { Instant } from '#base/time.ts'
import type { Refusal } from '../../billing/line.ts'
import type { Asked } from '../../cell/chapter.ts'
import type { RefusalCode } from '../../cell/codes.ts'
import { NONE, type Row } from '../../cell/table.ts'
import type { Offer } from '../../world/catalog.ts'
import type { OrderIntent } from '../orders/intent.ts'
import type { Subscriptions } from './subscriptions.ts'

export const offerOf = (market: Subscriptions, row: Row<'subscriptions'>): Offer =>
  market.offer(market.subscriptions.specification[row])

/** What was asked of a subscription that was refused. */
export type AskedChange = Asked

/** Says no to something asked of a subscription; `asked` is null where nothing was to be ordered. */
export function refuseAbout(
  market: Subscriptions,
  row: Row<'subscriptions'>,
  { refused, rule }: Refusal,
  asked: Asked | null,
  lost = 0n,
): void {
  const { subscriptions, places } = market
  const pool = subscriptions.pool[row]
  market.refuse(refused as RefusalCode, rule, {
    account: subscriptions.account[row],
    specification: subscriptions.specification[row],
    pool: pool === NONE ? 0 : places[pool].id,
    quantity: subscriptions.quantity[row],
    order: subscriptions.id[row],
    lost,
    ...(asked === null ? {} : { asked }),
  })
}

/** O-14, O-10, O-09: a frozen account changes nothing, nor does one in arrears, nor a second order while one is open. */
export function isBarred(market: Subscriptions, row: Row<'subscriptions'>): Refusal | null {
  if (market.freezes.isFrozen(market.subscriptions.account[row])) return { refused: 'account-frozen', rule: 'O-14' }
  return isOwingOrBusy(market, row)
}

/** O-10, O-09, whether the account is frozen or not. */
export function isOwingOrBusy(market: Subscriptions, row: Row<'subscriptions'>): Refusal | null {
  const { subscriptions } = market
  if (!market.arrears.isInGoodStanding(subscriptions.account[row])) return { refused: 'in-arrears', rule: 'O-10' }
  return subscriptions.busy[row] === NONE ? null : { refused: 'change-in-progress', rule: 'O-09' }
}

/** What an order about a subscription says. */
export function intentAbout(
  market: Subscriptions,
  row: Row<'subscriptions'>,
  kind: 'upgrade' | 'expansion' | 'renewal' | 'unsubscription' | 'partial-refund',
  what: { offer: Offer; quantity: number; months: number },
): OrderIntent {
  const { subscriptions } = market
  return {
    account: subscriptions.account[row],
    specification: what.offer.id,
    pool: subscriptions.pool[row],
    quantity: what.quantity,
    months: what.months,
    channel: '',
    interest: 0,
    lifetime: 0,
    about: { kind, subscription: row },
    subject: subscriptions.id[row],
  }
}

/** Records what an order does to its subscription: all that a judge needs to compute its amount again. */
export function writeChange(
  market: Subscriptions,
  row: Row<'subscriptions'>,
  order: Row<'orders'>,
  what: { rule: string; planFrom: number; serverPlan: number; newEnd: Instant; decidedAt: number },
): void {
  const { subscriptions, orders, accounts, facts, now } = market
  const { discount } = market.offer(orders.specification[order])
  orders.newEnd[order] = what.newEnd
  facts.order_changes({
    order_id: orders.id[order],
    at: now,
    account: accounts.id[subscriptions.account[row]],
    subscription_id: subscriptions.id[row],
    specification_from: subscriptions.specification[row],
    specification: orders.specification[order],
    quantity_from: subscriptions.quantity[row] * 1e8,
    quantity: orders.quantity[order] * 1e8,
    plan_from: what.planFrom,
    plan: orders.plan[order],
    server_plan: what.serverPlan,
    term_start: market.periodStart(row),
    term_end: subscriptions.termEnd[row],
    new_term_end: what.newEnd,
    decided_at: what.decidedAt,
    discount: discount === undefined ? 0 : market.word(discount.kind),
    discount_value: discount?.value ?? 0n,
    rule: market.word(what.rule),
  })
}
