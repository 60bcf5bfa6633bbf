/**
 * Which settings of a run can be changed without another history: prices, tax, and the rules by which hours are metered and amounts are
 * computed from facts that the record has. Of every other setting it says why the history depends on it.
 */
import type { PolicyKey } from '#scenarios/policies.ts'

/** A value of the scenario that differs, by its path. */
export interface ChangedSetting {
  /** `catalog.crm.specifications.seats.plans.0.price.unit` */
  readonly path: string
  readonly old: unknown
  readonly new: unknown
}

/** Rules that make an amount of facts that stay what they are. */
export const pricingPolicies: readonly PolicyKey[] = [
  'rounding.charge',
  'rounding.monthTotal',
  'rounding.refund',
  'upgrade.priceMatch',
  'upgrade.originalBasis',
  'tax.percent',
  'tax.couponBase',
  'expansion.cutover',
  'expansion.tiered',
  'proration.basis',
  'proration.countChangeDay',
  'refund.consumed',
  'refund.fee',
  'refund.fiveDay',
]

/** Rules that make other hours of what servers did, which the record has step by step. */
export const meteringPolicies: readonly PolicyKey[] = [
  'ecs.granularity',
  'image.granularity',
  'image.hour',
  'image.key',
  'image.whenStopped',
  'image.priceAt',
  'image.inYearlyGrace',
  'grace.payPerUseBilled',
]

/** Rules that say which records of use are charged, and on which bill: the record has when each that was late arrived. */
export const latePolicies: readonly PolicyKey[] = ['usage.late', 'usage.lateWindow']

const planned = 'it decides which order is made, or by which plan'

const policyReasons: Partial<Record<PolicyKey, string>> = {
  'time.utcOffset': 'hours, months and terms begin at other instants',
  'rounding.rest': 'it changes balances, and no bill',
  'settlement.platformFee': 'it is about the share of sellers, and not what buyers pay',
  'settlement.payoutDelay': 'it is about when sellers are paid, and not what buyers pay',
  'revenue.presentation': 'it is about the books, and not what buyers pay',
  'order.quoteLock': 'it decides at which instant an order is priced, and what is paid at all',
  'expansion.ruleKey': planned,
  'change.price': planned,
  'change.negative': planned,
  'usage.faults': 'it decides which records of use arrive late, twice or changed',
  'grace.days': 'it decides when servers are suspended and terms end: what happens then is not in the record',
  'retention.days': 'it decides when servers are suspended and terms end: what happens then is not in the record',
}

const sectionReasons: Readonly<Record<string, string>> = {
  buyers: 'who buys what and when is the history itself',
  sellers: 'sellers decide when an order is completed',
  regions: 'it decides which orders find room, and when',
  catalog: 'it decides what can be bought',
  events: 'it decides what happens when',
  start: 'it decides what happens at all',
  end: 'it decides what happens at all',
  currency: 'amounts of two currencies have no difference',
}

/** Paths of prices, with the parts that name things left out. */
const prices: readonly RegExp[] = [
  /^regions\.[^.]+\.taxPercent$/,
  /^regions\.[^.]+\.zones\.[^.]+\.pools\.[^.]+\.hourly$/,
  /^regions\.[^.]+\.zones\.[^.]+\.pools\.[^.]+\.plans\.\d+\.price(\.|$)/,
  /^regions\.[^.]+\.zones\.[^.]+\.pools\.[^.]+\.plans\.\d+\.resources\.\w+$/,
  /^regions\.[^.]+\.zones\.[^.]+\.pools\.[^.]+\.resources\.\w+(\.hourly)?$/,
  /^catalog\.\d+\.specifications\.\d+\.(hourly|discount|price)(\.|$)/,
  /^catalog\.\d+\.specifications\.\d+\.plans\.\d+\.price(\.|$)/,
  /^events\.\d+\.(hourly|discount|price|disk|elasticIp|bandwidth|traffic)(\.|$)/,
  /^events\.\d+\.plans\.\d+\.price(\.|$)/,
]

/** Values that say nothing of the history. */
const aside: readonly RegExp[] = [/^(name|question|answer|thresholds|seed|compareWith)(\.|$)/]

/** The leaves in which two resolved scenarios differ, but for those that say nothing of the history. */
export function changedSettings(old: unknown, now: unknown): ChangedSetting[] {
  return differing(old, now, []).filter(({ path }) => !aside.some((pattern) => pattern.test(path)))
}

function differing(old: unknown, now: unknown, path: readonly string[]): ChangedSetting[] {
  if (old === now) return []
  if (isContainer(old) && isContainer(now) && Array.isArray(old) === Array.isArray(now)) {
    const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])]
    return keys.flatMap((key) => differing(valueIn(old, key), valueIn(now, key), [...path, key]))
  }
  return JSON.stringify(old) === JSON.stringify(now) ? [] : [{ path: path.join('.'), old, new: now }]
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null

const valueIn = (container: object, key: string): unknown =>
  Object.hasOwn(container, key) ? (container as Readonly<Record<string, unknown>>)[key] : undefined

/** The key of a policy in a path: of the start, or of an event that changes it. */
const policyIn = (path: string): string | undefined => /^(?:policies|events\.\d+\.policies)\.(.+)$/.exec(path)?.[1]

/** Why a change cannot be made to a history that exists; undefined where it can. */
export function reasonAgainst({ path, old, new: now }: ChangedSetting): string | undefined {
  const policy = policyIn(path)
  if (policy !== undefined) {
    const key = [...pricingPolicies, ...meteringPolicies, ...latePolicies].find((each) => policy === each)
    if (key !== undefined && old !== undefined && now !== undefined) return undefined
    const [, why] = Object.entries(policyReasons).find(([of]) => policy === of || policy.startsWith(`${of}.`)) ?? []
    return why ?? 'orders, servers and terms take another course'
  }
  const isAmount = old !== undefined && old !== null && now !== undefined && now !== null
  if (prices.some((pattern) => pattern.test(path)) && (isAmount || models.test(path))) return undefined
  return sectionReasons[path.split('.', 1)[0]] ?? 'the history depends on it'
}

/** What may begin or end to be there: another price model has other keys. What else has no price is not metered, or not sold. */
const models = /\.(discount|price)(\.|$)/
