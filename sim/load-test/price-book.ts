/** What the billing core charges under load: prices compiled once from the world, amounts computed for each request. */
import { parseUnitPrice, toMoney, type UnitPrice } from '#base/money.ts'
import { type CloudResource, changedHourly } from '#scenarios/cloud-resources.ts'
import type { Policies } from '#scenarios/policies.ts'
import type { Formula } from '../billing/formula.ts'
import type { Line } from '../billing/line.ts'
import { ecsHourAmount, imageHourAmount } from '../billing/metering/rating.ts'
import { withTax } from '../billing/tax.ts'
import { termEnd, termEnds } from '../billing/term.ts'
import { alignedFactor, planLine, serverLine } from '../billing/term-price.ts'
import { billInstant, costOfSale } from '../market/sellers/seller-share.ts'
import { inForce, inOrderOfTime, type Since } from '../world/timeline.ts'
import type { World } from '../world/world.ts'
import { changeFee } from './change-fee.ts'
import type { Payable } from './coupons.ts'
import type { ChangeRequest, MeteredUse, OrderRequest } from './request-stream.ts'

/** One whole unit of a quantity, in the 1e-8 of the billing core. */
const QUANTITY = 100_000_000n

interface PricedLine {
  readonly part: 'price' | 'ecs'
  readonly line: Line
}

/** A price, and what of it before tax is for servers. */
export interface Priced extends Payable {
  readonly cloud: number
}

const sumOf = (lines: readonly Line[]): number => toMoney(lines.reduce((total, line) => total + line.amount, 0n))

/** Shares of so many sales are kept: most days of use and most orders of a product cost the same. */
const MOST_SHARES = 10_000

export class PriceBook {
  readonly #world: World
  readonly #shares = new Map<string, number>()
  readonly #servers: readonly Since<UnitPrice>[][]
  /** E-09: by resource and pool. */
  readonly #resources: Readonly<Record<CloudResource, readonly Since<UnitPrice>[][]>>

  constructor(world: World) {
    const { scenario, pools } = world
    this.#world = world
    const changes = inOrderOfTime(scenario.events)
    this.#servers = pools.map(({ hourly, zone, plan }) => [
      { since: scenario.start, value: hourly },
      ...changes.flatMap((event) =>
        event.kind === 'serverPriceChange' &&
        event.zone === zone &&
        event.flavour === plan.flavour &&
        event.hourly !== null
          ? [{ since: event.at, value: parseUnitPrice(event.hourly) }]
          : [],
      ),
    ])
    const pricesOf = (resource: CloudResource): Since<UnitPrice>[][] =>
      pools.map(({ resources, zone, plan }) => [
        { since: scenario.start, value: resources.get(resource) ?? parseUnitPrice('0') },
        ...changes.flatMap((event) => {
          if (event.kind !== 'serverPriceChange' || event.zone !== zone || event.flavour !== plan.flavour) return []
          const hourly = changedHourly(plan.resources, event, resource)
          return hourly === null ? [] : [{ since: event.at, value: parseUnitPrice(hourly) }]
        }),
      ])
    this.#resources = {
      disk: pricesOf('disk'),
      'elastic-ip': pricesOf('elastic-ip'),
      bandwidth: pricesOf('bandwidth'),
      traffic: pricesOf('traffic'),
    }
  }

  /** M-08: the minor units of the currency. */
  get decimals(): number {
    return this.#world.scenario.currency.decimals
  }

  policies(at: number): Policies {
    return inForce(this.#world.policyTimeline, at)
  }

  /** U-07: the hourly price in force as a clock hour begins, whole 1e-10. */
  hourly({ item, priced }: MeteredUse, hour: number): UnitPrice {
    if (item === 'image') return this.#world.catalog.at(priced, hour).hourly
    if (item === 'ecs') return inForce(this.#servers[priced - 1], hour)
    return inForce(this.#resources[item][priced - 1], hour)
  }

  /** U-01, U-02: what an hour's use costs, whole 1e-8. */
  hourAmount({ item }: MeteredUse, hourly: UnitPrice, seconds: number): number {
    const { policies } = this.#world
    // E-09: what flowed is counted, not the hours in which it did.
    const bySecond =
      item === 'traffic' || policies[item === 'image' ? 'image.granularity' : 'ecs.granularity'] === 'second'
    const rounding = policies['rounding.charge']
    return bySecond ? ecsHourAmount(hourly, seconds, rounding) : imageHourAmount(hourly, rounding)
  }

  /** M-07: of the region of an account, or of the policy. */
  taxPercent(account: number, at: number): string {
    const { scenario, population, cellPlaces } = this.#world
    const { region } = cellPlaces[population.cell[account - 1]]
    return scenario.regions[region].taxPercent ?? this.policies(at)['tax.percent']
  }

  /** L-03, L-06: what sales on the bill of a month cost, withholding and taxes included; below 0 for what is refunded. */
  sellerCost(specification: number, sales: number, month: number): number {
    if (sales === 0) return 0
    const key = `${specification} ${month} ${sales}`
    const known = this.#shares.get(key)
    if (known !== undefined) return known
    const terms = { world: this.#world, policiesAt: (at: number) => this.policies(at) }
    const cost = toMoney(costOfSale(terms, specification, BigInt(sales), billInstant(terms, month)))
    if (this.#shares.size < MOST_SHARES) this.#shares.set(key, cost)
    return cost
  }

  /** M-03, M-04, M-07: what an order of `account` costs, and how much of it its servers. */
  order(request: OrderRequest, account: number): Priced {
    const lines = request.priced ? this.#lines(request) : []
    const cloud = lines.filter(({ part }) => part === 'ecs').map(({ line }) => line)
    const price = this.#taxed(
      lines.map(({ line }) => line),
      request,
      account,
    )
    return { ...price, cloud: sumOf(cloud) }
  }

  /** X-02..X-07: what an upgrade or expansion costs. */
  change(request: ChangeRequest, account: number, paidAt: number): Priced {
    return { ...this.#taxed(changeFee(this.#world, request, paidAt), request, account), cloud: 0 }
  }

  #taxed(
    lines: readonly Line[],
    { pricedAt, specification }: Pick<OrderRequest, 'pricedAt' | 'specification'>,
    account: number,
  ): Payable {
    const { catalog, policies } = this.#world
    const taxPercent = this.taxPercent(account, pricedAt)
    const discounted = catalog.at(specification, pricedAt).discount !== undefined
    if (lines.length === 0) return { price: 0, tax: 0, taxPercent, discounted }
    const all = withTax(lines, { 'tax.percent': taxPercent, 'rounding.charge': policies['rounding.charge'] })
    return { price: sumOf(lines), tax: sumOf(all.slice(lines.length)), taxPercent, discounted }
  }

  /** how many times its price a renewal costs; undefined where its end is not aligned. */
  #alignment({ anchor, boughtMonths, months, pricedAt }: OrderRequest): Formula | undefined {
    if (anchor === 0) return undefined
    const policies = this.policies(pricedAt)
    const offset = policies['time.utcOffset']
    const [, end] = termEnds(anchor, boughtMonths, [months], offset, policies['renewal.alignDay'])
    return alignedFactor(termEnd(anchor, boughtMonths + months, offset), end, months, policies)
  }

  /** M-03, P-05: image or service, and the server that is bought with it for the same term. */
  #lines(request: OrderRequest): PricedLine[] {
    const { specification, pool, months, pricedAt } = request
    const { catalog, pools } = this.#world
    const rounding = this.#world.policies['rounding.charge']
    const bought = { quantity: BigInt(request.quantity) * QUANTITY, factor: this.#alignment(request) }
    const offer = catalog.at(specification, pricedAt)
    const offered = offer.plans.find((plan) => plan.months === months)
    const server = pool === 0 ? undefined : pools[pool - 1].plans.find((plan) => plan.months === months)
    const lines: PricedLine[] = []
    if (offered !== undefined)
      lines.push({ part: 'price', line: planLine(offered.plan, bought, offer.discount, rounding) })
    if (server !== undefined) {
      for (const one of [server.price, ...server.resources.map(({ price }) => price)])
        lines.push({ part: 'ecs', line: serverLine(BigInt(one), bought, rounding) })
    }
    return lines
  }
}
