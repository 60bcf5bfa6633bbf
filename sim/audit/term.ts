/** When the term of an order runs (T-05, O-10..O-12). */
import type { Order, Step } from './facts.ts'
import type { Premises } from './premises.ts'
import type { Vocabulary } from './vocabulary.ts'

export interface Term {
  readonly start: number
  /** The instant after its last day. */
  readonly end: number
  /** When it was granted: earlier days are earned with the rest. */
  readonly granted: number
}

/** T-05, O-10, O-11: the term of a subscription from its completion; undefined when it has none. */
export function termOf(premises: Premises, words: Vocabulary, order: Order): Term | undefined {
  const completed = order.steps.find(({ event }) => event === words.complete)
  if (completed === undefined) return undefined
  // O-12: a trial ends with its last civil day, as terms do.
  if (order.kind === words.trial) {
    const start = termStart(premises, words, order, completed)
    const days = premises.policyAt('trial.days', completed.at)
    const end = premises.calendar.instantOf(premises.calendar.dayOf(start) + days + 1)
    return { start, end, granted: completed.at }
  }
  if (order.months === 0) return undefined
  const start = termStart(premises, words, order, completed)
  return { start, end: premises.calendar.termEnd(start, order.months), granted: completed.at }
}

/**
 * O-11: a supervised term starts at acceptance, completion or payment; a term that was never accepted starts at
 * completion.
 */
function termStart(premises: Premises, words: Vocabulary, order: Order, completed: Step): number {
  if (premises.specifications.get(order.specification)?.supervised == null) return completed.at
  switch (premises.policyAt('term.start', completed.at)) {
    case 'paid':
      return order.steps.find(({ event }) => event === words.pay)?.at ?? completed.at
    case 'completed':
      return completed.at
    case 'accepted':
      return order.supervision.findLast(({ event }) => event === words.accept)?.at ?? completed.at
  }
}
