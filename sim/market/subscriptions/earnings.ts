/** Revenue of subscriptions (M-05, Q-07): what an order was paid for is earned evenly over the civil days it bought. */

import { dateOfDay, dayOf, dayOfDate, startOfDay } from '#base/civil-time.ts'
import type { Instant } from '#base/time.ts'
import { type Id, NONE, type Row } from '../../cell/table.ts'
import { postEarned } from '../sellers/seller-share.ts'
import type { Subscriptions } from './subscriptions.ts'

export interface Earning {
  /** Number of the order that was paid. */
  readonly order: Id<'orders'>
  /** Row of the subscription. */
  readonly subscription: Row<'subscriptions'>
  readonly from: Instant
  readonly to: Instant
  /** When it was paid; left out where that was not after `from`. */
  readonly since?: Instant
  /** Duration bought; 0 for what a change added. */
  readonly months: number
  /** Whether it is the subscription's first term. */
  readonly first: boolean
  /** Net of tax, and the tax paid on it. */
  readonly price: bigint
  readonly tax: bigint
  /** What of the price is not the share of its seller (L-06). */
  readonly commission: bigint
  /** Rows of the coupons that paid of it, and how much each. */
  readonly cashCoupon?: Row<'coupons'>
  readonly couponPaid?: bigint
  readonly discountCoupon?: Row<'coupons'>
  readonly discountPaid?: bigint
  /** 1: the discount coupon lowered the price that was taxed (M-07). */
  readonly lowered?: number
  /** Whose revenue it becomes: the cloud's for a server, else the marketplace's. */
  readonly cloud: boolean
}

/** From now on the price is earned, day by day. What is earned in full already is booked immediately. */
export function beginEarning(market: Subscriptions, what: Earning): void {
  const { earnings, subscriptions, timers, now } = market
  const row = earnings.add()
  const { subscription } = what
  earnings.id[row] = what.order
  earnings.subscription[row] = subscription
  earnings.account[row] = subscriptions.account[subscription]
  earnings.cloud[row] = what.cloud ? 1 : 0
  earnings.from[row] = what.from
  earnings.to[row] = what.to
  earnings.since[row] = what.since ?? what.from
  earnings.months[row] = what.months
  earnings.first[row] = what.first ? 1 : 0
  earnings.price.put(row, what.price)
  earnings.commission.put(row, what.commission)
  earnings.tax.put(row, what.tax)
  earnings.cashCoupon[row] = what.cashCoupon ?? NONE
  earnings.couponPaid.put(row, what.couponPaid ?? 0n)
  earnings.discountCoupon[row] = what.discountCoupon ?? NONE
  earnings.discountPaid.put(row, what.discountPaid ?? 0n)
  earnings.lowered[row] = what.lowered ?? 0
  market.earningList.prepend(subscription, row)
  earnings.timer[row] = timers.wake('earningEnds', Math.max(now, what.to), row)
}

/** Its last day has ended: the rest is earned. */
export function endEarning(market: Subscriptions, row: Row<'earnings'>): void {
  const { earnings } = market
  recognise(market, row)
  market.earningList.remove(market.earnings.subscription[row], row)
  earnings.remove(row)
}

/** A subscription refunded: nothing more is earned by days. */
export function dropEarning(market: Subscriptions, row: Row<'earnings'>): void {
  market.timers.cancel(market.earnings.timer[row])
  market.earningList.remove(market.earnings.subscription[row], row)
  market.earnings.remove(row)
}

/**
 * A part of what was paid leaves: `part` of `of` equal ones, truncated, as earnings of its own, which the caller books and
 * drops. What was earned so far is divided so that the rest continues by its own days. Returns the row of the part.
 */
export function splitEarning(
  market: Subscriptions,
  row: Row<'earnings'>,
  { part, of }: { part: number; of: number },
): Row<'earnings'> {
  recognise(market, row)
  const { earnings, policies } = market
  const offset = policies['time.utcOffset']
  const days = dayOf(earnings.to[row], offset) - dayOf(earnings.from[row], offset)
  const piece = earnings.add()
  for (const column of copiedColumns) earnings[column][piece] = earnings[column][row]
  for (const column of dividedColumns) {
    const whole = earnings[column].at(row)
    const taken = (whole * BigInt(part)) / BigInt(of)
    earnings[column].put(piece, taken)
    earnings[column].put(row, whole - taken)
  }
  for (const [column, earned] of earnedColumns) {
    const kept = earnedBy(earnings[column].at(row), earnings.earnedDays[row], days)
    earnings[earned].put(piece, earnings[earned].at(row) - kept)
    earnings[earned].put(row, kept)
  }
  earnings.timer[piece] = NONE
  market.earningList.prepend(earnings.subscription[row], piece)
  return piece
}

const copiedColumns = [
  'id',
  'subscription',
  'account',
  'cloud',
  'from',
  'to',
  'since',
  'earnedDays',
  'months',
  'first',
  'cashCoupon',
  'discountCoupon',
  'lowered',
] as const
const dividedColumns = ['price', 'commission', 'tax', 'couponPaid', 'discountPaid'] as const
const earnedColumns = [
  ['price', 'recognised'],
  ['commission', 'recognisedCommission'],
] as const

/** The price over the civil days, times the days that have ended, truncated. */
const earnedBy = (price: bigint, ended: number, days: number): bigint => (price * BigInt(ended)) / BigInt(days)

/**
 * Moves what has been earned since the last time from deferred revenue to revenue: a transaction a calendar month, about
 * the last of its days (M-09). Days before the payment are earned on the day of the payment.
 */
export function recognise(market: Subscriptions, row: Row<'earnings'>): void {
  const { earnings, policies, now } = market
  const offset = policies['time.utcOffset']
  const first = dayOf(earnings.from[row], offset)
  const since = Math.max(first, dayOf(earnings.since[row], offset))
  const days = dayOf(earnings.to[row], offset) - first
  const ended = Math.min(days, dayOf(now, offset) - first)
  while (earnings.earnedDays[row] < ended) {
    const from = earnings.earnedDays[row]
    const { year, month } = dateOfDay(Math.max(first + from, since))
    const nextMonth = month === 12 ? dayOfDate(year + 1, 1, 1) : dayOfDate(year, month + 1, 1)
    const to = Math.min(ended, nextMonth - first)
    earnings.earnedDays[row] = to
    bookDays(market, row, { first, days, since, from, to })
  }
}

/** Days `from` to `to` of a period that began with day `first`; what they earn may be nothing. */
function bookDays(
  market: Subscriptions,
  row: Row<'earnings'>,
  { first, days, since, from, to }: { first: number; days: number; since: number; from: number; to: number },
): void {
  const { earnings, facts, ledger, policies } = market
  const pieceOf = (whole: bigint): bigint => earnedBy(whole, to, days) - earnedBy(whole, from, days)
  const price = pieceOf(earnings.price.at(row))
  const commission = pieceOf(earnings.commission.at(row))
  if (price === 0n && commission === 0n) return
  earnings.recognised.add(row, price)
  earnings.recognisedCommission.add(row, commission)
  facts.recognitions({
    transaction_id: ledger.next,
    price: earnings.price.at(row),
    commission: earnings.commission.at(row),
    first_day: first,
    days,
    since,
    earned_from: from,
    earned_to: to,
  })
  const { id, account, cloud, subscription } = earnings
  const about = startOfDay(Math.max(first + to - 1, since), policies['time.utcOffset'])
  const specification = market.subscriptions.specification[subscription[row]]
  const isCloud = cloud[row] === 1
  earnAtOnce(market, { order: id[row], account: account[row], specification, price, commission, cloud: isCloud, about })
}

/** `price` of an order is earned: a stretch of its days that ends with that of `about`, or all of what has no term, now. */
export function earnAtOnce(
  market: Subscriptions,
  what: {
    order: number
    account: Row<'accounts'>
    specification: number
    price: bigint
    /** What of the price is not the share of its seller (L-06). */
    commission: bigint
    cloud?: boolean
    about?: number
  },
): void {
  const { accounts, ledger, now } = market
  if (what.price === 0n && what.commission === 0n) return
  const owner = accounts.id[what.account]
  ledger.begin({
    at: now,
    ...(what.about === undefined ? {} : { about: what.about }),
    kind: 'recognition',
    account: owner,
    order: what.order,
    hour: 0,
    repeats: 1,
    rule: market.word('M-05'),
  })
  ledger.post('deferred-revenue', owner, what.price)
  if (what.cloud === true) ledger.post('cloud-resource-revenue', 0, -what.price)
  else postEarned(market.sellers, what.specification, what.price, what.commission)
  ledger.close()
}

/** At the end of a month, and of the run: everything earns up to now (M-09: about the days that have ended). */
export function recogniseAll(market: Subscriptions): void {
  const { earnings } = market
  for (let row = 0; row < earnings.rows; row++) if (earnings.price.at(row) > 0n) recognise(market, row)
}

/** nothing earns more than was paid for it, and no seller's share more than was deferred. */
export function checkEarned({ earnings }: Subscriptions): void {
  for (let row = 0; row < earnings.rows; row++) {
    const [price, recognised] = [earnings.price.at(row), earnings.recognised.at(row)]
    if (recognised > price) throw new Error(`Q-07: order ${earnings.id[row]} has earned ${recognised} of ${price} paid`)
  }
}
