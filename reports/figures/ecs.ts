/** ECS instances: requests for them and their refusal (E-02), how long creating one takes, and what was metered (U-01, U-02, E-09). */
import { dayNumber, prepareDays } from '../days.ts'
import { prepareMetered } from '../metered.ts'
import { poolRefusalCodes, prepareRequestSums } from '../steps/requests.ts'
import { prepareServerCounts, serverStepsOf } from '../steps/server-steps.ts'
import { type Figure, isMeasured, type Measure, type Source, sum, word } from './figure.ts'
import { longestMeasure, meanMeasure, timeSums } from './times.ts'

/** Numbers of the words, for SQL. */
export const poolRefusals = poolRefusalCodes.map(word).join(', ')

/** Requests by month, segment and pool. */
export const requestsSource: Source = {
  name: 'figure_ecs_requests',
  labels: ['month', 'segment', 'region', 'pool'],
  needs: [prepareRequestSums],
  sql: `
SELECT m.month, c.segment, pn.region, pn.pool, r.requested, r.refused, r.fragmented FROM request_sums r
JOIN months m ON m.no = r.month JOIN crowds c ON c.id = r.crowd JOIN pool_names pn ON pn.id = r.pool`,
}

/** Whole civil months in which figures count, of every pool that anyone asked in the run: whether it refused nothing. */
const clearMonthsSource: Source = {
  name: 'figure_ecs_clear_months',
  labels: ['month', 'region', 'pool'],
  needs: [requestsSource],
  sql: `
SELECT m.month, p.region, p.pool, coalesce(r.refused, 0) = 0 AS clear, 1 AS months
FROM run CROSS JOIN months m CROSS JOIN (SELECT DISTINCT region, pool FROM figure_ecs_requests) p
LEFT JOIN (SELECT month, pool, sum(refused) AS refused FROM figure_ecs_requests GROUP BY 1, 2) r
  ON r.month = m.month AND r.pool = p.pool
WHERE m.first >= run.measured_from AND m.next <= run."end"`,
}

const instancesSource: Source = {
  name: 'figure_ecs_instances',
  labels: ['month', 'segment', 'region', 'pool'],
  needs: [prepareServerCounts],
  sql: `
SELECT m.month, c.segment, pn.region, pn.pool, i.created, i.failed, i.deleted FROM server_counts i
JOIN months m ON m.no = i.month JOIN crowds c ON c.id = i.crowd JOIN pool_names pn ON pn.id = i.pool`,
}

/** Servers that are not there and were refunded while others of their order stayed (E-05, E-10), by the rule of the refund. */
const refundedSource: Source = {
  name: 'figure_ecs_refunded',
  labels: ['month', 'segment', 'region', 'pool', 'rule'],
  needs: [prepareDays],
  sql: `
SELECT m.month, c.segment, pn.region, pn.pool, w.word AS rule, f.servers FROM (
  SELECT d.month, b.crowd, o.pool, o.rule, sum(r.servers) AS servers FROM run CROSS JOIN orders o
  CROSS JOIN (SELECT order_id, max(servers) AS servers FROM refunds GROUP BY order_id) r ON r.order_id = o.id
  CROSS JOIN days d ON d.number = ${dayNumber('o.at')} CROSS JOIN buyers b ON b.id = o.account
  WHERE o.kind = ${word('partial-refund')} AND ${isMeasured('o.at')} GROUP BY d.month, b.crowd, o.pool, o.rule) f
JOIN months m ON m.no = f.month JOIN crowds c ON c.id = f.crowd JOIN pool_names pn ON pn.id = f.pool JOIN words w ON w.id = f.rule`,
}

/** From admission by the pool to `running`. */
export const launchesSource: Source = {
  name: 'figure_ecs_launches',
  labels: ['month', 'region', 'pool'],
  sql: '',
  times: (record) => serverStepsOf(record).launchTimes,
}

/** Metered use by the month of the clock hour. `pool` is where the server runs, `product` the image on it. */
const usageOf = (name: string, where: string): Source => ({
  name,
  labels: ['month', 'kind', 'product', 'seller', 'segment', 'region', 'pool', 'rule'],
  needs: [prepareMetered],
  sql: `
SELECT m.month, iw.word AS kind, coalesce(g.product, '') AS product, coalesce(g.seller, '') AS seller,
  c.segment, pn.region, pn.pool, rw.word AS rule, u.lines, u.seconds, u.amount FROM (
  SELECT crowd, month, item, priced, pool, rule, sum(lines) AS lines, sum(seconds) AS seconds, sum(amount) AS amount
  FROM metered ${where} GROUP BY 1, 2, 3, 4, 5, 6) u
JOIN months m ON m.no = u.month JOIN crowds c ON c.id = u.crowd JOIN pool_names pn ON pn.id = u.pool
JOIN words iw ON iw.id = u.item JOIN words rw ON rw.id = u.rule
LEFT JOIN goods g ON u.item = ${word('image')} AND g.id = u.priced`,
})

/** Use in hours from when figures count. */
export const usageSource = usageOf('figure_usage', 'WHERE measured = 1')

/** All use of the run, for its books. */
export const bookedUsageSource = usageOf('booked_usage', '')

const requestFigure = (name: string, text: string, measure: Measure, unit: Figure['unit'] = 'count'): Figure => ({
  name,
  unit,
  text,
  source: requestsSource,
  measure,
  by: ['month', 'pool', 'region', 'segment'],
})

/** E-09: by what was metered. */
const resourceFigure = (name: string, unit: Figure['unit'], text: string, measure: Measure): Figure => ({
  name,
  unit,
  text,
  source: usageSource,
  measure,
  by: ['kind', 'month', 'pool', 'region', 'segment'],
})

const usageFigure = (name: string, unit: Figure['unit'], text: string, measure: Measure): Figure => ({
  name,
  unit,
  text,
  source: usageSource,
  measure,
  by: name.startsWith('ecs.') ? ['month', 'pool', 'region', 'segment'] : ['month', 'product', 'region', 'segment'],
})

const instanceFigure = (name: string, text: string, column: string): Figure => ({
  name,
  unit: 'count',
  text,
  source: instancesSource,
  measure: { value: sum(column) },
  by: ['month', 'pool', 'region', 'segment'],
})

const launchSums = timeSums(launchesSource)

const launchFigure = (name: string, text: string, measure: Measure, source = launchesSource): Figure => ({
  name,
  unit: 'seconds',
  text: `${text} of the time from admission by the pool to running`,
  source,
  measure,
  by: ['month', 'pool', 'region'],
})

const isEcs = `kind = 'ecs'`
const isImage = `kind = 'image'`
const isResource = `kind NOT IN ('ecs', 'image')`

export const ecsFigures: readonly Figure[] = [
  requestFigure(
    'ecs.requests',
    'requests for one or more ECS instances, and to restart stopped pay-per-use instances',
    { value: sum('requested') },
  ),
  requestFigure('ecs.refused', 'requests refused by a pool: sold out, waited too long, outage or withdrawn (E-02)', {
    value: sum('refused'),
  }),
  requestFigure(
    'ecs.refusedNoHost',
    'requests refused because no single host had room, although all hosts together had it: fragmentation (E-10)',
    { value: sum('fragmented') },
  ),
  requestFigure(
    'ecs.refusalRate',
    'requests refused by a pool / requests',
    { value: sum('refused'), of: sum('requested') },
    'share',
  ),
  {
    name: 'ecs.monthsWithoutRefusal',
    unit: 'share',
    text: 'whole civil months in which a pool refused no request / whole civil months, of pools that were asked: over many runs, the probability that a month has no refusal',
    source: clearMonthsSource,
    measure: { value: sum('clear'), of: sum('months') },
    by: ['pool', 'region'],
  },
  instanceFigure('ecs.created', 'ECS instances admitted by a pool', 'created'),
  instanceFigure('ecs.deleted', 'ECS instances deleted by the end of the run', 'deleted'),
  instanceFigure('ecs.failed', 'ECS instances whose creation failed (O-08)', 'failed'),
  {
    name: 'ecs.refunded',
    unit: 'count',
    text: 'servers of terms that were refunded because they could not be created (E-05) or an outage took them (E-10), while others of their order stayed',
    source: refundedSource,
    measure: { value: sum('servers') },
    by: ['month', 'pool', 'region', 'rule', 'segment'],
  },
  usageFigure('ecs.meteredSeconds', 'seconds', 'metered use of ECS instances (U-01)', { value: sum('seconds', isEcs) }),
  usageFigure('ecs.meteredHours', 'hours', 'metered use of ECS instances (U-01)', {
    value: sum('seconds', isEcs),
    of: '3600',
  }),
  usageFigure('image.meteredHours', 'hours', 'metered use of images (U-02)', {
    value: sum('seconds', isImage),
    of: '3600',
  }),
  resourceFigure(
    'resource.meteredHours',
    'hours',
    'metered use of the cloud resources of pay-per-use servers: system disks, elastic IPs, bandwidth and traffic (E-09)',
    { value: sum('seconds', isResource), of: '3600' },
  ),
  resourceFigure(
    'resource.metered',
    'money',
    'what metered cloud resources of servers cost, whether their records arrived in time or not (E-09)',
    { value: sum('amount', isResource) },
  ),
  usageFigure('usage.lines', 'count', 'metered lines: one per resource, product and clock hour (U-09)', {
    value: sum('lines'),
  }),
  launchFigure('ecs.creationMean', 'mean', meanMeasure, launchSums),
  launchFigure('ecs.creationP50', 'median', { quantile: 'ms', percent: 50, weight: 'n', per: 1_000n }),
  launchFigure('ecs.creationP95', '95th percentile', { quantile: 'ms', percent: 95, weight: 'n', per: 1_000n }),
  launchFigure('ecs.creationP99', '99th percentile', { quantile: 'ms', percent: 99, weight: 'n', per: 1_000n }),
  launchFigure('ecs.creationMax', 'longest', longestMeasure, launchSums),
]
