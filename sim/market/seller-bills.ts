/**
 * Sellers' bills (L-02, L-03), made in their home cell on the 7th for the previous month: one line a specification for
 * what was sold and one for what was given back. What is his goes from marketplace revenue to seller payable, what is
 * withheld and taxed to tax payable; the payout follows `settlement.payoutDelay` later.
 */
import { DAY, monthOf, startOfMonth } from '../billing/civil-time.ts'
import { literal, minus, times } from '../billing/formula.ts'
import { lineOf } from '../billing/line.ts'
import { MONEY_DECIMALS, toMoney } from '../billing/money.ts'
import { lessPercent, parsePercent, percentOf } from '../billing/percent.ts'
import { sellerShare } from '../billing/seller-share.ts'
import { wordNumber } from '../record/words.ts'
import type { Market } from './market.ts'
import { sellerAccount } from './seller-account.ts'

/** The 7th at 00:00, six days after the month's end; later only where sums take longer to arrive from other cells. */
export const billedAfter = ({ world }: Market): number => Math.max(6 * DAY, world.scenario.messageDelay)

/** What a month brought of a specification, net of tax; `refunded` is negative. */
interface Sum {
  sold: number
  refunded: number
}

interface Line {
  readonly specification: number
  readonly part: 'sale' | 'refund'
  readonly sales: number
  readonly withholding: number
  readonly tax: number
  readonly share: number
}

/** Of the sellers at home here: sums by month and specification, what they are owed, how they stand. */
export class SellerBooks {
  readonly sums = new Map<number, Map<number, Sum>>()
  /** By number of the seller - 1; negative where he owes. */
  readonly balance: Float64Array
  readonly state: Uint8Array
  /** First instant of the last month that was billed. */
  billed = Number.NEGATIVE_INFINITY
  /** Payouts to come, oldest first: bills of one month. */
  payouts: { readonly seller: number; readonly amount: number }[][] = []

  constructor(sellers: number) {
    this.balance = new Float64Array(sellers)
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
    this.balance.set(state.balance)
    this.state.set(state.state)
    this.payouts = [...state.payouts]
    this.billed = state.billed
  }
}

/** A cell's sum of a month has arrived. */
export function gatherSales(
  market: Market,
  specification: number,
  month: number,
  sold: number,
  refunded: number,
): void {
  const { sums, billed } = market.sellerBooks
  // What comes after its month was billed is on the next bill.
  if (month <= billed) {
    const offset = market.policies['time.utcOffset']
    gatherSales(market, specification, startOfMonth(monthOf(billed, offset) + 1, offset), sold, refunded)
    return
  }
  const ofMonth = sums.get(month) ?? new Map<number, Sum>()
  const sum = ofMonth.get(specification) ?? { sold: 0, refunded: 0 }
  sum.sold += sold
  sum.refunded += refunded
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
      ...(sold === 0 ? [] : [lineFor(market, specification, 'sale', sold)]),
      ...(refunded === 0 ? [] : [lineFor(market, specification, 'refund', refunded)]),
    ])
  const bySeller = Map.groupBy(lines, ({ specification }) => world.catalog.offers[specification - 1].seller.id)
  const bills = [...bySeller].sort(([a], [b]) => a - b).map(([seller, his]) => makeBill(market, seller, month, his))
  if (bills.length === 0) return
  sellerBooks.payouts.push(bills)
  timers.wake('sellersPaid', now + policies['settlement.payoutDelay'], 0)
}

/** L-03: (price - withholding) x (1 - platform fee) - seller taxes, which are a part of what is before them. */
function lineFor(market: Market, specification: number, part: 'sale' | 'refund', sales: number): Line {
  const { policies, world } = market
  const rounding = policies['rounding.charge']
  const { seller } = world.catalog.offers[specification - 1]
  const segment = world.scenario.sellers[seller.segment]
  const platformFee = parsePercent(policies['settlement.platformFee'], 'settlement.platformFee')
  const withheld = parsePercent(segment.withholdingPercent, 'withholdingPercent')
  const taxed = parsePercent(segment.taxPercent, 'taxPercent')
  const price = literal(BigInt(sales), MONEY_DECIMALS)
  const withholding = lineOf('L-03', times(price, percentOf(withheld)), rounding).amount
  const base = times(minus(price, literal(withholding, MONEY_DECIMALS)), lessPercent(platformFee))
  const sellerTax = lineOf('L-03', times(base, percentOf(taxed)), rounding).amount
  const share = sellerShare({ price: BigInt(sales), tax: 0n, withholding, platformFee, sellerTax }, rounding)
  const money = { withholding: toMoney(withholding), tax: toMoney(sellerTax), share: toMoney(share.amount) }
  return { specification, part, sales, ...money }
}

function makeBill(market: Market, seller: number, month: number, lines: readonly Line[]) {
  const { facts, ledger, sellerBooks, now } = market
  const id = market.number('sellerBills')
  const sum = (of: (line: Line) => number) => lines.reduce((total, line) => total + of(line), 0)
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
  if (amount === 0 && withheld === 0) return { seller, amount }
  const rule = wordNumber('L-02')
  ledger.begin({ at: now, kind: 'seller-bill', account: 0, order: 0, hour: 0, repeats: 1, rule })
  ledger.post('marketplace-revenue', 0, amount + withheld)
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
    const paid = Math.max(0, Math.min(amount, sellerBooks.balance[seller - 1]))
    if (paid === 0) continue
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
