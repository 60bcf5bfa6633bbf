/** What an explanation takes from the scenario that the record holds: its policies, discounts, and the line of a wish. */
import { parseUnitPrice, unpackPrice } from '#base/money.ts'
import {
  type CloudResource,
  changedHourly,
  cloudResources,
  listedHourly,
  listedPrice,
  type ResourcePrices,
  type Resources,
  sizeOf,
} from '#scenarios/cloud-resources.ts'
import { defaultPolicies, type Policies } from '#scenarios/policies.ts'
import { type Discount, discountedHour, parseDiscount } from '#sim/billing/discount.ts'
import { durationText } from '../policy-text.ts'
import type { RunRecord } from '../record.ts'

/** Percent x 1e8. */
const HUNDRED_PERCENT = 10_000_000_000n

interface PlannedEvent extends Partial<ResourcePrices> {
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
    .filter(({ zone, flavour, hourly }) => zone === listed.zone && flavour === listed.flavour && hourly !== null)
    .at(-1)
  return typeof last?.hourly === 'string' ? unpackPrice(parseUnitPrice(last.hourly)) : listed.hourly
}

/** A pool as the scenario has it, by its number. */
function poolOf(record: RunRecord, pool: bigint) {
  const [named] = record.rows<{ zone: string; flavour: string }>(
    'SELECT z.zone, p.flavour FROM pools p JOIN zones z ON z.id = p.zone_id WHERE p.id = ?',
    pool,
  )
  const regions = (record.meta.scenario.regions ?? []) as readonly { zones: readonly PricedZone[] }[]
  const zone = regions.flatMap(({ zones }) => zones).find(({ id }) => id === named?.zone)
  return { ...named, resources: zone?.pools.find(({ flavour }) => flavour === named?.flavour)?.resources ?? null }
}

interface PricedZone {
  readonly id: string
  readonly pools: readonly { readonly flavour: string; readonly resources?: Resources | null }[]
}

const noChange: ResourcePrices = { disk: null, elasticIp: null, bandwidth: null, traffic: null }

/** What the cloud resources of a server of a pool cost an hour at an instant, whole 1e-10 (E-09); only those with a price. */
export function resourceHourlyAt(record: RunRecord, pool: bigint, at: number): (readonly [CloudResource, bigint])[] {
  const { zone, flavour, resources } = poolOf(record, pool)
  const changes = plannedUntil(record, 'serverPriceChange', at).filter(
    (event) => event.zone === zone && event.flavour === flavour,
  )
  return cloudResources.flatMap((resource) => {
    const listed = listedHourly(resources, resource)
    if (listed === null) return []
    const planned = changes
      .map((change) => changedHourly(resources, { ...noChange, ...change }, resource))
      .filter((hourly) => hourly !== null)
    return [[resource, unpackPrice(parseUnitPrice(planned.at(-1) ?? listed))] as const]
  })
}

/** What flows through a server of a pool in an hour (E-09), as decimal text; null where its traffic has no price. */
export const gigabytesPerHour = (record: RunRecord, pool: bigint): string | null =>
  sizeOf(poolOf(record, pool).resources, 'traffic')

const unitsOf: Readonly<Record<CloudResource, (size: string, price: string) => string>> = {
  disk: (size, price) => `${size} GB at ${price} each`,
  'elastic-ip': (_, price) => price,
  bandwidth: (size, price) => `${size} Mbit/s at ${price} each`,
  traffic: (size, price) => `${size} GB at ${price} each`,
}

/** How the listed price of each cloud resource comes about: `disk`, `40 GB at 0.0001 each: 0.004 an hour`. */
export function resourceTexts(record: RunRecord, pool: bigint): (readonly [CloudResource, string])[] {
  const { resources } = poolOf(record, pool)
  return cloudResources.flatMap((resource) => {
    const [size, price] = [sizeOf(resources, resource), listedPrice(resources, resource)]
    const hourly = listedHourly(resources, resource)
    if (size === null || price === null || hourly === null) return []
    const made = unitsOf[resource](size, price)
    return [[resource, made === hourly ? `${hourly} an hour` : `${made}: ${hourly} an hour`] as const]
  })
}

/** The price of such a server for an account: less the discount in force where its servers are interruptible (E-11). */
export function serverHourlyFor(record: RunRecord, pool: bigint, account: bigint, at: number): bigint | undefined {
  const hourly = serverHourlyAt(record, pool, at)
  const [buyer] = record.rows<{ segment: string }>('SELECT segment FROM accounts WHERE id = ?', account)
  const buyers = (record.meta.scenario.buyers ?? []) as readonly Segment[]
  if (hourly === undefined || !buyers.some((each) => each.segment === buyer?.segment && each.interruptible === true))
    return hourly
  const [discount] = record.rows<{ off: bigint }>(
    'SELECT percent_off AS off FROM interruptible_prices WHERE pool = ? AND at <= ? ORDER BY rowid DESC LIMIT 1',
    pool,
    BigInt(at),
  )
  return discount === undefined ? hourly : (hourly * (HUNDRED_PERCENT - discount.off)) / HUNDRED_PERCENT
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

/** A price of an hour from an instant on: before and after its discount, whole 1e-10. */
export interface ListedHour {
  readonly at: number
  readonly list: bigint
  readonly price: bigint
}

/** The prices that a pay-per-use image had in a run, earliest first (C-05, M-06). */
export function imageListPrices(record: RunRecord, specification: bigint): ListedHour[] {
  const [named] = record.rows<{ product: string; name: string }>(
    'SELECT product, specification AS name FROM goods WHERE id = ?',
    specification,
  )
  const listed = named === undefined ? undefined : listHourly(record, named)
  if (listed === undefined) return []
  const { start, end } = record.meta
  const changes = plannedUntil(record, 'priceChange', end).filter(
    (event) => event.product === named.product && event.specification === named.name,
  )
  let list = listed
  return [{ at: start, hourly: undefined }, ...changes].map(({ at, hourly }) => {
    if (typeof hourly === 'string') list = hourly
    const price = discountedHour(parseUnitPrice(list), discountAt(record, specification, at))
    return { at, list: unpackPrice(parseUnitPrice(list)), price: unpackPrice(price) }
  })
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
  readonly interruptible?: boolean
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
