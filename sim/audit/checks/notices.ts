/** N-01, O-05, O-13, A-05: each message that something did not go through, or has no way back, once, when it happened. */
import type { AuditContext, Check } from '../check.ts'
import type { AccountFacts, Order } from '../facts.ts'
import { kinds } from '../kinds.ts'
import { moved } from '../legs.ts'
import { leftAt, paysImmediately } from '../paying.ts'

export function notices(context: AuditContext): Check {
  const failuresOf = plannedFailures(context)
  return {
    account(facts) {
      const failures = failuresOf(facts.segment)
      judgeEach(context, facts, 'card-declined', declined(context, facts))
      judgeEach(context, facts, 'no-unsubscription', accepted(context, facts))
      if (facts.notices.length > 0 || failures.length > 0) judgeFailures(context, facts, failures)
      if (facts.notices.length > 0) judgeAttempts(context, facts)
    },
  }
}

interface Due {
  readonly at: number
  readonly subject: number
}

const declined = ({ words }: AuditContext, { cards }: AccountFacts): Due[] =>
  cards.filter(({ outcome }) => outcome === words.declined).map(({ at, order }) => ({ at, subject: order }))

/** N-01: who accepts a product is warned. */
const accepted = ({ words }: AuditContext, { orders }: AccountFacts): Due[] =>
  orders.flatMap(({ id, supervision }) =>
    supervision.filter(({ event }) => event === words.accept).map(({ at }) => ({ at, subject: id })),
  )

/** As many messages as there are reasons for them. */
function judgeEach({ findings, premises }: AuditContext, facts: AccountFacts, code: string, due: readonly Due[]): void {
  const sent = facts.notices.filter((notice) => premises.word(notice.code) === code)
  if (sent.length === 0 && due.length === 0) return
  const left = new Map<string, number>()
  const count = ({ at, subject }: Due, by: 1 | -1): void => {
    left.set(`${at} ${subject}`, (left.get(`${at} ${subject}`) ?? 0) + by)
  }
  for (const notice of sent) count(notice, 1)
  for (const each of due) count(each, -1)
  for (const [key, surplus] of left) {
    const [at, subject] = key.split(' ').map(Number)
    const text = `${code} about ${subject}: messages sent beyond those that were due`
    if (surplus !== 0) findings.differ(kinds.notice, `account ${facts.id}`, at, surplus, 0, text)
  }
}

/** When payments and top-ups of a segment fail by plan. */
interface PlannedFailure {
  readonly from: number
  readonly to: number
  readonly probability: number
}

/** By segment, of which there are few. */
function plannedFailures({ premises }: AuditContext): (segment: string) => readonly PlannedFailure[] {
  const known = new Map<string, readonly PlannedFailure[]>()
  return (segment) => {
    const before = known.get(segment)
    if (before !== undefined) return before
    const failures = premises.scenario.events.flatMap((event) =>
      event.kind === 'paymentFailure' && (event.segment === null || event.segment === segment)
        ? [{ from: event.at, to: event.at + event.for, probability: event.probability }]
        : [],
    )
    known.set(segment, failures)
    return failures
  }
}

/** O-05, A-05: payments and top-ups fail only while they do by plan, and where that is certain none succeeds. */
function judgeFailures(
  { findings, premises, words }: AuditContext,
  facts: AccountFacts,
  failures: readonly PlannedFailure[],
): void {
  const during = (at: number): number =>
    failures.reduce(
      (most, { from, to, probability }) => (from <= at && at < to ? Math.max(most, probability) : most),
      0,
    )
  const seen = new Set<string>()
  for (const { at, code, subject } of facts.notices) {
    const word = premises.word(code)
    if (word !== 'payment-failed' && word !== 'top-up-failed') continue
    const steps = facts.orders.find(({ id }) => id === subject)?.steps
    const isOpen =
      word === 'top-up-failed' ||
      steps?.some(
        (step, index) =>
          premises.word(step.to) === 'pending-payment' &&
          step.at <= at &&
          at <= (steps[index + 1]?.at ?? Number.POSITIVE_INFINITY),
      ) === true
    // A top-up is tried again after a minute at the earliest.
    const isFirst = word === 'payment-failed' || !seen.has(`${word} ${at}`)
    seen.add(`${word} ${at}`)
    if (during(at) > 0 && isOpen && isFirst) continue
    const text = `${word}${subject === 0 ? '' : ` of order ${subject}`}, for no reason`
    findings.differ(kinds.notice, `account ${facts.id}`, at, 1, 0, text)
  }
  if (failures.length === 0) return
  for (const { id, at, kind, legs } of facts.transactions) {
    const isPayment = kind === words.payment && facts.budget === undefined
    if ((!isPayment && kind !== words.topUp) || during(at) < 1) continue
    const amount = moved({ legs }, isPayment ? words.deferredRevenue : words.clearing)
    findings.differ(kinds.notice, `transaction ${id}`, at, amount, 0, 'went through while all payments fail by plan')
  }
}

/** O-05: an attempt to pay has one message at most, and each attempt at an order has a reason at its instant. */
function judgeAttempts(context: AuditContext, facts: AccountFacts): void {
  const { findings, premises } = context
  const failed = new Map<string, { at: number; subject: number; messages: number }>()
  for (const { at, code, subject } of facts.notices) {
    if (premises.word(code) !== 'payment-failed') continue
    const { messages } = failed.get(`${at} ${subject}`) ?? { messages: 0 }
    failed.set(`${at} ${subject}`, { at, subject, messages: messages + 1 })
  }
  for (const { at, subject, messages } of failed.values()) {
    const order = facts.orders.find(({ id }) => id === subject)
    if (order === undefined) continue
    const most = attemptsAt(context, facts, order, at)
    const text = `messages that its payment failed, of at most ${most} attempts (O-05)`
    if (messages > most) findings.differ(kinds.notice, `order ${subject}`, at, messages, most, text)
  }
}

/** As many attempts as there may have been at one instant: when it is made, its buyer pays, or money comes in. */
function attemptsAt({ premises, words }: AuditContext, facts: AccountFacts, order: Order, at: number): number {
  const { buyers, events } = premises.scenario
  const count = (instants: readonly { readonly at: number }[]): number =>
    instants.filter((instant) => instant.at === at).length
  // Servers are created before they are paid (E-04).
  const made = order.at === at || order.pool !== 0 ? 1 : 0
  const rises =
    count(facts.transactions.filter(({ kind }) => kind !== words.payment)) +
    count(facts.orders.filter(({ amount, kind }) => amount <= 0n && kind !== words.purchase)) +
    count(facts.creditGrants) +
    count(facts.freezeSteps) +
    events.filter((event) => event.kind === 'paymentFailure' && event.at + event.for === at).length
  const segment = buyers.find((each) => each.segment === facts.segment)
  if (paysImmediately(premises, facts) && segment?.wallet.card === null) return made + rises
  // Any of the open orders may be what the buyer set out to pay, each time as many as are paid together.
  const open = facts.orders.filter((each) => each.at <= at && leftAt(premises, each) >= at).length
  return made + rises + ((segment?.habits.paying.together ?? 0) > 0 ? open * open : open)
}
