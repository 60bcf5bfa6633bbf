/** M-02, E-01, P-05, M-06: the prices and capacities that all else is computed from, against the scenario's own text. */
import type { Database } from 'better-sqlite3'
import type { Scenario } from '#scenarios/schema.ts'
import { HIGH } from '../cells.ts'
import type { AuditContext, Check } from '../check.ts'
import { Exact, whole } from '../exact.ts'
import { discountedHour } from '../hourly-prices.ts'
import { kinds } from '../kinds.ts'
import type { DiscountText } from '../plan.ts'
import { plannedLists } from '../planned.ts'

export function catalog(context: AuditContext): Check {
  return {
    record(database) {
      judgePools(context, database)
      judgeSpecifications(context, database)
    },
  }
}

/** Whole 1e-10 of a price in text. */
const priceOf = (text: string): bigint => whole(new Exact(text).times(1e10))

type SoldPlan = Scenario['regions'][number]['zones'][number]['pools'][number]['plans'][number]

/** E-09: a price of the server for the months of a plan, and one of each resource that the plan prices. */
function plannedPrices({ months, price, disk, elasticIp, bandwidth, traffic }: SoldPlan): string[] {
  const all = { ecs: price, disk, 'elastic-ip': elasticIp, bandwidth, traffic }
  return Object.entries(all).flatMap(([item, text]) => (text === null ? [] : [`${months} ${item} ${priceOf(text)}`]))
}

const poolsSql = `SELECT p.id, r.region, z.zone, p.flavour, CAST(p.hourly AS TEXT) FROM pools p
  JOIN zones z ON z.id = p.zone_id JOIN regions r ON r.id = p.region_id`

function judgePools({ findings, premises }: AuditContext, database: Database): void {
  const capacities = database.prepare('SELECT since, capacity FROM capacities WHERE pool = ? ORDER BY rowid').raw()
  const plans = database
    .prepare<[number], [number, string, string, string]>(
      'SELECT months, item, CAST(price AS TEXT), CAST(price_high AS TEXT) FROM server_plans WHERE pool = ? ORDER BY id',
    )
    .raw()
  const rows = database.prepare<[], [number, string, string, string, string]>(poolsSql).raw().all()
  for (const [id, region, zone, flavour, hourly] of rows as [number, string, string, string, string][]) {
    const zones = premises.scenario.regions.find((candidate) => candidate.id === region)?.zones
    const pool = zones?.find((candidate) => candidate.id === zone)?.pools.find((each) => each.flavour === flavour)
    const described = (text: string) => () => ({ subject: `pool ${id}`, at: 0, text })
    findings.compare(kinds.listPrice, BigInt(hourly), pool ? priceOf(pool.hourly) : 0n, described('price of an hour'))
    const written = JSON.stringify(pool?.capacity.map(({ from, capacity }) => [from, capacity]))
    const recorded = JSON.stringify(capacities.all(id))
    findings.compare(
      kinds.listPrice,
      recorded === written ? 1 : 0,
      1,
      described(`capacities ${recorded}, the scenario says ${written}`),
    )
    const sold = pool === undefined ? [] : pool.plans.flatMap(plannedPrices)
    const kept = plans
      .all(id)
      .map(([months, item, low, high]) => `${months} ${item} ${BigInt(high) * HIGH + BigInt(low)}`)
    if (kept.join() !== sold.join())
      findings.differ(
        kinds.listPrice,
        `pool ${id}`,
        0,
        kept.length,
        sold.length,
        `plans ${kept}, the scenario says ${sold}`,
      )
  }
}

const specificationsSql = `SELECT s.id, p.product, s.specification, CAST(s.hourly AS TEXT), s.discount FROM specifications s
  JOIN products p ON p.id = s.product_id`

function judgeSpecifications({ findings, premises }: AuditContext, database: Database): void {
  const rows = database.prepare<[], [number, string, string, string, string]>(specificationsSql).raw().all()
  for (const [id, product, name, hourly, discount] of rows as [number, string, string, string, string][]) {
    const written = premises.scenario.catalog
      .find((candidate) => candidate.id === product)
      ?.specifications.find((candidate) => candidate.id === name)
    const described = (text: string) => () => ({ subject: `specification ${id}`, at: 0, text })
    const price =
      written?.billing === 'pay-per-use' ? discountedHour(written.hourly, written.discount as DiscountText | null) : 0
    findings.compare(kinds.listPrice, BigInt(hourly), price, described('price of an hour'))
    const discounted = written?.discount ? JSON.stringify(written.discount) : ''
    findings.compare(
      kinds.listPrice,
      discount === discounted ? 1 : 0,
      1,
      described(`discount '${discount}', not '${discounted}'`),
    )
    const plans = [...premises.plans.values()].filter(({ specification }) => specification === id)
    const recorded = JSON.stringify(plans.map((plan) => [plan.months, plan.price]))
    const later = plannedLists(premises.scenario, product, name).toSorted((a, b) => a.since - b.since)
    const asked = JSON.stringify([...plansOf(written), ...later.flatMap(({ list }) => list)])
    findings.compare(
      kinds.listPrice,
      recorded === asked ? 1 : 0,
      1,
      described(`plans ${recorded}, the scenario says ${asked}`),
    )
  }
}

type Written = AuditContext['premises']['scenario']['catalog'][number]['specifications'][number]

/** Months and price of each plan; a one-off has one, of no months. */
function plansOf(written: Written | undefined): readonly (readonly [number, unknown])[] {
  if (written === undefined || written.billing === 'pay-per-use') return []
  if (written.billing === 'one-off') return [[0, written.price]]
  return written.plans.map(({ months, price }) => [months, price] as const)
}
