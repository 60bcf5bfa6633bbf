/** SLA of provisioning and of servers: latency, refusals and waiting by pool; suspension; support. */
import { availabilitySource } from '../figures/availability.ts'
import { launchesSource, requestsSource } from '../figures/ecs.ts'
import { prepare } from '../figures/figure.ts'
import { eachRow } from '../figures/quantile.ts'
import { provisioningSource } from '../figures/service.ts'
import { outagesSource, waitsSource } from '../figures/waits.ts'
import { methodText } from '../interval-method.ts'
import type { RunRecord } from '../record.ts'
import { column, type ReportCell, type ReportTable } from '../report-table.ts'
import { durationTarget } from '../targets.ts'
import { Durations, durationCells, durationColumns, type Independence } from './durations.ts'
import { refusalIntervals } from './refusal-interval.ts'

/** Durations of a source whose rows are `ms` and `n`, by one of its labels; all together under ''. */
function durationsBy(
  record: RunRecord,
  source: typeof launchesSource,
  label: 'pool' | 'product',
  target: number | null,
  independence: Independence,
) {
  prepare(record, source)
  const groups = new Map<string, Durations>()
  for (const [key, milliseconds, times] of eachRow(record, source, 'ms', 'n', label)) {
    let durations = groups.get(key)
    if (durations === undefined) groups.set(key, (durations = new Durations(target, independence)))
    durations.add(milliseconds, times)
  }
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** How long creating a server takes, by pool, and how long an order takes from payment to completion, by product. */
export function provisioningTimes(record: RunRecord): ReportTable {
  const targets = (prefix: string, ...parts: string[]) =>
    durationTarget(
      record,
      parts.map((part) => `${prefix}${part}`),
    )
  const servers = durationsBy(
    record,
    launchesSource,
    'pool',
    targets('ecs.creation', 'P95', 'P99', 'P50', 'Max'),
    'each',
  )
  const orders = durationsBy(
    record,
    provisioningSource,
    'product',
    targets('provisioning.', 'p95', 'p99', 'p50', 'max'),
    'none',
  )
  const waits = durationsBy(record, waitsSource, 'pool', targets('ecs.wait', 'P95', 'P50'), 'none')
  const rows = (what: string, groups: ReadonlyMap<string, Durations>): ReportCell[][] =>
    [...groups].map(([key, durations]) => [what, key, ...durationCells(durations)])
  return {
    name: 'sla-provisioning',
    title: 'Provisioning times',
    text: "Servers by pool, from admission to running; waits for units of a full pool, whatever the outcome; orders by product, from payment to completion. Targets are those of the scenario's thresholds. “From” and “to” are the 95 % interval of the share of servers within the target (Wilson: each is created independently of the others); waits in one queue and orders with one seller are not independent and have none in a single run.",
    columns: [column('what', 'What'), column('of', 'of'), ...durationColumns],
    rows: [...rows('server', servers), ...rows('wait for units', waits), ...rows('order', orders)],
  }
}

/** Requests refused by pool, and for how long servers were suspended. */
export function poolService(record: RunRecord): ReportTable {
  for (const source of [requestsSource, availabilitySource, outagesSource, waitsSource]) prepare(record, source)
  const rows = record.rows(`
SELECT pn.pool, coalesce(r.requests, 0) AS requests, coalesce(r.refused, 0) AS refused, coalesce(a.launched, 0) AS launched,
  coalesce(a.alive, 0) AS alive, coalesce(a.lost, 0) AS lost, coalesce(a.arrears, 0) AS arrears,
  coalesce(a.outage, 0) AS outage, coalesce(a.freeze, 0) AS freeze, coalesce(a.stopped, 0) AS stopped,
  coalesce(a.suspended, 0) AS suspended, coalesce(a.suspensions, 0) AS suspensions,
  coalesce(d.outages, 0) AS outages, coalesce(d.ms, 0) AS down, coalesce(d.broken, 0) AS broken,
  coalesce(w.waiting, 0) AS waiting
FROM pool_names pn
LEFT JOIN (SELECT pool, sum(requested) AS requests, sum(refused) AS refused FROM ${requestsSource.name} GROUP BY 1) r USING (pool)
LEFT JOIN (SELECT pool, sum(launched) AS launched, sum(alive_ms) AS alive, sum(lost_ms) AS lost,
  sum(arrears_ms) AS arrears, sum(outage_ms) AS outage, sum(freeze_ms) AS freeze, sum(stopped_ms) AS stopped, sum(suspended_ms) AS suspended,
  sum(suspensions) AS suspensions FROM ${availabilitySource.name} GROUP BY 1) a USING (pool)
LEFT JOIN ${outagesSource.name} d USING (pool)
LEFT JOIN (SELECT pool, sum(n) AS waiting FROM ${waitsSource.name} WHERE outcome = 'waiting' GROUP BY 1) w USING (pool)
WHERE r.requests > 0 OR a.launched > 0 ORDER BY 1`)
  const intervals = refusalIntervals(record)
  return {
    name: 'sla-pools',
    title: 'Refusals and availability by pool',
    text: 'Requests, including restarts, that the pool refused: sold out, waited too long, outage, withdrawn or never large enough (E-02), with the 95 % confidence interval of the expected rate; orders still waiting at the end of the run. Availability is the time servers ran over the time bought: from first running to the planned deletion or the end of the run. The rest was lost to arrears (A-03), to outages (E-01), to freezes after a term (R-02), or stopped by owners. Then the time suspended; outages of the pool, how long they lasted, and the running servers they broke.',
    columns: [
      column('pool', 'Pool'),
      column('requests', 'requests', 'count'),
      column('refused', 'refused', 'count'),
      column('refusal_rate', 'refusal rate', 'share'),
      column('refusal_low', 'from', 'share'),
      column('refusal_high', 'to', 'share'),
      column('refusal_interval', 'interval'),
      column('waiting', 'still waiting', 'count'),
      column('servers', 'servers', 'count'),
      column('alive', 'time bought', 'duration'),
      column('lost_arrears', 'lost to arrears', 'duration'),
      column('lost_outages', 'to outages', 'duration'),
      column('lost_freezes', 'to freezes', 'duration'),
      column('stopped', 'stopped by owners', 'duration'),
      column('suspended', 'suspended', 'duration'),
      column('suspensions', 'suspensions', 'count'),
      column('availability', 'availability', 'share'),
      column('outages', 'outages', 'count'),
      column('down', 'down', 'duration'),
      column('broken', 'servers broken', 'count'),
    ],
    rows: rows.map(({ pool, requests, refused, launched, alive, lost, ...row }) => {
      const rate = intervals.get(String(pool)) ?? null
      const [low, high] = rate !== null && 'low' in rate ? [rate.low, rate.high] : [null, null]
      const availability = Number(alive) === 0 ? null : 1 - Number(lost) / Number(alive)
      return [
        ...[
          pool,
          requests,
          refused,
          rate?.share ?? null,
          low,
          high,
          rate === null ? '' : methodText(rate),
          row.waiting,
        ],
        ...[launched, alive, row.arrears, row.outage, row.freeze, row.stopped, row.suspended, row.suspensions],
        ...[availability, row.outages, row.down, row.broken],
      ]
    }),
  }
}
