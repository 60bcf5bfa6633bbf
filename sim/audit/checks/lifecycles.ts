/** T-04, T-05, R-02: steps that follow one another by their lifecycle, one end at most, and terms. */
import type { AccountFacts, Instance, Order, Step } from '../account-facts.ts'
import type { Bench, Check } from '../check.ts'
import { DAY } from '../civil-time.ts'
import { termOf } from '../earning.ts'
import { kinds } from '../kinds.ts'
import { moved } from '../legs.ts'
import { type Lifecycle, type LifecycleName, lifecycles } from '../lifecycles.ts'

export function steps(bench: Bench): Check {
  const judges = Object.fromEntries(
    Object.entries(lifecycles).map(([name, lifecycle]) => [name, new StepJudge(bench, name, lifecycle)]),
  ) as Record<LifecycleName, StepJudge>
  return {
    account(facts) {
      const orders = new Map(facts.orders.map((order) => [order.id, order]))
      const servers = Map.groupBy(facts.instances, ({ order }) => order)
      const paidBack = new Set(
        facts.transactions.filter(({ kind }) => kind === bench.words.refund).map(({ order }) => order),
      )
      for (const order of facts.orders) {
        judges.order.judge(`order ${order.id}`, order.steps, order.at)
        if (order.subscription.length > 0) {
          judges.subscription.judge(`subscription ${order.id}`, order.subscription)
          judgeTerm(bench, order)
        }
        judgeOrder(bench, order)
        judgeServers(bench, order, servers.get(order.id) ?? [])
        if (paidBack.has(order.id)) judgeRefunds(bench, order, facts)
      }
      for (const instance of facts.instances) {
        judges.instance.judge(`instance ${instance.id}`, instance.steps, instance.at)
        judgeBirth(bench, instance, orders.get(instance.order))
      }
      judges.standing.judge(`account ${facts.id}`, facts.standing)
    },
  }
}

/** Follows the steps of one thing through its lifecycle. */
class StepJudge {
  readonly #bench: Bench
  readonly #lifecycle: Lifecycle
  readonly #name: string
  /** `event, from, to` by the numbers of the record's words. */
  readonly #allowed = new Set<string>()
  readonly #first: number

  constructor(bench: Bench, name: string, lifecycle: Lifecycle) {
    this.#bench = bench
    this.#name = name
    this.#lifecycle = lifecycle
    const { premises } = bench
    this.#first = lifecycle.first === '' ? 0 : premises.number(lifecycle.first)
    for (const to of lifecycle.begins) this.#allow('begin', '', to)
    for (const [event, moves] of Object.entries(lifecycle.steps))
      for (const move of moves) {
        const [from, to] = move.split(' > ')
        this.#allow(event, from, to)
      }
  }

  #allow(event: string, from: string, to: string): void {
    const { premises } = this.#bench
    this.#allowed.add(`${premises.number(event)} ${from === '' ? 0 : premises.number(from)} ${premises.number(to)}`)
  }

  /** `born` is when the thing was recorded; its first step is taken then. */
  judge(subject: string, steps: readonly Step[], born?: number): void {
    const { findings, premises } = this.#bench
    if (steps.length === 0 && this.#lifecycle.begins.length > 0)
      findings.differ(kinds.step, subject, born ?? 0, 0, 1, `the ${this.#name} never began`)
    let state = this.#first
    let last = born ?? premises.start
    for (const [index, step] of steps.entries()) {
      const text = this.#fault(step, state, last, index === 0 ? born : undefined)
      if (text === null) findings.agree(kinds.step, 1)
      else findings.differ(kinds.step, subject, step.at, 1, 0, text)
      state = step.to
      last = Math.max(last, step.at)
    }
  }

  #fault({ at, event, from, to }: Step, state: number, last: number, born: number | undefined): string | null {
    const { premises } = this.#bench
    const name = (word: number): string => (word === 0 ? 'nothing' : premises.word(word))
    if (from !== state) return `${name(event)} from ${name(from)}, but the ${this.#name} was ${name(state)}`
    if (!this.#allowed.has(`${event} ${from} ${to}`))
      return `the ${this.#name} takes no step ${name(event)} from ${name(from)} to ${name(to)}`
    if (at < last) return `${name(event)} lies before the step that led to it`
    if (born !== undefined && at !== born) return `${name(event)} is not at the instant of the ${this.#name} itself`
    if (at > premises.end) return `${name(event)} lies after the end of the run`
    return null
  }
}

/** T-04, T-05, R-02: a term ends with its last civil day; then come grace and retention. */
function judgeTerm(bench: Bench, order: Order): void {
  const { findings, premises, words } = bench
  const term = termOf(premises, words, order)
  if (term === undefined) return
  const grace = premises.policies['grace.days'] * DAY
  const retention = premises.policies['retention.days'] * DAY
  const due = new Map([
    [words.begin, term.start],
    [words.expire, term.end],
    [words.graceEnds, term.end + grace],
    [words.retentionEnds, term.end + grace + retention],
  ])
  const taken = new Set<number>()
  for (const { at, event, termStart, termEnd } of order.subscription) {
    const told = (text: string) => () => ({ subject: `subscription ${order.id}`, at, text })
    taken.add(event)
    findings.compare(kinds.term, termStart, term.start, told('the term begins when the order is completed'))
    findings.compare(kinds.term, termEnd, term.end, told('the term ends with its last day (T-05)'))
    const expected = due.get(event)
    if (expected !== undefined) findings.compare(kinds.term, at, expected, told(`${premises.word(event)} at its time`))
  }
  for (const [event, at] of due)
    if (at < premises.end && !taken.has(event))
      findings.differ(kinds.term, `subscription ${order.id}`, at, 0, at, `${premises.word(event)} is due, and missing`)
}

/** O-01, O-10: unpaid orders expire in time, and a term begins when its order is completed. */
function judgeOrder(bench: Bench, order: Order): void {
  const { findings, premises, words } = bench
  const subject = `order ${order.id}`
  const expiry = order.at + premises.policies['order.unpaidLife']
  const last = order.steps.at(-1)
  const expired = order.steps.find(({ event }) => event === words.expire)
  if (expired !== undefined)
    findings.compare(kinds.standing, expired.at, expiry, () => ({
      subject,
      at: expired.at,
      text: 'expired unpaid (O-01)',
    }))
  else if (last !== undefined && premises.word(last.to) === 'pending-payment' && expiry < premises.end)
    findings.differ(kinds.standing, subject, expiry, 0, expiry, 'unpaid for longer than order.unpaidLife (O-01)')
  const completed = order.steps.find(({ event }) => event === words.complete)
  const begun = order.subscription[0]
  if (begun !== undefined || (completed !== undefined && order.months > 0)) {
    const at = completed?.at ?? 0
    findings.compare(kinds.term, begun?.at ?? 0, at, () => ({
      subject,
      at,
      text: 'the term begins with completion (O-10)',
    }))
  }
}

/** E-05: all servers of an order or none; O-10: it is completed when the last one is there. */
function judgeServers({ findings, words }: Bench, order: Order, mine: readonly Instance[]): void {
  if (order.instances === 0) return
  const subject = `order ${order.id}`
  const completed = order.steps.find(({ event }) => event === words.complete)
  const text = 'servers admitted, all that were ordered or none (E-05)'
  if (mine.length > 0 || completed !== undefined)
    findings.compare(kinds.orderShape, mine.length, order.instances, () => ({ subject, at: order.at, text }))
  const launched = mine.map(({ steps }) => steps.find(({ from }) => from === words.creating)?.at ?? 0)
  const last = launched.reduce((latest, at) => Math.max(latest, at), 0)
  if (completed !== undefined && mine.length > 0)
    findings.compare(kinds.term, completed.at, last, () => ({
      subject,
      at: completed.at,
      text: 'completed when its last server is there (O-10)',
    }))
}

/** refunds never exceed what was paid. */
function judgeRefunds({ findings, words }: Bench, order: Order, facts: AccountFacts): void {
  let paid = 0
  let refunded = 0
  for (const transaction of facts.transactions) {
    if (transaction.order !== order.id) continue
    if (transaction.kind === words.payment) paid += moved(transaction, words.cash)
    if (transaction.kind === words.refund) refunded -= moved(transaction, words.cash)
  }
  if (refunded === 0) return
  const text = `${refunded} (1e-8) were paid back of ${paid}`
  if (refunded <= paid) findings.agree(kinds.refund, refunded)
  else findings.differ(kinds.refund, `order ${order.id}`, order.at, refunded, paid, text)
}

/** An instance belongs to an order of its account, in the pool and with the image that was ordered. */
function judgeBirth({ findings }: Bench, instance: Instance, order: Order | undefined): void {
  const text =
    order === undefined
      ? `of order ${instance.order}, which the account does not have`
      : order.pool !== instance.pool
        ? `in pool ${instance.pool}, ordered in pool ${order.pool}`
        : order.specification !== instance.specification
          ? `with image ${instance.specification}, ordered with ${order.specification}`
          : null
  if (text === null) findings.agree(kinds.orderShape, 1)
  else findings.differ(kinds.orderShape, `instance ${instance.id}`, instance.at, 1, 0, text)
}
