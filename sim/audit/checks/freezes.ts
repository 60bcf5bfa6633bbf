/**
 * O-14, N-07: accounts are frozen as planned; a frozen one places and pays no orders and has no server that runs. What its
 * servers may be charged is judged with their use.
 */
import type { AuditContext, Check } from '../check.ts'
import type { AccountFacts, Instance, Order, Refusal } from '../facts.ts'
import { type FrozenPeriod, frozenPeriods } from '../freezes.ts'
import { kinds } from '../kinds.ts'
import { isCovered, type Stretch, touches } from '../stretches.ts'

type Planned = Extract<AuditContext['premises']['scenario']['events'][number], { kind: 'accountFreeze' }>

export function freezes(context: AuditContext): Check {
  return {
    account(facts) {
      judgePlan(context, facts)
      const periods = frozenPeriods(context.premises, facts)
      judgeSteps(context, facts, periods)
      for (const order of facts.orders) judgeOrder(context, order, periods)
      for (const refusal of facts.refusals) judgeRefusal(context, refusal, periods)
      for (const instance of facts.instances) judgeServer(context, facts, instance, periods)
    },
  }
}

/** Each freeze is one of the scenario's, and each that is certain is there. */
function judgePlan({ findings, premises }: AuditContext, facts: AccountFacts): void {
  if (!facts.known) return
  const { events } = premises.scenario
  if (facts.freezes.length === 0 && !events.some(({ kind }) => kind === 'accountFreeze')) return
  const open = new Set(facts.freezes)
  for (const [index, event] of events.entries()) {
    if (event.kind !== 'accountFreeze' || event.at >= premises.end || !isMeant(event, facts)) continue
    const until = Math.min(premises.end, event.at + (event.for ?? Number.POSITIVE_INFINITY))
    const found = facts.freezes.filter(
      ({ planned, at, reason, until: ends }) =>
        planned === index + 1 && at === event.at && premises.word(reason) === event.reason && ends === until,
    )
    for (const freeze of found) open.delete(freeze)
    const isDue = found.length === 1 ? event.probability > 0 : found.length === 0 && event.probability < 1
    findings.compare(kinds.freeze, isDue ? 1 : 0, 1, () => ({
      subject: `account ${facts.id}`,
      at: event.at,
      text: `frozen ${found.length} times by event ${index + 1}`,
    }))
  }
  for (const { at, planned } of open)
    findings.differ(kinds.freeze, `account ${facts.id}`, at, 1, 0, `a freeze that event ${planned} does not plan`)
}

const isMeant = ({ buyer, segment }: Planned, { segment: own, number }: AccountFacts): boolean =>
  buyer === null ? segment === null || segment === own : buyer.segment === own && buyer.number === number

/** The account follows its freezes. */
function judgeSteps({ findings, premises }: AuditContext, facts: AccountFacts, periods: readonly FrozenPeriod[]): void {
  const due: string[] = []
  for (const [index, { from, to, isLegal }] of periods.entries()) {
    due.push(`${from} ${isLegal ? 'frozen-legally' : 'frozen'}`)
    if (to < premises.end && periods[index + 1]?.from !== to) due.push(`${to} free`)
  }
  const recorded = facts.freezeSteps.map(({ at, to }) => `${at} ${premises.word(to)}`)
  for (let index = 0; index < Math.max(due.length, recorded.length); index++)
    findings.compare(kinds.freeze, recorded[index] === due[index] ? 1 : 0, 1, () => ({
      subject: `account ${facts.id}`,
      at: facts.freezeSteps[index]?.at ?? premises.end,
      text: `${recorded[index] ?? 'nothing'}, should be ${due[index] ?? 'nothing'}`,
    }))
}

/**
 * A frozen account orders nothing and pays for nothing; it may unsubscribe by policy, but not while it is frozen for legal
 * reasons. What was done at the very instant of the freeze, before it, is no matter of it (T-06).
 */
function judgeOrder({ findings, premises, words }: AuditContext, order: Order, periods: readonly FrozenPeriod[]): void {
  if (periods.length === 0) return
  const isReturn = premises.word(order.kind) === 'unsubscription'
  const placed = periods.find(({ from, to }) => (isReturn ? from < order.at : from <= order.at) && order.at < to)
  const mayReturn = premises.policyAt('freeze.unsubscribe', order.at) === 'allowed'
  const isFine = placed === undefined || (isReturn && !placed.isLegal && mayReturn)
  findings.compare(kinds.freeze, isFine ? 1 : 0, 1, () => ({
    subject: `order ${order.id}`,
    at: order.at,
    text: `${premises.word(order.kind)} placed while the account is frozen${placed?.isLegal ? ' (N-07)' : ''}`,
  }))
  const paid = order.steps.find(({ event }) => event === words.pay)?.at
  if (paid === undefined || isReturn) return
  const isFrozen = periods.some(({ from, to }) => from < paid && paid < to)
  findings.compare(kinds.freeze, isFrozen ? 0 : 1, 1, () => ({
    subject: `order ${order.id}`,
    at: paid,
    text: 'paid while the account is frozen',
  }))
}

/** Who is refused for a freeze is frozen; an unsubscription (N-07) for legal reasons, or by policy. */
function judgeRefusal({ findings, premises }: AuditContext, refusal: Refusal, periods: readonly FrozenPeriod[]): void {
  const { id, at, rule, code } = refusal
  if (premises.word(code) !== 'account-frozen') return
  const mayRefuse = premises.word(rule) !== 'N-07' || premises.policyAt('freeze.unsubscribe', at) === 'refused'
  const isDue = periods.some(({ from, to, isLegal }) => from <= at && at <= to && (isLegal || mayRefuse))
  findings.compare(kinds.freeze, isDue ? 1 : 0, 1, () => ({
    subject: `refusal ${id}`,
    at,
    text: `refused by ${premises.word(rule)} as frozen`,
  }))
}

/** A server that is there is suspended for as long as its account is frozen, and not for longer unless something else does it. */
function judgeServer(
  context: AuditContext,
  facts: AccountFacts,
  instance: Instance,
  periods: readonly FrozenPeriod[],
): void {
  const { findings, premises, words } = context
  const { steps } = instance
  // What waited for room is turned away; what is paid for a term is created.
  const isByHour = instance.billing === words.payPerUse
  if (isByHour && periods.length === 0) return
  let fault: { readonly at: number; readonly text: string } | undefined
  if (isByHour && periods.some(({ from, to }) => from < instance.at && instance.at < to))
    fault = { at: instance.at, text: 'created while its account is frozen' }
  for (let index = 0; index < steps.length; index++) {
    const { at, to, specification } = steps[index]
    const until = Math.min(steps[index + 1]?.at ?? premises.end, premises.end)
    const mayRun = to === words.running || to === words.stopped || to === words.changingImage
    if (mayRun && touches(periods, at, until)) fault = { at, text: `${premises.word(to)} while its account is frozen` }
    // Servers by the hour that arrears suspend are judged with the standing of the account.
    if (to !== words.suspended || isByHour) continue
    const causes = [...periods, ...otherCauses(context, facts, instance, specification)]
    if (!isCovered(causes, at, until)) fault = { at, text: 'suspended for no reason' }
  }
  if (fault === undefined && periods.length === 0) return
  findings.compare(kinds.freeze, fault === undefined ? 1 : 0, 1, () => ({
    subject: `instance ${instance.id}`,
    at: fault?.at ?? 0,
    text: fault?.text ?? '',
  }))
}

/** R-02, U-05: the retention of a server's term, and debts while its image is by the hour. */
function otherCauses(
  { premises, words }: AuditContext,
  facts: AccountFacts,
  instance: Instance,
  specification: number,
): Stretch[] {
  const spans = (steps: readonly { readonly at: number; readonly to: number }[], ...states: readonly number[]) =>
    steps.flatMap(({ at, to }, index) =>
      states.includes(to) ? [{ from: at, to: steps[index + 1]?.at ?? premises.end }] : [],
    )
  const term = facts.orders.find(({ id }) => id === instance.order)?.subscription ?? []
  const isMetered = premises.specifications.get(specification)?.billing === 'pay-per-use'
  return [
    ...spans(term, premises.number('retention')),
    ...(isMetered ? spans(facts.standing, words.suspended, words.released) : []),
  ]
}
