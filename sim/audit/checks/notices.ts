/** N-01, O-05, O-13, A-05: each message that something did not go through, or has no way back, once, when it happened. */
import type { AuditContext, Check } from '../check.ts'
import type { AccountFacts } from '../facts.ts'
import { kinds } from '../kinds.ts'
import { moved } from '../legs.ts'

export function notices(context: AuditContext): Check {
  return {
    account(facts) {
      judgeEach(context, facts, 'card-declined', declined(context, facts))
      judgeEach(context, facts, 'no-unsubscription', accepted(context, facts))
      judgeFailures(context, facts)
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

/** O-05, A-05: payments and top-ups fail only while they do by plan, and where that is certain none succeeds. */
function judgeFailures({ findings, premises, words }: AuditContext, facts: AccountFacts): void {
  const failures = premises.scenario.events.flatMap((event) =>
    event.kind === 'paymentFailure' && (event.segment === null || event.segment === facts.segment)
      ? [{ from: event.at, to: event.at + event.for, probability: event.probability }]
      : [],
  )
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
