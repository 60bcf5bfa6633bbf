/** Demand on pools: what was asked for, held, lost and only delayed, and what capacity it would take. */
import { nearestNumber, toScaled } from '#base/rational.ts'
import { DAY } from '#base/time.ts'
import { knownFigure } from '../figures/catalogue.ts'
import { poolRefusals, requestsSource } from '../figures/ecs.ts'
import { isMeasured, measureBy, prepare, warmOrders, word } from '../figures/figure.ts'
import { poolHoursSource } from '../figures/pools.ts'
import type { RunRecord } from '../record.ts'
import { answerColumn, column, type ReportCell, type ReportTable } from '../report-table.ts'
import { prepareEarlyEnds } from '../steps/server-steps.ts'
import { promised } from '../targets.ts'
import { capacityNeed } from './need.ts'
import { offeredRequests, type Requests } from './offered.ts'

/** A refused buyer who is served within this time has only been delayed. */
const DELAY = DAY

/** Refused requests a planner takes for granted where the scenario promises nothing. */
const STANDARD_TARGET = 0.01

/**
 * By pool: units admitted and refused, the price of an hour of what was refused, and of what was only delayed: its buyer
 * got a server of the same kind within a day, or it waited until there was room.
 */
function prepareDemand(record: RunRecord): void {
  record.keepIndexed(
    'admissions',
    'account INTEGER, specification INTEGER, at INTEGER, pool INTEGER, units INTEGER, PRIMARY KEY (account, specification, at, pool)',
    `SELECT account, specification, at, pool, sum(instances) FROM orders
WHERE pool > 0 AND account IN (SELECT account FROM refusals WHERE code IN (${poolRefusals}))
GROUP BY 1, 2, 3, 4`,
  )
  record.keep(
    'demand',
    `
SELECT pn.pool, coalesce(a.units, 0) AS admitted, coalesce(r.units, 0) AS refused, coalesce(r.lost, 0) AS lost,
  coalesce(r.delayed, 0) + coalesce(w.hourly, 0) AS delayed, coalesce(r.delays, 0) + coalesce(w.n, 0) AS delays
FROM pool_names pn
LEFT JOIN (SELECT pool, count(*) AS n, sum(hourly) AS hourly FROM pool_waits, run
  WHERE event = ${word('admit')} AND ${isMeasured('at')} GROUP BY 1) w ON w.pool = pn.id
LEFT JOIN (SELECT pool, count(*) AS units FROM instances, run
  WHERE ${isMeasured('at')} AND order_id NOT IN ${warmOrders} GROUP BY 1) a ON a.pool = pn.id
LEFT JOIN (SELECT pool, sum(quantity) AS units, sum(lost) AS lost, sum(served * lost) AS delayed, sum(served) AS delays FROM (
  SELECT f.pool, f.quantity, f.lost, EXISTS (SELECT 1 FROM temp.admissions a
    WHERE a.account = f.account AND a.specification = f.specification AND a.at > f.at AND a.at <= f.at + ${DELAY}) AS served
  FROM refusals f, run WHERE f.code IN (${poolRefusals}) AND ${isMeasured('f.at')}) GROUP BY 1) r ON r.pool = pn.id`,
  )
}

/** Load of a pool in units: held on average and in the 95th of 100 hours, over the time of the run. */
function loads(record: RunRecord) {
  prepare(record, poolHoursSource)
  return record.rows<{ pool: string; held: bigint; ms: bigint; capacity: bigint; peak: bigint; full: bigint }>(
    `SELECT pool, sum(held_ms) AS held, sum(ms) AS ms, max(capacity) AS capacity, max(peak) AS peak, sum(full_ms) AS full
FROM ${poolHoursSource.name} GROUP BY 1 ORDER BY 1`,
  )
}

/** One pool: what was asked of it, and what it held. */
interface PoolDemand {
  readonly pool: string
  readonly capacity: bigint
  readonly peak: bigint
  readonly soldOut: bigint
  readonly requests: bigint
  readonly refused: bigint
  readonly delays: bigint
  readonly lost: bigint
  readonly delayed: bigint
  /** Price of what was refused over the mean life of a server; null where none was admitted. */
  readonly lostInAll: bigint | null
  /** Units that would be held on average if nothing were refused: what was refused would stay as long as the rest. */
  readonly load: number
}

/** Reads the demand on every pool. */
export function poolDemand(record: RunRecord): PoolDemand[] {
  prepareDemand(record)
  prepare(record, requestsSource)
  const rows = record.rows(`SELECT d.*, coalesce(r.n, 0) AS requests, coalesce(r.no, 0) AS requests_refused
FROM demand d LEFT JOIN (SELECT pool, sum(requested) AS n, sum(refused) AS no FROM ${requestsSource.name} GROUP BY 1) r USING (pool)`)
  const demand = new Map(rows.map((row) => [String(row.pool), row]))
  return loads(record).map(({ pool, held, ms, capacity, peak, full }) => {
    const asked = demand.get(pool) ?? {}
    const count = (name: string) => BigInt(asked[name] ?? 0)
    const [admitted, refused, lost] = [count('admitted'), count('refused'), count('lost')]
    const offered = admitted === 0n ? 1 : Number(admitted + refused) / Number(admitted)
    return {
      ...{ pool, capacity, peak, soldOut: full },
      ...{ requests: count('requests'), refused: count('requests_refused'), delays: count('delays') },
      ...{ lost, delayed: count('delayed') },
      lostInAll: admitted === 0n ? null : toScaled({ numerator: lost * held, denominator: admitted * 3_600_000n }, 0),
      load: (Number(held) / Number(ms)) * offered,
    }
  })
}

/** Each pool: its use, what it refused, and what that would have brought. */
export function poolCapacity(record: RunRecord, demand: readonly PoolDemand[]): ReportTable {
  const share = (name: string) => measureBy(record, knownFigure(name), 'pool')
  const [use, busy] = [share('pool.use'), share('pool.useP95')]
  const part = (shares: typeof use, pool: string) => {
    const value = shares.get(pool) ?? null
    return value === null ? null : nearestNumber(value)
  }
  return {
    name: 'capacity',
    title: 'Utilisation and refusals by pool',
    text: 'Not sold: the price of one hour of the refused requests. Delayed: one hour’s price of requests that were refused or queued but served within a day. Over its life: not sold, times the mean lifetime of a server.',
    columns: [
      column('pool', 'Pool'),
      column('capacity', 'capacity', 'count'),
      column('use_mean', 'mean use', 'share'),
      column('use_p95', '95 % use', 'share'),
      column('peak', 'peak', 'count'),
      column('sold_out', 'sold out', 'duration'),
      column('requests', 'requests', 'count'),
      column('refused', 'refused', 'count'),
      column('delayed', 'delayed', 'count'),
      column('lost_an_hour', 'not sold', 'money'),
      column('delayed_an_hour', 'delayed, money', 'money'),
      column('lost_in_all', 'over its life', 'money'),
    ],
    rows: demand.map(({ pool, capacity, peak, soldOut, requests, refused, delays, lost, delayed, lostInAll }) => [
      ...[pool, capacity, part(use, pool), part(busy, pool), peak, soldOut],
      ...[requests, refused, delays, lost, delayed, lostInAll],
    ]),
  }
}

/** Units that pools hold when figures begin to count: servers of a warm start, and of the time before `measureFrom`. */
function heldAtFirst(record: RunRecord): Map<string, number> {
  prepareEarlyEnds(record)
  const rows = record.rows<{ pool: string; n: bigint }>(`
SELECT pn.pool, count(*) AS n FROM run CROSS JOIN instances i JOIN pool_names pn ON pn.id = i.pool
WHERE (i.at < run.measured_from OR i.order_id IN ${warmOrders}) AND i.at <= run.measured_from
  AND i.id NOT IN (SELECT instance_id FROM early_ends) GROUP BY 1`)
  return new Map(rows.map(({ pool, n }) => [pool, Number(n)]))
}

/** The capacity at which refusals would fall to the target, by a loss model and by a replay, next to what was refused. */
export function capacityNeeded(record: RunRecord, demand: readonly PoolDemand[]): ReportTable {
  const offered = offeredRequests(record)
  const held = heldAtFirst(record)
  const { since, end, utcOffset } = record.meta
  const queues = record.meta.policies['pool.whenFull'] === 'queue'
  const rows = demand.map(({ pool, capacity, requests, refused, load }): ReportCell[] => {
    const bound = promised(record, ['ecs.refusalRate'], pool)
    const target = bound === null ? STANDARD_TARGET : nearestNumber(bound)
    const simulated = requests === 0n ? null : Number(refused) / Number(requests)
    // Half of its mean: the rest of filling up makes little difference.
    const isFilled = 2 * (held.get(pool) ?? 0) >= load
    const situation = { from: since, end, utcOffset, capacity: Number(capacity), load, target, queues, isFilled }
    const need = capacityNeed({ ...situation, requests: offered.get(pool) ?? nothing })
    return [
      ...[pool, capacity, need.averageLoad, need.busyLoad, need.peakedness, simulated],
      ...[need.model, need.refusalRate, target, need.units, need.replayed, need.why],
    ]
  })
  return {
    name: 'capacity-needed',
    title: 'Capacity for the target',
    text: "Loads are the units that would be held without refusals: on average, and in the busiest hour of the day, if there is a clear peak. For a pool that began empty, the average load is requests per hour times the mean lifetime of a server, including lifetimes cut off by the end of the run (Kaplan-Meier). Peakedness is the variance of that load over its mean, relative to random requests of the same sizes. The model is Erlang's formula for requests of one unit and that of Kaufman and Roberts for several; requests in bursts are scaled by their peakedness (Hayward). Units for the target hold for the busy hour; where the model contradicts the run there is none, and the last column says why. By replay: the least pool that refuses no more than the target when the requests of the run come again one by one; refused ones get lives of admitted ones. The target is the scenario's threshold on ecs.refusalRate, 1 % without one.",
    columns: [
      column('pool', 'Pool'),
      column('capacity', 'capacity', 'count'),
      column('average_load', 'average load', 'number'),
      column('busy_hour_load', 'busy hour', 'number'),
      column('peakedness', 'peakedness', 'number'),
      column('refusal_rate', 'refused, simulated', 'share'),
      column('model', 'model'),
      column('refusal_model', 'refused, model', 'share'),
      answerColumn('target', 'target', 'share'),
      answerColumn('units_for_target', 'units for the target', 'count'),
      answerColumn('units_by_replay', 'by replay', 'count'),
      column('why', 'why there is no number'),
    ],
    rows,
  }
}

const nothing: Requests = {
  at: new Float64Array(0),
  units: new Int32Array(0),
  life: new Float64Array(0),
  refused: 0,
  guessed: 0,
  restarts: false,
}
