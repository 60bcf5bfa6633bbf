/** Which switches may change during a run, and why the others may not: what is under way would have to be undone. */
import { type PolicyKey, policyRule } from '../policies.ts'
import type { Draft, Report } from './draft.ts'

const metered = 'one way of metering for the whole run: the hours that are open would have to be split'
const clocks = 'one limit for the whole run: the clocks of flows that are under way run by it'

/** By key, what is expected instead of a change. All others are asked at the instant of what they decide. */
export const fixedPolicies: Partial<Record<PolicyKey, string>> = {
  'time.utcOffset': 'one offset for the whole run (T-02)',
  'revenue.presentation': 'one presentation for the whole run (L-06)',
  'rounding.charge': 'one rounding of charges for the whole run: metered hours are charged by it as they close',
  'ecs.granularity': metered,
  'image.granularity': metered,
  'image.hour': metered,
  'image.key': metered,
  'image.inYearlyGrace': metered,
  'image.whenStopped': metered,
  'image.priceAt': metered,
  'grace.payPerUseBilled': metered,
  'settlement.lag': 'one lag for the whole run: hours are settled in the order in which they close',
  'settlement.payoutDelay': 'one delay for the whole run: sellers are paid in the order of their bills',
  'usage.lateWindow': 'one window for the whole run: records that are on their way were sent under it',
  'usage.faults': 'one kind of faults for the whole run: records that are on their way were sent under it',
  'appeal.silence': clocks,
  'appeal.days': clocks,
  'freeze.pauses': clocks,
  'completion.delay': clocks,
  'auto365.kinds': clocks,
  'auto365.start': clocks,
  'invoice.mode': 'one mode for the whole run: the orders of the month would be listed in part',
}

export function checkPolicyChanges(draft: Draft, report: Report): void {
  draft.events.forEach((event, index) => {
    if (event?.kind !== 'policyChange') return
    for (const key of Object.keys(event.policies) as PolicyKey[]) {
      const expected = fixedPolicies[key]
      if (expected !== undefined)
        report(['events', index, event.kind, key], {
          what: `a change of ${key} during the run`,
          expected,
          hint: 'set it under policies, and compare two runs',
          rule: policyRule(key),
        })
    }
  })
}
