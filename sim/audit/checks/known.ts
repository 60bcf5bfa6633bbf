/** every fact is about something that the record knows, and ruled by something that the auditor knows. */
import type { PolicyKey } from '#scenarios/policies.ts'
import type { PlannedEvent } from '#scenarios/sections/events.ts'
import type { AuditContext, Check } from '../check.ts'
import type { AccountFacts } from '../facts.ts'
import { kinds } from '../kinds.ts'

/** Switches that change amounts, at the settings that the auditor has a rule for. */
const judged: Partial<Record<PolicyKey, readonly unknown[]>> = {
  'order.quoteLock': ['order', 'payment'],
}

/** Policies whose change during the run the auditor does not follow; they are asked once, for the whole of it. */
const fixed: readonly string[] = [
  'time.utcOffset',
  'rounding.charge',
  'ecs.granularity',
  'image.granularity',
  'image.hour',
  'image.key',
  'image.inYearlyGrace',
  'image.whenStopped',
  'image.priceAt',
  'grace.payPerUseBilled',
  'freeze.storage',
  'settlement.lag',
  'settlement.payoutDelay',
  'usage.lateWindow',
  'usage.late',
  'usage.faults',
  'appeal.silence',
  'appeal.days',
  'freeze.pauses',
  'completion.delay',
  'auto365.kinds',
  'auto365.start',
  'invoice.mode',
] satisfies PolicyKey[]

/** Planned events that change amounts and that the auditor does not follow. */
const isUnjudged = (event: PlannedEvent): boolean =>
  event.kind === 'policyChange' && Object.keys(event.policies).some((key) => fixed.includes(key))

const isSellers = ({ id, transactions }: AccountFacts, words: AuditContext['words']): boolean =>
  id === 0 &&
  transactions.every(({ kind }) => kind === words.sellerBill || kind === words.payout || kind === words.sellerShare)

export function known({ premises, findings, words }: AuditContext): Check {
  return {
    account(facts) {
      for (const orphan of facts.orphans)
        findings.differ(kinds.orphan, orphan, 0, 1, 0, 'the record refers to something that it does not list')
      // L-02: what is booked between the marketplace and its sellers is of no buyer.
      if (facts.known || isSellers(facts, words)) return
      const { instances, orders, transactions, bills, standing, refusals, notices } = facts
      const spoken = [instances, orders, transactions, bills, standing, refusals, notices].some(
        ({ length }) => length > 0,
      )
      const text = 'facts of an account that the record does not have'
      if (spoken || (facts.settlements?.length ?? 0) > 0)
        findings.differ(kinds.orphan, `account ${facts.id}`, 0, 1, 0, text)
    },
    record() {
      for (const [key, settings] of Object.entries(judged)) {
        const value = premises.policies[key as PolicyKey]
        if (settings.includes(value)) findings.agree(kinds.unjudged, 0)
        else findings.differ(kinds.unjudged, key, 0, 1, 0, `no rule for the setting ${JSON.stringify(value)}`)
      }
      for (const event of premises.scenario.events)
        if (isUnjudged(event))
          findings.differ(
            kinds.unjudged,
            event.kind,
            event.at,
            1,
            0,
            'a planned event that the auditor does not follow',
          )
    },
  }
}
