/** What becomes of the money of an order that was paid: earned over its term, earned at once, or given back. */
import { Exact } from './exact.ts'
import type { Order, Step } from './facts.ts'
import type { Premises } from './premises.ts'
import type { AuditedOrder } from './pricing.ts'
import type { Vocabulary } from './vocabulary.ts'

export interface Earning {
  readonly at: number
  readonly amount: number
}

export interface Term {
  readonly start: number
  /** The instant after its last day. */
  readonly end: number
  /** When it was granted: what of it lay before is earned with the rest. */
  readonly granted: number
}

export interface OrderMoney {
  readonly isPaid: boolean
  /** M-05, Q-07: what of the price net of tax is earned when. */
  readonly earnings: readonly Earning[]
  /** S-07, S-09, O-08: when all that was paid is given back. */
  readonly refundedAt: number | undefined
}

/** The whole of an order's money, from its steps. */
export function followMoney(premises: Premises, words: Vocabulary, order: Order, audited: AuditedOrder): OrderMoney {
  const isPaid = order.steps.some(({ event }) => event === words.pay)
  const nothing: OrderMoney = { isPaid, earnings: [], refundedAt: undefined }
  if (!isPaid || audited.amount === 0) return nothing
  const ended = order.steps.find(({ to }) => to === words.completed || to === words.cancelled)
  if (ended === undefined) return nothing
  if (ended.to === words.completed)
    return { ...nothing, earnings: earnings(premises, words, order, ended, audited.net) }
  // S-09: what the system closes for want of an invoice is given back, or by policy kept and so earned.
  const closed = order.supervision.some(({ event }) => event === words.closeCancelled)
  if (closed && premises.policies['auto365.refund'] === 'none')
    return { ...nothing, earnings: [{ at: ended.at, amount: audited.net }] }
  return { ...nothing, refundedAt: ended.at }
}

/** T-05, O-10, O-11: the term of a subscription from its completion; undefined when it has none. */
export function termOf(premises: Premises, words: Vocabulary, order: Order): Term | undefined {
  const completed = order.steps.find(({ event }) => event === words.complete)
  if (completed === undefined) return undefined
  // O-12: a trial ends with its last civil day, as terms do.
  if (order.kind === words.trial) {
    const end = premises.calendar.instantOf(premises.calendar.dayOf(completed.at) + premises.policies['trial.days'] + 1)
    return { start: completed.at, end, granted: completed.at }
  }
  if (order.months === 0) return undefined
  const start = termStart(premises, words, order, completed)
  return { start, end: premises.calendar.termEnd(start, order.months), granted: completed.at }
}

/** O-11: a supervised term starts at acceptance, completion or payment; what nobody accepted starts at completion. */
function termStart(premises: Premises, words: Vocabulary, order: Order, completed: Step): number {
  if (premises.specifications.get(order.specification)?.supervised == null) return completed.at
  switch (premises.policies['term.start']) {
    case 'paid':
      return order.steps.find(({ event }) => event === words.pay)?.at ?? completed.at
    case 'completed':
      return completed.at
    case 'accepted':
      return order.supervision.findLast(({ event }) => event === words.accept)?.at ?? completed.at
  }
}

/** Earned at each month's start, at the end of the term and of the run: differences of a truncated whole. */
function earnings(premises: Premises, words: Vocabulary, order: Order, completed: Step, net: number): Earning[] {
  const term = termOf(premises, words, order)
  // What has no term was delivered with its completion.
  if (term === undefined) return net === 0 ? [] : [{ at: completed.at, amount: net }]
  const { calendar, end } = premises
  const first = calendar.dayOf(term.start)
  const days = calendar.dayOf(term.end) - first
  const last = Math.min(Math.max(term.end, term.granted), end)
  const earned: Earning[] = []
  let before = 0
  const earn = (at: number): void => {
    const ended = Math.min(days, calendar.dayOf(at) - first)
    const whole = new Exact(net).times(ended).div(days).floor().toNumber()
    if (whole > before) earned.push({ at, amount: whole - before })
    before = whole
  }
  for (let month = calendar.nextMonth(term.granted); month < last; month = calendar.nextMonth(month)) earn(month)
  earn(last)
  return earned
}
