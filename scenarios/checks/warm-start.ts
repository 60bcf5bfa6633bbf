/** `warmStart` and `measureFrom`: what they need, and a warning where figures begin from pools that are still filling. */
import { refusalRates } from '#engine/queueing/loss-system.ts'
import type { Path } from '../document.ts'
import { plannedUnits } from '../host-room.ts'
import { isTransient, type Occupied, type PoolOccupancy, poolOccupancies } from '../occupancy.ts'
import type { BuyerSegment } from '../sections/buyers.ts'
import type { Warn } from '../warnings.ts'
import type { Draft, Report } from './draft.ts'

/** Whatever could not be read is reported elsewhere. */
function occupied(draft: Draft): Occupied | null {
  const { start, policies, partition } = draft
  const end = draft.end ?? (start === undefined || draft.duration === undefined ? undefined : start + draft.duration)
  const lists = [draft.regions, draft.catalog, draft.buyers, draft.events]
  const isWhole = lists.every((list) => list.every((each) => each !== undefined))
  if (start === undefined || end === undefined || policies === undefined || partition === undefined || !isWhole)
    return null
  const { regions, catalog, buyers, events } = draft
  return { start, end, policies, partition, regions, catalog, buyers, events } as Occupied
}

/** The instant from which figures count; undefined where it could not be read. */
function measuredFrom({ start, measureFrom }: Draft): number | undefined {
  if (start === undefined) return undefined
  if (measureFrom === undefined) return start
  return 'after' in measureFrom ? start + measureFrom.after : measureFrom.at
}

export function checkMeasureFrom(draft: Draft, report: Report): void {
  const { start, duration } = draft
  const from = measuredFrom(draft)
  if (draft.measureFrom === undefined || from === undefined || start === undefined) return
  const end = draft.end ?? (duration === undefined ? undefined : start + duration)
  if (from < start || (end !== undefined && from >= end))
    report(['measureFrom'], {
      what: 'figures that count from an instant outside of the run',
      expected: 'an instant at or after the start and before the end, or a duration shorter than the run',
      hint: 'write for example measureFrom: 7d, or remove it',
    })
}

const random = 'a load that is random and has a rate: poisson, profile, stages or spike, without batch'

export function checkWarmStart(draft: Draft, report: Report): void {
  if (draft.warmStart !== true) return
  draft.buyers.forEach((segment, index) => {
    if (segment !== undefined) checkSegment(segment, ['buyers', index], draft, report)
  })
  const scenario = occupied(draft)
  if (scenario === null) return
  for (const pool of poolOccupancies(scenario)) checkPool(pool, scenario, report)
}

const notRandom = { trace: 'a trace, which does not cover the time before it', closed: 'the closed model' } as const

/** Why arrivals are not Poisson, which the stationary distribution takes for granted; null where they are. */
function notPoisson({ load }: BuyerSegment): string | null {
  if (load.kind === 'renewal') return 'gaps that may depend on the one before the start'
  if (load.kind === 'markov') return 'phases, of which the one before the start is unknown'
  return 'batch' in load && load.batch !== null ? 'purchases that come together' : null
}

function checkSegment(segment: BuyerSegment, path: Path, draft: Draft, report: Report): void {
  const catalog = draft.catalog.filter((product) => product !== undefined)
  const servers = segment.buys.map((buy, line) => ({ buy, line })).filter(({ buy }) => buy.flavour !== null)
  if (servers.length === 0) return
  const { kind } = segment.load
  const why = kind === 'trace' || kind === 'closed' ? notRandom[kind] : notPoisson(segment)
  if (why !== null)
    report([...path, 'load'], {
      what: `a warm start with ${why}`,
      expected: random,
      hint: 'remove warmStart, start the run earlier and write measureFrom',
    })
  for (const key of ['activity', 'joins', 'stays'] as const)
    if (segment[key] !== null)
      report([...path, key], {
        what: 'a warm start with buyers who differ in how often they come',
        expected: 'buyers who are all there and all alike: only these have a known stationary distribution',
        hint: `remove ${key}, or remove warmStart, start the run earlier and write measureFrom`,
      })
  if (segment.habits.stopStart.probability > 0)
    report([...path, 'habits', 'stopStart'], {
      what: 'a warm start with servers that are stopped and started again',
      expected: 'servers that hold their unit until they are deleted: only these have a known stationary distribution',
      hint: 'remove warmStart, start the run earlier and write measureFrom',
    })
  for (const { buy, line } of servers) {
    if (buy.correlation !== 0)
      report([...path, 'buys', line, 'correlation'], {
        what: 'a warm start with a lifetime that depends on the quantity',
        expected: 'quantity and lifetime that are independent',
        hint: 'remove correlation, or remove warmStart, start the run earlier and write measureFrom',
      })
    if (isTransient(buy, { catalog })) continue
    const endless = buy.lifetime === null && buy.serverMonths === null
    report([...path, 'buys', line, ...(endless ? ['lifetime'] : [])], {
      what: 'a warm start with servers that are never deleted or are paid for a term',
      expected: 'pay-per-use servers with a lifetime of finite mean: the others have no stationary distribution',
      hint: 'give this purchase a lifetime, or remove warmStart, start the run earlier and write measureFrom',
    })
  }
}

/** Refused requests up to which waiting and going to another pool change nothing worth mentioning. */
const RARE = 0.01

/** The truncated law is that of a pool alone that refuses: who waits, or goes to the next zone, makes it another one. */
function checkPool(pool: PoolOccupancy, scenario: Occupied, report: Report): void {
  const [, r, , z, , p] = pool.path as number[]
  const { zones } = scenario.regions[r]
  const { flavour, hosts } = zones[z].pools[p]
  const isShared = zones[z].pools.some((other, index) => index !== p && other.hosts.some((id) => hosts.includes(id)))
  if (isShared) {
    report(['warmStart'], {
      what: `a warm start of pool ${pool.name}, which shares its hosts with other flavours`,
      expected: 'hosts of one flavour: where servers of several sizes are placed has no known stationary distribution',
      hint: 'remove warmStart, start the run earlier and write measureFrom',
    })
    return
  }
  const units = plannedUnits(zones[z], zones[z].pools[p], scenario.start)
  const queues = scenario.policies['pool.whenFull'] === 'queue'
  const overflows =
    scenario.partition === 'region' &&
    zones.filter(({ pools }) => pools.some((each) => each.flavour === flavour)).length > 1 &&
    scenario.buyers.some(({ buys }) => buys.some((buy) => buy.flavour === flavour && buy.zones === null))
  if (!queues && !overflows) return
  if (refusalRates(pool.classes(scenario.start), units)[units] <= RARE) return
  report(['warmStart'], {
    what: `a warm start of pool ${pool.name}, which is often full and ${queues ? 'lets orders wait' : 'sends buyers to another zone'}`,
    expected: 'pools that refuse when full, each on its own: only these have a known stationary distribution',
    hint: 'remove warmStart, start the run earlier and write measureFrom',
  })
}

/** Of the mean in the long run. */
const SETTLED = 0.95
/** Of the measured time: without measureFrom, an empty start with a smaller effect is ignored. */
const NEGLIGIBLE = 0.02
const SAMPLES = 12

export function warnOfColdStart(draft: Draft, warn: Warn): void {
  const scenario = occupied(draft)
  const from = measuredFrom(draft)
  if (scenario === null || from === undefined || draft.warmStart === true || from >= scenario.end) return
  for (const pool of poolOccupancies(scenario)) {
    const longRun = pool.longRun(from)
    const expected = pool.fromEmpty(from)
    if (expected >= SETTLED * longRun) continue
    if (from === scenario.start && missing(pool, from, scenario.end) < NEGLIGIBLE) continue
    const share = Math.round((100 * expected) / longRun)
    warn(pool.path, {
      code: 'cold-start',
      what:
        `pool ${pool.name} is still filling when figures begin to count: ${shown(expected)} units are expected there, ` +
        `${share} % of the ${shown(longRun)} expected in the long run`,
      hint: 'write warmStart: true, or a later measureFrom',
    })
  }
}

/** The part of the unit-time of the long run that an empty start takes from the measured time. */
function missing(pool: PoolOccupancy, from: number, end: number): number {
  let [lacking, whole] = [0, 0]
  for (let sample = 0; sample < SAMPLES; sample++) {
    const instant = from + ((sample + 0.5) / SAMPLES) ** 2 * (end - from)
    const weight = sample + 0.5
    const longRun = pool.longRun(instant)
    whole += weight * longRun
    lacking += weight * Math.max(0, longRun - pool.fromEmpty(instant))
  }
  return whole === 0 ? 0 : lacking / whole
}

const shown = (units: number): string => (units < 10 ? units.toFixed(1).replace(/\.0$/, '') : String(Math.round(units)))
