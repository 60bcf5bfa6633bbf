/**
 * automatic renewal is enabled, modified and disabled by the habits of a segment, and tried only while it is
 * enabled: at 03:00, from its day before expiry on, or immediately when it was enabled late.
 */
import type { AuditContext, Check } from '../check.ts'
import { HOUR } from '../civil-time.ts'
import type { AccountFacts, AutoRenewalChange } from '../facts.ts'
import { kinds } from '../kinds.ts'

export function autoRenewals(context: AuditContext): Check {
  return {
    account(facts) {
      const segment = context.premises.scenario.buyers.find((buyers) => buyers.segment === facts.segment)
      const renewing = segment?.habits.renewing
      const { refusal = 0, outage = 0 } = segment?.habits.churn ?? {}
      // Who finds the price too high disables it as well.
      const mayLeave = segment?.stays != null || refusal + outage > 0 || (segment?.habits.elasticity ?? 0) < 0
      const isKnown =
        renewing !== undefined &&
        (mayLeave || renewing.enable.probability + renewing.modify.probability + renewing.disable.probability > 0)
      // Who has left disables what would be renewed (C-06).
      const mayDisable = mayLeave || (renewing?.disable.probability ?? 0) > 0
      judgeChanges(context, facts, isKnown ? renewing : undefined, mayDisable)
      if (isKnown) judgeTries(context, facts)
    },
  }
}

type Renewing = AuditContext['premises']['scenario']['buyers'][number]['habits']['renewing']

function judgeChanges(
  { findings, premises }: AuditContext,
  facts: AccountFacts,
  renewing: Renewing | undefined,
  mayDisable: boolean,
): void {
  const on = new Map<number, AutoRenewalChange>()
  for (const change of facts.autoRenewals) {
    const { subscription, at, event, day, months } = change
    const before = on.get(subscription)
    const word = premises.word(event)
    const isDue =
      word === 'enable'
        ? before === undefined && day === renewing?.autoDay
        : word === 'modify'
          ? before !== undefined && day === renewing?.modify.day && months === (renewing.modify.months ?? before.months)
          : before !== undefined && mayDisable
    findings.compare(kinds.autoRenewal, isDue ? 1 : 0, 1, () => ({
      subject: `subscription ${subscription}`,
      at,
      text: `${word} as the habits of the segment have it (R-08)`,
    }))
    if (word === 'disable') on.delete(subscription)
    else on.set(subscription, change)
  }
}

/** Each attempt that could not be paid: enabled then, and on a day and at an hour at which it is tried. */
function judgeTries({ findings, premises }: AuditContext, facts: AccountFacts): void {
  const { calendar } = premises
  for (const { code, at, order: id } of facts.refusals) {
    if (premises.word(code) !== 'renewal-unpaid') continue
    const last = facts.autoRenewals.findLast((change) => change.subscription === id && change.at <= at)
    const steps = facts.orders.find((order) => order.id === id)?.subscription ?? []
    const termEnd = steps.findLast((step) => step.at <= at)?.termEnd ?? 0
    const daysLeft = calendar.dayOf(termEnd - 1) - calendar.dayOf(at)
    const isAtThree = at === calendar.instantOf(calendar.dayOf(at)) + 3 * HOUR
    const isOn = last !== undefined && premises.word(last.event) !== 'disable'
    const isDue = isOn && at < termEnd && daysLeft <= last.day && (isAtThree || (daysLeft === 0 && last.at === at))
    findings.compare(kinds.autoRenewal, isDue ? 1 : 0, 1, () => ({
      subject: `subscription ${id}`,
      at,
      text: 'an attempt of an automatic renewal that is enabled, at its time (R-03, R-08)',
    }))
  }
}
