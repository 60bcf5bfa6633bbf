import { count, greatest, mean, month, monthOfMs, ms, type PlainFigure, percentile, share, sum } from './plain-sql.ts'

/** A request is an order that got servers, or a refusal of a pool. */
const requests = (which: 'all' | 'refused'): string => {
  const refused = `
SELECT ${month('f.at')} AS month, b.segment, p.region, p.pool, 1 AS refused
FROM v_refusals f JOIN place p ON p.id = f.pool JOIN buyer b ON b.id = f.account
WHERE f.code IN ('capacity-sold-out', 'patience-exhausted', 'zone-down', 'flavour-abandoned')`
  if (which === 'refused') return refused
  return `SELECT ${month('o.at')} AS month, b.segment, p.region, p.pool, 0 AS refused
FROM v_orders o JOIN place p ON p.id = o.pool JOIN buyer b ON b.id = o.account
WHERE (SELECT count(*) FROM instances i WHERE i.order_id = o.id) > 0 UNION ALL ${refused}`
}

const instances = (where: string): string => `
SELECT ${month('i.at')} AS month, b.segment, p.region, p.pool
FROM v_instances i JOIN place p ON p.id = i.pool JOIN buyer b ON b.id = i.account WHERE ${where}`

const happened = (condition: string): string => `i.id IN (SELECT instance_id FROM v_instance_steps WHERE ${condition})`

const launches = `
SELECT ${month('i.at')} AS month, p.region, p.pool, ${ms('s.at')} - ${ms('i.at')} AS ms
FROM v_instances i JOIN place p ON p.id = i.pool
JOIN v_instance_steps s ON s.instance_id = i.id AND s.from_state = 'creating' AND s.to_state = 'running'`

/** One row a metered hour; the product is that of the image, the pool that of the server. */
const hours = (where: string): string => `
SELECT ${monthOfMs('h.hour')} AS month, i.word AS kind, g.product, g.seller, b.segment, p.region, p.pool,
  r.word AS rule, h.seconds
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

/** One row a stay in a state, from a step to the next one or to the end of the run. */
const stays = `
SELECT b.segment, p.region, p.pool, s.to_state AS state, s.entered,
  s.to_state = 'suspended' AND s.entered AS suspension,
  CASE WHEN s.to_state NOT IN ('creating', 'deleted', 'failed') THEN s.until - s.since ELSE 0 END AS alive,
  CASE WHEN s.to_state = 'suspended' THEN s.until - s.since ELSE 0 END AS suspended
FROM (SELECT t.instance_id, tw.word AS to_state, t.from_state <> t.to_state AS entered, t.at AS since,
    lead(t.at, 1, era.finish) OVER (PARTITION BY t.instance_id ORDER BY t.at, t.rowid) AS until
  FROM instance_steps t JOIN words tw ON tw.id = t.to_state JOIN era) s
JOIN instances i ON i.id = s.instance_id JOIN place p ON p.id = i.pool JOIN buyer b ON b.id = i.account`

const outages = `
SELECT p.region, p.pool, c.broken,
  coalesce((SELECT min(${ms('e.at')}) FROM v_pool_changes e
    WHERE e.pool = c.pool AND e.what = 'outage-ends' AND e.at >= c.at), era.finish) - ${ms('c.at')} AS ms
FROM v_pool_changes c JOIN place p ON p.id = c.pool JOIN era WHERE c.what = 'outage'`

const waits = `
SELECT ${month('w.at')} AS month, p.region, p.pool, w.event AS outcome, w.waited AS ms
FROM v_pool_waits w JOIN place p ON p.id = w.pool WHERE w.event IN ('admit', 'renege', 'turn-away')`

export const serverQuestions: Readonly<Record<string, PlainFigure>> = {
  'ecs.requests': count(requests('all')),
  'ecs.refused': count(requests('refused')),
  'ecs.refusalRate': { ...share(requests('all'), 'refused', '1'), per: 'count(*)' },
  'ecs.created': count(instances('1')),
  'ecs.deleted': count(instances(happened(`to_state = 'deleted'`))),
  'ecs.failed': count(instances(happened(`from_state = 'creating' AND to_state = 'failed'`))),
  'ecs.creationMean': mean(launches, 'ms', 1000),
  'ecs.creationP50': percentile(launches, 'ms', 50, 1000),
  'ecs.creationP95': percentile(launches, 'ms', 95, 1000),
  'ecs.creationP99': percentile(launches, 'ms', 99, 1000),
  'ecs.creationMax': greatest(launches, 'ms', 1000),
  'ecs.meteredSeconds': sum(hours(`i.word = 'ecs'`), 'seconds'),
  'ecs.meteredHours': sum(hours(`i.word = 'ecs'`), 'seconds', '3600'),
  'image.meteredHours': sum(hours(`i.word = 'image'`), 'seconds', '3600'),
  'usage.lines': count(hours('1')),
  'ecs.availability': share(stays, 'alive - suspended', 'alive'),
  'ecs.suspendedHours': sum(stays, 'suspended', '3600000'),
  'ecs.suspensions': sum(stays, 'suspension'),
  'ecs.waited': count(waits),
  'ecs.waitP50': percentile(waits, 'ms', 50, 1000),
  'ecs.waitP95': percentile(waits, 'ms', 95, 1000),
  'pool.outageMinutes': sum(outages, 'ms', '60000'),
  'ecs.broken': sum(outages, 'broken'),
  'pool.use': share(poolHours, 'held_ms', 'room'),
  'pool.useP95': percentile(poolHours, 'use', 95, 1_000_000),
  'pool.peak': greatest(poolHours, 'peak'),
  'pool.capacity': greatest(poolHours, 'capacity'),
  'pool.soldOutMinutes': sum(poolHours, 'full_ms', '60000'),
}
