/** SLA of provisioning and of servers: latency, refusals and waiting by pool; suspension; support. */
import { wilson } from '#engine/statistics/wilson.ts'
import { availabilitySource } from '../figures/availability.ts'
import { launchesSource, requestsSource } from '../figures/ecs.ts'
import { prepare } from '../figures/figure.ts'
import { eachRow } from '../figures/quantile.ts'
import { provisioningSource } from '../figures/service.ts'
import { outagesSource, waitsSource } from '../figures/waits.ts'
import type { RunRecord } from '../record.ts'
import { column, type ReportCell, type ReportTable } from '../report-table.ts'
import { durationTarget } from '../targets.ts'
import { Durations, durationCells, durationColumns } from './durations.ts'

/** Durations of a source whose rows are `ms` and `n`, by one of its labels; all together under ''. */
function durationsBy(
  record: RunRecord,
  source: typeof launchesSource,
  label: 'pool' | 'product',
  target: number | null,
) {
  prepare(record, source)
  const groups = new Map<string, Durations>()
  for (const [key, milliseconds, times] of eachRow(record, source, 'ms', 'n', label)) {
    let durations = groups.get(key)
    if (durations === undefined) groups.set(key, (durations = new Durations(target)))
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
  const servers = durationsBy(record, launchesSource, 'pool', targets('ecs.creation', 'P95', 'P99', 'P50', 'Max'))
  const orders = durationsBy(
    record,
    provisioningSource,
    'product',
    targets('provisioning.', 'p95', 'p99', 'p50', 'max'),
  )
  const waits = durationsBy(record, waitsSource, 'pool', targets('ecs.wait', 'P95', 'P50'))
  const rows = (what: string, groups: ReadonlyMap<string, Durations>): ReportCell[][] =>
    [...groups].map(([key, durations]) => [what, key, ...durationCells(durations)])
  return {
    name: 'sla-provisioning',
    title: 'Times of provisioning',
    text: "Servers by pool, from their admission to running; waits for room in a full pool, however they ended; orders by product, from payment to completion. Targets are those of the scenario's thresholds; “from” and “to” are a 95 % Wilson interval.",
    columns: [column('what', 'What'), column('of', 'of'), ...durationColumns],
    rows: [...rows('server', servers), ...rows('wait for room', waits), ...rows('order', orders)],
  }
}

/** Requests refused by pool, and for how long servers were suspended. */
export function poolService(record: RunRecord): ReportTable {
  for (const source of [requestsSource, availabilitySource, outagesSource]) prepare(record, source)
  const rows = record.rows(`
SELECT pn.pool, coalesce(r.requests, 0) AS requests, coalesce(r.refused, 0) AS refused, coalesce(a.launched, 0) AS launched,
  coalesce(a.alive, 0) AS alive, coalesce(a.suspended, 0) AS suspended, coalesce(a.suspensions, 0) AS suspensions,
  coalesce(d.outages, 0) AS outages, coalesce(d.ms, 0) AS down, coalesce(d.broken, 0) AS broken
FROM pool_names pn
LEFT JOIN (SELECT pool, sum(requested) AS requests, sum(refused) AS refused FROM ${requestsSource.name} GROUP BY 1) r USING (pool)
LEFT JOIN (SELECT pool, sum(launched) AS launched, sum(alive_ms) AS alive, sum(suspended_ms) AS suspended,
  sum(suspensions) AS suspensions FROM ${availabilitySource.name} GROUP BY 1) a USING (pool)
LEFT JOIN ${outagesSource.name} d USING (pool)
WHERE r.requests > 0 OR a.launched > 0 ORDER BY 1`)
  return {
    name: 'sla-pools',
    title: 'Refusals and availability by pool',
    text: 'Requests that the pool refused, sold out, waited for too long, down or given up (E-02), with a 95 % Wilson interval; the time that servers ran or stood still, and the part of it for which they were suspended for arrears (A-03); outages of the pool, how long it was down, and the running servers that broke (E-01).',
    columns: [
      column('pool', 'Pool'),
      column('requests', 'requests', 'count'),
      column('refused', 'refused', 'count'),
      column('refusal_rate', 'refusal rate', 'share'),
      column('refusal_low', 'from', 'share'),
      column('refusal_high', 'to', 'share'),
      column('servers', 'servers', 'count'),
      column('alive', 'time alive', 'duration'),
      column('suspended', 'suspended', 'duration'),
      column('suspensions', 'suspensions', 'count'),
      column('availability', 'availability', 'share'),
      column('outages', 'outages', 'count'),
      column('down', 'down', 'duration'),
      column('broken', 'servers broken', 'count'),
    ],
    rows: rows.map(({ pool, requests, refused, launched, alive, suspended, suspensions, outages, down, broken }) => {
      const rate = Number(requests) === 0 ? null : wilson(Number(refused), Number(requests))
      const availability = Number(alive) === 0 ? null : 1 - Number(suspended) / Number(alive)
      return [
        ...[pool, requests, refused, rate?.estimate ?? null, rate?.low ?? null, rate?.high ?? null],
        ...[launched, alive, suspended, suspensions, availability, outages, down, broken],
      ]
    }),
  }
}
