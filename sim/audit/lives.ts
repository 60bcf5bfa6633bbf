/**
 * The lives of an account's subscriptions, computed from its orders: what each was at any instant, the periods that
 * were paid for, and where its term ended (T-04, T-05, R-01, R-07, X-08).
 */
import { dateOfDay, dayOfMonthStart } from './civil-time.ts'
import type { AccountFacts, Order } from './facts.ts'
import type { Premises } from './premises.ts'
import { type ServerLoss, serverLosses } from './server-losses.ts'
import { termOf } from './term.ts'
import type { Vocabulary } from './vocabulary.ts'

/** A subscription as it is between two orders. */
export interface Standing {
  readonly specification: number
  /** Whole 1e-8. */
  readonly quantity: number
  /** The plan and the months that were bought last. */
  readonly plan: number
  readonly months: number
  readonly termEnd: number
  readonly anchor: number
  readonly total: number
}

/** A stretch of the term that an order paid for; `granted` is when the order was completed. */
export interface Period {
  readonly order: Order
  readonly from: number
  readonly to: number
  readonly granted: number
}

/** An order about the subscription that took effect at `at`. */
export interface Effect {
  readonly at: number
  readonly order: Order
  readonly kind: string
  readonly after: Standing
  /** Of a partial refund: how many servers its buyer does not have (E-05, E-10). */
  readonly lost: number
}

export interface Life {
  /** The purchase that began it. */
  readonly order: Order
  readonly start: number
  readonly granted: number
  readonly first: Standing
  readonly effects: readonly Effect[]
  readonly periods: readonly Period[]
  /** When it was unsubscribed (N-01). */
  readonly unsubscribed: number | undefined
  /** O-12: without messages, grace and retention. */
  readonly isTrial: boolean
}

const NO_ORDERS: readonly Order[] = []

export class Lives {
  readonly #premises: Premises
  readonly #words: Vocabulary
  readonly #lives = new Map<number, Life>()

  constructor(premises: Premises, words: Vocabulary, facts: AccountFacts) {
    this.#premises = premises
    this.#words = words
    const about = new Map<number, Order[]>()
    for (const order of facts.orders) {
      if (order.subject === 0) continue
      const known = about.get(order.subject)
      if (known === undefined) about.set(order.subject, [order])
      else known.push(order)
    }
    for (const order of facts.orders) {
      if (order.kind !== words.purchase && order.kind !== words.trial) continue
      const losses = (): ServerLoss[] => (order.pool === 0 ? [] : serverLosses(facts, order, words))
      const life = this.#live(order, about.get(order.id) ?? NO_ORDERS, losses)
      if (life !== undefined) this.#lives.set(order.id, life)
    }
  }

  /** The life that a purchase began, or that an order was about. */
  of(order: Order): Life | undefined {
    return this.#lives.get(order.subject === 0 ? order.id : order.subject)
  }

  byNumber(subscription: number): Life | undefined {
    return this.#lives.get(subscription)
  }

  all(): Iterable<Life> {
    return this.#lives.values()
  }

  #live(order: Order, about: readonly Order[], losses: () => readonly ServerLoss[]): Life | undefined {
    const { calendar } = this.#premises
    const term = termOf(this.#premises, this.#words, order)
    if (term === undefined) return undefined
    const first: Standing = {
      specification: order.specification,
      quantity: order.quantity,
      plan: this.#paidPlan(order),
      months: order.months,
      termEnd: term.end,
      anchor: calendar.dayOf(term.start),
      total: order.months,
    }
    const done = about
      .map((change) => ({ change, at: change.steps.find(({ event }) => event === this.#words.complete)?.at }))
      .filter((entry): entry is { change: Order; at: number } => entry.at !== undefined)
      .sort((a, b) => a.at - b.at || a.change.id - b.change.id)
    const effects: Effect[] = []
    const periods: Period[] = [{ order, from: term.start, to: term.end, granted: term.granted }]
    let now = first
    let unsubscribed: number | undefined
    for (const { change, at } of done) {
      const kind = this.#premises.word(change.kind)
      const lost = kind === 'partial-refund' ? this.#lostBy(losses(), change, at) : 0
      const after = lost > 0 ? { ...now, quantity: now.quantity - lost * 1e8 } : this.#after(now, change, kind)
      if (kind === 'renewal') periods.push({ order: change, from: now.termEnd, to: after.termEnd, granted: at })
      if (kind === 'unsubscription') unsubscribed = at
      effects.push({ at, order: change, kind, after, lost })
      now = after
    }
    return {
      order,
      start: term.start,
      granted: term.granted,
      first,
      effects,
      periods,
      unsubscribed,
      isTrial: order.kind === this.#words.trial,
    }
  }

  /** How many servers a partial refund is for: those that were lost at its instant, in the way that its rule says. */
  #lostBy(losses: readonly ServerLoss[], { rule }: Order, at: number): number {
    return losses.find((loss) => loss.at === at && loss.rule === this.#premises.word(rule))?.servers ?? 0
  }

  /** O-04: the plan by which an order was paid. */
  #paidPlan({ lines, requoted }: Order): number {
    const paid = requoted.length > 0 ? requoted : lines
    return paid.find(({ part }) => part === this.#words.price)?.plan ?? 0
  }

  #after(before: Standing, order: Order, kind: string): Standing {
    const { specification, quantity, months } = order
    const plan = this.#paidPlan(order)
    if (kind === 'upgrade') return { ...before, specification, quantity, plan }
    if (kind === 'expansion') return { ...before, specification, quantity }
    if (kind !== 'renewal') return before
    return { ...before, specification, quantity, plan, months, ...this.renewed(before, order).next }
  }

  /** T-04, R-07: the term after a renewal of `months` ordered at an instant, and where it would end without alignment. */
  renewed(
    before: Standing,
    { months, at }: Pick<Order, 'months' | 'at'>,
  ): { next: Pick<Standing, 'termEnd' | 'anchor' | 'total'>; plain: number } {
    return renewedTerm(this.#premises, before, { months, at })
  }

  /** How a subscription was when an order about it was placed. */
  before(life: Life, order: Pick<Order, 'at' | 'id'>): Standing {
    let standing = life.first
    for (const { at, order: done, after } of life.effects)
      if (at < order.at || (at === order.at && done.id < order.id)) standing = after
    return standing
  }
}

/** T-04, R-07: the term that `total` months from the day `anchor` on have after a renewal, and where it would end without alignment. */
export function renewedTerm(
  premises: Premises,
  before: Pick<Standing, 'anchor' | 'total'>,
  { months, at }: Pick<Order, 'months' | 'at'>,
): { next: Pick<Standing, 'termEnd' | 'anchor' | 'total'>; plain: number } {
  const { calendar } = premises
  const total = before.total + months
  const plain = calendar.termEnd(calendar.instantOf(before.anchor), total)
  const day = calendar.dayOf(plain) - 1
  const align = premises.policyAt('renewal.alignDay', at)
  const { year, month, day: date } = dateOfDay(day)
  if (align === 'none' || date === align) return { next: { termEnd: plain, anchor: before.anchor, total }, plain }
  const anchor = dayOfMonthStart(year, date < align ? month : month + 1) + align - 1
  return { next: { termEnd: calendar.instantOf(anchor + 1), anchor, total: 0 }, plain }
}

/** First instant of the period that ran when an order was placed; of the life where none ran (R-02: it had expired). */
export function periodStart(life: Life, { at, id }: Pick<Order, 'at' | 'id'>): number {
  let start = life.start
  for (const { from, to, granted, order } of life.periods) {
    const isGranted = granted < at || (granted === at && order.id < id)
    if (isGranted && from <= at && at < to && from > start) start = from
  }
  return start
}
