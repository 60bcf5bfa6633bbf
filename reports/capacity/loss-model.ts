/**
 * A pool of a scenario as a loss system: requests at random, at rates that are constant or repeat every week, each for some units
 * that it holds for a time of its law, and refused where they do not fit. Where the pool is something else, it says what.
 */
import { HOUR } from '#base/time.ts'
import { type RequestClass, refusalRates } from '#engine/queueing/loss-system.ts'
import { distribution } from '#engine/random/distribution.ts'
import type { Stream } from '#engine/random/streams.ts'
import { type Distribution, survivalOf, upperQuantileOf } from '#engine/random/variate.ts'
import { type RefusalProbability, refusalProbability } from '#engine/rare-events/refusal-probability.ts'
import { type LossClass, SplittableLossSystem } from '#engine/rare-events/splittable-loss-system.ts'
import { isTransient, orderSizes } from '#scenarios/occupancy.ts'
import type { Scenario } from '#scenarios/schema.ts'
import type { BuyerSegment } from '#scenarios/sections/buyers.ts'
import { type PoolLine, poolLines } from './expected-requests.ts'

export interface LossModel {
  /** As zone/flavour. */
  readonly pool: string
  readonly capacity: number
  /** Times in ms; time 0 is Monday 00:00 in civil time. */
  readonly classes: readonly LossClass[]
  /** Whether the rates change over the week. */
  readonly varies: boolean
  /** Units in use on average if nothing were refused, over the week. */
  readonly load: number
  /** Requests an hour, on average over the week. */
  readonly hourly: number
  /** What the model takes for granted of the scenario. */
  readonly assumptions: readonly string[]
}

/** Every pool of a scenario, as zone/flavour. */
export const poolPlaces = (scenario: Scenario) =>
  scenario.regions.flatMap((region, place) =>
    region.zones.flatMap((zone) =>
      zone.pools.map((pool) => ({ name: `${zone.id}/${pool.flavour}`, region, place, zone, pool })),
    ),
  )
type PoolPlace = ReturnType<typeof poolPlaces>[number]

/** The loss system of a pool, or why it is none. */
export function lossModel(scenario: Scenario, at: PoolPlace): LossModel | string {
  const other = otherSystem(scenario, at)
  if (other !== null) return other
  const lines = poolLines(scenario, at.place, at.zone.id, at.pool.flavour)
  if (typeof lines === 'string') return lines
  if (lines.length === 0) return 'no segment asks for it'
  const classes: LossClass[] = []
  for (const line of lines) {
    const why = otherLine(scenario, line)
    if (why !== null) return `segment ${line.segment.segment}: ${why}`
    classes.push(...classesOf(scenario, line, distribution(at.pool.provisioning).mean))
  }
  const rate = classes.reduce((sum, each) => sum + each.rate, 0)
  if (rate === 0) return 'no segment asks for it'
  return {
    pool: at.name,
    capacity: at.pool.capacity[0].capacity,
    classes,
    varies: classes.some(({ factor }) => factor !== undefined),
    load: classes.reduce((sum, each) => sum + each.rate * each.life.mean * each.units, 0),
    hourly: rate * HOUR,
    assumptions: assumptionsOf(scenario, at),
  }
}

function assumptionsOf({ money }: Scenario, { pool }: PoolPlace): string[] {
  const { variance } = distribution(pool.provisioning)
  return [
    ...(money === 'ignore' ? [] : ['no buyer lacks money, and no account is in arrears']),
    ...(variance > 0 ? ['provisioning takes its mean time'] : []),
  ]
}

/** What about the pool or the scenario is no loss system; null where nothing is. */
function otherSystem({ policies, events }: Scenario, { zone, pool }: PoolPlace): string | null {
  const disturbing = events.find(({ kind }) => !harmless.has(kind))
  const reasons: readonly (readonly [boolean, string])[] = [
    [policies['pool.whenFull'] !== 'refuse', 'orders wait where it is full (pool.whenFull)'],
    [pool.hosts.length > 0, 'its servers run on hosts, each of which needs room by itself'],
    [pool.capacity.length !== 1, 'its capacity changes over time'],
    [pool.growth !== null, 'a rule orders capacity (growth)'],
    [pool.interruptible !== null, 'servers are interrupted for others (interruptible)'],
    [pool.failure > 0, 'creating a server may fail (failure)'],
    [pool.status !== 'normal', `its flavour is ${pool.status} at the start`],
    [zone.failures !== null, 'its zone fails by chance (failures)'],
    [disturbing !== undefined, `a planned event disturbs it (${disturbing?.kind})`],
  ]
  return reasons.find(([holds]) => holds)?.[1] ?? null
}

/** Events that change neither requests nor capacity. */
const harmless: ReadonlySet<string> = new Set(['priceChange', 'serverPriceChange', 'sellerStrike', 'newSeed'])

/** What about a line of `buys` is no request of a loss system. */
function otherLine(scenario: Scenario, { segment, buy }: PoolLine): string | null {
  const { load, activity, habits, reseller } = segment
  const reasons: readonly (readonly [boolean, string])[] = [
    [
      load.kind !== 'poisson' && load.kind !== 'profile',
      `a load that is no poisson or profile has no long run (${load.kind})`,
    ],
    ['batch' in load && load.batch !== null, 'purchases come together (batch)'],
    ['perBuyer' in load && load.perBuyer && activity !== null, 'its buyers differ in how often they come (activity)'],
    [reseller !== null && reseller.probability > 0, 'a reseller has a say (reseller)'],
    [!isTransient(buy, scenario), 'it buys servers of a term, or without a lifetime'],
    [buy.trial, 'it takes trials'],
    [habits.stopStart.probability > 0, 'servers give their units back while they are stopped (stopStart)'],
    [buy.correlation !== 0 && orderSizes(buy, scenario.policies).length > 1, 'large orders live longer (correlation)'],
  ]
  return reasons.find(([holds]) => holds)?.[1] ?? null
}

/** Requests that come as far as the pool (O-02, O-03). */
function orderingShare({ catalog }: Scenario, { wallet, account }: BuyerSegment, product: string): number {
  const authorises = catalog.find(({ id }) => id === product)?.needsAuthorisation === true ? account.authorises : 1
  return wallet.paymentMethod * account.registered * account.acceptsTerms * authorises
}

function classesOf(scenario: Scenario, { segment, buy, share }: PoolLine, provisioning: number): LossClass[] {
  const { load } = segment
  if ((load.kind !== 'poisson' && load.kind !== 'profile') || buy.lifetime === null) return []
  const rate = (load.rate.count / load.rate.perMs) * share * orderingShare(scenario, segment, buy.product)
  const life = later(distribution(buy.lifetime), Math.max(0, provisioning))
  const isLevel = load.kind === 'poisson' || load.weights.every((each) => each === load.weights[0])
  const factor = isLevel
    ? {}
    : {
        factor: {
          at: (time: number) => load.weights[Math.floor(time / HOUR) % load.weights.length],
          most: Math.max(...load.weights),
        },
      }
  return orderSizes(buy, scenario.policies).map(([units, probability]) => ({
    ...{ units, rate: rate * probability, life },
    ...factor,
  }))
}

/** A distribution, and a constant time before it. */
function later(life: Distribution, by: number): Distribution {
  if (by === 0) return life
  return {
    mean: by + life.mean,
    variance: life.variance,
    sample: (stream) => by + life.sample(stream),
    quantile: (p) => by + life.quantile(p),
    cdf: (x) => life.cdf(x - by),
    survival: (x) => (x < by ? 1 : survivalOf(life, x - by)),
    upperQuantile: (q) => by + upperQuantileOf(life, q),
  }
}

/** The probability that a request is refused. */
export interface PoolRefusals {
  readonly probability: number
  readonly low: number
  readonly high: number
  /** `exact`: by Kaufman and Roberts; `splitting`: simulated, with an interval. */
  readonly method: 'exact' | 'splitting'
  /** Simulated requests; 0 where it is exact. */
  readonly requests: number
  readonly levels: RefusalProbability['levels']
}

/** By formula where the load is constant: the law of lives does not matter then. Null where it varies. */
export function exactRefusals({ classes, capacity, varies }: LossModel): PoolRefusals | null {
  if (varies) return null
  const requests = classes.map(({ units, rate, life }): RequestClass => ({ units, rate, load: rate * life.mean }))
  const probability = refusalRates(requests, capacity)[capacity]
  return { probability, low: probability, high: probability, method: 'exact', requests: 0, levels: [] }
}

export interface SplitOptions {
  readonly requests: number
  readonly relative: number
  readonly confidence: number
  readonly stream: Stream
}

/** Requests before the state counts, in mean loads. */
const WARM_UP = 20

/** By splitting. @throws RangeError where no refusal was seen in so many requests */
export function splitRefusals(model: LossModel, { stream, ...options }: SplitOptions): PoolRefusals {
  const { classes, capacity, load } = model
  const step = classes.reduce((common, { units }) => divisor(common, units), 0)
  const found = refusalProbability({
    ...options,
    model: new SplittableLossSystem({ capacity, classes, stream }),
    // No more units can be in use, where all requests are for multiples of some number.
    top: capacity - (capacity % step),
    warmUp: Math.ceil(WARM_UP * Math.max(load, 10)),
  })
  const { mean, low, high, requests, levels } = found
  return { probability: mean, low: Math.max(0, low), high, method: 'splitting', requests, levels }
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b))
