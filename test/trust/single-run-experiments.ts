/** How often the interval of a single run holds the expected refusal rate of its pool. */
import { clusteredShare } from '#engine/statistics/clustered-share.ts'
import { slotsOf } from '#reports/sla/refusal-interval.ts'
import type { Effort, Outcome } from './experiment.ts'
import { type LossSystem, lossRun, refusedShare, total } from './loss-system.ts'

interface Cell {
  readonly name: string
  readonly system: LossSystem
  /** Rarely an event: the interval is exact, which only promises to cover enough. */
  readonly rare?: boolean
  /** Runs of these cells cost ten times as much. */
  readonly large?: boolean
}

const daily = (hour: number): number => 12 * (1 + 0.5 * Math.sin((hour * 2 * Math.PI) / 24))
const pool = (capacity: number, hours: number, rest: Partial<LossSystem> = {}): LossSystem => ({
  ...{ capacity, hours, requests: 12, life: 1 },
  ...rest,
})

export const cells: readonly Cell[] = [
  { name: '18 servers, 12 erlangs, 3 days', system: pool(18, 72) },
  { name: '18 servers, 12 erlangs, 14 days', system: pool(18, 336) },
  { name: '22 servers, 12 erlangs, 14 days', system: pool(22, 336) },
  { name: '24 servers, 12 erlangs, 14 days', system: pool(24, 336), rare: true },
  { name: '24 servers, 12 erlangs, 3 days', system: pool(24, 72), rare: true },
  { name: '20 servers, 12 erlangs, 3 days', system: pool(20, 72), rare: true },
  { name: 'heavy: 10 servers, 12 erlangs, 3 days', system: pool(10, 72) },
  { name: 'heavy: 5 servers, 12 erlangs, 3 days', system: pool(5, 72) },
  { name: '110 servers, 100 erlangs, 3 days', system: pool(110, 72, { requests: 100 }), large: true },
  { name: 'from empty: 110 servers, 120 erlangs, 30 lives', system: pool(110, 720, { requests: 5, life: 24 }) },
  { name: 'from empty: 60 servers, 100 erlangs, 5 lives', system: pool(60, 120, { requests: 100 / 24, life: 24 }) },
  { name: 'daily rhythm, 18 servers, 14 days', system: pool(18, 336, { requests: daily, mostRequests: 18 }) },
  { name: 'daily rhythm, 18 servers, 3 days', system: pool(18, 72, { requests: daily, mostRequests: 18 }) },
  { name: 'lognormal lives, 18 servers, 14 days', system: pool(18, 336, { law: 'lognormal' }) },
  { name: 'constant lives, 18 servers, 14 days', system: pool(18, 336, { law: 'constant' }) },
]

/** Without exponential lives there are no such equations: the mean of the runs themselves, which is precise enough. */
const truthOf = (system: LossSystem, share: number): number =>
  (system.law ?? 'exponential') === 'exponential' ? refusedShare(system) : share

export function singleRuns({ runs, seed }: Effort): Outcome[] {
  return cells.map(({ name, system, rare = false, large = false }) => {
    const tries = large ? Math.ceil(runs / 4) : runs
    const { slots, batch, evenly } = slotsOf(system.hours * 3_600_000)
    const intervals = []
    let [asked, refused] = [0, 0]
    for (let run = 0; run < tries; run++) {
      const made = lossRun(system, `${seed}/single/${name}`, run, slots)
      asked += total(made.requests)
      refused += total(made.refusals)
      const memories = system.hours / system.life
      // The busy hours of a pool that refuses now and then.
      intervals.push(
        clusteredShare({ tops: made.refusals, bottoms: made.requests, batch, evenly, memories, cluster: 4 }),
      )
    }
    const truth = truthOf(system, refused / asked)
    const given = intervals.filter((found) => found !== null && 'low' in found)
    const happened = given.filter((found) => 'low' in found && found.low <= truth && truth <= found.high).length
    return {
      experiment: 'single',
      cell: name,
      happened,
      tries: given.length,
      least: 0.94,
      most: rare ? 1 : 0.96,
      note: `given in ${((100 * given.length) / tries).toFixed(1)} % of ${tries.toLocaleString('en')} runs`,
    }
  })
}
