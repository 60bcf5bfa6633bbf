/** Money in and money for orders (O-01, O-05..O-07, A-05). */
import { least } from '#base/money.ts'
import { couponsFor, drawCoupons, type Payable } from '../wallets/coupons.ts'
import { creditLeft, restoreCredit } from '../wallets/credit.ts'
import type { Market } from '../market.ts'
import type { Meter } from '../metering/meter.ts'
import { comeToNothing, isOutdated, requote, unqueue } from './open-orders.ts'
import { orderKind } from './order.ts'
import { step } from './order-steps.ts'
import { dueNow, fixQuote } from './payment-quote.ts'
import { isResold } from '../wallets/reseller.ts'
import { sellOrder } from '../sellers/seller-share.ts'
import { bookSettlement } from '../metering/settlement.ts'
import { settleStanding } from '../arrears/dunning.ts'
import { beginFlow, startsFlow } from '../supervision/supervision-steps.ts'
import { NONE } from '../tables.ts'
import { wordNumber } from '../words.ts'

/** What an account starts with. */
export function openAccount(market: Market, account: number, cash: bigint): void {
  const { accounts } = market
  accounts.firstCoupon[account] = NONE
  accounts.lastCoupon[account] = NONE
  if (cash === 0n) return
  accounts.cash.put(account, cash)
  bookCash(market, account, cash, 'opening')
}

/** A top-up pays what is due first, then the orders that wait for money, oldest first. */
export function topUp(market: Market, meter: Meter, account: number, amount: bigint): void {
  bookCash(market, account, amount, 'top-up')
  market.accounts.cash.add(account, amount)
  useBalance(market, meter, account)
}

/** The balance rose: it pays what is due first, restores the credit, then pays the orders that wait for money. */
export function useBalance(market: Market, meter: Meter, account: number): void {
  const { accounts, ledger } = market
  const paid = least(accounts.due.at(account), accounts.cash.at(account))
  // The hours that made the debt stand in the books before the payment that clears it.
  if (paid > 0n || accounts.creditUsed.at(account) > 0n) bookSettlement(market, account)
  if (paid > 0n) {
    accounts.due.add(account, -paid)
    accounts.cash.add(account, -paid)
    const owner = accounts.id[account]
    ledger.begin({
      at: market.now,
      kind: 'arrears-paid',
      account: owner,
      order: 0,
      hour: 0,
      repeats: 1,
      rule: wordNumber('A-05'),
    })
    ledger.post('buyer-cash', owner, paid)
    ledger.post('buyer-receivable', owner, -paid)
    ledger.close()
  }
  restoreCredit(market, account)
  settleStanding(market, meter, account)
  payWaiting(market, account)
}

/** What an account still lacks for its debts and its oldest waiting order, whole 1e-8 units. */
export function missing(market: Market, account: number): bigint {
  const { accounts } = market
  const waiting = nextCalled(market, account)
  const due = accounts.due.at(account)
  if (waiting === NONE) return atLeastNothing(due - accounts.cash.at(account))
  const { amount, discountAmount, cashAmount } = dueNow(market, waiting).draw
  const wanted = due + amount - discountAmount - cashAmount
  return atLeastNothing(wanted - accounts.cash.at(account) - creditLeft(market, account))
}

const atLeastNothing = (amount: bigint): bigint => (amount > 0n ? amount : 0n)

function bookCash(market: Market, account: number, amount: bigint, kind: 'opening' | 'top-up'): void {
  const { accounts, ledger, now } = market
  const owner = accounts.id[account]
  ledger.begin({
    at: now,
    kind,
    account: owner,
    order: 0,
    hour: 0,
    repeats: 1,
    rule: wordNumber(kind === 'opening' ? 'M-05' : 'A-05'),
  })
  ledger.post('payment-clearing', 0, amount)
  ledger.post('buyer-cash', owner, -amount)
  ledger.close()
}

/** Whether an account could pay at once: nothing is due, nothing waits before it, and its sources reach. */
export function isAffordable(market: Market, account: number, payable: Payable): boolean {
  const { accounts } = market
  if (isResold(market, account)) return true
  if (accounts.due.at(account) > 0n || nextCalled(market, account) !== NONE) return false
  const { amount, discountAmount, cashAmount } = couponsFor(market, account, payable)
  return accounts.cash.at(account) + creditLeft(market, account) >= amount - discountAmount - cashAmount
}

/**
 * A new order: paid at once where its buyer pays at once and has enough (O-05); else it waits for him, or for money, and
 * expires unpaid (O-01). A reseller pays what he approved (O-06). What the market pays by itself (R-03, E-04) is `prompt`.
 */
export function payOrWait(market: Market, row: number, prompt = false): void {
  const { orders, accounts, timers, now } = market
  const account = orders.account[row]
  if (isResold(market, account)) {
    step(market, row, 'approve', 'O-06')
    if (pay(market, row)) provide(market, row)
    return
  }
  const atOnce = prompt || market.paysAtOnce[accounts.segment[account]] === 1
  if (atOnce && nextCalled(market, account) === NONE && pay(market, row)) {
    provide(market, row)
    return
  }
  // O-01: counted from its creation, be it that its servers had to be created first (E-04).
  const created = orders.createdAt[row]
  const expiry = created + market.policiesAt(created)['order.unpaidLife']
  orders.expiry[row] = timers.wake('orderExpires', Math.max(now, expiry), row)
  list(market, row)
  if (atOnce) {
    orders.called[row] = 1
    market.reactions.balanceFell(account, missing(market, account))
  } else market.reactions.paymentAwaited(row)
}

/** Its buyer sets out to pay an order that waits for him: with too little it waits for money, in its turn. */
export function payNow(market: Market, row: number): void {
  const account = market.orders.account[row]
  market.orders.called[row] = 1
  payWaiting(market, account)
  market.reactions.balanceFell(account, missing(market, account))
}

/** O-05: draws an order's amount from discount coupon, one cash coupon, cash and credit; false when they do not reach. */
function pay(market: Market, row: number): boolean {
  const { orders, accounts } = market
  const account = orders.account[row]
  if (accounts.due.at(account) > 0n) return false
  const { quote, draw } = dueNow(market, row)
  if (isResold(market, account)) {
    fixQuote(market, row, quote, quote.tax)
    post(market, row, { coupons: 0n, cash: 0n, credit: 0n, reseller: quote.amount })
    return true
  }
  const coupons = draw.discountAmount + draw.cashAmount
  const cash = least(accounts.cash.at(account), draw.amount - coupons)
  const credit = draw.amount - coupons - cash
  if (credit > creditLeft(market, account)) return false
  if (draw.amount > 0n && market.reactions.paymentFails(account)) {
    market.notify(account, 'payment-failed', 'O-05', orders.id[row])
    return false
  }
  fixQuote(market, row, quote, draw.tax)
  drawCoupons(market, row, draw)
  accounts.cash.add(account, -cash)
  accounts.creditUsed.add(account, credit)
  post(market, row, { coupons, cash, credit, reseller: 0n })
  return true
}

/** What was paid is provided: by a supervision flow (S-01), or by its seller at once (O-10). */
function provide(market: Market, row: number): void {
  const { orders, reactions, timers, now } = market
  const account = orders.account[row]
  // X-08, S-10: a change or renewal takes effect, and so do servers paid for a term; only a purchase begins a flow.
  if (orders.kind[row] !== orderKind.purchase || orders.pool[row] !== NONE) timers.wake('orderTakesEffect', now, row)
  else if (startsFlow(market, row)) beginFlow(market, row)
  else reactions.provisionOrdered(row)
  reactions.balanceFell(account, 0n)
}

/** O-05: what each source paid of an order; credit is owed from now on, not due. */
interface Sources {
  readonly coupons: bigint
  readonly cash: bigint
  readonly credit: bigint
  readonly reseller: bigint
}

function post(market: Market, row: number, { coupons, cash, credit, reseller }: Sources): void {
  const { orders, accounts, ledger, timers, now, invoices, policies } = market
  const account = orders.account[row]
  const owner = accounts.id[account]
  const rule = isResold(market, account) ? 'O-06' : 'O-05'
  timers.cancel(orders.payTimer[row])
  orders.payTimer[row] = NONE
  step(market, row, 'pay', rule)
  // A free order moves no money, so it has no transaction and no line on the bill.
  const [amount, tax] = [orders.amount.at(row), orders.tax.at(row)]
  if (amount === 0n) return
  if (policies['invoice.mode'] === 'auto') invoices.paid.push({ account, order: orders.id[row], amount })
  accounts.monthCharges.add(account, amount)
  accounts.monthOrders.add(account, amount)
  accounts.monthOrderTax.add(account, tax)
  accounts.monthLines[account]++
  ledger.begin({
    at: now,
    kind: 'payment',
    account: owner,
    order: orders.id[row],
    hour: 0,
    repeats: 1,
    rule: wordNumber(rule),
  })
  ledger.post('buyer-coupons', owner, coupons)
  ledger.post('buyer-cash', owner, cash)
  ledger.post('buyer-receivable', owner, credit)
  ledger.post('payment-clearing', 0, reseller)
  ledger.post('deferred-revenue', owner, tax - amount)
  ledger.post('tax-payable', 0, -tax)
  ledger.close()
  // L-02: a supervised order counts for its seller when it is completed.
  if (!startsFlow(market, row)) sellOrder(market, row, 'now')
}

/** The account's open orders, oldest first; the new one comes last. */
function list(market: Market, row: number): void {
  const { orders, accounts } = market
  const account = orders.account[row]
  if (accounts.unpaid[account] === NONE) {
    accounts.unpaid[account] = row
    return
  }
  let last = accounts.unpaid[account]
  while (orders.nextUnpaid[last] !== NONE) last = orders.nextUnpaid[last]
  orders.nextUnpaid[last] = row
}

/** The oldest open order whose buyer has set out to pay it. */
function nextCalled({ orders, accounts }: Market, account: number): number {
  let row = accounts.unpaid[account]
  while (row !== NONE && orders.called[row] === 0) row = orders.nextUnpaid[row]
  return row
}

function payWaiting(market: Market, account: number): void {
  for (let row = nextCalled(market, account); row !== NONE; row = nextCalled(market, account)) {
    if (isOutdated(market, row)) requote(market, row)
    else if (pay(market, row)) {
      unqueue(market, row)
      provide(market, row)
    } else return
  }
}

/** O-01: nobody paid in time. */
export function expireOrder(market: Market, row: number): void {
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
  comeToNothing(market, row)
}
