/** What becomes of the money of an order that was paid: earned over its term, earned at once, or given back. */
import { Exact } from './exact.ts'
import type { EarnedDays, Order, Step } from './facts.ts'
import type { Lives } from './lives.ts'
import type { Premises } from './premises.ts'
import type { AuditedOrder } from './pricing.ts'
import type { Returned } from './returns.ts'
import type { Vocabulary } from './vocabulary.ts'

export interface Earning {
  /** When it is booked, and the civil day it is about: the last that it earns (M-09). */
  readonly at: number
  readonly day: number
  /** The days of a term that it earns; without them all of it is earned at once. */
  readonly days?: EarnedDays
  readonly amount: number
  /** Of a server: the cloud's revenue, not the marketplace's. */
  readonly cloud: boolean
}

export interface OrderMoney {
  readonly isPaid: boolean
  /** M-05, Q-07: what of the price net of tax is earned when. */
  readonly earnings: readonly Earning[]
  /** S-07, S-09, O-08: when all that was paid is given back. */
  readonly refundedAt: number | undefined
  /** N-03..N-06: what an unsubscription gives back of it. */
  readonly returned: Returned | undefined
  /** What days had earned beyond what stays, taken back with the refund. */
  readonly takenBack: readonly Earning[]
}

/** A part of an order's price that is earned by the days of [from, to). */
interface Stream {
  readonly net: number
  readonly cloud: boolean
  readonly from: number
  readonly to: number
  readonly granted: number
  /** Nothing is earned before the civil day of the payment. */
  readonly since: number
}

/** The whole of an order's money, from its steps. */
export function followMoney(
  premises: Premises,
  words: Vocabulary,
  order: Order,
  audited: AuditedOrder,
  { lives, returned }: { lives: Lives; returned: Returned | undefined },
): OrderMoney {
  const isPaid = order.steps.some(({ event }) => event === words.pay)
  const nothing: OrderMoney = { isPaid, earnings: [], refundedAt: undefined, returned, takenBack: [] }
  if (!isPaid || audited.amount <= 0) return nothing
  const ended = order.steps.find(({ to }) => to === words.completed || to === words.cancelled)
  if (ended === undefined) return nothing
  if (ended.to === words.completed)
    return {
      ...nothing,
      ...earn(premises, streamsOf(premises, order, ended, audited, lives), audited.net, returned, ended),
    }
  // S-09: what the system closes for want of an invoice is given back, or by policy kept and so earned.
  const closed = order.supervision.some(({ event }) => event === words.closeCancelled)
  if (closed && premises.policyAt('auto365.refund', ended.at) === 'none')
    return { ...nothing, earnings: [atOnce(premises, ended.at, audited.net, false)] }
  return { ...nothing, refundedAt: ended.at }
}

/** What of an order is earned over which days: its image and its servers, each on its own; empty where it has no term. */
function streamsOf(
  { calendar }: Premises,
  order: Order,
  completed: Step,
  audited: AuditedOrder,
  lives: Lives,
): Stream[] {
  const life = lives.of(order)
  if (life === undefined) return []
  const period = life.periods.find(({ order: paid }) => paid.id === order.id)
  const change = { from: completed.at, to: lives.before(life, { at: completed.at, id: order.id }).termEnd }
  const stretch = period ?? change
  // A first term begins with its order; a renewal may buy days that had passed when it was paid.
  const paid = order.id === life.order.id ? stretch.from : Math.max(stretch.from, completed.at)
  const days = { from: stretch.from, to: stretch.to, granted: completed.at, since: calendar.dayOf(paid) }
  const cloud = audited.lines.reduce((sum, { part, amount }) => sum + (part === 'ecs' ? amount : 0), 0)
  const streams: Stream[] = [
    { ...days, net: audited.net - cloud, cloud: false },
    { ...days, net: cloud, cloud: true },
  ]
  return streams.filter(({ net }) => net > 0)
}

/** Earned day by day; what has no term was delivered with its completion. */
function earn(
  premises: Premises,
  streams: readonly Stream[],
  net: number,
  returned: Returned | undefined,
  completed: Step,
): Pick<OrderMoney, 'earnings' | 'takenBack'> {
  if (streams.length === 0)
    return { earnings: net === 0 ? [] : [atOnce(premises, completed.at, net, false)], takenBack: [] }
  const earnings: Earning[] = []
  const takenBack: Earning[] = []
  for (const stream of streams) {
    const byDays = earnedByDays(premises, stream, returned?.at ?? Number.POSITIVE_INFINITY)
    earnings.push(...byDays)
    if (returned === undefined) continue
    // What neither goes back nor was earned by days is earned with the unsubscription.
    const back = stream.cloud ? returned.cloud : returned.back - returned.tax - returned.cloud
    const left = stream.net - back - byDays.reduce((sum, { amount }) => sum + amount, 0)
    const last = atOnce(premises, returned.at, Math.abs(left), stream.cloud)
    if (left > 0) earnings.push(last)
    if (left < 0) takenBack.push(last)
  }
  return { earnings, takenBack }
}

const atOnce = ({ calendar }: Premises, at: number, amount: number, cloud: boolean): Earning => ({
  at,
  day: calendar.dayOf(at),
  amount,
  cloud,
})

/**
 * At each month's start, at the end of the days, of the run and of the life: differences of a truncated whole, the days of
 * each month apart (M-09).
 */
function earnedByDays(
  { calendar, end }: Premises,
  { net, cloud, from, to, granted, since }: Stream,
  until: number,
): Earning[] {
  const first = calendar.dayOf(from)
  const days = calendar.dayOf(to) - first
  const last = Math.min(Math.max(to, granted), end, until)
  const earned: Earning[] = []
  const wholeOf = (ended: number): number => new Exact(net).times(ended).div(days).floor().toNumber()
  const aboutOf = (ended: number): number => Math.max(first + ended - 1, since)
  let before = 0
  const earnAt = (at: number): void => {
    const ended = Math.max(0, Math.min(days, calendar.dayOf(at) - first))
    while (before < ended) {
      let upTo = before + 1
      const month = calendar.monthOf(calendar.instantOf(aboutOf(upTo)))
      while (upTo < ended && calendar.monthOf(calendar.instantOf(aboutOf(upTo + 1))) === month) upTo++
      const amount = wholeOf(upTo) - wholeOf(before)
      const stretch = { price: net, firstDay: first, days, since, from: before, to: upTo }
      if (amount > 0) earned.push({ at, day: aboutOf(upTo), days: stretch, amount, cloud })
      before = upTo
    }
  }
  for (let month = calendar.nextMonth(granted); month < last; month = calendar.nextMonth(month)) earnAt(month)
  earnAt(last)
  return earned
}
