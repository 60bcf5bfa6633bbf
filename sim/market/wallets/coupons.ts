/**
 * Coupons (O-05): a discount coupon is an amount off an order that has no discount of its own (M-06), good for one
 * order, and by `tax.couponBase` also off what is taxed (M-07); a cash coupon is money that is spent until nothing is left of it, one to an order, the one held longest first.
 * What a coupon is worth is promotion expense when it is granted, never money received (M-10); what a discount coupon has
 * left when it was spent is taken back from it.
 */
import { least } from '#base/money.ts'
import { columns } from '#engine/columns.ts'
import { taxLine } from '../../billing/tax.ts'
import type { Market } from '../market.ts'
import { NONE } from '../tables.ts'
import { wordNumber } from '../words.ts'

export const couponKinds = ['cash', 'discount'] as const
export type CouponKind = (typeof couponKinds)[number]

/** Coupons of the cell's buyers, linked by account in the order in which they were granted. */
export const couponTable = () =>
  columns({ id: 'f64', account: 'i32', kind: 'u8', amount: 'wide', left: 'wide', next: 'i32' })

const CASH = couponKinds.indexOf('cash')
const DISCOUNT = couponKinds.indexOf('discount')

/** A buyer gets a coupon worth `amount` (whole 1e-8). */
export function grantCoupon(market: Market, account: number, kind: CouponKind, amount: bigint): void {
  const { coupons, accounts, facts, now } = market
  if (amount === 0n) return
  const row = coupons.add()
  const owner = accounts.id[account]
  coupons.id[row] = market.number('coupons')
  coupons.account[row] = account
  coupons.kind[row] = couponKinds.indexOf(kind)
  coupons.amount.put(row, amount)
  coupons.left.put(row, amount)
  coupons.next[row] = NONE
  if (accounts.lastCoupon[account] === NONE) accounts.firstCoupon[account] = row
  else coupons.next[accounts.lastCoupon[account]] = row
  accounts.lastCoupon[account] = row
  if (kind === 'cash') accounts.coupons.add(account, amount)
  facts.coupons({
    id: coupons.id[row],
    at: now,
    account: owner,
    kind: wordNumber(`${kind}-coupon`),
    amount,
    rule: wordNumber('O-05'),
  })
  move(market, account, 0, 'coupon-grant', amount)
}

/** The first of a kind with something left; NONE when there is none. */
function firstLeft(market: Market, account: number, kind: number): number {
  const { coupons, accounts } = market
  for (let row = accounts.firstCoupon[account]; row !== NONE; row = coupons.next[row])
    if (coupons.kind[row] === kind && coupons.left.at(row) > 0n) return row
  return NONE
}

/** What is to be paid: the amount, the tax in it, and at which percentage. */
export interface Payable {
  readonly amount: bigint
  readonly tax: bigint
  readonly taxPercent: string
  /** Its line has a discount of its own (M-06). */
  readonly discounted: boolean
}

/** What coupons would pay of an order, and which: at most one of each kind. */
export interface CouponDraw {
  readonly discount: number
  readonly discountAmount: bigint
  readonly cash: number
  readonly cashAmount: bigint
  /** The order's tax, which a discount coupon may lower (M-07, `tax.couponBase`). */
  readonly tax: bigint
  /** What all sources together have to pay, coupons among them. */
  readonly amount: bigint
}

/**
 * O-05, M-06: first a discount coupon, where the order's line has no discount yet, then one cash coupon. M-07: as a lower
 * price (`tax.couponBase = paid`) the discount coupon pays at most the price before tax, and the tax is on the rest.
 */
export function couponsFor(market: Market, account: number, payable: Payable): CouponDraw {
  const { coupons, accounts, policies } = market
  const none = { discount: NONE, discountAmount: 0n, cash: NONE, cashAmount: 0n, ...payable }
  if (accounts.firstCoupon[account] === NONE) return none
  const price = payable.amount - payable.tax
  const lowers = policies['tax.couponBase'] === 'paid'
  const discount = payable.discounted ? NONE : firstLeft(market, account, DISCOUNT)
  const most = lowers ? price : payable.amount
  const discountAmount = discount === NONE ? 0n : least(coupons.left.at(discount), most)
  const isLowered = lowers && discountAmount > 0n && payable.tax > 0n
  const taxed = { 'tax.percent': payable.taxPercent, 'rounding.charge': policies['rounding.charge'] }
  const tax = isLowered ? taxLine(price, taxed, discountAmount).amount : payable.tax
  const amount = price + tax
  const cash = firstLeft(market, account, CASH)
  const cashAmount = cash === NONE ? 0n : least(coupons.left.at(cash), amount - discountAmount)
  return {
    discount: discountAmount === 0n ? NONE : discount,
    discountAmount,
    cash: cashAmount === 0n ? NONE : cash,
    cashAmount,
    tax,
    amount,
  }
}

/** Takes from the coupons what `draw` says. The payment posts it; what a discount coupon has left lapses. */
export function drawCoupons(market: Market, order: number, draw: CouponDraw): void {
  const { coupons, orders, accounts, policies } = market
  const account = orders.account[order]
  if (draw.discount !== NONE) {
    const rest = coupons.left.at(draw.discount) - draw.discountAmount
    coupons.left.put(draw.discount, 0n)
    orders.discountCoupon[order] = draw.discount
    orders.discountPaid.put(order, draw.discountAmount)
    orders.lowered[order] = policies['tax.couponBase'] === 'paid' ? 1 : 0
    writeDraw(market, orders.id[order], draw.discount, draw.discountAmount, 'O-05')
    move(market, account, orders.id[order], 'coupon-lapse', -rest)
  }
  if (draw.cash !== NONE) {
    coupons.left.add(draw.cash, -draw.cashAmount)
    accounts.coupons.add(account, -draw.cashAmount)
    orders.cashCoupon[order] = draw.cash
    orders.couponPaid.put(order, draw.cashAmount)
    writeDraw(market, orders.id[order], draw.cash, draw.cashAmount, 'O-05')
  }
}

/** an hour's charge may take all cash coupons, one after the other, for it exceeds their sum before it is due. */
export function drawForUsage(market: Market, account: number, amount: bigint): void {
  const { coupons, accounts } = market
  accounts.coupons.add(account, -amount)
  for (let rest = amount; rest > 0n; ) {
    const row = firstLeft(market, account, CASH)
    const part = least(coupons.left.at(row), rest)
    coupons.left.add(row, -part)
    rest -= part
  }
}

/**
 * O-08, N-05: what coupons paid of an order goes back to them, whole; a discount coupon is good again for what it took
 * off. Answers how much that was.
 */
export function returnCoupons(market: Market, order: number, rule: string): bigint {
  const { orders } = market
  const discountPaid = orders.discountPaid.at(order)
  const couponPaid = orders.couponPaid.at(order)
  returnToCoupon(market, orders.discountCoupon[order], orders.id[order], discountPaid, rule)
  returnToCoupon(market, orders.cashCoupon[order], orders.id[order], couponPaid, rule)
  orders.discountPaid.put(order, 0n)
  orders.couponPaid.put(order, 0n)
  return discountPaid + couponPaid
}

/** One coupon (row) gets back what it paid of an order (number). */
export function returnToCoupon(market: Market, coupon: number, order: number, amount: bigint, rule: string): void {
  const { coupons, accounts } = market
  if (amount === 0n) return
  coupons.left.add(coupon, amount)
  if (coupons.kind[coupon] === CASH) accounts.coupons.add(coupons.account[coupon], amount)
  writeDraw(market, order, coupon, -amount, rule)
}

/** `order` is the number of the order, `coupon` the row of the coupon. */
function writeDraw(market: Market, order: number, coupon: number, amount: bigint, rule: string): void {
  market.facts.coupon_draws({
    coupon_id: market.coupons.id[coupon],
    order_id: order,
    at: market.now,
    amount,
    rule: wordNumber(rule),
  })
}

/** M-10: given away, between promotion expense and what the buyer holds; negative: lapsed. */
function move(
  market: Market,
  account: number,
  order: number,
  kind: 'coupon-grant' | 'coupon-lapse',
  amount: bigint,
): void {
  const { ledger, accounts, now } = market
  if (amount === 0n) return
  const owner = accounts.id[account]
  ledger.begin({ at: now, kind, account: owner, order, hour: 0, repeats: 1, rule: wordNumber('M-10') })
  ledger.post('promotion-expense', 0, amount)
  ledger.post('buyer-coupons', owner, -amount)
  ledger.close()
}
