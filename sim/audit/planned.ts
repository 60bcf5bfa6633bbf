/** C-05, T-01: what a scenario changes by plan during the run, as the auditor reads it from the scenario's own text. */
import type { Policies, PolicyKey } from '#scenarios/policies.ts'
import type { Scenario } from '#scenarios/schema.ts'
import type { DiscountText, Plan, PriceModel } from './plan.ts'

export interface DiscountStep {
  readonly since: number
  readonly discount: DiscountText | null
}

/** A policy in force at an instant: its last change up to then, of two at one instant the later in the file. */
export function policyAt<K extends PolicyKey>({ policies, events }: Scenario, key: K, at: number): Policies[K] {
  let value: Policies[K] = policies[key]
  let since = Number.NEGATIVE_INFINITY
  for (const event of events) {
    if (event.kind !== 'policyChange' || event.at > at || event.at < since || !(key in event.policies)) continue
    value = event.policies[key] as Policies[K]
    since = event.at
  }
  return value
}

/** The discounts of a specification over time, first the listed one. */
export function discountSteps(
  { events }: Scenario,
  product: string,
  name: string,
  listed: DiscountText | null,
): DiscountStep[] {
  const steps: DiscountStep[] = [{ since: Number.NEGATIVE_INFINITY, discount: listed }]
  for (const event of events.toSorted((a, b) => a.at - b.at)) {
    if (event.kind !== 'priceChange' || event.product !== product || event.specification !== name) continue
    if (event.discount === null) continue
    steps.push({ since: event.at, discount: event.discount === 'none' ? null : (event.discount as DiscountText) })
  }
  return steps
}

/** M-06: the discount in force at an instant. */
export const discountAt = (steps: readonly DiscountStep[], at: number): DiscountText | null =>
  steps.findLast(({ since }) => since <= at)?.discount ?? null

/** P-05: of the plans of a specification those that are offered at an instant: the last list up to then. */
export function offeredAt(plans: Iterable<Plan>, specification: number, at: number): Plan[] {
  let last = Number.NEGATIVE_INFINITY
  let offered: Plan[] = []
  for (const plan of plans) {
    if (plan.specification !== specification || plan.since > at || plan.since < last) continue
    if (plan.since > last) offered = []
    last = plan.since
    offered.push(plan)
  }
  return offered
}

/** A list of prices by duration, and the instant from which it is offered. */
interface PlannedList {
  readonly since: number
  readonly list: readonly (readonly [months: number, price: PriceModel])[]
}

/** What a specification is given by plan, list by list. */
export function plannedLists({ events }: Scenario, product: string, name: string): PlannedList[] {
  return events.flatMap((event): PlannedList[] => {
    if (event.kind !== 'priceChange' || event.product !== product || event.specification !== name) return []
    if (event.plans !== null)
      return [{ since: event.at, list: event.plans.map(({ months, price }) => [months, price]) }]
    return event.price === null ? [] : [{ since: event.at, list: [[0, event.price]] }]
  })
}
