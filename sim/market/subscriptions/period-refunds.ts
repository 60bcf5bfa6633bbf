/** Refunds of paid periods (N-03..N-06): each refunds its own part, by an order of its own. */

import { dateOfDay, dayOf } from '#base/civil-time.ts'
import { least } from '#base/money.ts'
import type { Policies } from '#scenarios/policies.ts'
import { isRefusal, type Line, sumOf } from '../../billing/line.ts'
import { paidBack } from '../../billing/minor-units.ts'
import { refund } from '../../billing/refund.ts'
import type { Row } from '../../cell/table.ts'
import { createOrder } from '../orders/order-creation.ts'
import { step as stepOrder } from '../orders/order-steps.ts'
import { takeShareBack } from '../sellers/seller-share.ts'
import { returnToCoupon } from '../wallets/coupons.ts'
import { isResold } from '../wallets/reseller.ts'
import { intentAbout, offerOf } from './about.ts'
import { dropEarning, earnAtOnce, recognise } from './earnings.ts'
import { subscription } from './subscription.ts'
import type { Subscriptions } from './subscriptions.ts'

/** Rows of what one order paid for a period: its image, its servers, or both. */
interface Period {
  readonly order: number
  readonly rows: readonly number[]
  readonly cash: bigint
  readonly coupon: bigint
  readonly tax: bigint
  /** What a discount coupon took off the taxed price (M-07). */
  readonly untaxed: bigint
}

export interface Returned {
  readonly period: Period
  readonly begun: boolean
  readonly returns: number
  readonly lines: readonly Line[]
  /** In cash, and to coupons; together `back`. */
  readonly amount: bigint
  /** What brings the cash to minor units of the currency (M-08). */
  readonly rounding: bigint
  readonly couponReturned: bigint
  readonly back: bigint
  readonly tax: bigint
  /** Of what goes back, net of tax, what was paid for servers. */
  readonly cloud: bigint
}

/** What is refunded, and why. */
export interface Asked {
  readonly kind: 'unsubscription' | 'partial-refund'
  readonly rule: 'N-03' | 'E-05' | 'E-10'
  /** How many leave. */
  readonly servers: number
  readonly policies: Policies
}

/** Refunds what was paid for these earnings, newest first, by an order of its own; nothing more is earned of them. */
export function refundPeriods(
  market: Subscriptions,
  row: Row<'subscriptions'>,
  earnings: readonly Row<'earnings'>[],
  asked: Asked,
): readonly Returned[] {
  const returns = returnsOfYear(market, row)
  const returned = periodsOf(market, earnings).map((period) => settle(market, row, period, { ...asked, returns }))
  const order = placeOrder(market, row, returned, asked)
  for (const part of returned) {
    writeRefund(market, row, order, part, asked.servers)
    bookRefund(market, row, part)
  }
  stepOrder(market.orderChapter, order, 'pay', asked.rule)
  stepOrder(market.orderChapter, order, 'complete', asked.rule)
  market.orders.remove(order)
  return returned
}

/** E-10: whether servers that an outage takes are refunded, in a term that runs. */
export const isRefunded = ({ subscriptions, policies }: Subscriptions, row: Row<'subscriptions'>): boolean =>
  policies['outage.refund'] === 'rest-of-term' && subscriptions.state[row] === subscription.state.active

/** Neither a handling fee (N-04) nor the limit of full refunds (N-06): the buyer gave nothing back. */
export const withoutFee = (policies: Policies): Policies => ({
  ...{ ...policies, 'refund.fee': 'none', 'refund.fiveDay': 'off' },
})

/** What was paid and has not ended, oldest first. */
function periodsOf(market: Subscriptions, newestFirst: readonly Row<'earnings'>[]): Period[] {
  const { earnings } = market
  const byOrder = Map.groupBy(newestFirst.toReversed(), (earning) => earnings.id[earning])
  return [...byOrder].map(([order, rows]) => {
    const tax = rows.reduce((sum, earning) => sum + earnings.tax.at(earning), 0n)
    const coupon = rows.reduce((sum, e) => sum + earnings.couponPaid.at(e) + earnings.discountPaid.at(e), 0n)
    const paid = rows.reduce((sum, earning) => sum + earnings.price.at(earning), tax)
    const untaxed = rows.reduce((sum, e) => sum + (earnings.lowered[e] === 1 ? earnings.discountPaid.at(e) : 0n), 0n)
    return { order, rows, tax, coupon, untaxed, cash: paid - coupon }
  })
}

/** N-06: instances released in full in the calendar year. */
function returnsOfYear(market: Subscriptions, row: Row<'subscriptions'>): number {
  const { subscriptions, policies, now, returns } = market
  const account = subscriptions.account[row]
  const { year } = dateOfDay(dayOf(now, policies['time.utcOffset']))
  if (returns.year[account] !== year) {
    returns.year[account] = year
    returns.count[account] = 0
  }
  return returns.count[account]
}

/** N-03..N-06 for one period. A renewal period that has begun is not within five days of provisioning. */
function settle(
  market: Subscriptions,
  row: Row<'subscriptions'>,
  period: Period,
  asked: Asked & { returns: number },
): Returned {
  const { earnings, world, now } = market
  const { policies } = asked
  const [first] = period.rows
  // N-05: the term of what could not be created never begins.
  const begun = earnings.from[first] <= now && asked.rule !== 'E-05'
  const isProvisioned = earnings.first[first] === 1
  const result = refund(
    {
      cash: period.cash,
      coupon: period.coupon,
      start: earnings.from[first],
      termEnd: earnings.to[first],
      termMonths: earnings.months[first],
      at: now,
      begun,
      // All servers of the order come back at the same time: the last of them must still be within the limit.
      fiveDayReturns: asked.returns + Math.max(1, asked.servers) - 1,
    },
    isProvisioned ? policies : { ...policies, 'refund.fiveDay': 'off' },
  )
  if (isRefusal(result)) throw new Error(`${result.rule}: subscription ${market.subscriptions.id[row]} has ended`)
  const amount = sumOf(result.lines)
  const rounding = paidBack({ amount, paid: period.cash }, policies, world.scenario.currency.decimals) - amount
  const isCashOnly = begun && result.couponReturned > 0n
  // N-06: valid cash coupons come back, discount coupons do not.
  const couponReturned = isCashOnly
    ? period.rows.reduce((sum, e) => sum + earnings.couponPaid.at(e), 0n)
    : result.couponReturned
  const back = amount + couponReturned
  const paid = period.cash + period.coupon
  // M-07: what a discount coupon took off the price bore no tax, and is refunded only with a period not yet begun.
  const taxed = paid - period.untaxed
  const taxedBack = begun ? back : back - period.untaxed
  const tax = (period.tax * taxedBack) / (taxed > 0n ? taxed : 1n)
  const paidForServers = period.rows.reduce((sum, e) => sum + (earnings.cloud[e] === 1 ? earnings.price.at(e) : 0n), 0n)
  const net = paid > period.tax ? paid - period.tax : 1n
  const cloud = ((back - tax) * paidForServers) / net
  const { returns } = asked
  return { period, begun, returns, lines: result.lines, amount, rounding, couponReturned, back, tax, cloud }
}

/** The order of the unsubscription: one line a period, negative because the buyer gets it. */
function placeOrder(
  market: Subscriptions,
  row: Row<'subscriptions'>,
  returned: readonly Returned[],
  { kind, rule }: Asked,
): Row<'orders'> {
  const { subscriptions } = market
  const what = { offer: offerOf(market, row), quantity: subscriptions.quantity[row], months: 0 }
  return createOrder(
    market.orderChapter,
    intentAbout(market, row, kind, what),
    returned.map(({ back, lines }) => ({ part: 'refund', plan: 0, amount: -back, rule: lines[0].rule })),
    rule === 'N-03' ? 'O-01' : rule,
  )
}

const lineAmount = (lines: readonly Line[], name: string): bigint =>
  -(lines.find(({ text }) => text.startsWith(name))?.amount ?? 0n)

function writeRefund(
  market: Subscriptions,
  row: Row<'subscriptions'>,
  order: Row<'orders'>,
  returned: Returned,
  servers: number,
): void {
  const { subscriptions, earnings, accounts, orders, facts, now } = market
  const { period, lines, begun, returns, amount, tax, cloud } = returned
  const [first] = period.rows
  facts.refunds({
    order_id: orders.id[order],
    at: now,
    account: accounts.id[subscriptions.account[row]],
    subscription_id: subscriptions.id[row],
    paid_order: period.order,
    begun: begun ? 1 : 0,
    period_start: earnings.from[first],
    period_end: earnings.to[first],
    months: earnings.months[first],
    cash: period.cash,
    coupon: period.coupon,
    coupon_returned: returned.couponReturned,
    servers,
    returns,
    consumed: lineAmount(lines, 'consumed'),
    fee: lineAmount(lines, 'handling fee'),
    amount,
    rounding: returned.rounding,
    tax,
    cloud,
    rule: market.word(lines[0].rule),
  })
}

/** The money goes back out of what is deferred; what stays is earned immediately. */
function bookRefund(market: Subscriptions, row: Row<'subscriptions'>, returned: Returned): void {
  const { period, amount, rounding, couponReturned, back, tax } = returned
  const { subscriptions, earnings, accounts, ledger, now, balances } = market
  const account = subscriptions.account[row]
  const owner = accounts.id[account]
  for (const earning of period.rows) recognise(market, earning)
  if (back > 0n) {
    returnCouponsOf(market, returned)
    ledger.begin({
      at: now,
      kind: 'refund',
      account: owner,
      order: period.order,
      hour: 0,
      repeats: 1,
      rule: market.word('N-03'),
    })
    for (const earning of period.rows) postPart(market, earning, owner, partOf(market, earning, returned))
    ledger.post('tax-payable', 0, tax)
    ledger.post('refunds', owner, -back)
    ledger.post('refunds', owner, back)
    ledger.post('buyer-coupons', owner, -couponReturned)
    // O-06: what a reseller paid is refunded to the reseller.
    const cash = amount + rounding
    if (isResold(market.wallets, account)) ledger.post('payment-clearing', 0, -cash)
    else ledger.post('buyer-cash', owner, -cash)
    ledger.post('rounding-differences', 0, rounding)
    ledger.close()
    if (!isResold(market.wallets, account)) balances.cash.add(account, cash)
  }
  for (const earning of period.rows) {
    const left = earnings.price.at(earning) - earnings.recognised.at(earning) - partOf(market, earning, returned)
    const isCloud = earnings.cloud[earning] === 1
    const specification = offerOf(market, row).id
    const kept = { order: period.order, account, specification, price: left, commission: left, cloud: isCloud }
    if (left > 0n) earnAtOnce(market, kept)
  }
  // L-06: what is still deferred of the share of the seller is refunded with the price, or its cost with what stays.
  const deferred = period.rows.reduce((sum, earning) => sum + deferredShare(market, earning), 0n)
  const specification = offerOf(market, row).id
  takeShareBack(market.sellers, {
    specification,
    account,
    order: period.order,
    sales: back - tax - returned.cloud,
    deferred,
  })
  for (const earning of period.rows) dropEarning(market, earning)
}

function deferredShare({ earnings }: Subscriptions, earning: Row<'earnings'>): bigint {
  const share = earnings.price.at(earning) - earnings.commission.at(earning)
  return share - (earnings.recognised.at(earning) - earnings.recognisedCommission.at(earning))
}

const partOf = (market: Subscriptions, earning: Row<'earnings'>, { back, tax, cloud }: Returned): bigint =>
  market.earnings.cloud[earning] === 1 ? cloud : back - tax - cloud

/** N-05: all coupons get back what they paid of a period not begun; N-06: cash coupons only; N-03: none. */
function returnCouponsOf(market: Subscriptions, { period, begun, couponReturned, lines }: Returned): void {
  if (couponReturned === 0n) return
  const { cashCoupon, couponPaid, discountCoupon, discountPaid } = market.earnings
  const [{ rule }] = lines
  for (const row of period.rows) {
    if (!begun) returnToCoupon(market.wallets, discountCoupon[row], period.order, discountPaid.at(row), rule)
    returnToCoupon(market.wallets, cashCoupon[row], period.order, couponPaid.at(row), rule)
  }
}

/** Out of what is deferred; days may have earned a little more than hours have consumed (N-03), which is taken back. */
function postPart(market: Subscriptions, earning: Row<'earnings'>, owner: number, part: bigint): void {
  const { earnings, ledger } = market
  const deferred = earnings.price.at(earning) - earnings.recognised.at(earning)
  const revenue = earnings.cloud[earning] === 1 ? 'cloud-resource-revenue' : 'marketplace-revenue'
  ledger.post('deferred-revenue', owner, least(part, deferred))
  ledger.post(revenue, 0, part - least(part, deferred))
}
