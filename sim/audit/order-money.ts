/** What becomes of the money of an order that was paid: earned over its term, earned immediately, or refunded. */
import { floorOf } from './exact.ts'
import type { Order, Step } from './facts.ts'
import type { Lives } from './lives.ts'
import type { Premises } from './premises.ts'
import type { AuditedOrder } from './pricing.ts'
import type { Returned } from './returns.ts'
import { costOf } from './seller-cost.ts'
import type { EarnedDays } from './transaction.ts'
import type { Vocabulary } from './vocabulary.ts'

export interface Earning {
  /** When it is booked, and the civil day it is about: the last that it earns (M-09). */
  readonly at: number
  readonly day: number
  /** The days of a term that it earns; without them all of it is earned immediately. */
  readonly days?: EarnedDays
  readonly amount: bigint
  /** What of it is not the share of its seller (L-06). */
  readonly commission: bigint
  /** Of a server: the cloud's revenue, not the marketplace's. */
  readonly cloud: boolean
}

/** What a seller is owed for an order from an instant on, or no more (L-06). */
export interface ShareMove {
  readonly at: number
  readonly month: number
  readonly sales: bigint
  readonly cost: bigint
  /** What is deferred from then on, or no more; the rest is a cost then. */
  readonly deferred: bigint
}

export interface OrderMoney {
  readonly isPaid: boolean
  /** M-05, Q-07: what of the price net of tax is earned when. */
  readonly earnings: readonly Earning[]
  /** S-07, S-09, O-08: when all that was paid is refunded. */
  readonly refundedAt: number | undefined
  /** N-03..N-06: what an unsubscription, or servers that are not there, refund of it, in the order of time. */
  readonly returned: readonly Returned[]
  /** What days had earned beyond what stays, taken back with the refund. */
  readonly takenBack: readonly Earning[]
  /** L-06, in the order of time. */
  readonly shares: readonly ShareMove[]
}

/** A part of an order's price that is earned by the days of [from, to). */
interface Stream {
  readonly net: bigint
  readonly commission: bigint
  readonly cloud: boolean
  readonly from: number
  readonly to: number
  readonly granted: number
  /** Nothing is earned before the civil day of the payment. */
  readonly since: number
  /** How many of its days were earned before `granted`. */
  readonly earned: number
}

const nothingOf = (isPaid: boolean): OrderMoney => ({
  ...{ isPaid, earnings: [], refundedAt: undefined, returned: [], takenBack: [], shares: [] },
})
/** Of most orders nothing becomes of the price, because they have none: of those that are not paid, and of those that are. */
const NOTHING: readonly [OrderMoney, OrderMoney] = [nothingOf(false), nothingOf(true)]

/** The whole of an order's money, from its steps. */
export function followMoney(
  premises: Premises,
  words: Vocabulary,
  order: Order,
  audited: AuditedOrder,
  { lives, returned }: { lives: Lives; returned: readonly Returned[] },
): OrderMoney {
  const paid = order.steps.find(({ event }) => event === words.pay)
  const nothing =
    returned.length > 0 ? { ...NOTHING[paid === undefined ? 0 : 1], returned } : NOTHING[paid === undefined ? 0 : 1]
  if (paid === undefined || audited.amount <= 0n) return nothing
  const ended = order.steps.find(({ to }) => to === words.completed || to === words.cancelled)
  const completed = ended?.to === words.completed ? ended : undefined
  const sale = saleOf(premises, order, audited, paid, completed)
  const shares = sale === undefined ? [] : [sale]
  if (ended === undefined) return { ...nothing, shares }
  if (completed !== undefined) {
    const streams = streamsOf(premises, order, completed, audited, { lives, sale })
    const { released, ...earned } = earn(premises, streams, audited, { returned, completed, sale })
    const back =
      sale === undefined ? [] : returned.map((each, index) => shareBack(premises, order, each, released[index]))
    return { ...nothing, ...earned, shares: [...shares, ...back] }
  }
  // S-09: what the system closes for want of an invoice is refunded, or by policy kept and so earned.
  const closed = order.supervision.some(({ event }) => event === words.closeCancelled)
  if (closed && premises.policyAt('auto365.refund', ended.at) === 'none')
    return { ...nothing, shares, earnings: [atOnce(premises, ended.at, audited.net, audited.net, false)] }
  if (sale === undefined) return { ...nothing, refundedAt: ended.at }
  const back = moveOf(
    premises,
    order,
    ended.at,
    premises.calendar.monthOf(within(premises, ended.at)),
    -sale.sales,
    -sale.cost,
  )
  return { ...nothing, refundedAt: ended.at, shares: [sale, back] }
}

/** What is made as the run ends belongs to its last month. */
const within = ({ end }: Premises, at: number): number => Math.min(at, end - 1)

function moveOf(
  premises: Premises,
  { specification }: Order,
  at: number,
  month: number,
  sales: bigint,
  deferred?: bigint,
): ShareMove {
  const cost = costOf(premises, specification, sales, month)
  return { at, month, sales, cost, deferred: deferred ?? cost }
}

/** L-02, L-06: an order is a sale when it is paid, a supervised one when it is completed, for the bill of the next month. */
function saleOf(
  premises: Premises,
  order: Order,
  audited: AuditedOrder,
  paid: Step,
  completed: Step | undefined,
): ShareMove | undefined {
  const { calendar } = premises
  const price = audited.lines.reduce((sum, { part, amount }) => (part === 'ecs' ? sum - amount : sum), audited.net)
  if (order.supervision.length === 0)
    return moveOf(premises, order, paid.at, calendar.monthOf(within(premises, paid.at)), price)
  if (completed === undefined) return undefined
  return moveOf(premises, order, completed.at, calendar.nextMonth(within(premises, completed.at)), price)
}

/** What is refunded is no sale any more, and nothing of its share stays deferred. */
function shareBack(
  premises: Premises,
  order: Order,
  { at, back, tax, cloud }: Returned,
  released: bigint | undefined,
): ShareMove {
  const month = premises.calendar.monthOf(within(premises, at))
  return moveOf(premises, order, at, month, -(back - tax - cloud), -(released ?? 0n))
}

/** What of an order is earned over which days: its image and its servers, each on its own; empty where it has no term. */
function streamsOf(
  { calendar }: Premises,
  order: Order,
  completed: Step,
  audited: AuditedOrder,
  { lives, sale }: { lives: Lives; sale: ShareMove | undefined },
): Stream[] {
  const life = lives.of(order)
  if (life === undefined) return []
  const period = life.periods.find(({ order: paid }) => paid.id === order.id)
  const change = { from: completed.at, to: lives.before(life, { at: completed.at, id: order.id }).termEnd }
  const stretch = period ?? change
  // A first term begins with its order; a renewal may buy days that had passed when it was paid.
  const paid = order.id === life.order.id ? stretch.from : Math.max(stretch.from, completed.at)
  const days = { from: stretch.from, to: stretch.to, granted: completed.at, since: calendar.dayOf(paid), earned: 0 }
  const cloud = audited.lines.reduce((sum, { part, amount }) => sum + (part === 'ecs' ? amount : 0n), 0n)
  const streams: Stream[] = [
    { ...days, net: audited.net - cloud, commission: audited.net - cloud - (sale?.cost ?? 0n), cloud: false },
    { ...days, net: cloud, commission: cloud, cloud: true },
  ]
  return streams.filter(({ net }) => net > 0n)
}

/** Earned day by day; what has no term was delivered with its completion. */
function earn(
  premises: Premises,
  streams: readonly Stream[],
  { net }: AuditedOrder,
  { returned, completed, sale }: { returned: readonly Returned[]; completed: Step; sale: ShareMove | undefined },
): Pick<OrderMoney, 'earnings' | 'takenBack'> & { released: readonly bigint[] } {
  const released = returned.map(() => 0n)
  if (streams.length === 0)
    return {
      earnings: net === 0n ? [] : [atOnce(premises, completed.at, net, net - (sale?.cost ?? 0n), false)],
      takenBack: [],
      released,
    }
  const earnings: Earning[] = []
  const takenBack: Earning[] = []
  for (const whole of streams) {
    let stream = whole
    for (const [index, each] of returned.entries()) {
      earnings.push(...earnedByDays(premises, stream, each.at))
      const { piece, earned, deferred, rest } = divide(premises, stream, each)
      released[index] += deferred
      // What neither goes back nor was earned by days is earned with the refund.
      const back = stream.cloud ? each.cloud : each.back - each.tax - each.cloud
      const left = piece - back - earned
      const size = left < 0n ? -left : left
      const last = atOnce(premises, each.at, size, size, stream.cloud)
      if (left > 0n) earnings.push(last)
      if (left < 0n) takenBack.push(last)
      stream = rest
    }
    earnings.push(...earnedByDays(premises, stream, Number.POSITIVE_INFINITY))
  }
  return { earnings, takenBack, released }
}

/**
 * What leaves a stream with a refund: all of it, or (E-05, E-10) the part of the servers that are not there. `earned` is what
 * its days have earned of it beyond what the rest has by itself, `deferred` what is released of the share of its seller.
 */
function divide({ calendar }: Premises, stream: Stream, { at, share }: Returned) {
  const { net, commission, from, to } = stream
  const first = calendar.dayOf(from)
  const days = calendar.dayOf(to) - first
  const ended = Math.max(stream.earned, Math.min(days, calendar.dayOf(at) - first))
  const earnedOf = (amount: bigint): bigint => floorOf(amount * BigInt(ended), BigInt(days))
  const keptOf = (amount: bigint): bigint =>
    share === undefined ? 0n : amount - floorOf(amount * BigInt(share.part), BigInt(share.of))
  const rest = { ...stream, net: keptOf(net), commission: keptOf(commission), earned: ended, granted: at }
  const piece = net - rest.net
  const earned = earnedOf(net) - earnedOf(rest.net)
  const ownEarned = earnedOf(commission) - earnedOf(rest.commission)
  return { piece, earned, deferred: piece - (commission - rest.commission) - (earned - ownEarned), rest }
}

function atOnce({ calendar }: Premises, at: number, amount: bigint, commission: bigint, cloud: boolean): Earning {
  return { at, day: calendar.dayOf(at), amount, commission, cloud }
}

/**
 * At each month's start, at the end of the days, of the run and of the life: differences of a truncated whole, the days of
 * each month apart (M-09).
 */
function earnedByDays(
  { calendar, end }: Premises,
  { net, commission, cloud, from, to, granted, since, earned: alreadyEarned }: Stream,
  until: number,
): Earning[] {
  const first = calendar.dayOf(from)
  const days = calendar.dayOf(to) - first
  const last = Math.min(Math.max(to, granted), end, until)
  const earned: Earning[] = []
  const wholeOf = (amount: bigint, ended: number): bigint => floorOf(amount * BigInt(ended), BigInt(days))
  const aboutOf = (ended: number): number => Math.max(first + ended - 1, since)
  let before = alreadyEarned
  const earnAt = (at: number): void => {
    const ended = Math.max(0, Math.min(days, calendar.dayOf(at) - first))
    while (before < ended) {
      let upTo = before + 1
      const month = calendar.monthOf(calendar.instantOf(aboutOf(upTo)))
      while (upTo < ended && calendar.monthOf(calendar.instantOf(aboutOf(upTo + 1))) === month) upTo++
      const amount = wholeOf(net, upTo) - wholeOf(net, before)
      const own = wholeOf(commission, upTo) - wholeOf(commission, before)
      const stretch = { price: net, commission, firstDay: first, days, since, from: before, to: upTo }
      if (amount > 0n || own > 0n)
        earned.push({ at, day: aboutOf(upTo), days: stretch, amount, commission: own, cloud })
      before = upTo
    }
  }
  for (let month = calendar.nextMonth(granted); month < last; month = calendar.nextMonth(month)) earnAt(month)
  earnAt(last)
  return earned
}
