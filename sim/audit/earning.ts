/** M-05, Q-07: what of an order's price is earned when, by the civil days of its term that have ended. */
import type { Order } from './account-facts.ts'
import { Exact } from './exact.ts'
import type { Premises } from './premises.ts'
import type { Vocabulary } from './vocabulary.ts'

export interface Earning {
  readonly at: number
  readonly amount: number
}

/** When a subscription's term began and ends, by T-05; undefined when it never began. */
export function termOf(
  premises: Premises,
  words: Vocabulary,
  order: Order,
): { start: number; end: number } | undefined {
  const begun = order.subscription.find(({ event }) => event === words.begin)
  if (begun === undefined) return undefined
  return { start: begun.at, end: premises.calendar.termEnd(begun.at, order.months) }
}

/** What is earned at each month's start, at the end of the term and of the run: differences of a truncated whole. */
export function earnings(premises: Premises, words: Vocabulary, order: Order, net: number): Earning[] {
  const term = termOf(premises, words, order)
  if (term === undefined || net === 0) return []
  const { calendar, end } = premises
  const first = calendar.dayOf(term.start)
  const days = calendar.dayOf(term.end) - first
  const last = Math.min(term.end, end)
  const earned: Earning[] = []
  let before = 0
  const earn = (at: number): void => {
    const ended = Math.min(days, calendar.dayOf(at) - first)
    const whole = new Exact(net).times(ended).div(days).floor().toNumber()
    if (whole > before) earned.push({ at, amount: whole - before })
    before = whole
  }
  for (let month = calendar.nextMonth(term.start); month < last; month = calendar.nextMonth(month)) earn(month)
  earn(last)
  return earned
}
