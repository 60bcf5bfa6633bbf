/** Money for orders (O-01, O-05..O-07): paid immediately, or in the order in which their buyers set out to pay them. */
import { least } from '#base/money.ts'
import { NONE, type Row } from '../../cell/table.ts'
import { type CouponDraw, couponsFor, drawCoupons, type Payable } from '../wallets/coupons.ts'
import { creditLeft } from '../wallets/credit.ts'
import { isResold } from '../wallets/reseller.ts'
import { chargeCard, selectMethod } from './card.ts'
import { fulfilmentOf, startsFlow } from './fulfilment.ts'
import { paymentMethod } from './order.ts'
import { discardOrder, isOutdated, requote, step, unqueue } from './order-steps.ts'
import type { Orders } from './orders.ts'
import { dueNow, fixQuote } from './payment-quote.ts'
import { sellOrder } from './sale.ts'

/** What an account still lacks for its debts and its oldest waiting order, whole 1e-8 units. */
export function missing(market: Orders, account: Row<'accounts'>): bigint {
  const { balances } = market
  const waiting = nextCalled(market, account)
  const due = balances.due.at(account)
  if (waiting === NONE) return atLeastNothing(due - balances.cash.at(account))
  const { amount, discountAmount, cashAmount } = dueNow(market, waiting).draw
  const rest = amount - discountAmount - cashAmount
  const { method } = market.orders
  // O-13: a card covers the rest by itself, and money on the balance helps credit only by restoring it.
  if (method[waiting] === paymentMethod.card) return atLeastNothing(due - balances.cash.at(account))
  if (method[waiting] === paymentMethod.credit) {
    const lacking = atLeastNothing(rest - creditLeft(market.wallets, account))
    return atLeastNothing(due + least(lacking, balances.creditUsed.at(account)) - balances.cash.at(account))
  }
  const wanted = due + rest
  return atLeastNothing(wanted - balances.cash.at(account) - creditLeft(market.wallets, account))
}

const atLeastNothing = (amount: bigint): bigint => (amount > 0n ? amount : 0n)

/** Whether an account could pay immediately: nothing is due, nothing waits before it, and its sources reach. */
export function isAffordable(market: Orders, account: Row<'accounts'>, payable: Payable): boolean {
  const { balances } = market
  if (isResold(market.wallets, account)) return true
  if (balances.due.at(account) > 0n || nextCalled(market, account) !== NONE) return false
  const { amount, discountAmount, cashAmount } = couponsFor(market.wallets, account, payable)
  return balances.cash.at(account) + creditLeft(market.wallets, account) >= amount - discountAmount - cashAmount
}

/**
 * A new order: paid immediately where its buyer pays immediately and has enough (O-05); else it waits for the buyer, or
 * for money, and expires unpaid (O-01). A reseller pays approved orders (O-06). What the market pays by itself (R-03,
 * E-04) is `prompt`.
 */
export function payOrWait(market: Orders, row: Row<'orders'>, prompt = false): void {
  const { orders, accounts, timers, now } = market
  const account = orders.account[row]
  if (isResold(market.wallets, account)) {
    step(market, row, 'approve', 'O-06')
    if (pay(market, row) === 'paid') provide(market, row)
    return
  }
  // What the market draws by itself it draws from the balance.
  if (!prompt && market.selectsMethod[accounts.segment[account]] === 1) selectMethod(market, row)
  const atOnce = prompt || market.paysAtOnce[accounts.segment[account]] === 1
  const outcome = atOnce && nextCalled(market, account) === NONE ? pay(market, row) : 'short'
  if (outcome === 'paid') {
    provide(market, row)
    return
  }
  // O-01: counted from its creation, even if it is that its servers had to be created first (E-04).
  const created = orders.createdAt[row]
  const expiry = created + market.policiesAt(created)['order.unpaidLife']
  orders.expiry[row] = timers.wake('orderExpires', Math.max(now, expiry), row)
  market.unpaid.append(account, row)
  if (outcome === 'declined') market.cardDeclined.emit(row)
  else if (atOnce) {
    orders.called[row] = 1
    market.wallets.balanceFell.emit(account, missing(market, account))
  } else market.paymentAwaited.emit(row)
}

/** The buyer attempts to pay a waiting order: with too little money it waits in the payment queue. */
export function payNow(market: Orders, row: Row<'orders'>): void {
  const account = market.orders.account[row]
  market.orders.called[row] = 1
  payWaiting(market, account)
  market.wallets.balanceFell.emit(account, missing(market, account))
}

/** `short`: the sources do not reach; `declined`: the card was (O-13). */
type Outcome = 'paid' | 'short' | 'declined'

/** O-05: draws an order's amount from discount coupon, one cash coupon, cash and credit, by its method (O-13). */
function pay(market: Orders, row: Row<'orders'>): Outcome {
  const { orders, balances } = market
  const account = orders.account[row]
  if (balances.due.at(account) > 0n) return 'short'
  const { quote, draw } = dueNow(market, row)
  if (isResold(market.wallets, account)) {
    fixQuote(market, row, quote, quote.tax)
    post(market, row, { coupons: 0n, cash: 0n, credit: 0n, reseller: quote.amount })
    return 'paid'
  }
  const coupons = draw.discountAmount + draw.cashAmount
  const rest = draw.amount - coupons
  const method = orders.method[row]
  const held = method === paymentMethod.credit ? 0n : least(balances.cash.at(account), rest)
  const byCard = method === paymentMethod.card ? rest - held : 0n
  const cash = held + byCard
  const credit = rest - cash
  if (credit > creditLeft(market.wallets, account)) return 'short'
  if (draw.amount > 0n && market.paymentFails.ask(account)) {
    market.notify(account, 'payment-failed', 'O-05', orders.id[row])
    return 'short'
  }
  if (byCard > 0n && !chargeCard(market, row, byCard)) return 'declined'
  fixQuote(market, row, quote, draw.tax)
  drawOrderCoupons(market, row, draw)
  balances.cash.add(account, -cash)
  balances.creditUsed.add(account, credit)
  post(market, row, { coupons, cash, credit, reseller: 0n })
  return 'paid'
}

/** What was paid is provided immediately (O-10), or (X-08, S-10) within this instant what changes or creates something. */
function provide(market: Orders, row: Row<'orders'>): void {
  const { orders, timers, now } = market
  const account = orders.account[row]
  const how = fulfilmentOf(market, row)
  if (how === 'change' || how === 'servers') timers.wake('orderTakesEffect', now, row)
  else market.orderPaid[how].emit(row)
  market.wallets.balanceFell.emit(account, 0n)
}

/** The order was paid at this instant. */
export function takeEffect(market: Orders, row: Row<'orders'>): void {
  market.orderPaid[fulfilmentOf(market, row)].emit(row)
}

/** Takes from the account's coupons what `draw` says; the order keeps which they were, for a refund. */
function drawOrderCoupons({ orders, wallets, policies }: Orders, row: Row<'orders'>, draw: CouponDraw): void {
  drawCoupons(wallets, orders.account[row], orders.id[row], draw)
  if (draw.discount !== NONE) {
    orders.discountCoupon[row] = draw.discount
    orders.discountPaid.put(row, draw.discountAmount)
    orders.lowered[row] = policies['tax.couponBase'] === 'paid' ? 1 : 0
  }
  if (draw.cash !== NONE) {
    orders.cashCoupon[row] = draw.cash
    orders.couponPaid.put(row, draw.cashAmount)
  }
}

/** O-05: what each source paid of an order; credit is owed from now on, not due. */
interface Sources {
  readonly coupons: bigint
  readonly cash: bigint
  readonly credit: bigint
  readonly reseller: bigint
}

function post(market: Orders, row: Row<'orders'>, { coupons, cash, credit, reseller }: Sources): void {
  const { orders, accounts, ledger, timers, now, invoices, policies, balances } = market
  const account = orders.account[row]
  const owner = accounts.id[account]
  const rule = isResold(market.wallets, account) ? 'O-06' : 'O-05'
  timers.cancel(orders.payTimer[row])
  orders.payTimer[row] = NONE
  step(market, row, 'pay', rule)
  // A free order moves no money, so it has no transaction and no line on the bill.
  const [amount, tax] = [orders.amount.at(row), orders.tax.at(row)]
  if (amount === 0n) return
  if (policies['invoice.mode'] === 'auto') invoices.book.paid.push({ account, order: orders.id[row], amount })
  balances.monthCharges.add(account, amount)
  balances.monthOrders.add(account, amount)
  balances.monthOrderTax.add(account, tax)
  balances.monthLines[account]++
  ledger.book('payment', rule, { at: now, account: owner, order: orders.id[row] }, [
    ['buyer-coupons', owner, coupons],
    ['buyer-cash', owner, cash],
    ['buyer-receivable', owner, credit],
    ['payment-clearing', 0, reseller],
    ['deferred-revenue', owner, tax - amount],
    ['tax-payable', 0, -tax],
  ])
  // L-02: a supervised order counts for its seller when it is completed.
  if (!startsFlow(market, row)) sellOrder(market, row, 'now')
}

/** The oldest open order whose buyer has set out to pay it. */
const nextCalled = ({ orders, unpaid }: Orders, account: Row<'accounts'>): Row<'orders'> =>
  unpaid.find(account, (row) => orders.called[row] === 1)

/** The balance rose: orders that waited for money are paid, oldest first; those of a frozen account wait (O-14). */
export function payWaiting(market: Orders, account: Row<'accounts'>): void {
  if (market.freezes.isFrozen(account)) return
  for (let row = nextCalled(market, account); row !== NONE; row = nextCalled(market, account)) {
    if (isOutdated(market, row)) {
      requote(market, row)
      continue
    }
    const outcome = pay(market, row)
    if (outcome === 'paid') {
      unqueue(market, row)
      provide(market, row)
    } else if (outcome === 'short') return
    else {
      // It waits until its buyer tries again, and holds up no other.
      market.orders.called[row] = 0
      market.cardDeclined.emit(row)
    }
  }
}

/** O-01: not paid in time. */
export function expireOrder(market: Orders, row: Row<'orders'>): void {
  const { orders } = market
  const account = orders.account[row]
  orders.expiry[row] = NONE
  step(market, row, 'expire', 'O-01')
  unqueue(market, row)
  market.refuse('unpaid', 'O-01', {
    account,
    specification: orders.specification[row],
    pool: 0,
    quantity: orders.quantity[row],
    order: orders.id[row],
    lost: orders.amount.at(row),
  })
  discardOrder(market, row)
}
