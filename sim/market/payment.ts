/** Money in and money for orders (O-01, O-05, A-05). */
import { wordNumber } from '../record/words.ts'
import type { Market } from './market.ts'
import type { Meter } from './metering.ts'
import { step } from './order-steps.ts'
import { bookSettlement } from './settlement.ts'
import { settleStanding } from './standing-steps.ts'
import { beginFlow, startsFlow } from './supervision-steps.ts'
import { NONE } from './tables.ts'

/** What an account starts with. */
export function openAccount(market: Market, account: number, cash: number): void {
  if (cash === 0) return
  market.accounts.cash[account] = cash
  bookCash(market, account, cash, 'opening')
}

/** A top-up pays what is due first, then the orders that wait for money, oldest first. */
export function topUp(market: Market, meter: Meter, account: number, amount: number): void {
  bookCash(market, account, amount, 'top-up')
  market.accounts.cash[account] += amount
  useBalance(market, meter, account)
}

/** The balance rose: it pays what is due first, then the orders that wait for money, oldest first. */
export function useBalance(market: Market, meter: Meter, account: number): void {
  const { accounts, ledger } = market
  const paid = Math.min(accounts.due[account], accounts.cash[account])
  if (paid > 0) {
    // The hours that made the debt stand in the books before the payment that clears it.
    bookSettlement(market, account)
    accounts.due[account] -= paid
    accounts.cash[account] -= paid
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
  settleStanding(market, meter, account)
  payWaiting(market, account)
}

/** What an account still lacks for its debts and its oldest waiting order, whole 1e-8 units. */
export function missing(market: Market, account: number): number {
  const { accounts, orders } = market
  const waiting = accounts.unpaid[account]
  const wanted = accounts.due[account] + (waiting === NONE ? 0 : orders.amount[waiting])
  return Math.max(0, wanted - accounts.cash[account])
}

function bookCash(market: Market, account: number, amount: number, kind: 'opening' | 'top-up'): void {
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

/** Pays an order from the balance (O-05); without enough it waits, is told of, and expires unpaid (O-01). */
export function payOrWait(market: Market, row: number): void {
  const { orders, accounts, timers, policies, now } = market
  const account = orders.account[row]
  if (accounts.unpaid[account] === NONE && pay(market, row)) return
  orders.expiry[row] = timers.wake('orderExpires', now + policies['order.unpaidLife'], row)
  waitForMoney(market, row)
  market.reactions.balanceFell(account, missing(market, account))
}

function bookPayment(market: Market, row: number): void {
  const { orders, accounts, ledger, now } = market
  const account = orders.account[row]
  const amount = orders.amount[row]
  const owner = accounts.id[account]
  accounts.cash[account] -= amount
  accounts.monthCharges[account] += amount
  accounts.monthLines[account]++
  ledger.begin({
    at: now,
    kind: 'payment',
    account: owner,
    order: orders.id[row],
    hour: 0,
    repeats: 1,
    rule: wordNumber('O-05'),
  })
  ledger.post('buyer-cash', owner, amount)
  ledger.post('deferred-revenue', owner, -(amount - orders.tax[row]))
  ledger.post('tax-payable', 0, -orders.tax[row])
  ledger.close()
}

function pay(market: Market, row: number): boolean {
  const { orders, accounts } = market
  const account = orders.account[row]
  const amount = orders.amount[row]
  if (accounts.due[account] > 0 || accounts.cash[account] < amount) return false
  if (amount > 0 && market.reactions.paymentFails(account)) {
    market.notify(account, 'payment-failed', 'O-05', orders.id[row])
    return false
  }
  step(market, row, 'pay', 'O-05')
  // A free order moves no money, so it has no transaction and no line on the bill.
  if (amount > 0) bookPayment(market, row)
  if (startsFlow(market, row)) beginFlow(market, row)
  else market.reactions.provisionOrdered(row)
  market.reactions.balanceFell(account, 0)
  return true
}

function waitForMoney(market: Market, row: number): void {
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

function payWaiting(market: Market, account: number): void {
  const { orders, accounts, timers } = market
  for (let row = accounts.unpaid[account]; row !== NONE && pay(market, row); row = accounts.unpaid[account]) {
    timers.cancel(orders.expiry[row])
    orders.expiry[row] = NONE
    accounts.unpaid[account] = orders.nextUnpaid[row]
    orders.nextUnpaid[row] = NONE
  }
}

/** O-01: nobody paid in time. */
export function expireOrder(market: Market, row: number): void {
  const { orders, accounts } = market
  const account = orders.account[row]
  orders.expiry[row] = NONE
  step(market, row, 'expire', 'O-01')
  if (accounts.unpaid[account] === row) accounts.unpaid[account] = orders.nextUnpaid[row]
  else {
    let before = accounts.unpaid[account]
    while (orders.nextUnpaid[before] !== row) before = orders.nextUnpaid[before]
    orders.nextUnpaid[before] = orders.nextUnpaid[row]
  }
  orders.nextUnpaid[row] = NONE
  market.refuse('unpaid', 'O-01', {
    account,
    specification: orders.specification[row],
    pool: 0,
    quantity: orders.quantity[row],
    order: orders.id[row],
    lost: orders.amount[row],
  })
}
