/** Renewals (R-01, R-05..R-07): ordered by hand or by itself, in term, grace or retention, for one more period. */
import { changeDown, onlyUpwards } from '../../billing/change.ts'
import { isRefusal, type Refusal } from '../../billing/line.ts'
import type { Asked } from '../../cell/chapter.ts'
import { NONE, type Row } from '../../cell/table.ts'
import type { Offer } from '../../world/catalog.ts'
import type { ServerPlan } from '../../world/places.ts'
import type { OrderLine } from '../orders/intent.ts'
import { order as orderLife } from '../orders/order.ts'
import { createOrder } from '../orders/order-creation.ts'
import { isAffordable, payOrWait } from '../orders/payment.ts'
import { taxPercent } from '../wallets/tax.ts'
import { intentAbout, isBarred, offerOf, refuseAbout, writeChange } from './about.ts'
import type { Subscriptions } from './subscriptions.ts'
import { periodLines, planFor, renewedEnd } from './term-price.ts'

/** What is renewed: for how long, and as which configuration (X-01: a smaller one only where the rules allow it). */
export interface Renewal {
  readonly months: number
  readonly offer: Offer
  readonly quantity: number
}

interface Quote {
  readonly lines: readonly OrderLine[]
  readonly months: number
  readonly serverPlan: number
}

/** The subscription as it is, for its own term once more. */
export const asItIs = (market: Subscriptions, row: Row<'subscriptions'>): Renewal => ({
  months: market.subscriptions.ownMonths[row],
  offer: offerOf(market, row),
  quantity: market.subscriptions.quantity[row],
})

const askedFor = (kind: 'renewal' | 'automatic-renewal', { offer, quantity, months }: Renewal): Asked => ({
  kind,
  specification: offer.id,
  quantity,
  months,
})

/** What a try of the automatic renewal asks for: the subscription as it is, for `months`. */
export const askedAutomatically = (market: Subscriptions, row: Row<'subscriptions'>, months: number): Asked =>
  askedFor('automatic-renewal', { ...asItIs(market, row), months })

/** The yearly/monthly price of the servers of a subscription; undefined where it has none. */
function serverPlan(market: Subscriptions, row: Row<'subscriptions'>, months: number): ServerPlan | undefined {
  const { subscriptions, places } = market
  const pool = subscriptions.pool[row]
  return pool === NONE ? undefined : places[pool].plans.find((plan) => plan.months === months)
}

/** Prices a renewal that ends the term at `end`; null when nothing is sold for that duration. */
function quote(
  market: Subscriptions,
  row: Row<'subscriptions'>,
  { offer, quantity, months }: Renewal,
  end = renewedEnd(market, row, months).end,
): Quote | null {
  const plan = planFor(offer, months)
  const server = serverPlan(market, row, months)
  const isTermed = offer.plans.length > 0
  const hasServer = market.subscriptions.pool[row] !== NONE
  if ((isTermed && plan === undefined) || (hasServer && server === undefined)) return null
  const lines = periodLines(market, { offer, quantity, plan, server }, { row, months, end })
  return { lines, months, serverPlan: server?.id ?? 0 }
}

/** Whether a renewal would go down, and X-01 does not let it: `change.downAtRenewal`, in the last 30 days of a term. */
function isDenied(market: Subscriptions, row: Row<'subscriptions'>, wish: Renewal): boolean {
  const { subscriptions, policies, now } = market
  const isSame = wish.offer.id === subscriptions.specification[row] && wish.quantity === subscriptions.quantity[row]
  if (isSame) return false
  return isRefusal(changeDown('X-01', { at: now, termEnd: subscriptions.termEnd[row] }, policies, onlyUpwards))
}

/** C-05: a delisted product is not renewed by hand. */
function isOffSale(market: Subscriptions, row: Row<'subscriptions'>): Refusal | null {
  const { productId } = offerOf(market, row)
  return market.isListed(productId) ? null : { refused: 'product-delisted', rule: market.delistedBy(productId) }
}

const barsRenewal = (market: Subscriptions, row: Row<'subscriptions'>, wish: Renewal): Refusal | null =>
  isBarred(market, row) ?? isOffSale(market, row) ?? (isDenied(market, row, wish) ? onlyUpwards : null)

/** What a renewal by hand would cost now, tax included; 0 where it would be refused. */
export function renewalAmount(market: Subscriptions, row: Row<'subscriptions'>, wish: Renewal): bigint {
  const quoted = barsRenewal(market, row, wish) === null ? quote(market, row, wish) : null
  return quoted?.lines.reduce((sum, { amount }) => sum + amount, 0n) ?? 0n
}

/** Renewing by hand. What the balance does not pay stays open until it is paid, expires, or the resource is released. */
export function renew(market: Subscriptions, row: Row<'subscriptions'>, wish: Renewal): void {
  const refusal = barsRenewal(market, row, wish)
  const asked = askedFor('renewal', wish)
  if (refusal !== null) {
    refuseAbout(market, row, refusal, asked)
    return
  }
  const quoted = quote(market, row, wish)
  if (quoted === null) {
    refuseAbout(market, row, { refused: 'duration-not-sold', rule: 'R-04' }, asked)
    return
  }
  payOrWait(market.orderChapter, place(market, row, wish, quoted))
}

/** O-04: the lines of an open renewal at the prices of now; null where its duration is not sold any more. */
export function renewalLinesNow(market: Subscriptions, order: Row<'orders'>): readonly OrderLine[] | null {
  const { orders } = market
  const wish = {
    months: orders.months[order],
    offer: market.offer(orders.specification[order]),
    quantity: orders.quantity[order],
  }
  return quote(market, orders.subscription[order], wish, orders.newEnd[order])?.lines ?? null
}

/** one try of the automatic renewal. Nothing is left open when the balance does not suffice. */
export function renewAutomatically(market: Subscriptions, row: Row<'subscriptions'>, months: number): boolean {
  const wish = { ...asItIs(market, row), months }
  const asked = askedAutomatically(market, row, months)
  const refusal = isBarred(market, row)
  const quoted = quote(market, row, wish) ?? quote(market, row, asItIs(market, row))
  if (refusal !== null) refuseAbout(market, row, refusal, asked)
  else if (quoted === null) refuseAbout(market, row, { refused: 'duration-not-sold', rule: 'R-04' }, asked)
  else {
    const amount = quoted.lines.reduce((sum, line) => sum + line.amount, 0n)
    const tax = quoted.lines.reduce((sum, line) => sum + (line.part === 'tax' ? line.amount : 0n), 0n)
    const payable = {
      amount,
      tax,
      taxPercent: taxPercent(market.wallets),
      discounted: wish.offer.discount !== undefined,
    }
    if (isAffordable(market.orderChapter, market.subscriptions.account[row], payable)) {
      const order = place(market, row, wish, quoted)
      payOrWait(market.orderChapter, order, true)
      // A payment that fails by plan leaves the order open, and it is tried again tomorrow.
      return market.orders.state[order] === orderLife.state.processing
    }
    refuseAbout(market, row, { refused: 'renewal-unpaid', rule: 'R-03' }, asked, amount)
    market.wallets.balanceFell.emit(market.subscriptions.account[row], amount)
  }
  return false
}

function place(
  market: Subscriptions,
  row: Row<'subscriptions'>,
  { offer, quantity }: Renewal,
  { lines, months, serverPlan }: Quote,
): Row<'orders'> {
  const { subscriptions } = market
  const order = createOrder(
    market.orderChapter,
    intentAbout(market, row, 'renewal', { offer, quantity, months }),
    lines,
  )
  writeChange(market, row, order, {
    rule: 'R-01',
    planFrom: 0,
    serverPlan,
    newEnd: renewedEnd(market, row, months).end,
    decidedAt: 0,
  })
  subscriptions.busy[row] = order
  return order
}
