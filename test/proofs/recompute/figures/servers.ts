import {
  count,
  greatest,
  mean,
  month,
  monthOfHour,
  monthOfMs,
  ms,
  type PlainFigure,
  percentile,
  share,
  sum,
} from './plain-sql.ts'

/** A request is an order that got servers or waits for them, a server that started again, or a refusal of a pool. */
const requests = (which: 'all' | 'refused'): string => {
  const refused = `
SELECT ${month('f.at')} AS month, b.segment, p.region, p.pool, 1 AS refused
FROM v_refusals f JOIN place p ON p.id = f.pool JOIN buyer b ON b.id = f.account
WHERE f.code IN ('capacity-sold-out', 'patience-exhausted', 'zone-down', 'flavour-abandoned', 'never-fits', 'no-host')`
  if (which === 'refused') return refused
  return `SELECT ${month('o.at')} AS month, b.segment, p.region, p.pool, 0 AS refused
FROM v_orders o JOIN place p ON p.id = o.pool JOIN buyer b ON b.id = o.account
WHERE (SELECT count(*) FROM instances i WHERE i.order_id = o.id) > 0
  OR (SELECT group_concat(w.event) FROM v_pool_waits w WHERE w.order_id = o.id) = 'wait'
UNION ALL
SELECT ${month('s.at')}, b.segment, p.region, p.pool, 0
FROM v_instance_steps s JOIN v_instances i ON i.id = s.instance_id AND i.billing = 'pay-per-use'
JOIN place p ON p.id = i.pool JOIN buyer b ON b.id = i.account
WHERE s.from_state = 'stopped' AND s.to_state = 'running'
UNION ALL ${refused}`
}

const instances = (where: string): string => `
SELECT ${month('i.at')} AS month, b.segment, p.region, p.pool
FROM v_instances i JOIN place p ON p.id = i.pool JOIN buyer b ON b.id = i.account WHERE ${where}`

const happened = (condition: string): string => `i.id IN (SELECT instance_id FROM v_instance_steps WHERE ${condition})`

/** What a partial refund says of servers, once for all periods that it refunds. */
const refundedServers = `
SELECT ${month('o.at')} AS month, b.segment, p.region, p.pool, o.rule,
  (SELECT max(r.servers) FROM refunds r WHERE r.order_id = o.id) AS servers
FROM v_orders o JOIN place p ON p.id = o.pool JOIN buyer b ON b.id = o.account WHERE o.kind = 'partial-refund'`

const launches = `
SELECT ${month('i.at')} AS month, p.region, p.pool, ${ms('s.at')} - ${ms('i.at')} AS ms
FROM v_instances i JOIN place p ON p.id = i.pool
JOIN v_instance_steps s ON s.instance_id = i.id AND s.from_state = 'creating' AND s.to_state = 'running'`

/** One row a metered hour; the product is that of the image, the pool that of the server. */
const hours = (where: string): string => `
SELECT ${monthOfHour('h.hour')} AS month, i.word AS kind, g.product, g.seller, b.segment, p.region, p.pool,
  r.word AS rule, h.seconds, h.amount
FROM usage_hours h JOIN words i ON i.id = h.item JOIN words r ON r.id = h.rule
JOIN instances s ON s.id = h.instance_id JOIN place p ON p.id = s.pool JOIN buyer b ON b.id = h.account
LEFT JOIN good g ON i.word = 'image' AND g.id = h.priced WHERE ${where}`

/** Every clock hour of every pool, one row each: an hour that the record leaves out is like the one before it. */
const poolHours = `
SELECT ${monthOfMs('clock.hour')} AS month, p.region, p.pool, h.capacity, h.held_ms, h.full_ms, h.peak,
  h.capacity_ms AS room, h.held_ms * 1000000 / h.capacity_ms AS use
FROM (WITH RECURSIVE clock(hour) AS (SELECT start FROM era UNION ALL SELECT hour + 3600000 FROM clock, era WHERE hour + 3600000 < finish)
  SELECT hour FROM clock) clock
JOIN place p JOIN pool_hours h ON h.pool = p.id
  AND h.hour = (SELECT max(e.hour) FROM pool_hours e WHERE e.pool = p.id AND e.hour <= clock.hour)`

/** Every clock hour of every group of hosts, in whole vCPUs, GiB and GPUs x milliseconds. */
const hostHours = `
SELECT ${monthOfMs('clock.hour')} AS month, r.region, z.zone || '/' || g.hosts AS hosts, h.open_ms, h.failed_ms, h.open_ms + h.failed_ms AS all_ms,
  h.vcpu_ms * g.vcpu_part / 1000 AS vcpu, h.memory_ms * g.memory_part / 1000 AS memory, h.gpu_ms * g.gpu_part / 1000 AS gpu,
  h.vcpu_room_ms * g.vcpu_part / 1000 AS vcpu_room, h.memory_room_ms * g.memory_part / 1000 AS memory_room,
  h.gpu_room_ms * g.gpu_part / 1000 AS gpu_room
FROM (WITH RECURSIVE clock(hour) AS (SELECT start FROM era UNION ALL SELECT hour + 3600000 FROM clock, era WHERE hour + 3600000 < finish)
  SELECT hour FROM clock) clock
JOIN host_groups g JOIN zones z ON z.id = g.zone_id JOIN regions r ON r.id = g.region_id
JOIN host_hours h ON h.host_group = g.id
  AND h.hour = (SELECT max(e.hour) FROM host_hours e WHERE e.host_group = g.id AND e.hour <= clock.hour)`

/** One row a stay in a state, from a step to the next one or to the end of the run. */
const stays = `
SELECT s.instance_id, b.segment, p.region, p.pool, s.rule, s.to_state AS state, s.since, s.until,
  s.to_state = 'suspended' AND s.entered AS suspension,
  CASE WHEN s.to_state = 'suspended' THEN s.until - s.since ELSE 0 END AS suspended
FROM (SELECT t.instance_id, tw.word AS to_state, rw.word AS rule, t.from_state <> t.to_state AS entered, t.at AS since,
    lead(t.at, 1, era.finish) OVER (PARTITION BY t.instance_id ORDER BY t.at, t.rowid) AS until
  FROM instance_steps t JOIN words tw ON tw.id = t.to_state JOIN words rw ON rw.id = t.rule JOIN era) s
JOIN instances i ON i.id = s.instance_id JOIN place p ON p.id = i.pool JOIN buyer b ON b.id = i.account`

/** Its lifetime is over; of one that was down for a time (E-10) when it was deleted, or not yet. */
const delayed = `CASE WHEN ${happened(`event IN ('break', 'interrupt')`)} THEN
  coalesce((SELECT min(${ms('d.at')}) FROM v_instance_steps d WHERE d.instance_id = i.id AND d.event = 'delete'),
    CASE WHEN ${happened(`to_state IN ('deleted', 'failed')`)} THEN f.first + i.lifetime ELSE era.finish END)
  ELSE f.first + i.lifetime END`

/** When a server first ran and when its buyer is done with it, by its own plan: deleted, its term over, or released. */
const lives = `
SELECT f.instance_id, f.first, min(era.finish, CASE i.billing
  WHEN 'pay-per-use' THEN CASE i.lifetime WHEN -1 THEN era.finish ELSE ${delayed} END
  ELSE coalesce((SELECT min(${ms('e.at')}) FROM v_instance_steps e JOIN v_refunds r ON r.at = e.at AND r.subscription_id = i.order_id
    JOIN v_orders o ON o.id = r.order_id AND o.kind = 'partial-refund' WHERE e.instance_id = i.id AND e.to_state = 'failed'),
  (SELECT CASE t.event WHEN 'unsubscribe' THEN ${ms('t.at')} ELSE ${ms('t.term_end')} END FROM v_subscription_steps t
    WHERE t.subscription_id = i.order_id ORDER BY t.at DESC, t.term_end DESC LIMIT 1)) END) AS last
FROM (SELECT instance_id, min(${ms('at')}) AS first FROM v_instance_steps WHERE to_state = 'running' GROUP BY 1) f
JOIN v_instances i ON i.id = f.instance_id JOIN era`

/** Of each stay what is in the life of its server, and at its first running how long that life was to be. */
const parts = (which: string): string => `
SELECT s.segment, s.region, s.pool, CASE s.since WHEN l.first THEN l.last - l.first ELSE 0 END AS bought,
  CASE WHEN ${which} THEN max(0, min(s.until, l.last) - max(s.since, l.first)) ELSE 0 END AS part
FROM (${stays}) s JOIN (${lives}) l ON l.instance_id = s.instance_id
WHERE s.state <> 'creating' AND (s.since > l.first OR s.state = 'running')`
const part = (which: string): PlainFigure => share(parts(which), 'part', 'bought')

const outages = `
SELECT p.region, p.pool, c.broken,
  coalesce((SELECT min(${ms('e.at')}) FROM v_pool_changes e
    WHERE e.pool = c.pool AND e.what = 'outage-ends' AND e.at >= c.at), era.finish) - ${ms('c.at')} AS ms
FROM v_pool_changes c JOIN place p ON p.id = c.pool JOIN era WHERE c.what = 'outage'`

const waits = `
SELECT ${month('w.at')} AS month, p.region, p.pool, w.event AS outcome, w.waited AS ms
FROM v_pool_waits w JOIN place p ON p.id = w.pool WHERE w.event IN ('admit', 'renege', 'turn-away')
UNION ALL
SELECT ${monthOfMs('(era.finish - 1)')}, p.region, p.pool, 'waiting', era.finish - ${ms('w.at')}
FROM v_pool_waits w JOIN place p ON p.id = w.pool JOIN era
WHERE (SELECT count(*) FROM pool_waits e WHERE e.order_id = w.order_id) = 1`

const tooLate = (rows: string, month: string) => `
SELECT ${month} AS month, i.word AS kind, g.product, b.segment, p.region, h.amount FROM ${rows} h
JOIN words i ON i.id = h.item JOIN buyer b ON b.id = h.account JOIN instances s ON s.id = h.instance_id
JOIN place p ON p.id = s.pool LEFT JOIN good g ON i.word = 'image' AND g.id = h.priced`
const rejectedUse = tooLate('usage_rejected', monthOfHour('h.hour'))
const correctedUse = `${tooLate('usage_faults', monthOfMs('h.at'))} JOIN words o ON o.id = h.outcome WHERE o.word = 'correction'`

const resources = `i.word IN ('disk', 'elastic-ip', 'bandwidth', 'traffic')`
const ofServers = (facts: string): string => `
SELECT ${month('e.at')} AS month, b.segment, p.region, p.pool FROM ${facts} e
JOIN instances i ON i.id = e.instance_id JOIN place p ON p.id = i.pool JOIN buyer b ON b.id = i.account`

/** Months of each pool that was asked, of which the run has every instant. */
const clearMonths = `
SELECT a.month, a.region, a.pool, (SELECT count(*) FROM (${requests('refused')}) r WHERE r.month = a.month AND r.pool = a.pool) = 0 AS clear, 1 AS months
FROM (SELECT DISTINCT every.month, asked.region, asked.pool FROM (${requests('all')}) asked
  CROSS JOIN (WITH RECURSIVE day(at) AS (SELECT start FROM era UNION ALL SELECT at + 86400000 FROM day, era WHERE at + 86400000 < finish)
    SELECT DISTINCT ${monthOfMs('day.at')} AS month FROM day) every) a JOIN era
WHERE unixepoch(a.month || '-01', '-8 hours') * 1000 >= era.start
  AND unixepoch(a.month || '-01', '+1 month', '-8 hours') * 1000 <= era.finish`

export const serverQuestions: Readonly<Record<string, PlainFigure>> = {
  'usage.rejectedLines': count(rejectedUse),
  'usage.rejected': sum(rejectedUse, 'amount'),
  'usage.corrected': sum(correctedUse, 'amount'),
  'ecs.requests': count(requests('all')),
  'ecs.refused': count(requests('refused')),
  'ecs.refusalRate': { ...share(requests('all'), 'refused', '1'), per: 'count(*)' },
  'ecs.monthsWithoutRefusal': share(clearMonths, 'clear', 'months'),
  'ecs.refusedNoHost': count(`
SELECT ${month('f.at')} AS month, b.segment, p.region, p.pool
FROM v_refusals f JOIN place p ON p.id = f.pool JOIN buyer b ON b.id = f.account WHERE f.code = 'no-host'`),
  'ecs.created': count(instances('1')),
  'ecs.deleted': count(instances(happened(`to_state = 'deleted'`))),
  'ecs.failed': count(instances(happened(`from_state = 'creating' AND to_state = 'failed'`))),
  'ecs.refunded': sum(refundedServers, 'servers'),
  'ecs.creationMean': mean(launches, 'ms', 1000),
  'ecs.creationP50': percentile(launches, 'ms', 50, 1000),
  'ecs.creationP95': percentile(launches, 'ms', 95, 1000),
  'ecs.creationP99': percentile(launches, 'ms', 99, 1000),
  'ecs.creationMax': greatest(launches, 'ms', 1000),
  'ecs.meteredSeconds': sum(hours(`i.word = 'ecs'`), 'seconds'),
  'ecs.meteredHours': sum(hours(`i.word = 'ecs'`), 'seconds', '3600'),
  'image.meteredHours': sum(hours(`i.word = 'image'`), 'seconds', '3600'),
  'resource.meteredHours': sum(hours(resources), 'seconds', '3600'),
  'resource.metered': sum(hours(resources), 'amount'),
  'usage.lines': count(hours('1')),
  'ecs.availability': part(`s.state = 'running'`),
  'ecs.lostToArrears': part(`s.state IN ('suspended', 'stopped', 'deleted') AND s.rule IN ('A-03', 'A-05')`),
  'ecs.lostToOutages': part(`s.state IN ('failed', 'down')`),
  'ecs.lostToInterruptions': part(`s.state = 'interrupted'`),
  'ecs.lostToFreezes': part(`s.state IN ('suspended', 'stopped', 'deleted') AND s.rule IN ('R-02', 'O-14', 'N-07')`),
  'ecs.stoppedByOwners': part(
    `s.state IN ('stopped', 'changing-image') AND s.rule NOT IN ('A-05', 'R-02', 'O-14', 'N-07')`,
  ),
  'ecs.suspendedHours': sum(stays, 'suspended', '3600000'),
  'ecs.suspensions': sum(stays, 'suspension'),
  'interruptible.notices': count(`${ofServers('v_interruptions')} WHERE e.event = 'notice'`),
  'interruptible.interruptions': count(`${ofServers('v_instance_steps')} WHERE e.to_state = 'interrupted'`),
  'interruptible.returns': count(
    `${ofServers('v_instance_steps')} WHERE e.from_state = 'interrupted' AND e.to_state = 'running'`,
  ),
  'ecs.waited': count(waits),
  'ecs.waiting': count(`SELECT * FROM (${waits}) WHERE outcome = 'waiting'`),
  'ecs.waitP50': percentile(waits, 'ms', 50, 1000),
  'ecs.waitP95': percentile(waits, 'ms', 95, 1000),
  'pool.outageMinutes': sum(outages, 'ms', '60000'),
  'ecs.broken': sum(outages, 'broken'),
  'pool.vcpuUse': share(hostHours, 'vcpu', 'vcpu_room'),
  'pool.memoryUse': share(hostHours, 'memory', 'memory_room'),
  'pool.gpuUse': share(hostHours, 'gpu', 'gpu_room'),
  'host.availability': share(hostHours, 'open_ms', 'all_ms'),
  'host.failedHours': sum(hostHours, 'failed_ms', '3600000'),
  'host.hours': sum(hostHours, 'open_ms', '3600000'),
  'pool.use': share(poolHours, 'held_ms', 'room'),
  'pool.useP95': percentile(poolHours, 'use', 95, 1_000_000),
  'pool.peak': greatest(poolHours, 'peak'),
  'pool.capacity': greatest(poolHours, 'capacity'),
  'pool.soldOutMinutes': sum(poolHours, 'full_ms', '60000'),
}
