/** A-01..A-05: an account's standing follows from its debts and their age, and its servers follow its standing. */
import type { AuditContext, Check } from '../check.ts'
import type { AccountFacts, Instance, Step } from '../facts.ts'
import { type FrozenPeriod, frozenPeriods } from '../freezes.ts'
import { kinds } from '../kinds.ts'
import { isCovered } from '../stretches.ts'
import type { Workings } from '../workings.ts'

/** [from, to) in one standing. */
interface Period {
  readonly from: number
  readonly to: number
  readonly state: number
}

export function standing(context: AuditContext): Check {
  return {
    account(facts, workings) {
      judgeMoves(context, facts, workings)
      judgeNotices(context, facts, workings)
      const periods = periodsOf(context, facts.standing)
      const frozen = frozenPeriods(context.premises, facts)
      for (const instance of facts.instances) {
        judgeServer(context, instance, periods, frozen)
        judgeReturn(context, instance)
      }
      judgeOrders(context, facts, periods)
    },
  }
}

/** The recorded steps against the replayed ones, by instant. */
function judgeMoves({ findings, premises }: AuditContext, facts: AccountFacts, { replay }: Workings): void {
  const recorded = facts.standing
  const { moves } = replay
  const subject = `account ${facts.id}`
  let index = 0
  let next = 0
  while (index < recorded.length || next < moves.length) {
    const step = recorded[index]
    const move = moves[next]
    if (step && move && step.at === move.at && step.event === move.event) {
      findings.agree(kinds.standing, step.at)
      index++
      next++
    } else if (
      step &&
      (!move || step.at < move.at || (step.at === move.at && recorded[index + 1]?.event === move.event))
    ) {
      findings.differ(kinds.standing, subject, step.at, step.at, 0, `${premises.word(step.event)}: not due now`)
      index++
    } else {
      findings.differ(
        kinds.standing,
        subject,
        move.at,
        0,
        move.at,
        `${premises.word(move.event)} is due now, and missing`,
      )
      next++
    }
  }
}

const milestoneNotices = new Set([
  'arrears-entered',
  'freeze-in-5-days',
  'freeze-in-2-days',
  'frozen',
  'release-in-6-days',
  'release-in-2-days',
  'released',
])

/** each message at its time, and no other of its kind. */
function judgeNotices({ findings, premises }: AuditContext, facts: AccountFacts, { replay }: Workings): void {
  const due = new Map<string, number>()
  for (const { at, code } of replay.notices) due.set(`${at} ${code}`, (due.get(`${at} ${code}`) ?? 0) + 1)
  const subject = `account ${facts.id}`
  for (const notice of facts.notices) {
    const code = premises.word(notice.code)
    if (!milestoneNotices.has(code) || notice.subject !== 0) continue
    const left = due.get(`${notice.at} ${code}`) ?? 0
    due.set(`${notice.at} ${code}`, left - 1)
    if (left > 0) findings.agree(kinds.notice, notice.at)
    else findings.differ(kinds.notice, subject, notice.at, notice.at, 0, `${code}: not due now`)
  }
  for (const { at, code } of replay.notices) {
    const left = due.get(`${at} ${code}`) ?? 0
    if (left <= 0) continue
    due.set(`${at} ${code}`, left - 1)
    findings.differ(kinds.notice, subject, at, 0, at, `${code} was due, and never sent`)
  }
}

/** Where the account was in arrears; between them it was in good standing. */
function periodsOf({ premises, words }: AuditContext, steps: readonly Step[]): Period[] {
  return steps
    .map((step, index) => ({ from: step.at, to: steps[index + 1]?.at ?? premises.end, state: step.to }))
    .filter(({ state }) => state !== words.good)
}

/** O-14: frozen while the account is suspended or frozen, and only then; gone once it is released. */
function judgeServer(
  context: AuditContext,
  instance: Instance,
  periods: readonly Period[],
  frozen: readonly FrozenPeriod[],
): void {
  const { findings, words, premises } = context
  if (instance.billing !== words.payPerUse) return
  let fault: { at: number; text: string } | undefined
  const { steps } = instance
  for (let index = 0; index < steps.length; index++) {
    const { at, to } = steps[index]
    const until = steps[index + 1]?.at ?? premises.end
    if (until <= at || to === words.deleted || to === words.failed) continue
    if (to === words.suspended && !isCovered([...suspendedIn(context, periods), ...frozen], at, until))
      fault = { at, text: 'frozen while the account is neither suspended nor frozen' }
    const isThere = to !== words.creating && to !== words.down && to !== words.interrupted
    if (to !== words.suspended && isThere && spanOf(periods, words.suspended, at, until) > 0)
      fault = { at, text: `${premises.word(to)} while the account is suspended` }
    if (spanOf(periods, words.released, at, until) > 0)
      fault = { at, text: `${premises.word(to)} although the account's resources are released` }
  }
  if (fault) findings.differ(kinds.suspension, `instance ${instance.id}`, fault.at, 1, 0, fault.text)
  else findings.agree(kinds.suspension, 1)
}

const suspendedIn = ({ words }: AuditContext, periods: readonly Period[]): readonly Period[] =>
  periods.filter(({ state }) => state === words.suspended)

/** How much of [from, until) an account spent in a standing, ms. */
function spanOf(periods: readonly Period[], state: number, from: number, until: number): number {
  let sum = 0
  for (const period of periods)
    if (period.state === state) sum += Math.max(0, Math.min(period.to, until) - Math.max(period.from, from))
  return sum
}

/** a frozen pay-per-use server comes back stopped, or by policy running if it ran when it was frozen. */
function judgeReturn({ findings, words, premises }: AuditContext, instance: Instance): void {
  if (instance.billing !== words.payPerUse) return
  let ran = false
  for (const { at, from, to } of instance.steps) {
    if (to === words.suspended) ran = from === words.running
    if (from !== words.suspended || (to !== words.running && to !== words.stopped)) continue
    const runsAgain = premises.policyAt('unfreeze.payPerUse', at) === 'running'
    const back = runsAgain && ran ? words.running : words.stopped
    if (to === back) findings.agree(kinds.suspension, 1)
    else {
      const text = `returned ${premises.word(to)}, should be ${premises.word(back)} (A-05)`
      findings.differ(kinds.suspension, `instance ${instance.id}`, at, 1, 0, text)
    }
  }
}

/** O-10: an account in arrears places no order. At the very instant it falls due, the debt comes first (T-06). */
function judgeOrders({ findings, premises }: AuditContext, facts: AccountFacts, periods: readonly Period[]): void {
  for (const { id, at } of facts.orders) {
    const period = periods.find(({ from, to }) => from <= at && at < to)
    if (period === undefined) findings.agree(kinds.orderShape, 1)
    else {
      const text = `placed while the account is in ${premises.word(period.state)} (O-10)`
      findings.differ(kinds.orderShape, `order ${id}`, at, 1, 0, text)
    }
  }
}
