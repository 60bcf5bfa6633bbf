/**
 * Sellers' bills (L-02, L-03), made in their home cell on the 7th for the previous month: one line a specification for
 * what was sold and one for what was given back. What he was owed without a bill (L-06) becomes seller payable, what is
 * withheld and taxed of it tax payable; the payout follows `settlement.payoutDelay` later.
 */
import { monthOf, startOfMonth } from '#base/civil-time.ts'
import { least } from '#base/money.ts'
import type { Market } from '../market.ts'
import { sellerAccount } from './seller-account.ts'
import { costAccount, type Shares, sharesOf } from './seller-share.ts'
import { wordNumber } from '../words.ts'

/** What a month brought of a specification, net of tax; `refunded` is negative. */
interface Sum {
  sold: bigint
  refunded: bigint
  /** What was booked as the cost of both when they were made (L-06). */
  cost: bigint
}

interface Line extends Shares {
  readonly specification: number
  readonly part: 'sale' | 'refund'
  readonly sales: bigint
}

/** Of the sellers at home here: sums by month and specification, what they are owed, how they stand. */
export class SellerBooks {
  readonly sums = new Map<number, Map<number, Sum>>()
  /** By number of the seller - 1; negative where he owes. */
  readonly balance: bigint[]
  readonly state: Uint8Array
  /** First instant of the last month that was billed. */
  billed = Number.NEGATIVE_INFINITY
  /** Payouts to come, oldest first: bills of one month. */
  payouts: { readonly seller: number; readonly amount: bigint }[][] = []

  constructor(sellers: number) {
    this.balance = new Array<bigint>(sellers).fill(0n)
    this.state = new Uint8Array(sellers)
  }

  save() {
    const sums = [...this.sums].map(([month, of]) => [month, [...of].map(([id, sum]) => [id, { ...sum }])] as const)
    return {
      sums,
      balance: this.balance.slice(),
      state: this.state.slice(),
      payouts: this.payouts,
      billed: this.billed,
    }
  }

  restore(saved: unknown): void {
    const state = saved as ReturnType<SellerBooks['save']>
    for (const [month, of] of state.sums) this.sums.set(month, new Map(of as [number, Sum][]))
    for (const [seller, balance] of state.balance.entries()) this.balance[seller] = balance
    this.state.set(state.state)
    this.payouts = [...state.payouts]
    this.billed = state.billed
  }
}

/** A cell's sum of a month has arrived. */
export function gatherSales(market: Market, specification: number, month: number, { sold, refunded, cost }: Sum): void {
  const { sums, billed } = market.sellerBooks
  // What comes after its month was billed is on the next bill.
  if (month <= billed) {
    const offset = market.policies['time.utcOffset']
    gatherSales(market, specification, startOfMonth(monthOf(billed, offset) + 1, offset), { sold, refunded, cost })
    return
  }
  const ofMonth = sums.get(month) ?? new Map<number, Sum>()
  const sum = ofMonth.get(specification) ?? { sold: 0n, refunded: 0n, cost: 0n }
  sum.sold += sold
  sum.refunded += refunded
  sum.cost += cost
  ofMonth.set(specification, sum)
  sums.set(month, ofMonth)
}

/** L-02: makes the bills of a month of all sellers at home here, lowest number first. */
export function makeSellerBills(market: Market, month: number): void {
  const { sellerBooks, world, timers, policies, now } = market
  const ofMonth = sellerBooks.sums.get(month)
  sellerBooks.sums.delete(month)
  sellerBooks.billed = month
  if (ofMonth === undefined) return
  const lines = [...ofMonth]
    .sort(([a], [b]) => a - b)
    .flatMap(([specification, { sold, refunded }]) => [
      ...(sold === 0n ? [] : [lineFor(market, specification, 'sale', sold)]),
      ...(refunded === 0n ? [] : [lineFor(market, specification, 'refund', refunded)]),
    ])
  const sellerOf = (specification: number): number => world.catalog.offers[specification - 1].seller.id
  const bySeller = Map.groupBy(lines, ({ specification }) => sellerOf(specification))
  const costOf = (seller: number): bigint =>
    [...ofMonth].reduce(
      (total, [specification, { cost }]) => (sellerOf(specification) === seller ? total + cost : total),
      0n,
    )
  const bills = [...bySeller]
    .sort(([a], [b]) => a - b)
    .map(([seller, his]) => makeBill(market, seller, month, his, costOf(seller)))
  if (bills.length === 0) return
  sellerBooks.payouts.push(bills)
  timers.wake('sellersPaid', now + policies['settlement.payoutDelay'], 0)
}

const lineFor = (market: Market, specification: number, part: 'sale' | 'refund', sales: bigint): Line => ({
  specification,
  part,
  sales,
  ...sharesOf(market, specification, sales, market.now),
})

/** `cost` is what was booked for its sales when they were made; sums round once, so that a bill may differ by a few 1e-8. */
function makeBill(market: Market, seller: number, month: number, lines: readonly Line[], cost: bigint) {
  const { facts, ledger, sellerBooks, now } = market
  const id = market.number('sellerBills')
  const sum = (of: (line: Line) => bigint) => lines.reduce((total, line) => total + of(line), 0n)
  const amount = sum(({ share }) => share)
  const withheld = sum(({ withholding, tax }) => withholding + tax)
  facts.seller_bills({ id, at: now, seller, month, lines: lines.length, amount, rule: wordNumber('L-02') })
  for (const { specification, part, sales, withholding, tax, share } of lines)
    facts.seller_bill_lines({
      bill_id: id,
      specification,
      part: wordNumber(part),
      sales,
      withholding,
      tax,
      share,
      rule: wordNumber('L-03'),
    })
  // What was sold and given back within the month comes to nothing, and moves nothing.
  if (amount === 0n && withheld === 0n && cost === 0n) return { seller, amount }
  const rule = wordNumber('L-02')
  ledger.begin({ at: now, kind: 'seller-bill', account: 0, order: 0, hour: 0, repeats: 1, rule })
  ledger.post('unbilled-payable', seller, cost)
  ledger.post(costAccount(market), 0, amount + withheld - cost)
  ledger.post('seller-payable', seller, -amount)
  ledger.post('tax-payable', 0, -withheld)
  ledger.close()
  sellerBooks.balance[seller - 1] += amount
  settleState(market, seller)
  return { seller, amount }
}

/** L-02: what was billed is paid out, less what later bills have taken back. */
export function paySellers(market: Market): void {
  const { sellerBooks, ledger, now } = market
  for (const { seller, amount } of sellerBooks.payouts.shift() ?? []) {
    const paid = least(amount, sellerBooks.balance[seller - 1])
    if (paid <= 0n) continue
    sellerBooks.balance[seller - 1] -= paid
    ledger.begin({ at: now, kind: 'payout', account: 0, order: 0, hour: 0, repeats: 1, rule: wordNumber('L-02') })
    ledger.post('seller-payable', seller, paid)
    ledger.post('payment-clearing', 0, -paid)
    ledger.close()
    settleState(market, seller)
  }
}

/** His account's state follows its balance. */
function settleState(market: Market, seller: number): void {
  const { sellerBooks, facts, now } = market
  const balance = sellerBooks.balance[seller - 1]
  const from = sellerBooks.state[seller - 1]
  const event = balance > 0 ? 'credit' : balance < 0 ? 'overdraw' : 'clear'
  if (sellerAccount.next(from, sellerAccount.event[event]) < 0) return
  const to = market.move(sellerAccount, from, event)
  sellerBooks.state[seller - 1] = to
  facts.seller_account_steps({
    seller,
    at: now,
    event: wordNumber(event),
    from_state: wordNumber(sellerAccount.states[from]),
    to_state: wordNumber(sellerAccount.states[to]),
    rule: wordNumber('L-02'),
  })
}
