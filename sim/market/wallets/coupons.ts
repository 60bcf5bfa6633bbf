/**
 * Coupons (O-05): a discount coupon is an amount off an order that has no discount of its own (M-06), good for one
 * order, and by `tax.couponBase` also off what is taxed (M-07); a cash coupon is money that is spent until nothing is left
 * of it, one to an order, the one held longest first.
 * What a coupon is worth is promotion expense when it is granted, never money received (M-10); what a discount coupon has
 * left when it was spent is taken back from it.
 */
import { least } from '#base/money.ts'
import { taxLine } from '../../billing/tax.ts'
import { NONE, type Row } from '../../cell/table.ts'
import { type CouponKind, couponKinds, type Wallets } from './wallets.ts'

const CASH = couponKinds.indexOf('cash')
const DISCOUNT = couponKinds.indexOf('discount')

/** A buyer gets a coupon worth `amount` (whole 1e-8). */
export function grantCoupon(market: Wallets, account: Row<'accounts'>, kind: CouponKind, amount: bigint): void {
  const { coupons, accounts, facts, now, balances } = market
  if (amount === 0n) return
  const row = coupons.add()
  const owner = accounts.id[account]
  coupons.id[row] = market.number('coupons')
  coupons.account[row] = account
  coupons.kind[row] = couponKinds.indexOf(kind)
  coupons.amount.put(row, amount)
  coupons.left.put(row, amount)
  market.couponList.append(account, row)
  if (kind === 'cash') balances.coupons.add(account, amount)
  facts.coupons({
    id: coupons.id[row],
    at: now,
    account: owner,
    kind: market.word(`${kind}-coupon`),
    amount,
    rule: market.word('O-05'),
  })
  move(market, account, 0, 'coupon-grant', amount)
}

/** The first of a kind with something left; NONE when there is none. */
function firstLeft(market: Wallets, account: Row<'accounts'>, kind: number): Row<'coupons'> {
  const { coupons, balances } = market
  for (let row = balances.firstCoupon[account]; row !== NONE; row = coupons.next[row])
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
  readonly discount: Row<'coupons'>
  readonly discountAmount: bigint
  readonly cash: Row<'coupons'>
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
export function couponsFor(market: Wallets, account: Row<'accounts'>, payable: Payable): CouponDraw {
  const { coupons, balances, policies } = market
  const none = { discount: NONE, discountAmount: 0n, cash: NONE, cashAmount: 0n, ...payable }
  if (balances.firstCoupon[account] === NONE) return none
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

/** Takes from the coupons what `draw` says, for an order (number). The payment posts it; the rest of a discount lapses. */
export function drawCoupons(market: Wallets, account: Row<'accounts'>, order: number, draw: CouponDraw): void {
  const { coupons, balances } = market
  if (draw.discount !== NONE) {
    const rest = coupons.left.at(draw.discount) - draw.discountAmount
    coupons.left.put(draw.discount, 0n)
    writeDraw(market, order, draw.discount, draw.discountAmount, 'O-05')
    move(market, account, order, 'coupon-lapse', -rest)
  }
  if (draw.cash !== NONE) {
    coupons.left.add(draw.cash, -draw.cashAmount)
    balances.coupons.add(account, -draw.cashAmount)
    writeDraw(market, order, draw.cash, draw.cashAmount, 'O-05')
  }
}

/** an hour's charge may take all cash coupons, one after the other, for it exceeds their sum before it is due. */
export function drawForUsage(market: Wallets, account: Row<'accounts'>, amount: bigint): void {
  const { coupons, balances } = market
  balances.coupons.add(account, -amount)
  for (let rest = amount; rest > 0n; ) {
    const row = firstLeft(market, account, CASH)
    const part = least(coupons.left.at(row), rest)
    coupons.left.add(row, -part)
    rest -= part
  }
}

/** One coupon (row) gets back what it paid of an order (number). */
export function returnToCoupon(
  market: Wallets,
  coupon: Row<'coupons'>,
  order: number,
  amount: bigint,
  rule: string,
): void {
  const { coupons, balances } = market
  if (amount === 0n) return
  coupons.left.add(coupon, amount)
  if (coupons.kind[coupon] === CASH) balances.coupons.add(coupons.account[coupon], amount)
  writeDraw(market, order, coupon, -amount, rule)
}

/** `order` is the number of the order, `coupon` the row of the coupon. */
function writeDraw(market: Wallets, order: number, coupon: Row<'coupons'>, amount: bigint, rule: string): void {
  market.facts.coupon_draws({
    coupon_id: market.coupons.id[coupon],
    order_id: order,
    at: market.now,
    amount,
    rule: market.word(rule),
  })
}

/** M-10: given away, between promotion expense and what the buyer holds; negative: lapsed. */
function move(
  { ledger, accounts, now }: Wallets,
  account: Row<'accounts'>,
  order: number,
  kind: 'coupon-grant' | 'coupon-lapse',
  amount: bigint,
): void {
  if (amount === 0n) return
  const owner = accounts.id[account]
  ledger.book(kind, 'M-10', { at: now, account: owner, order }, [
    ['promotion-expense', 0, amount],
    ['buyer-coupons', owner, -amount],
  ])
}

/** O-05: what an account's cash coupons have left is what its balance counts on. */
export function checkCoupons({ coupons, couponList, balances, accounts }: Wallets): void {
  for (let account = 0; account < accounts.rows; account++) {
    let left = 0n
    couponList.each(account, (row) => {
      if (coupons.kind[row] === CASH) left += coupons.left.at(row)
    })
    const counted = balances.coupons.at(account)
    if (left !== counted)
      throw new Error(`O-05: cash coupons of account ${accounts.id[account]} have ${left} left, its balance ${counted}`)
  }
}
