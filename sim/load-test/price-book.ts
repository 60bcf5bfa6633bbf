/** What the billing core charges under load: prices compiled once from the world, amounts worked out for each request. */
import { parseUnitPrice, toMoney, UNIT_PRICE_DECIMALS, type UnitPrice } from '#base/money.ts'
import type { Policies } from '#scenarios/policies.ts'
import { literal, times } from '../billing/formula.ts'
import { type Line, lineOf } from '../billing/line.ts'
import { ecsHourAmount, imageHourAmount } from '../billing/metering/rating.ts'
import { priceLine, QUANTITY_DECIMALS } from '../billing/price/plan.ts'
import { withTax } from '../billing/tax.ts'
import { inForce, inOrderOfTime, type Since } from '../world/timeline.ts'
import type { World } from '../world/world.ts'
import type { OrderRequest, UseRequest } from './request-stream.ts'

/** One whole unit of a quantity, in the 1e-8 of the billing core. */
const QUANTITY = 100_000_000n

export class PriceBook {
  readonly #world: World
  readonly #servers: readonly Since<UnitPrice>[][]

  constructor(world: World) {
    const { scenario, pools } = world
    this.#world = world
    const changes = inOrderOfTime(scenario.events)
    this.#servers = pools.map(({ hourly, zone, plan }) => [
      { since: scenario.start, value: hourly },
      ...changes.flatMap((event) =>
        event.kind === 'serverPriceChange' && event.zone === zone && event.flavour === plan.flavour
          ? [{ since: event.at, value: parseUnitPrice(event.hourly) }]
          : [],
      ),
    ])
  }

  /** M-08: the minor units of the currency. */
  get decimals(): number {
    return this.#world.scenario.currency.decimals
  }

  policies(at: number): Policies {
    return inForce(this.#world.policyTimeline, at)
  }

  /** U-07: the hourly price in force as a clock hour begins, whole 1e-10. */
  hourly({ item, priced }: UseRequest, hour: number): UnitPrice {
    if (item === 'ecs') return inForce(this.#servers[priced - 1], hour)
    return this.#world.catalog.at(priced, hour).hourly
  }

  /** U-01, U-02: what an hour's use costs, whole 1e-8. */
  hourAmount({ item }: UseRequest, hourly: UnitPrice, seconds: number): number {
    const { policies } = this.#world
    const bySecond = policies[`${item}.granularity`] === 'second'
    const rounding = policies['rounding.charge']
    return bySecond ? ecsHourAmount(hourly, seconds, rounding) : imageHourAmount(hourly, rounding)
  }

  /** M-03, M-04, M-07: what an order of `account` costs, and the tax in it, whole 1e-8. */
  order(request: OrderRequest, account: number): { amount: number; tax: number } {
    if (!request.priced) return { amount: 0, tax: 0 }
    const { scenario, population, cellPlaces } = this.#world
    const rounding = this.#world.policies['rounding.charge']
    const lines = this.#lines(request)
    const { region } = cellPlaces[population.cell[account - 1]]
    const percent = scenario.regions[region].taxPercent ?? this.policies(request.pricedAt)['tax.percent']
    const taxed = withTax(lines, { 'tax.percent': percent, 'rounding.charge': rounding })
    const sum = (of: readonly Line[]): number => toMoney(of.reduce((total, line) => total + line.amount, 0n))
    return { amount: sum(taxed), tax: sum(taxed.slice(lines.length)) }
  }

  /** M-03, P-05: image or service, and the server that is bought with it for the same term. */
  #lines({ specification, pool, months, quantity, pricedAt }: OrderRequest): Line[] {
    const { catalog, pools } = this.#world
    const rounding = this.#world.policies['rounding.charge']
    const units = BigInt(quantity) * QUANTITY
    const offer = catalog.at(specification, pricedAt)
    const offered = offer.plans.find((plan) => plan.months === months)
    const server = pool === 0 ? undefined : pools[pool - 1].plans.find((plan) => plan.months === months)
    const lines: Line[] = []
    if (offered !== undefined) lines.push(priceLine(offered.plan, units, offer.discount, rounding))
    if (server !== undefined) {
      const price = times(literal(units, QUANTITY_DECIMALS), literal(BigInt(server.price), UNIT_PRICE_DECIMALS))
      lines.push(lineOf('P-05', price, rounding))
    }
    return lines
  }
}
