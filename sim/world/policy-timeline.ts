/** Policies over time: what the scenario sets for the whole run, and what it changes at a date. */
import type { Policies } from '#scenarios/policies.ts'
import type { Scenario } from '#scenarios/schema.ts'
import { inOrderOfTime, type Since } from './timeline.ts'

/** At least one entry: the policies at the start. */
export function policyTimeline({ start, policies, events }: Scenario): Since<Policies>[] {
  const timeline: Since<Policies>[] = [{ since: start, value: policies }]
  for (const event of inOrderOfTime(events))
    if (event.kind === 'policyChange')
      timeline.push({ since: event.at, value: { ...timeline[timeline.length - 1].value, ...event.policies } })
  return timeline
}
