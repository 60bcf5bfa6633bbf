/** N-03..N-06: what an unsubscription should give back of each period that was paid and has not ended. */
import { DAY, dateOfDay, HOUR } from './civil-time.ts'
import { Exact, toMoney } from './exact.ts'
import type { AccountFacts, Order } from './facts.ts'
import type { Life, Lives, Period } from './lives.ts'
import type { Premises } from './premises.ts'
import type { AuditedOrder } from './pricing.ts'

export interface Returned {
  readonly life: Life
  readonly period: Period
  /** The unsubscription. */
  readonly by: Order
  readonly at: number
  readonly begun: boolean
  readonly consumed: number
  readonly fee: number
  /** Of what was paid, by coupon. */
  readonly coupon: number
  /** In cash, and to coupons; together `back`, tax in it. */
  readonly amount: number
  readonly couponReturned: number
  readonly back: number
  readonly tax: number
  /** Of the amount net of tax, what was paid for servers. */
  readonly cloud: number
  readonly rule: 'N-03' | 'N-05' | 'N-06'
  readonly servers: number
  /** Instances given back under N-06 in the calendar year before. */
  readonly returns: number
}

const FIVE_DAYS = 5 * DAY
const RETURNS_A_YEAR = 10

/** All that an account gives back, in the order of time. */
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
    const servers = serversAt(premises, facts, life, at)
    const returned = life.periods
      .filter(({ to }) => to > at)
      .map((period) => {
        const paid = priced(period.order.id)
        return settle(premises, life, period, { at, returns, servers, paid, coupons: couponsOf(facts, period.order) })
      })
    if (returned.some(({ rule }) => rule === 'N-06')) perYear.set(year, returns + servers)
    return returned
  })
}

/** Servers of a subscription that still stand at an instant. */
function serversAt(premises: Premises, facts: AccountFacts, life: Life, at: number): number {
  return facts.instances.filter(({ order, steps }) => {
    const gone = steps.find(({ to }) => ['deleted', 'failed'].includes(premises.word(to)))
    return order === life.order.id && (gone === undefined || gone.at >= at)
  }).length
}

/** What coupons paid of an order when it was paid; `wallets` judges the draws themselves. */
function couponsOf({ coupons, couponDraws }: AccountFacts, { id }: Order): { cash: number; discount: number } {
  const kinds = new Map(coupons.map(({ id: coupon, isCash }) => [coupon, isCash]))
  const paid = couponDraws.filter(({ order, amount }) => order === id && amount > 0)
  const sum = (isCash: boolean): number =>
    paid.reduce((total, { coupon, amount }) => total + (kinds.get(coupon) === isCash ? amount : 0), 0)
  return { cash: sum(true), discount: sum(false) }
}

interface Asked {
  readonly coupons: { readonly cash: number; readonly discount: number }
  readonly at: number
  readonly returns: number
  readonly servers: number
  readonly paid: AuditedOrder | undefined
}

function settle(
  premises: Premises,
  life: Life,
  period: Period,
  { at, returns, servers, paid, coupons }: Asked,
): Returned {
  const by = life.effects.find(({ kind }) => kind === 'unsubscription')?.order ?? life.order
  const whole = paid?.amount ?? 0
  const coupon = coupons.cash + coupons.discount
  const cash = whole - coupon
  const begun = period.from <= at
  const isFirst = period.order.id === life.order.id
  const withinFiveDays =
    premises.policyAt('refund.fiveDay', at) === 'cn' &&
    isFirst &&
    at - period.from < FIVE_DAYS &&
    returns + Math.max(1, servers) <= RETURNS_A_YEAR
  const inFull = !begun || withinFiveDays
  const consumed = inFull ? 0 : consumedOf(premises, period, at, cash)
  const fee = inFull ? 0 : feeOf(premises, period.from, period.order.months, at, cash)
  const amount = Math.max(0, cash - consumed - fee)
  const couponReturned = !begun ? coupon : withinFiveDays ? coupons.cash : 0
  const back = amount + couponReturned
  const tax = partOf(whole - (paid?.net ?? 0), back, whole)
  const cloudPaid = paid?.lines.reduce((sum, { part, amount: line }) => sum + (part === 'ecs' ? line : 0), 0) ?? 0
  const cloud = partOf(cloudPaid, back - tax, paid?.net ?? 0)
  const rule = !begun ? 'N-05' : withinFiveDays ? 'N-06' : 'N-03'
  return {
    life,
    period,
    by,
    at,
    begun,
    consumed,
    fee,
    coupon,
    amount,
    couponReturned,
    back,
    tax,
    cloud,
    rule,
    servers,
    returns,
  }
}

/** `of` x `part` / `all`, truncated. */
const partOf = (of: number, part: number, all: number): number =>
  all === 0 ? 0 : new Exact(of).times(part).div(all).floor().toNumber()

/** N-03: cash x used / total, both ends floored to the hour, or by policy to the day. */
export function consumedOf(
  premises: Premises,
  { from, to }: Pick<Period, 'from' | 'to'>,
  at: number,
  cash: number,
): number {
  const { calendar } = premises
  const policies = premises.policiesAt(at)
  const unit = policies['refund.consumed'] === 'days' ? DAY : HOUR
  const floor = (instant: number): number => Math.floor((instant + calendar.offset) / unit)
  const used = floor(at) - floor(from)
  const total = floor(to) - floor(from)
  return toMoney(new Exact(cash).times(used).div(total).div(1e8), policies['rounding.charge'])
}

/** N-04: 10 percent up to a year; of two years 15 then 10, of three 15, 10, 5, by year of use. */
export function feeOf(premises: Premises, from: number, months: number, at: number, cash: number): number {
  const { calendar } = premises
  const policies = premises.policiesAt(at)
  if (policies['refund.fee'] === 'none') return 0
  const percents = months <= 12 ? [10] : months === 24 ? [15, 10] : [15, 10, 5]
  let year = 0
  while (year < percents.length - 1 && at >= calendar.termEnd(from, 12 * (year + 1))) year++
  return toMoney(new Exact(cash).times(percents[year]).div(100).div(1e8), policies['rounding.charge'])
}
