/**
 * How many requests a scenario expects of each pool while figures count, exactly: from the rates of its segments, their surges and
 * batches, where their buyers live, and what they choose. Where that is not known (a trace, bursts, whatever depends on what happened
 * before) it says why.
 */
import { own } from '#base/own.ts'
import { HOUR } from '#base/time.ts'
import { distribution } from '#engine/random/distribution.ts'
import { type Distribution, survivalOf } from '#engine/random/variate.ts'
import { rateAt } from '#scenarios/load-rate-at.ts'
import type { Scenario } from '#scenarios/schema.ts'
import type { Buy, BuyerSegment } from '#scenarios/sections/buyers.ts'
import type { Load } from '#scenarios/sections/load.ts'
import { cellPlaces } from '#sim/world/cells.ts'
import { deal, sharesOf } from '#sim/world/population.ts'

/** Of one pool, as zone/flavour. */
export interface ExpectedRequests {
  readonly pool: string
  /** Every purchase that asks for the pool, whether the market refuses it or not; null where it is not known. */
  readonly requests: number | null
  /** Why it is not known; null where it is. */
  readonly unknown: string | null
}

/** Every pool, in the order of the file. */
export function expectedRequests(scenario: Scenario): ExpectedRequests[] {
  const segments = scenario.buyers.map((segment) => new SegmentRequests(scenario, segment))
  return scenario.regions.flatMap((region, place) =>
    region.zones.flatMap((zone) =>
      zone.pools.map(({ flavour }): ExpectedRequests => {
        let requests = 0
        for (const segment of segments) {
          const part = segment.of(place, zone.id, flavour)
          if (typeof part === 'string') return { pool: `${zone.id}/${flavour}`, requests: null, unknown: part }
          requests += part
        }
        return { pool: `${zone.id}/${flavour}`, requests, unknown: null }
      }),
    ),
  )
}

/** What asks for a pool: a line of a segment, and which part of the segment's purchases it is, times its buyers for a rate of each. */
export interface PoolLine {
  readonly segment: BuyerSegment
  readonly buy: Buy
  readonly share: number
}

/** Every line that asks for a pool, or why that is not known. */
export function poolLines(scenario: Scenario, place: number, zone: string, flavour: string): PoolLine[] | string {
  const lines: PoolLine[] = []
  for (const segment of scenario.buyers) {
    const found = new SegmentRequests(scenario, segment).lines(place, zone, flavour)
    if (typeof found === 'string') return found
    lines.push(...found)
  }
  return lines
}

class SegmentRequests {
  readonly #scenario: Scenario
  readonly #segment: BuyerSegment
  /** Why its purchases are not known; null where they are. */
  readonly #unknown: string | null
  readonly #buyers: readonly number[]
  #purchases: number | undefined

  constructor(scenario: Scenario, segment: BuyerSegment) {
    this.#scenario = scenario
    this.#segment = segment
    this.#unknown = unknownOf(scenario, segment)
    this.#buyers = this.#byRegion()
  }

  /** Buyers by region. */
  #byRegion(): number[] {
    const places = cellPlaces(this.#scenario)
    const cells = deal(this.#segment.count ?? 1, sharesOf(this.#scenario, places, this.#segment.regions))
    const buyers = this.#scenario.regions.map(() => 0)
    for (const cell of cells) buyers[places[cell].region]++
    return buyers
  }

  /** Purchases that ask for a pool, or why their number is not known. */
  of(place: number, zone: string, flavour: string): number | string {
    const lines = this.lines(place, zone, flavour)
    if (typeof lines === 'string') return lines
    return lines.length === 0 ? 0 : this.#expected() * sum(lines.map(({ share }) => share))
  }

  /** The lines that ask for a pool, or why that is not known. */
  lines(place: number, zone: string, flavour: string): PoolLine[] | string {
    const { buys, segment: name, load } = this.#segment
    const own = buys.filter((buy) => buy.flavour === flavour)
    if (load.kind === 'trace') {
      // A line of a trace may name any flavour.
      const isOther = own.length === 0 && load.flavours === null && load.columns.flavour === null
      return isOther ? [] : `segment ${name} replays a trace`
    }
    if (own.length === 0 || this.#buyers[place] === 0) return []
    if (this.#unknown !== null) return `segment ${name}: ${this.#unknown}`
    const fitting = this.#scenario.regions[place].zones.filter(({ pools }) =>
      pools.some((pool) => pool.flavour === flavour),
    )
    const ids = fitting.map(({ id }) => id)
    const weights = sum(buys.map(({ weight }) => weight))
    const people = this.#buyers[place] / (load.kind !== 'closed' && load.perBuyer ? 1 : sum(this.#buyers))
    const lines: PoolLine[] = []
    for (const buy of own) {
      const part = shareOfZone(buy, ids, zone)
      if (part === null) return `segment ${name} takes another zone where one has no room`
      if (part > 0) lines.push({ segment: this.#segment, buy, share: (people * part * buy.weight) / weights })
    }
    return lines
  }

  /** Purchases of one buyer, or of the whole segment, while figures count. */
  #expected(): number {
    this.#purchases ??= purchases(this.#scenario, this.#segment)
    return this.#purchases
  }
}

/** The part of the buyers of a region who ask for a zone; null where that depends on which has room. */
function shareOfZone({ zones }: Buy, fitting: readonly string[], zone: string): number | null {
  if (zones === null) return fitting.length === 1 ? 1 : null
  const whole = fitting.reduce((total, id) => total + (own(zones, id) ?? 0), 0)
  return whole === 0 ? 0 : (own(zones, zone) ?? 0) / whole
}

/** What makes the number of purchases unknown, or one that depends on what happened before. */
function unknownOf(scenario: Scenario, segment: BuyerSegment): string | null {
  const { load, joins, stays, unmet, reseller, account, channels, buys, activity, habits } = segment
  const reasons: readonly (readonly [boolean, string])[] = [
    [load.kind === 'closed', 'in the closed model the next purchase waits for the last one'],
    [load.kind === 'markov', 'bursts (markov) have no rate that is known at each instant'],
    [load.kind === 'renewal', 'gaps (renewal) have a rate that is known in the long run only'],
    [joins !== null || stays !== null, 'its buyers join or leave (joins, stays)'],
    [habits.churn.refusal + habits.churn.outage > 0, 'its buyers leave after what happens to them (churn)'],
    [habits.retry.probability > 0, 'refused purchases are tried again (retry)'],
    [habits.recommend.probability > 0, 'purchases lead to others (recommend)'],
    [habits.elasticity !== 0, 'purchases depend on the price (elasticity)'],
    [(unmet?.probability ?? 0) > 0, 'some visits find nothing (unmet)'],
    [reseller?.confirmation != null, 'a reseller confirms purchases first (confirmation)'],
    [account.vpc < 1, 'some buyers create a VPC first (account.vpc)'],
    [
      buys.length > 1 && channels.popular + channels.favourites > 0,
      'popular products and favourites change the choice',
    ],
    [buys.some((buy) => waitsForRequirements(scenario, buy)), 'a product waits for requirements (C-07)'],
    [scenario.partition === 'zone' && scenario.regions.some(({ zones }) => zones.length > 1), 'cells are zones'],
    [activity !== null && distribution(activity).quantile(0) < 0, 'its activity may be below 0'],
  ]
  return reasons.find(([holds]) => holds)?.[1] ?? null
}

const waitsForRequirements = ({ catalog }: Scenario, { product }: Buy): boolean =>
  (catalog.find(({ id }) => id === product)?.requirements ?? null) !== null

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)

/** The integral of the rate, times the mean batch and activity. On each piece the rate is a line, so its middle is its mean. */
function purchases(scenario: Scenario, segment: BuyerSegment): number {
  const load = segment.load as Exclude<Load, { kind: 'trace' | 'closed' }>
  const { measureFrom, start, end, arrivalsUntil } = scenario
  const rate = rateAt(
    scenario,
    { segment: segment.segment, activity: null, joins: null, stays: null },
    { ...load, batch: null },
  )
  const [from, until] = [Math.max(start, measureFrom ?? start), Math.min(end, arrivalsUntil ?? end)]
  const ends = [...breaks(scenario, load, from, until), until]
  let [expected, at] = [0, from]
  for (const next of ends) {
    if (next > at) expected += rate.at(at + (next - at) / 2) * (next - at)
    at = Math.max(at, next)
  }
  const activity = load.perBuyer && segment.activity !== null ? distribution(segment.activity).mean : 1
  return expected * activity * (load.batch === null ? 1 : meanWhole(distribution(load.batch)))
}

/** Instants between two others at which the rate may change its course, in order. */
function breaks({ events, start, policies }: Scenario, load: Load, from: number, until: number): number[] {
  const instants = events.flatMap((event) => (event.kind === 'demandSurge' ? [event.at, event.at + event.for] : []))
  if (load.kind === 'spike') instants.push(load.at, load.at + load.for)
  if (load.kind === 'stages') {
    let begins = start
    for (const { over } of load.steps) instants.push((begins += over))
  }
  if (load.kind === 'profile') {
    const offset = policies['time.utcOffset']
    for (let hour = Math.ceil((from + offset) / HOUR) * HOUR - offset; hour < until; hour += HOUR) instants.push(hour)
  }
  return instants.filter((instant) => instant > from && instant < until).sort((a, b) => a - b)
}

/** Of draws to the nearest whole number, at least 1. */
function meanWhole(dist: Distribution): number {
  let mean = 1
  for (let whole = 2; ; whole++) {
    // Halves are rounded up.
    const more = survivalOf(dist, (whole - 0.5) * (1 - 2 ** -52))
    if (more < 1e-12 || whole > MOST_BATCH) return mean
    mean += more
  }
}

/** More than a scenario may let come together. */
const MOST_BATCH = 1e6
