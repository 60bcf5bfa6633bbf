/**
 * How many units of each pool are requested together on average: in the long run, and some time after an empty start.
 * What is refused is not taken off: it is the load offered to the pool (M(t)/G/infinity).
 */
import { own } from '#base/own.ts'
import type { RequestClass } from '#engine/queueing/loss-system.ts'
import { distribution } from '#engine/random/distribution.ts'
import { Equilibrium } from '#engine/random/equilibrium.ts'
import type { Path } from './document.ts'
import { type KnownRate, rateAt } from './load-rate-at.ts'
import type { Policies } from './policies.ts'
import type { Scenario } from './schema.ts'
import type { Buy, BuyerSegment } from './sections/buyers.ts'

/** What the occupancy depends on. */
export type Occupied = Pick<
  Scenario,
  'start' | 'end' | 'policies' | 'events' | 'regions' | 'catalog' | 'buyers' | 'partition'
>

/** Requests of one line of `buys`, wherever they go. What it is asked is kept, since many pools ask the same. */
class LineLoad {
  readonly rate: KnownRate
  readonly buy: Buy
  /** Probability of each number of units, and their mean. */
  readonly sizes: readonly (readonly [units: number, probability: number])[]
  readonly meanUnits: number
  readonly #life: Equilibrium
  readonly #present = new Map<string, number>()

  constructor(rate: KnownRate, buy: Buy, life: Equilibrium, policies: Policies) {
    this.rate = rate
    this.buy = buy
    this.sizes = orderSizes(buy, policies)
    this.meanUnits = this.sizes.reduce((mean, [units, probability]) => mean + units * probability, 0)
    this.#life = life
  }

  /** Requests in their lifetime on average at an instant, of those that came within `time` before it. */
  present(instant: number, time: number): number {
    const key = this.rate.isConstant ? `${time}` : `${instant} ${time}`
    let found = this.#present.get(key)
    if (found === undefined) {
      found = this.#life.presentAbout((ago) => this.rate.at(instant - ago), time)
      this.#present.set(key, found)
    }
    return found
  }
}

/** What one pool has of the requests of a line. */
interface Demand {
  readonly line: LineLoad
  /** Of the rate, what asks for servers of this pool. */
  readonly share: number
  /** Mean time of provisioning, ms. */
  readonly provisioning: number
}

export class PoolOccupancy {
  /** Path of the pool in the scenario, and its name as zone/flavour. */
  readonly path: Path
  readonly name: string
  readonly #demands: readonly Demand[]
  readonly #start: number

  constructor(path: Path, name: string, start: number, demands: readonly Demand[]) {
    this.path = path
    this.name = name
    this.#start = start
    this.#demands = demands
  }

  /** Units on average at an instant if the load had lasted forever before. */
  longRun(instant: number): number {
    return this.#units((demand) => this.#present(demand, instant, Number.POSITIVE_INFINITY))
  }

  /** Units on average at an instant if the pool was empty when the run started. */
  fromEmpty(instant: number): number {
    return this.#units((demand) => this.#present(demand, instant, instant - this.#start))
  }

  /** Requests by their number of units, with the load and rate of each, in the long run at an instant. */
  classes(instant: number): RequestClass[] {
    const classes = new Map<number, { load: number; rate: number }>()
    for (const demand of this.#demands) {
      const load = this.#present(demand, instant, Number.POSITIVE_INFINITY)
      for (const [units, probability] of demand.line.sizes) {
        const known = classes.get(units) ?? { load: 0, rate: 0 }
        known.load += load * probability
        known.rate += demand.line.rate.at(instant) * demand.share * probability
        classes.set(units, known)
      }
    }
    return [...classes].map(([units, { load, rate }]) => ({ units, load, rate }))
  }

  #units(present: (demand: Demand) => number): number {
    return this.#demands.reduce((sum, demand) => sum + present(demand) * demand.line.meanUnits, 0)
  }

  #present({ line, share, provisioning }: Demand, instant: number, time: number): number {
    return share * (line.present(instant, time) + Math.min(provisioning, time) * line.rate.at(instant))
  }
}

/** E-04: quick provisioning creates one instance for the first plan, unless a policy lets buyers choose. */
export const hasNoChoice = ({ provisioning, flavour }: Buy, policies: Policies): boolean =>
  provisioning === 'quick' && flavour !== null && policies['quick.choices'] === 'none'

/** Sizes of orders: whole servers, at least one. */
export function orderSizes(buy: Buy, policies: Policies): [units: number, probability: number][] {
  if (hasNoChoice(buy, policies)) return [[1, 1]]
  const points = 2048
  const { quantile } = distribution(buy.quantity)
  const sizes = new Map<number, number>()
  for (let point = 0; point < points; point++) {
    const units = Math.max(1, Math.round(quantile((point + 0.5) / points)))
    sizes.set(units, (sizes.get(units) ?? 0) + 1 / points)
  }
  return [...sizes].sort(([a], [b]) => a - b)
}

/** Pay-per-use servers that end some day, after a time of finite mean: only these have a mean occupancy. */
export function isTransient(buy: Buy, { catalog }: Pick<Scenario, 'catalog'>): boolean {
  const sold = catalog.find(({ id }) => id === buy.product)?.specifications.find(({ id }) => id === buy.specification)
  if (sold?.billing !== 'pay-per-use' || buy.flavour === null || buy.serverMonths !== null) return false
  return buy.lifetime !== null && Number.isFinite(distribution(buy.lifetime).mean)
}

/** Of the visits of a segment, what can become an order for a server: the others are refused or find nothing. */
export const orderingShare = ({ wallet, account, unmet }: BuyerSegment): number =>
  wallet.paymentMethod * account.registered * account.acceptsTerms * (1 - (unmet?.probability ?? 0))

/** Every pool that random loads ask for servers that end, in the order of the file. */
export function poolOccupancies(scenario: Occupied): PoolOccupancy[] {
  const lines = scenario.buyers.map((segment) => linesOf(scenario, segment))
  return scenario.regions.flatMap((region, r) =>
    region.zones.flatMap((zone, z) =>
      zone.pools.flatMap((pool, p) => {
        const shares = scenario.buyers.flatMap((segment, index) =>
          lines[index].flatMap((line) => {
            const share = line.buy.flavour === pool.flavour ? shareOfPool(scenario, segment, line.buy, r, zone.id) : 0
            return share === 0 ? [] : [{ line, share }]
          }),
        )
        if (shares.length === 0) return []
        const provisioning = Math.max(0, distribution(pool.provisioning).mean)
        const demands = shares.map((each) => ({ ...each, provisioning }))
        const path: Path = ['regions', r, 'zones', z, 'pools', p]
        return [new PoolOccupancy(path, `${zone.id}/${pool.flavour}`, scenario.start, demands)]
      }),
    ),
  )
}

function linesOf(scenario: Occupied, segment: BuyerSegment): LineLoad[] {
  const { load } = segment
  if (load.kind === 'trace' || load.kind === 'closed') return []
  const rate = rateAt(scenario, segment, load)
  return segment.buys.flatMap((buy) =>
    buy.lifetime === null || !isTransient(buy, scenario)
      ? []
      : [new LineLoad(rate, buy, new Equilibrium(distribution(buy.lifetime)), scenario.policies)],
  )
}

/** Of all visits of a segment, those that become an order by this line for this zone. */
function shareOfPool(scenario: Occupied, segment: BuyerSegment, buy: Buy, region: number, zone: string): number {
  const { load, regions, buys, count } = segment
  const { id, zones } = scenario.regions[region]
  const people = load.kind !== 'trace' && load.kind !== 'closed' && load.perBuyer ? (count ?? 1) : 1
  const home = shareOf(
    regions,
    scenario.regions.map((each) => each.id),
    id,
  )
  const fitting = zones.filter(({ pools }) => pools.some(({ flavour }) => flavour === buy.flavour))
  const place = shareOf(
    buy.zones,
    fitting.map((each) => each.id),
    zone,
  )
  const weights = buys.reduce((sum, { weight }) => sum + weight, 0)
  return people * home * place * (buy.weight / weights) * orderingShare(segment)
}

/** The part of one among others by weight; without weights all alike. */
function shareOf(weights: Readonly<Record<string, number>> | null, names: readonly string[], name: string): number {
  if (weights === null) return 1 / names.length
  const whole = names.reduce((sum, each) => sum + (own(weights, each) ?? 0), 0)
  return whole === 0 ? 0 : (own(weights, name) ?? 0) / whole
}
