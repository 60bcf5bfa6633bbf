/**
 * Who may order: one ladder of questions, the same for every caller, asked from the top until one says no. Which refusal an
 * order gets that is wrong in several ways is a contract, so that the order of the rungs is part of the rules.
 */
import type { Refusal } from '../../billing/line.ts'
import type { Chapter } from '../../cell/chapter.ts'
import type { RefusalCode } from '../../cell/codes.ts'
import { NONE } from '../../cell/table.ts'
import { isResold } from '../wallets/reseller.ts'
import type { OrderIntent } from './intent.ts'
import type { Orders } from './orders.ts'

/** A refusal, and what was lost by it (whole 1e-8); nothing unless said. */
export interface Denial extends Refusal {
  readonly refused: RefusalCode
  readonly lost?: bigint
}

/** One question; null lets the order pass. */
export type Rung<M, I> = (market: M, intent: I) => Denial | null

const no = (refused: RefusalCode, rule: string): Denial => ({ refused, rule })

/** C-05, O-14: what is delisted is not sold. */
function listed(market: Orders, { specification }: OrderIntent): Denial | null {
  const { productId } = market.world.catalog.offers[specification - 1]
  return market.isListed(productId) ? null : no('product-delisted', market.delistedBy(productId))
}

/** O-02: the buyer has an account … */
const registered = ({ customers }: Orders, { account }: OrderIntent): Denial | null =>
  customers.registered[account] === 1 ? null : no('account-missing', 'O-02')

/** … and a payment method, unless a reseller pays (O-06). */
const paymentMethod = ({ customers, wallets }: Orders, { account }: OrderIntent): Denial | null =>
  customers.paymentMethod[account] === 1 || isResold(wallets, account) ? null : no('payment-method-missing', 'O-02')

/** O-03: the buyer accepts the terms, order by order; only who comes as far as this is asked. */
const terms = (_: Orders, { consent }: OrderIntent): Denial | null =>
  consent === undefined || consent.acceptsTerms() ? null : no('terms-not-accepted', 'O-03')

/** O-03: … and authorises what the product needs. */
function authorisation(market: Orders, { specification, consent }: OrderIntent): Denial | null {
  const { needsAuthorisation } = market.world.catalog.offers[specification - 1].product
  const isGiven = !needsAuthorisation || consent === undefined || consent.authorises()
  return isGiven ? null : no('authorisation-missing', 'O-03')
}

/** O-14: a frozen account orders nothing. */
const notFrozen = ({ freezes }: Orders, { account }: OrderIntent): Denial | null =>
  freezes.isFrozen(account) ? no('account-frozen', 'O-14') : null

/** O-10: an account in arrears orders nothing. */
const goodStanding = ({ arrears }: Orders, { account }: OrderIntent): Denial | null =>
  arrears.isInGoodStanding(account) ? null : no('in-arrears', 'O-10')

/** O-06: a reseller's customer has ordered for the whole budget of the month; asked once the order has a price. */
export const budgetExhausted: Denial = no('budget-exhausted', 'O-06')

/** What every order is asked, in this order; servers are asked more (`servers/admission.ts`). */
export const ladder = [listed, registered, paymentMethod, terms, authorisation, notFrozen, goodStanding] as const

/** Asks until one says no, which is a fact. Returns the refusal, or null for an order that may be placed. */
export function climb<M extends Chapter<never>, I extends OrderIntent>(
  market: M,
  rungs: readonly Rung<M, I>[],
  intent: I,
): Denial | null {
  for (const rung of rungs) {
    const denial = rung(market, intent)
    if (denial === null) continue
    deny(market, intent, denial)
    return denial
  }
  return null
}

/** Writes that an intent was refused before it became an order. */
export function deny(
  market: Chapter<never>,
  { account, specification, pool, quantity, months }: Omit<OrderIntent, 'channel' | 'interest' | 'lifetime'>,
  { refused, rule, lost = 0n }: Denial,
): void {
  const id = pool === NONE ? 0 : market.places[pool].id
  // What was lost, and what a budget would have had to reach for, depends on the term.
  const asked = { kind: 'purchase', specification, quantity, months } as const
  const isTerm = (pool !== NONE && months > 0 && lost > 0n) || refused === 'budget-exhausted'
  const what = { account, specification, pool: id, quantity, order: 0, lost }
  market.refuse(refused, rule, isTerm ? { ...what, asked } : what)
}
