/** What the auditor takes as given: the run's meta data, its policies and the tables that give numbers their names. */
import type { Database } from 'better-sqlite3'
import { expectWholeMeta } from '#base/meta-checksum.ts'
import type { Policies, PolicyKey } from '#scenarios/policies.ts'
import type { Scenario } from '#scenarios/schema.ts'
import { HIGH } from './cells.ts'
import { Calendar, HOUR } from './civil-time.ts'
import { HourlyCharges, type Price, priceOf } from './exact.ts'
import { hostedCapacities, isOnHosts } from './host-premises.ts'
import { imagePrices, type PriceHistory, type ResourcePrices, resourcePrices, serverPrices } from './hourly-prices.ts'
import { Listings } from './listings.ts'
import type { DiscountText, Plan, PriceModel } from './plan.ts'
import { type DiscountStep, discountSteps, offeredAt, policyAt } from './planned.ts'
import { plannedSpot, recordedSpot, spotHistory, termsOf } from './spot-prices.ts'

export interface Specification {
  readonly id: number
  readonly product: number
  /** Its id in the scenario. */
  readonly name: string
  readonly billing: string
  /** Whole 1e-10; 0 unless pay-per-use. */
  readonly hourly: Price
  readonly prices: PriceHistory
  /** M-06: over time. */
  readonly discounts: readonly DiscountStep[]
  /** C-04: what quantities are sold; null where one unit is. */
  readonly quantity: { readonly min: number; readonly max: number; readonly step: number } | null
  /** S-01: the kind of product where it is under service supervision; null where it is not. */
  readonly supervised: SupervisedKind | null
}

export type SupervisedKind = 'saas' | 'license' | 'professional-service'

export interface PoolPremise {
  readonly id: number
  /** Whole 1e-10 an hour. */
  readonly hourly: Price
  readonly prices: PriceHistory
  readonly resources: ResourcePrices
  readonly hasResources: boolean
  /** E-11: prices of interruptible servers; null where the pool has none. */
  readonly spot: PriceHistory | null
  /** Of hosts: the servers that those planned take when they are empty. */
  readonly capacities: readonly { readonly since: number; readonly capacity: number }[]
  /** E-10: whether it is made of hosts. */
  readonly isOnHosts: boolean
}

/** A yearly/monthly price of one server of a pool (P-05, E-06); `price` in whole 1e-10. */
export interface ServerPlanPremise {
  readonly id: number
  readonly pool: number
  readonly months: number
  readonly price: bigint
  /** E-09: what its disk, address and bandwidth cost for the same months, in this order. */
  readonly resources: readonly { readonly id: number; readonly price: bigint }[]
}

/** The seller of a specification, and what is withheld and taxed of the sales, in percent. */
export interface SellerPremise {
  readonly id: number
  readonly withholdingPercent: string
  readonly taxPercent: string
}

/** By number in the run. */
type Numbered<T> = ReadonlyMap<number, T>

export class Premises {
  readonly start: number
  readonly end: number
  readonly policies: Policies
  readonly scenario: Scenario
  readonly calendar: Calendar
  readonly charges: HourlyCharges
  readonly pools: Numbered<PoolPremise>
  readonly specifications: Numbered<Specification>
  readonly plans: Numbered<Plan>
  readonly serverPlans: readonly ServerPlanPremise[]
  /** Whose each specification is. */
  readonly sellers: ReadonlyMap<number, SellerPremise>
  /** Numbers of cells follow one another: what a cell numbers leaves its own remainder. */
  readonly cells: number
  /** Clock hours that the run touches, the first of them, and the instant each is counted from. */
  readonly firstHour: number
  readonly hours: number
  readonly #plansOf: ReadonlyMap<number, readonly Plan[]>
  /** C-07: from when products are listed for which requirements came in, as recorded. */
  readonly #answered: ReadonlyMap<string, number>
  /** Planned changes of policies. */
  readonly #changes: Scenario['events']
  readonly #words: readonly string[]
  readonly #numbers: ReadonlyMap<string, number>

  constructor(database: Database) {
    const meta = new Map(database.prepare<[], [string, string]>('SELECT key, value FROM meta').raw().all())
    expectWholeMeta(database.name, meta)
    const given = (key: string): string => meta.get(key) ?? ''
    this.start = Number(given('start'))
    this.end = Number(given('end'))
    this.policies = JSON.parse(given('policies')) as Policies
    this.scenario = JSON.parse(given('scenario')) as Scenario
    this.calendar = new Calendar(Number(given('utcOffset')))
    this.charges = new HourlyCharges(this.policies['rounding.charge'])
    this.firstHour = this.calendar.hourOf(this.start)
    this.hours = Math.max(0, Math.ceil((this.end - this.firstHour) / HOUR))
    const words: string[] = []
    for (const [id, word] of rows<[number, string]>(database, 'SELECT id, word FROM words')) words[id] = word
    this.#words = words
    this.#numbers = new Map(words.map((word, id) => [word, id]))
    this.pools = readPools(database, this.scenario)
    this.specifications = readSpecifications(database, this.scenario)
    this.plans = readPlans(database)
    this.#plansOf = Map.groupBy(this.plans.values(), ({ specification }) => specification)
    this.#changes = this.scenario.events.filter(({ kind }) => kind === 'policyChange')
    this.serverPlans = readServerPlans(database)
    this.sellers = readSellers(database, this.scenario)
    // The ledger of a load test has no listings: its workload is orders that were placed.
    const isListed = rows(database, "SELECT 1 FROM sqlite_schema WHERE name = 'requirement_listings'").length > 0
    const answers = 'SELECT p.product, l.listed FROM requirement_listings l JOIN products p ON p.id = l.product'
    this.#answered = new Map(isListed ? rows<[string, number]>(database, answers) : [])
    const { partition, regions } = this.scenario
    this.cells = partition === 'region' ? regions.length : regions.reduce((sum, { zones }) => sum + zones.length, 0)
  }

  /** A word of the record by its number. */
  word(id: number): string {
    return this.#words[id] ?? `word ${id}`
  }

  /** The number of a word; -1 when the record does not know it, so that nothing equals it. */
  number(word: string): number {
    return this.#numbers.get(word) ?? -1
  }

  /** A policy in force at an instant. */
  policyAt<K extends PolicyKey>(key: K, at: number): Policies[K] {
    return this.#changes.length === 0 ? this.policies[key] : policyAt(this.scenario, key, at)
  }

  /** P-05: the plan for a duration as it was offered at an instant. */
  planOf(specification: number, months: number, at: number): Plan | undefined {
    return this.plansAt(specification, at).find((plan) => plan.months === months)
  }

  /** P-05: all plans of a specification as they were offered at an instant. */
  plansAt(specification: number, at: number): readonly Plan[] {
    const own = this.#plansOf.get(specification)
    return own === undefined ? [] : offeredAt(own, specification, at)
  }

  /** All policies in force at an instant. */
  policiesAt(at: number): Policies {
    if (this.#changes.length === 0) return this.policies
    const keys = Object.keys(this.policies) as PolicyKey[]
    return Object.fromEntries(keys.map((key) => [key, this.policyAt(key, at)])) as unknown as Policies
  }

  /** What an hour of a pay-per-use server of a pool costs the buyers of a segment (U-07, E-11). */
  serverPricesFor(pool: number, segment: string): PriceHistory {
    const premise = this.pools.get(pool)
    const spot = this.isInterruptible(segment) ? premise?.spot : null
    return spot ?? premise?.prices ?? []
  }

  /** E-11: whether buyers of a segment take interruptible servers where there are any. */
  isInterruptible(segment: string): boolean {
    return this.scenario.buyers.some((buyers) => buyers.segment === segment && buyers.interruptible)
  }

  /** C-05, C-07, O-14: when a product is sold. */
  listingsOf(product: string): Listings {
    return new Listings(this.scenario, product, this.#answered.get(product))
  }

  /** Whether a policy has a value at some time of the run. */
  everSays<K extends PolicyKey>(key: K, value: Policies[K]): boolean {
    return [this.start, ...this.#changes.map(({ at }) => at)].some((at) => this.policyAt(key, at) === value)
  }

  /** U-08: when a clock hour is settled: its end and the lag, or with the run's closing books. */
  settledAt(hour: number): number {
    return Math.min(hour + HOUR + this.policies['settlement.lag'], this.end)
  }
}

const rows = <R>(database: Database, sql: string): R[] => database.prepare<[], R>(sql).raw().all() as R[]

const numbered = <T extends { readonly id: number }>(list: readonly T[]): Numbered<T> =>
  new Map(list.map((item) => [item.id, item]))

function readPools(database: Database, scenario: Scenario): Numbered<PoolPremise> {
  const sql = 'SELECT p.id, CAST(p.hourly AS TEXT), z.zone, p.flavour FROM pools p JOIN zones z ON z.id = p.zone_id'
  const pools = rows<[number, string, string, string]>(database, sql).map(([id, text, zone, flavour]) => {
    const hourly = priceOf(BigInt(text))
    const changes = scenario.events.filter(
      (event) => event.kind === 'capacityChange' && event.zone === zone && event.flavour === flavour,
    ) as { at: number; capacity: number }[]
    const prices = serverPrices(scenario, zone, flavour, hourly)
    const hasSpot = termsOf(scenario, zone, flavour) !== null
    const resources = resourcePrices(scenario, zone, flavour)
    return {
      id,
      hourly,
      prices,
      spot: hasSpot ? spotHistory(prices, plannedSpot(scenario, zone, flavour) ?? recordedSpot(database, id)) : null,
      resources,
      hasResources: Object.keys(resources).length > 0,
      capacities: [] as { since: number; capacity: number }[],
      changes: [
        ...changes.map(({ at, capacity }) => ({ since: at, capacity })),
        ...hostedCapacities(scenario, zone, flavour),
      ],
      isOnHosts: isOnHosts(scenario, zone, flavour),
    }
  })
  const byId = numbered(pools)
  const steps = 'SELECT pool, since, capacity FROM capacities ORDER BY pool, since'
  for (const [pool, since, capacity] of rows<[number, number, number]>(database, steps))
    byId.get(pool)?.capacities.push({ since, capacity })
  // Of two at one instant the planned event holds, whatever the pool's own schedule says.
  for (const { capacities, changes } of pools) capacities.push(...changes)
  for (const { capacities } of pools) capacities.sort((a, b) => a.since - b.since)
  return byId
}

function readSpecifications(database: Database, scenario: Scenario): Numbered<Specification> {
  const sql = `SELECT s.id, s.product_id, s.billing, CAST(s.hourly AS TEXT), s.discount, p.product, s.specification
    FROM specifications s JOIN products p ON p.id = s.product_id`
  type Row = [number, number, string, string, string, string, string]
  return numbered(
    rows<Row>(database, sql).map(([id, product, billing, hourly, discount, productName, name]) => {
      const listed = scenario.catalog.find((candidate) => candidate.id === productName)
      const written = listed?.specifications.find((candidate) => candidate.id === name)
      const listedDiscount: DiscountText | null = discount === '' ? null : JSON.parse(discount)
      return {
        id,
        product,
        name,
        billing,
        hourly: priceOf(BigInt(hourly)),
        prices:
          written?.billing === 'pay-per-use'
            ? imagePrices(scenario, productName, name, { ...written, discount: listedDiscount })
            : [],
        discounts: discountSteps(scenario, productName, name, listedDiscount),
        quantity: written === undefined || written.billing === 'pay-per-use' ? null : written.quantity,
        supervised: listed === undefined ? null : supervisedKind(listed),
      }
    }),
  )
}

/** S-01: every license, every professional service, and SaaS products that are flagged so. */
function supervisedKind({ kind, supervised }: Scenario['catalog'][number]): SupervisedKind | null {
  if (kind === 'license' || kind === 'professional-service') return kind
  return kind === 'saas' && supervised === true ? kind : null
}

function readSellers(database: Database, scenario: Scenario): Map<number, SellerPremise> {
  const sql = `SELECT s.id, p.seller_id, l.segment FROM specifications s JOIN products p ON p.id = s.product_id
    JOIN sellers l ON l.id = p.seller_id`
  return new Map(
    rows<[number, number, string]>(database, sql).map(([specification, id, name]) => {
      const segment = scenario.sellers.find((one) => one.segment === name)
      const { withholdingPercent = '0', taxPercent = '0' } = segment ?? {}
      return [specification, { id, withholdingPercent, taxPercent }]
    }),
  )
}

function readServerPlans(database: Database): ServerPlanPremise[] {
  const sql =
    'SELECT id, pool, item, months, CAST(price AS TEXT), CAST(price_high AS TEXT) FROM server_plans ORDER BY id'
  const all = rows<[number, number, string, number, string, string]>(database, sql).map(
    ([id, pool, item, months, low, high]) => ({ id, pool, item, months, price: BigInt(high) * HIGH + BigInt(low) }),
  )
  return all
    .filter(({ item }) => item === 'ecs')
    .map(({ id, pool, months, price }) => ({
      ...{ id, pool, months, price },
      resources: all.filter((other) => other.item !== 'ecs' && other.pool === pool && other.months === months),
    }))
}

function readPlans(database: Database): Numbered<Plan> {
  const sql = 'SELECT id, specification_id, months, price, since FROM plans'
  return numbered(
    rows<[number, number, number, string, number]>(database, sql).map(([id, specification, months, price, since]) => ({
      id,
      specification,
      months,
      price: JSON.parse(price) as PriceModel,
      since,
    })),
  )
}
