/** What becomes of the money of an order that was paid: earned over its term, earned at once, or given back. */
import { Exact } from './exact.ts'
import type { Order, Step } from './facts.ts'
import type { Lives } from './lives.ts'
import type { Premises } from './premises.ts'
import type { AuditedOrder } from './pricing.ts'
import type { Returned } from './returns.ts'
import type { Vocabulary } from './vocabulary.ts'

export interface Earning {
  readonly at: number
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
    return { ...nothing, ...earn(premises, streamsOf(order, ended, audited, lives), audited.net, returned, ended) }
  // S-09: what the system closes for want of an invoice is given back, or by policy kept and so earned.
  const closed = order.supervision.some(({ event }) => event === words.closeCancelled)
  if (closed && premises.policyAt('auto365.refund', ended.at) === 'none')
    return { ...nothing, earnings: [{ at: ended.at, amount: audited.net, cloud: false }] }
  return { ...nothing, refundedAt: ended.at }
}

/** What of an order is earned over which days: its image and its servers, each on its own; empty where it has no term. */
function streamsOf(order: Order, completed: Step, audited: AuditedOrder, lives: Lives): Stream[] {
  const life = lives.of(order)
  if (life === undefined) return []
  const period = life.periods.find(({ order: paid }) => paid.id === order.id)
  const change = { from: completed.at, to: lives.before(life, { at: completed.at, id: order.id }).termEnd }
  const days = { ...(period ?? change), granted: completed.at }
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
    return { earnings: net === 0 ? [] : [{ at: completed.at, amount: net, cloud: false }], takenBack: [] }
  const earnings: Earning[] = []
  const takenBack: Earning[] = []
  for (const stream of streams) {
    const byDays = earnedByDays(premises, stream, returned?.at ?? Number.POSITIVE_INFINITY)
    earnings.push(...byDays)
    if (returned === undefined) continue
    // What neither goes back nor was earned by days is earned with the unsubscription.
    const back = stream.cloud ? returned.cloud : returned.back - returned.tax - returned.cloud
    const left = stream.net - back - byDays.reduce((sum, { amount }) => sum + amount, 0)
    const last = { at: returned.at, amount: Math.abs(left), cloud: stream.cloud }
    if (left > 0) earnings.push(last)
    if (left < 0) takenBack.push(last)
  }
  return { earnings, takenBack }
}

/** At each month's start, at the end of the days, of the run and of the life: differences of a truncated whole. */
function earnedByDays(
  { calendar, end }: Premises,
  { net, cloud, from, to, granted }: Stream,
  until: number,
): Earning[] {
  const first = calendar.dayOf(from)
  const days = calendar.dayOf(to) - first
  const last = Math.min(Math.max(to, granted), end, until)
  const earned: Earning[] = []
  let before = 0
  const earnAt = (at: number): void => {
    const ended = Math.max(0, Math.min(days, calendar.dayOf(at) - first))
    const whole = new Exact(net).times(ended).div(days).floor().toNumber()
    if (whole > before) earned.push({ at, amount: whole - before, cloud })
    before = whole
  }
  for (let month = calendar.nextMonth(granted); month < last; month = calendar.nextMonth(month)) earnAt(month)
  earnAt(last)
  return earned
}
