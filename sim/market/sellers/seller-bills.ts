/**
 * Sellers' bills (L-02, L-03), made in their home cell on the 7th for the previous month: one line a specification for
 * what was sold and one for what was refunded. What the seller was owed without a bill (L-06) becomes seller payable,
 * what is withheld and taxed of it tax payable; the payout follows `settlement.payoutDelay` later. A bill has the minor
 * units of the currency (M-08): a last line rounds the sum of the others, so that every payout is whole.
 */
import { least } from '#base/money.ts'
import { toMinorUnits } from '../../billing/minor-units.ts'
import { transition } from '../../cell/transition.ts'
import type { MonthSum } from './sales.ts'
import { sellerAccount } from './seller-account.ts'
import { costAccount, type Shares, sharesOf } from './seller-share.ts'
import type { Sellers } from './sellers.ts'

interface Line extends Shares {
  readonly specification: number
  readonly part: 'sale' | 'refund'
  readonly sales: bigint
}

/** A cell's sum of a month has arrived. */
export function gatherSales(
  market: Sellers,
  specification: number,
  month: number,
  { sold, refunded, cost }: MonthSum,
): void {
  const { sums, billed } = market.books
  if (month <= billed) throw new Error(`L-02: specification ${specification} sold in a month that is billed already`)
  const ofMonth = sums.get(month) ?? new Map()
  const sum = ofMonth.get(specification) ?? { sold: 0n, refunded: 0n, cost: 0n }
  sum.sold += sold
  sum.refunded += refunded
  sum.cost += cost
  ofMonth.set(specification, sum)
  sums.set(month, ofMonth)
}

/** L-02: makes the bills of a month of all sellers at home here, lowest number first. */
export function makeSellerBills(market: Sellers, month: number): void {
  const { books, world, timers, policies, now } = market
  const ofMonth = books.sums.get(month)
  books.sums.delete(month)
  books.billed = month
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
    .map(([seller, sold]) => makeBill(market, seller, month, sold, costOf(seller)))
  if (bills.length === 0) return
  books.payouts.push(bills)
  timers.wake('sellersPaid', now + policies['settlement.payoutDelay'], 0)
}

const lineFor = (market: Sellers, specification: number, part: 'sale' | 'refund', sales: bigint): Line => ({
  specification,
  part,
  sales,
  ...sharesOf(market, specification, sales, market.now),
})

/** `cost` is what was booked for its sales when they were made; sums round once, so that a bill may differ by a few 1e-8. */
function makeBill(market: Sellers, seller: number, month: number, lines: readonly Line[], cost: bigint) {
  const { facts, ledger, books, policies, world, now } = market
  const id = market.number('sellerBills')
  const sum = (of: (line: Line) => bigint) => lines.reduce((total, line) => total + of(line), 0n)
  const shares = sum(({ share }) => share)
  const amount = toMinorUnits(shares, world.scenario.currency.decimals, policies['rounding.monthTotal'])
  const rounding = amount - shares
  const withheld = sum(({ withholding, tax }) => withholding + tax)
  const count = rounding === 0n ? lines.length : lines.length + 1
  facts.seller_bills({ id, at: now, seller, month, lines: count, amount, rule: market.word('L-02') })
  for (const { specification, part, sales, withholding, tax, share } of lines)
    facts.seller_bill_lines({
      bill_id: id,
      specification,
      part: market.word(part),
      sales,
      withholding,
      tax,
      share,
      rule: market.word('L-03'),
    })
  if (rounding !== 0n)
    facts.seller_bill_lines({
      bill_id: id,
      specification: 0,
      part: market.word('rounding'),
      sales: 0n,
      withholding: 0n,
      tax: 0n,
      share: rounding,
      rule: market.word('M-08'),
    })
  // What was sold and refunded within the month sums to zero, and moves nothing.
  if (shares === 0n && withheld === 0n && cost === 0n) return { seller, amount }
  ledger.book('seller-bill', 'L-02', { at: now, account: 0 }, [
    ['unbilled-payable', seller, cost],
    [costAccount(market), 0, shares + withheld - cost],
    ['rounding-differences', 0, rounding],
    ['seller-payable', seller, -amount],
    ['tax-payable', 0, -withheld],
  ])
  books.balance[seller - 1] += amount
  settleState(market, seller)
  return { seller, amount }
}

/** L-02: what was billed is paid out, less what later bills have taken back. */
export function paySellers(market: Sellers): void {
  const { books, ledger, now } = market
  for (const { seller, amount } of books.payouts.shift() ?? []) {
    const paid = least(amount, books.balance[seller - 1])
    if (paid <= 0n) continue
    books.balance[seller - 1] -= paid
    ledger.book('payout', 'L-02', { at: now, account: 0 }, [
      ['seller-payable', seller, paid],
      ['payment-clearing', 0, -paid],
    ])
    settleState(market, seller)
  }
}

/** The state of the seller's account follows its balance. */
function settleState(market: Sellers, seller: number): void {
  const { books, facts } = market
  const balance = books.balance[seller - 1]
  const event = balance > 0 ? 'credit' : balance < 0 ? 'overdraw' : 'clear'
  if (sellerAccount.next(books.state[seller - 1], sellerAccount.event[event]) < 0) return
  facts.seller_account_steps({
    seller,
    ...transition(market, sellerAccount, books.state, seller - 1, event, 'L-02'),
  })
}
