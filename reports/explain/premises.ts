/** What an explanation takes from the scenario that the record holds: its policies, discounts, and the line of a wish. */
import { type Policies, standardPolicies } from '#scenarios/policies.ts'
import { type Discount, parseDiscount } from '#sim/billing/discount.ts'
import { durationText } from '../policy-text.ts'
import type { RunRecord } from '../record.ts'

interface PlannedEvent {
  readonly at: number
  readonly kind: string
  readonly policies?: Partial<Policies>
  readonly product?: string
  readonly specification?: string
  readonly discount?: unknown
}

/** What the scenario changes by plan up to an instant, earliest first. */
const plannedUntil = (record: RunRecord, kind: string, at: number): PlannedEvent[] =>
  ((record.meta.scenario.events ?? []) as readonly PlannedEvent[])
    .filter((event) => event.kind === kind && event.at <= at)
    .toSorted((a, b) => a.at - b.at)

/** The policies the run began with; a record that names none had the rulebook's defaults. */
export const policiesOf = (record: RunRecord): Policies =>
  ({ ...standardPolicies, ...record.meta.policies }) as Policies

/** The policies in force at an instant. */
export const policiesAt = (record: RunRecord, at: number): Policies => {
  const changes = plannedUntil(record, 'policyChange', at).map((event) => event.policies)
  return Object.assign({}, policiesOf(record), ...changes)
}

/** The discount of a specification at an instant (M-06): the listed one, or the last that was set since. */
export function discountAt(record: RunRecord, specification: bigint, at: number): Discount | undefined {
  const [goods] = record.rows<{ product: string; name: string; listed: string }>(
    `SELECT g.product, g.specification AS name, s.discount AS listed FROM goods g JOIN specifications s ON s.id = g.id
     WHERE g.id = ?`,
    specification,
  )
  if (goods === undefined) return undefined
  const changes = plannedUntil(record, 'priceChange', at).filter(
    (event) =>
      event.product === goods.product &&
      event.specification === goods.name &&
      event.discount !== null &&
      event.discount !== undefined,
  )
  const last = changes.at(-1)?.discount ?? (goods.listed === '' ? 'none' : JSON.parse(goods.listed))
  return last === 'none' ? undefined : parseDiscount(last)
}

interface Segment {
  readonly segment?: string
  readonly buys?: readonly { readonly lifetime?: unknown }[]
}

/** A law of durations as a scenario file would write it: once read, it holds milliseconds. */
function writtenLaw(law: unknown, key = ''): unknown {
  if (typeof law === 'number') return key === 'shape' ? law : durationText(law)
  if (Array.isArray(law)) return key === 'weights' ? law : law.map((each) => writtenLaw(each))
  if (typeof law !== 'object' || law === null) return law
  return Object.fromEntries(Object.entries(law).map(([inner, value]) => [inner, writtenLaw(value, inner)]))
}

/** `buyers.start-ups, line 2 of its buys: {...}`: where in the scenario a wish came from. `line` counts from 1. */
export function scenarioLine(record: RunRecord, segment: string, line: number): string {
  const buyers = (record.meta.scenario.buyers ?? []) as readonly Segment[]
  const found = buyers.find((each) => each.segment === segment)
  const buys = line > 0 ? found?.buys?.[line - 1] : undefined
  if (buys === undefined) return `buyers.${segment}`
  const written = buys.lifetime === undefined ? buys : { ...buys, lifetime: writtenLaw(buys.lifetime) }
  return `buyers.${segment}, line ${line} of its buys: ${JSON.stringify(written)}`
}

/** Percentage of tax where the buyer is at home (M-07). */
export function taxPercent(record: RunRecord, region: number, at: number): string {
  const regions = (record.meta.scenario.regions ?? []) as readonly { readonly taxPercent?: unknown }[]
  return String(regions[region - 1]?.taxPercent ?? policiesAt(record, at)['tax.percent'])
}
