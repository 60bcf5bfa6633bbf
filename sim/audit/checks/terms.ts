/** T-04, T-05, R-01, R-02, R-07, X-01..X-08: each subscription's life, its messages, and what its orders say of it. */
import { ChangePrices } from '../change-prices.ts'
import type { AuditContext, Check } from '../check.ts'
import { Exact, whole } from '../exact.ts'
import type { AccountFacts, Order } from '../facts.ts'
import { kinds } from '../kinds.ts'
import { type DueMessage, type DueStep, walk } from '../life-steps.ts'
import { type Life, periodStart } from '../lives.ts'
import { discountAt } from '../planned.ts'
import type { Workings } from '../workings.ts'

const messageCodes = new Set([
  'expires-in-7-days',
  'expires-in-3-days',
  'expires-in-1-day',
  'expired',
  'freeze-in-5-days',
  'freeze-in-2-days',
  'frozen',
  'release-in-6-days',
  'release-in-2-days',
  'released',
])

export function terms(context: AuditContext): Check {
  return {
    account(facts, workings) {
      const due: (DueMessage & { subject: number })[] = []
      for (const life of workings.lives.all()) {
        const { steps, messages } = walk(context.premises, facts, life)
        judgeSteps(context, life, steps)
        for (const message of messages) due.push({ ...message, subject: life.order.id })
      }
      judgeMessages(context, facts, due)
      for (const order of facts.orders) judgeChange(context, order, workings)
    },
  }
}

/** The recorded steps are the walked ones, one by one. */
function judgeSteps({ findings, premises }: AuditContext, life: Life, due: readonly DueStep[]): void {
  const recorded = life.order.subscription
  const subject = `subscription ${life.order.id}`
  for (let index = 0; index < Math.max(recorded.length, due.length); index++) {
    const step = recorded[index]
    const wanted = due[index]
    const at = step?.at ?? wanted.at
    const name = wanted?.event ?? premises.word(step.event)
    const described = (text: string) => () => ({ subject, at, text })
    if (step === undefined || wanted === undefined || premises.word(step.event) !== wanted.event) {
      const text = `${step === undefined ? 'nothing' : premises.word(step.event)} where ${wanted?.event ?? 'nothing'} is due`
      findings.differ(kinds.term, subject, at, step?.at ?? 0, wanted?.at ?? 0, text)
      return
    }
    findings.compare(kinds.term, step.at, wanted.at, described(`${name} at its time`))
    findings.compare(kinds.term, step.termStart, life.start, described('the term begins with completion, or by O-11'))
    findings.compare(kinds.term, step.termEnd, wanted.termEnd, described('the term ends with its last day (T-05)'))
  }
}

/** each message at its time, and no other. */
function judgeMessages(
  { findings, premises }: AuditContext,
  facts: AccountFacts,
  due: readonly (DueMessage & { subject: number })[],
): void {
  if (due.length === 0 && facts.notices.length === 0) return
  const waiting = new Map<string, number>()
  const keyOf = (at: number, subject: number, code: string): string => `${at} ${subject} ${code}`
  for (const { at, subject, code } of due) {
    const key = keyOf(at, subject, code)
    waiting.set(key, (waiting.get(key) ?? 0) + 1)
  }
  for (const { at, code, subject, rule } of facts.notices) {
    const word = premises.word(code)
    if (!messageCodes.has(word) || premises.word(rule) !== 'R-02') continue
    const key = keyOf(at, subject, word)
    const left = waiting.get(key) ?? 0
    if (left > 0) findings.agree(kinds.termNotice, at)
    else findings.differ(kinds.termNotice, `subscription ${subject}`, at, at, 0, `${word}: not due now`)
    waiting.set(key, left - 1)
  }
  for (const { at, subject, code } of due) {
    const key = keyOf(at, subject, code)
    if ((waiting.get(key) ?? 0) <= 0) continue
    waiting.set(key, 0)
    findings.differ(kinds.termNotice, `subscription ${subject}`, at, 0, at, `${code} was due, and never sent`)
  }
}

/** An order about a subscription says what it found and what it makes of it, once. */
function judgeChange({ findings, premises, words }: AuditContext, order: Order, workings: Workings): void {
  const kind = premises.word(order.kind)
  const expected = kind === 'upgrade' || kind === 'expansion' || kind === 'renewal' ? 1 : 0
  if (expected === 0 && order.changes.length === 0) {
    findings.agree(kinds.change, 0)
    return
  }
  const subject = `order ${order.id}`
  const described = (text: string) => () => ({ subject, at: order.at, text })
  findings.compare(kinds.change, order.changes.length, expected, described('rows of order_changes'))
  const life = workings.lives.of(order)
  if (expected === 0 || order.changes.length !== 1) return
  if (life === undefined) {
    findings.differ(kinds.orphan, subject, order.at, 1, 0, `about subscription ${order.subject}, which never started`)
    return
  }
  const [change] = order.changes
  const before = workings.lives.before(life, order)
  const newEnd = kind === 'renewal' ? workings.lives.renewed(before, order).next.termEnd : before.termEnd
  const byPurchase = premises.policyAt('expansion.ruleKey', order.at) === 'originally-bought'
  const decided = kind === 'expansion' ? (byPurchase ? life.order.at : order.at) : 0
  const from = kind === 'renewal' ? undefined : new ChangePrices(premises).planBefore(workings.lives, life, order)
  const steps = premises.specifications.get(order.specification)?.discounts ?? []
  const [discount] = Object.entries(discountAt(steps, order.at) ?? {})
  const fields: readonly [name: string, said: number | bigint, is: number | bigint][] = [
    ['at', change.at, order.at],
    ['subscription_id', change.subscription, life.order.id],
    ['specification_from', change.specificationFrom, before.specification],
    ['specification', change.specification, order.specification],
    ['quantity_from', change.quantityFrom, before.quantity],
    ['quantity', change.quantity, order.quantity],
    ['plan', change.plan, order.lines.find(({ part }) => part === words.price)?.plan ?? 0],
    ['server_plan', change.serverPlan, order.lines.find(({ part }) => part === words.ecs)?.plan ?? 0],
    ['term_start', change.termStart, periodStart(life, order)],
    ['term_end', change.termEnd, before.termEnd],
    ['new_term_end', change.newTermEnd, newEnd],
    ['decided_at', change.decidedAt, decided],
    ['plan_from', change.planFrom, from?.id ?? 0],
    ['discount', change.discount, discount === undefined ? 0 : premises.number(discount[0])],
    ['discount_value', change.discountValue, whole(new Exact(discount?.[1] ?? 0).times(1e8))],
  ]
  for (const [name, said, is] of fields)
    findings.compare(kinds.change, said, is, described(`${name} of its order_changes`))
}
