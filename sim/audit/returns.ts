/** N-03..N-06: what an unsubscription should refund of each period that was paid and has not ended. */
import { DAY, dateOfDay, HOUR } from './civil-time.ts'
import { exactOf, toMoney } from './exact.ts'
import type { AccountFacts, Order } from './facts.ts'
import type { Life, Lives, Period } from './lives.ts'
import type { Premises } from './premises.ts'
import type { AuditedOrder } from './pricing.ts'
import { cashBack } from './rounding.ts'

export interface Returned {
  readonly life: Life
  readonly period: Period
  /** The unsubscription. */
  readonly by: Order
  readonly at: number
  readonly begun: boolean
  readonly consumed: bigint
  readonly fee: bigint
  /** What was paid, in cash and by coupon. */
  readonly cash: bigint
  readonly coupon: bigint
  /** In cash, and to coupons; together `back`, tax in it. */
  readonly amount: bigint
  /** What brings the cash to minor units (M-08). */
  readonly rounding: bigint
  readonly couponReturned: bigint
  readonly back: bigint
  readonly tax: bigint
  /** Of the amount net of tax, what was paid for servers. */
  readonly cloud: bigint
  readonly rule: 'N-03' | 'N-05' | 'N-06'
  readonly servers: number
  /** E-10: an outage took the last server. */
  readonly isLost: boolean
  /** Instances released under N-06 in the calendar year before. */
  readonly returns: number
}

const FIVE_DAYS = 5 * DAY
const RETURNS_A_YEAR = 10

/** All refunds of an account, in time order. */
export function workOutReturns(
  premises: Premises,
  facts: AccountFacts,
  lives: Lives,
  priced: (order: number) => AuditedOrder | undefined,
): Returned[] {
  const given = [...lives.all()].filter((life) => life.unsubscribed !== undefined)
  const byTime = given.sort((a, b) => (a.unsubscribed ?? 0) - (b.unsubscribed ?? 0) || a.order.id - b.order.id)
  const perYear = new Map<number, number>()
  return byTime.flatMap((life) => {
    const at = life.unsubscribed ?? 0
    const { year } = dateOfDay(premises.calendar.dayOf(at))
    const returns = perYear.get(year) ?? 0
    const isLost = lostAt(premises, facts, life) === at && premises.policyAt('outage.refund', at) === 'rest-of-term'
    const servers = isLost ? 0 : serversAt(premises, facts, life, at)
    const returned = life.periods
      .filter(({ to }) => to > at)
      .map((period) => {
        const paid = priced(period.order.id)
        const coupons = couponsOf(facts, period.order)
        return settle(premises, life, period, { at, returns, servers, isLost, paid, coupons })
      })
    if (returned.some(({ rule }) => rule === 'N-06')) perYear.set(year, returns + servers)
    return returned
  })
}

/** E-10: when an outage took the last running server of a subscription; undefined where one is left or ended otherwise. */
export function lostAt(premises: Premises, { instances }: AccountFacts, { order }: Life): number | undefined {
  const own = instances.filter((instance) => instance.order === order.id)
  const ends = own.map(({ steps }) => steps.find(({ to }) => ['deleted', 'failed'].includes(premises.word(to))))
  if (ends.length === 0 || ends.includes(undefined)) return undefined
  const last = ends.reduce((a, b) => ((b?.at ?? 0) >= (a?.at ?? 0) ? b : a))
  return last !== undefined && premises.word(last.to) === 'failed' ? last.at : undefined
}

/** Servers of a subscription that still are at an instant. */
function serversAt(premises: Premises, facts: AccountFacts, life: Life, at: number): number {
  return facts.instances.filter(({ order, steps }) => {
    const gone = steps.find(({ to }) => ['deleted', 'failed'].includes(premises.word(to)))
    return order === life.order.id && (gone === undefined || gone.at >= at)
  }).length
}

/** What coupons paid of an order when it was paid; `wallets` judges the draws themselves. */
function couponsOf({ coupons, couponDraws }: AccountFacts, { id }: Order): { cash: bigint; discount: bigint } {
  const kinds = new Map(coupons.map(({ id: coupon, isCash }) => [coupon, isCash]))
  const paid = couponDraws.filter(({ order, amount }) => order === id && amount > 0n)
  const sum = (isCash: boolean): bigint =>
    paid.reduce((total, { coupon, amount }) => total + (kinds.get(coupon) === isCash ? amount : 0n), 0n)
  return { cash: sum(true), discount: sum(false) }
}

interface Asked {
  readonly coupons: { readonly cash: bigint; readonly discount: bigint }
  readonly at: number
  readonly returns: number
  readonly servers: number
  readonly isLost: boolean
  readonly paid: AuditedOrder | undefined
}

function settle(
  premises: Premises,
  life: Life,
  period: Period,
  { at, returns, servers, isLost, paid, coupons }: Asked,
): Returned {
  const by = life.effects.find(({ kind }) => kind === 'unsubscription')?.order ?? life.order
  const whole = paid?.amount ?? 0n
  const coupon = coupons.cash + coupons.discount
  const cash = whole - coupon
  const begun = period.from <= at
  const isFirst = period.order.id === life.order.id
  const withinFiveDays =
    !isLost &&
    premises.policyAt('refund.fiveDay', at) === 'cn' &&
    isFirst &&
    at - period.from < FIVE_DAYS &&
    returns + Math.max(1, servers) <= RETURNS_A_YEAR
  const inFull = !begun || withinFiveDays
  const consumed = inFull ? 0n : consumedOf(premises, period, at, cash)
  const fee = inFull || isLost ? 0n : feeOf(premises, period.from, period.order.months, at, cash)
  const kept = cash - consumed - fee
  const amount = kept > 0n ? kept : 0n
  const rounding = cashBack(premises, at, { amount, paid: cash }) - amount
  const couponReturned = !begun ? coupon : withinFiveDays ? coupons.cash : 0n
  const back = amount + couponReturned
  // M-07: what a discount coupon took off the price was not taxed; it comes back with a period not yet begun alone.
  const untaxed = paid?.untaxed ?? 0n
  const tax = partOf(whole - (paid?.net ?? 0n), begun ? back : back - untaxed, whole - untaxed)
  const cloudPaid = paid?.lines.reduce((sum, { part, amount: line }) => sum + (part === 'ecs' ? line : 0n), 0n) ?? 0n
  const cloud = partOf(cloudPaid, back - tax, paid?.net ?? 0n)
  const rule = !begun ? 'N-05' : withinFiveDays ? 'N-06' : 'N-03'
  return {
    life,
    period,
    by,
    at,
    begun,
    consumed,
    fee,
    cash,
    coupon,
    amount,
    rounding,
    couponReturned,
    back,
    tax,
    cloud,
    rule,
    servers,
    isLost,
    returns,
  }
}

/** `of` x `part` / `all`, truncated. */
const partOf = (of: bigint, part: bigint, all: bigint): bigint => (all === 0n ? 0n : (of * part) / all)

/** N-03: cash x used / total, both ends floored to the hour, or by policy to the day. */
export function consumedOf(
  premises: Premises,
  { from, to }: Pick<Period, 'from' | 'to'>,
  at: number,
  cash: bigint,
): bigint {
  const { calendar } = premises
  const policies = premises.policiesAt(at)
  const unit = policies['refund.consumed'] === 'days' ? DAY : HOUR
  const floor = (instant: number): number => Math.floor((instant + calendar.offset) / unit)
  const used = floor(at) - floor(from)
  const total = floor(to) - floor(from)
  return toMoney(exactOf(cash).times(used).div(total).div(1e8), policies['rounding.charge'])
}

/** N-04: 10 percent up to a year; of two years 15 then 10, of three 15, 10, 5, by year of use. */
export function feeOf(premises: Premises, from: number, months: number, at: number, cash: bigint): bigint {
  const { calendar } = premises
  const policies = premises.policiesAt(at)
  if (policies['refund.fee'] === 'none') return 0n
  const percents = months <= 12 ? [10] : months === 24 ? [15, 10] : [15, 10, 5]
  let year = 0
  while (year < percents.length - 1 && at >= calendar.termEnd(from, 12 * (year + 1))) year++
  return toMoney(exactOf(cash).times(percents[year]).div(100).div(1e8), policies['rounding.charge'])
}
