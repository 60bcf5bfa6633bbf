/** Which switches may change during a run, and why the others may not: what is under way would have to be undone. */
import { fixedPolicies, type PolicyKey, policyRule } from '../policies.ts'
import type { Draft, Report } from './draft.ts'

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
