/** What an explanation takes from the scenario that the record holds: its policies, discounts, and the line of a wish. */
import { parseUnitPrice, unpackPrice } from '#base/money.ts'
import { defaultPolicies, type Policies } from '#scenarios/policies.ts'
import { type Discount, discountedHour, parseDiscount } from '#sim/billing/discount.ts'
import { durationText } from '../policy-text.ts'
import type { RunRecord } from '../record.ts'

interface PlannedEvent {
  readonly at: number
  readonly kind: string
  readonly policies?: Partial<Policies>
  readonly product?: string
  readonly specification?: string
  readonly discount?: unknown
  readonly hourly?: string | null
  readonly zone?: string
  readonly flavour?: string
}

/** What the scenario changes by plan up to an instant, earliest first. */
const plannedUntil = (record: RunRecord, kind: string, at: number): PlannedEvent[] =>
  ((record.meta.scenario.events ?? []) as readonly PlannedEvent[])
    .filter((event) => event.kind === kind && event.at <= at)
    .toSorted((a, b) => a.at - b.at)

/** The policies the run began with; a record that names none had the rulebook's defaults. */
export const policiesOf = (record: RunRecord): Policies => ({ ...defaultPolicies, ...record.meta.policies }) as Policies

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

/** The pay-per-use price of a server of a pool at an instant, whole 1e-10 an hour (U-01, U-07). */
export function serverHourlyAt(record: RunRecord, pool: bigint, at: number): bigint | undefined {
  const [listed] = record.rows<{ hourly: bigint; zone: string; flavour: string }>(
    'SELECT p.hourly, z.zone, p.flavour FROM pools p JOIN zones z ON z.id = p.zone_id WHERE p.id = ?',
    pool,
  )
  if (listed === undefined) return undefined
  const last = plannedUntil(record, 'serverPriceChange', at)
    .filter(({ zone, flavour }) => zone === listed.zone && flavour === listed.flavour)
    .at(-1)
  return typeof last?.hourly === 'string' ? unpackPrice(parseUnitPrice(last.hourly)) : listed.hourly
}

/** The same of a pay-per-use image, its discount inside (U-02, M-06). */
export function imageHourlyAt(record: RunRecord, specification: bigint, at: number): bigint | undefined {
  const [listed] = record.rows<{ hourly: bigint; product: string; name: string }>(
    'SELECT s.hourly, g.product, g.specification AS name FROM specifications s JOIN goods g ON g.id = s.id WHERE s.id = ?',
    specification,
  )
  if (listed === undefined) return undefined
  const changes = plannedUntil(record, 'priceChange', at).filter(
    (event) => event.product === listed.product && event.specification === listed.name,
  )
  const last = changes.findLast(({ hourly }) => typeof hourly === 'string')?.hourly ?? listHourly(record, listed)
  return changes.length === 0 || last === undefined
    ? listed.hourly
    : unpackPrice(discountedHour(parseUnitPrice(last), discountAt(record, specification, at)))
}

interface ListedProduct {
  readonly id?: string
  readonly specifications?: readonly { readonly id?: string; readonly hourly?: string | null }[]
}

/** The hourly price that the scenario lists, before any discount. */
const listHourly = (record: RunRecord, listed: { product: string; name: string }): string | undefined =>
  ((record.meta.scenario.catalog ?? []) as readonly ListedProduct[])
    .find(({ id }) => id === listed.product)
    ?.specifications?.find(({ id }) => id === listed.name)?.hourly ?? undefined

interface Segment {
  readonly segment?: string
  readonly buys?: readonly { readonly lifetime?: unknown }[]
}

/** A law of durations as a scenario file would write it: once read, it holds milliseconds. */
function writtenDistribution(distribution: unknown, key = ''): unknown {
  if (typeof distribution === 'number') return key === 'shape' ? distribution : durationText(distribution)
  if (Array.isArray(distribution))
    return key === 'weights' ? distribution : distribution.map((each) => writtenDistribution(each))
  if (typeof distribution !== 'object' || distribution === null) return distribution
  return Object.fromEntries(
    Object.entries(distribution).map(([inner, value]) => [inner, writtenDistribution(value, inner)]),
  )
}

/** `buyers.start-ups, line 2 of its buys: {...}`: where in the scenario a wish came from. `line` counts from 1. */
export function scenarioLine(record: RunRecord, segment: string, line: number): string {
  const buyers = (record.meta.scenario.buyers ?? []) as readonly Segment[]
  const found = buyers.find((each) => each.segment === segment)
  const buys = line > 0 ? found?.buys?.[line - 1] : undefined
  if (buys === undefined) return `buyers.${segment}`
  const written = buys.lifetime === undefined ? buys : { ...buys, lifetime: writtenDistribution(buys.lifetime) }
  return `buyers.${segment}, line ${line} of its buys: ${JSON.stringify(written)}`
}

/** Percentage of tax where the buyer is at home (M-07). */
export function taxPercent(record: RunRecord, region: number, at: number): string {
  const regions = (record.meta.scenario.regions ?? []) as readonly { readonly taxPercent?: unknown }[]
  return String(regions[region - 1]?.taxPercent ?? policiesAt(record, at)['tax.percent'])
}
