/**
 * N-03..N-06: what an unsubscription should refund of each period that was paid and has not ended; and (E-05, E-10) the same of
 * the part of servers that are not there.
 */
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
  /** The same by kind of coupon. */
  readonly couponsBack: { readonly cash: bigint; readonly discount: bigint }
  readonly back: bigint
  readonly tax: bigint
  /** Of the amount net of tax, what was paid for servers. */
  readonly cloud: bigint
  readonly rule: 'N-03' | 'N-05' | 'N-06'
  readonly servers: number
  /** E-10: an outage took the last server. */
  readonly isLost: boolean
  /** E-05, E-10: that many of so many servers are not there; the others stay. */
  readonly share: Share | undefined
  /** Instances released under N-06 in the calendar year before. */
  readonly returns: number
}

const FIVE_DAYS = 5 * DAY
const RETURNS_A_YEAR = 10

/** A part of an order in equal ones. */
export interface Share {
  readonly part: number
  readonly of: number
}

/** What is left of what was paid for a period: prices net of tax, tax, and what coupons paid of both. */
interface Paid {
  readonly image: bigint
  readonly cloud: bigint
  readonly tax: bigint
  readonly cash: bigint
  readonly discount: bigint
}

const amounts = ['image', 'cloud', 'tax', 'cash', 'discount'] as const

/** A part of each amount, truncated; what is left is `less`. */
function partOfPaid(paid: Paid, share: Share | undefined): Paid {
  if (share === undefined) return paid
  const [part, of] = [BigInt(share.part), BigInt(share.of)]
  return Object.fromEntries(amounts.map((name) => [name, (paid[name] * part) / of])) as unknown as Paid
}

const less = (paid: Paid, part: Paid): Paid =>
  Object.fromEntries(amounts.map((name) => [name, paid[name] - part[name]])) as unknown as Paid

/** All refunds of an account, in time order. */
export function workOutReturns(
  premises: Premises,
  facts: AccountFacts,
  lives: Lives,
  priced: (order: number) => AuditedOrder | undefined,
): Returned[] {
  const all = [...lives.all()].flatMap((life) =>
    life.effects
      .filter(({ kind }) => kind === 'unsubscription' || kind === 'partial-refund')
      .map((effect) => ({ life, effect })),
  )
  // At one instant by the numbers of the orders, which one cell gives.
  all.sort((a, b) => a.effect.at - b.effect.at || a.effect.order.id - b.effect.order.id)
  const perYear = new Map<number, number>()
  const left = new Map<number, Paid>()
  return all.flatMap(({ life, effect }) => {
    const { at, order: by } = effect
    const { year } = dateOfDay(premises.calendar.dayOf(at))
    const returns = perYear.get(year) ?? 0
    const isPart = effect.kind === 'partial-refund'
    const isLost =
      !isPart && lostAt(premises, facts, life) === at && premises.policyAt('outage.refund', at) === 'rest-of-term'
    const servers = isPart ? effect.lost : isLost ? 0 : serversAt(premises, facts, life, at)
    const share = isPart ? { part: effect.lost, of: effect.after.quantity / 1e8 + effect.lost } : undefined
    const isCreation = isPart && premises.word(by.rule) === 'E-05'
    const returned = life.periods
      .filter(({ to, granted, order }) => to > at && (granted < at || (granted === at && order.id < by.id)))
      .map((period) => {
        const audited = priced(period.order.id)
        const paid = left.get(period.order.id) ?? paidFor(facts, period.order, audited)
        const part = partOfPaid(paid, share)
        left.set(period.order.id, less(paid, part))
        const isUntaxed = (audited?.untaxed ?? 0n) > 0n
        return settle(premises, life, period, {
          by,
          at,
          returns,
          servers,
          isLost,
          share,
          isCreation,
          isUntaxed,
          paid: part,
        })
      })
    if (returned.some(({ rule }) => rule === 'N-06')) perYear.set(year, returns + servers)
    return returned
  })
}

/** What was paid for a period when it was paid. */
function paidFor(facts: AccountFacts, order: Order, audited: AuditedOrder | undefined): Paid {
  const { amount = 0n, net = 0n, lines = [] } = audited ?? {}
  const cloud = lines.reduce((sum, { part, amount: line }) => sum + (part === 'ecs' ? line : 0n), 0n)
  return { image: net - cloud, cloud, tax: amount - net, ...couponsOf(facts, order) }
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
  readonly by: Order
  readonly at: number
  readonly returns: number
  readonly servers: number
  readonly isLost: boolean
  readonly share: Share | undefined
  /** E-05: of servers whose term never begins. */
  readonly isCreation: boolean
  /** M-07: what a discount coupon paid was not taxed. */
  readonly isUntaxed: boolean
  readonly paid: Paid
}

function settle(premises: Premises, life: Life, period: Period, asked: Asked): Returned {
  const { by, at, returns, servers, isLost, share, isCreation, isUntaxed, paid } = asked
  const net = paid.image + paid.cloud
  const whole = net + paid.tax
  const coupon = paid.cash + paid.discount
  const cash = whole - coupon
  const begun = period.from <= at && !isCreation
  const isFirst = period.order.id === life.order.id
  // E-05, E-10: the buyer gave nothing back, so there is neither a fee nor a limit.
  const isForced = isLost || share !== undefined
  const withinFiveDays =
    !isForced &&
    premises.policyAt('refund.fiveDay', at) === 'cn' &&
    isFirst &&
    at - period.from < FIVE_DAYS &&
    returns + Math.max(1, servers) <= RETURNS_A_YEAR
  const inFull = !begun || withinFiveDays
  const consumed = inFull ? 0n : consumedOf(premises, period, at, cash)
  const fee = inFull || isForced ? 0n : feeOf(premises, period.from, period.order.months, at, cash)
  const kept = cash - consumed - fee
  const amount = kept > 0n ? kept : 0n
  const rounding = cashBack(premises, at, { amount, paid: cash }) - amount
  const couponsBack = {
    cash: begun && !withinFiveDays ? 0n : paid.cash,
    discount: begun ? 0n : paid.discount,
  }
  const couponReturned = couponsBack.cash + couponsBack.discount
  const back = amount + couponReturned
  // M-07: what a discount coupon took off the price was not taxed; it comes back with a period not yet begun alone.
  const untaxed = isUntaxed ? paid.discount : 0n
  const tax = partOf(paid.tax, begun ? back : back - untaxed, whole - untaxed)
  const cloud = partOf(paid.cloud, back - tax, net)
  const rule = !begun ? 'N-05' : withinFiveDays ? 'N-06' : 'N-03'
  const sums = { consumed, fee, cash, coupon, amount, rounding, couponReturned, couponsBack, back, tax, cloud }
  return { life, period, by, at, begun, ...sums, rule, servers, isLost, share, returns }
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
