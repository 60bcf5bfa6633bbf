/** What an explanation takes from the scenario that the record holds: its policies, and the line that made an order. */
import { type Policies, standardPolicies } from '#scenarios/policies.ts'
import type { RunRecord } from '../record.ts'

/** The policies of the run; a record that names none had the rulebook's defaults. */
export const policiesOf = (record: RunRecord): Policies =>
  ({ ...standardPolicies, ...record.meta.policies }) as Policies

const LONGEST = 160

const short = (value: unknown): string => {
  const text = JSON.stringify(value) ?? ''
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text
}

interface Segment {
  readonly segment?: string
  readonly buys?: readonly unknown[]
}

/** `buyers.start-ups, line 2 of its buys: {...}`: where in the scenario a wish came from. `line` counts from 1. */
export function scenarioLine(record: RunRecord, segment: string, line: number): string {
  const buyers = (record.meta.scenario.buyers ?? []) as readonly Segment[]
  const found = buyers.find((each) => each.segment === segment)
  const buys = line > 0 ? found?.buys?.[line - 1] : undefined
  return buys === undefined ? `buyers.${segment}` : `buyers.${segment}, line ${line} of its buys: ${short(buys)}`
}

/** Percentage of tax where the buyer is at home (M-07). */
export function taxPercent(record: RunRecord, region: number): string {
  const regions = (record.meta.scenario.regions ?? []) as readonly { readonly taxPercent?: unknown }[]
  return String(regions[region - 1]?.taxPercent ?? policiesOf(record)['tax.percent'])
}
