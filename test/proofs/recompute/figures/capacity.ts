import type { Database } from 'better-sqlite3'
import { gathering, monthOfMs, type PlainFigure, sum } from './plain-sql.ts'

/** What pools and hosts cost, as the scenario says: one row a kind of units, in the order in which they are used. */
const prices = `
WITH pooled AS (
  SELECT z.value ->> '$.id' AS zone, o.value AS costs, o.value ->> '$.flavour' AS flavour, NULL AS named
  FROM meta, json_each(meta.value, '$.regions') r, json_each(r.value, '$.zones') z, json_each(z.value, '$.pools') o WHERE meta.key = 'scenario'
  UNION ALL
  SELECT z.value ->> '$.id', o.value, NULL, o.value ->> '$.id'
  FROM meta, json_each(meta.value, '$.regions') r, json_each(r.value, '$.zones') z, json_each(z.value, '$.hosts') o WHERE meta.key = 'scenario'),
supplies AS (
  SELECT coalesce('p' || l.id, 'h' || g.id) AS who, coalesce(l.region, n.region) AS region, coalesce(l.pool, '') AS pool,
    CASE WHEN named IS NULL THEN '' ELSE d.zone || '/' || named END AS hosts, costs -> '$.costs' AS costs
  FROM pooled d LEFT JOIN place l ON l.pool = d.zone || '/' || flavour
  LEFT JOIN zones y ON y.zone = d.zone AND named IS NOT NULL LEFT JOIN host_groups g ON g.zone_id = y.id AND g.hosts = named
  LEFT JOIN regions n ON n.id = g.region_id WHERE costs ->> '$.costs' IS NOT NULL)
SELECT who, region, pool, hosts, 'owned' AS supply, -1 AS place, costs ->> '$.owned.units' AS units, 0 AS term,
  CAST(round((costs ->> '$.owned.hourly') * 1e8) AS INTEGER)
    + CASE WHEN costs ->> '$.owned.life' IS NULL THEN 0 ELSE CAST(round((costs ->> '$.owned.price') * 1e8) AS INTEGER) * 3600000 / (costs ->> '$.owned.life') END AS hourly
FROM supplies WHERE costs ->> '$.owned' IS NOT NULL
UNION ALL
SELECT who, region, pool, hosts, 'committed', row_number() OVER (PARTITION BY who ORDER BY o.value ->> '$.term' DESC) - 1, o.value ->> '$.units',
  (o.value ->> '$.term') / 3600000, CAST(round((o.value ->> '$.hourly') * 1e8) AS INTEGER)
FROM supplies, json_each(costs, '$.committed') o
UNION ALL
SELECT who, region, pool, hosts, 'leased', 99, NULL, 0, CAST(round((costs ->> '$.leased.hourly') * 1e8) AS INTEGER) FROM supplies`

const clock = `(WITH RECURSIVE clock(hour) AS (SELECT start FROM era UNION ALL SELECT hour + 3600000 FROM clock, era WHERE hour + 3600000 < finish)
  SELECT hour, (hour - (SELECT start FROM era)) / 3600000 AS h FROM clock)`

/** Units and their use in every clock hour; hosts are there from when they join until they leave. */
const hours = `
SELECT 'p' || p.id AS who, c.hour, c.h, k.capacity, k.held_ms AS used FROM ${clock} c JOIN place p JOIN pool_hours k ON k.pool = p.id
  AND k.hour = (SELECT max(e.hour) FROM pool_hours e WHERE e.pool = p.id AND e.hour <= c.hour)
UNION ALL
SELECT 'h' || g.id, c.hour, c.h,
  (SELECT max(n) FROM (SELECT t.host_group, t.at, t.n, lead(t.at, 1, era.finish) OVER (PARTITION BY t.host_group ORDER BY t.at, t.row) AS next
      FROM (SELECT o.host_group, m.at, m.rowid AS row, sum(CASE e.word WHEN 'add' THEN 1 ELSE -1 END) OVER (PARTITION BY o.host_group ORDER BY m.at, m.rowid) AS n
        FROM host_moves m JOIN hosts o ON o.id = m.host JOIN words e ON e.id = m.event AND e.word IN ('add', 'remove')) t, era) s
    WHERE s.host_group = g.id AND s.at < c.hour + 3600000 AND s.next > c.hour AND s.next > s.at),
  max(CASE g.vcpu WHEN 0 THEN 0 ELSE k.vcpu_ms / g.vcpu END, CASE g.memory WHEN 0 THEN 0 ELSE k.memory_ms / g.memory END,
    CASE g.gpu WHEN 0 THEN 0 ELSE k.gpu_ms / g.gpu END)
FROM ${clock} c JOIN host_groups g JOIN host_hours k ON k.host_group = g.id
  AND k.hour = (SELECT max(e.hour) FROM host_hours e WHERE e.host_group = g.id AND e.hour <= c.hour)`

/** One row an hour and kind of units. */
const costs = `
SELECT ${monthOfMs('hour')} AS month, region, pool, hosts, supply, who, units, units * hourly AS cost,
  units * 3600000 - busy AS idle_ms, (units * 3600000 - busy) * hourly / 3600000 AS idle_cost,
  CASE supply WHEN 'leased' THEN 0 ELSE max(0, min(units, before + units - capacity)) * hourly END AS surplus,
  CASE supply WHEN 'leased' THEN units * max(0, hourly - lowest) ELSE 0 END AS premium
FROM (SELECT q.*, max(0, min(units * 3600000, used - before * 3600000)) AS busy FROM (
  SELECT h.hour, h.capacity, h.used, r.who, r.region, r.pool, r.hosts, r.supply, r.hourly,
    coalesce(r.units, max(0, h.capacity - r.fixed)) AS units, r.before,
    coalesce((SELECT min(hourly) FROM cap_prices l WHERE l.who = r.who AND l.supply <> 'leased'), r.hourly) AS lowest
  FROM (SELECT x.*, coalesce(sum(units) OVER (PARTITION BY who), 0) AS fixed,
    coalesce(sum(units) OVER (PARTITION BY who ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before FROM cap_prices x) r
  JOIN cap_hours h ON h.who = r.who) q)`

/** Prices of a supply in one row; an offer that is missing is too dear to take. */
const offers = `
SELECT who, region, pool, hosts, coalesce(max(hourly) FILTER (WHERE supply = 'owned'), 1000000000000) AS own, max(hourly) FILTER (WHERE supply = 'leased') AS lease,
  coalesce(max(hourly) FILTER (WHERE place = 0), 1000000000000) AS first, coalesce(max(term) FILTER (WHERE place = 0), 1) AS first_term,
  coalesce(max(hourly) FILTER (WHERE place = 1), 1000000000000) AS second, coalesce(max(term) FILTER (WHERE place = 1), 1) AS second_term
FROM cap_prices GROUP BY 1, 2, 3, 4`

const levels = `
SELECT * FROM (WITH RECURSIVE level(who, n) AS (SELECT who, 1 FROM cap_offers UNION ALL
    SELECT who, n + 1 FROM level WHERE n < (SELECT max(capacity) FROM cap_hours c WHERE c.who = level.who))
  SELECT l.who, l.n, h.h, h.capacity >= l.n AS needed FROM level l JOIN cap_hours h ON h.who = l.who)`

const short = `
SELECT l.who, n, h / second_term AS at, min(h) / first_term AS upper, count(*) AS hours, sum(needed) * lease AS leasing, count(*) * second AS term
FROM cap_levels l JOIN cap_offers o ON o.who = l.who GROUP BY l.who, n, h / second_term`

const long = `
SELECT s.who, n, upper, sum(min(leasing, term)) AS parts, sum(hours) * first AS term
FROM cap_short s JOIN cap_offers o ON o.who = s.who GROUP BY s.who, n, upper`

const best = `
SELECT l.who, n, sum(min(parts, term)) AS cost, own * (SELECT count(*) FROM cap_hours c WHERE c.who = l.who) AS owning
FROM cap_long l JOIN cap_offers o ON o.who = l.who GROUP BY l.who, n`

const paid = `
SELECT o.who, region, pool, hosts, l.n, l.h, CASE WHEN b.owning < b.cost THEN 'owned' WHEN g.term < g.parts THEN 'first' WHEN s.term < s.leasing THEN 'second'
  WHEN l.needed THEN 'leased' ELSE '' END AS way, own, first, second, lease
FROM cap_levels l JOIN cap_offers o ON o.who = l.who JOIN cap_best b ON b.who = l.who AND b.n = l.n
JOIN cap_short s ON s.who = l.who AND s.n = l.n AND s.at = l.h / second_term
JOIN cap_long g ON g.who = l.who AND g.n = l.n AND g.upper = s.upper`

/**
 * The cheapest mix, level by level: what each level and hour is paid as. A shorter term is taken where it is less than leasing in it, a
 * longer one where it is less than the shorter ones, and a level is owned where that is less than all of it.
 */
const plan = `
SELECT who, region, pool, hosts, n, h, CASE way WHEN 'first' THEN 'committed' WHEN 'second' THEN 'committed' ELSE way END AS supply,
  CASE way WHEN 'owned' THEN own WHEN 'first' THEN first WHEN 'second' THEN second ELSE lease END AS price
FROM cap_paid WHERE way <> ''`

const saving = `
SELECT region, pool, hosts, supply, cost AS amount FROM cap_costs
UNION ALL SELECT region, pool, hosts, supply, -price FROM cap_plan`

const committed = `
SELECT who, region, pool, hosts, max(n) AS units FROM (
  SELECT who, region, pool, hosts, h, count(*) AS n FROM cap_plan WHERE supply = 'committed' GROUP BY 1, 2, 3, 4, 5) GROUP BY 1, 2, 3, 4`

const left = `
SELECT region, pool, hosts, supply, units * hourly * ((term - hours % term) % term) AS amount
FROM (SELECT x.*, (SELECT count(*) FROM ${clock}) AS hours FROM cap_prices x WHERE supply = 'committed')`

/** A server more is a unit more, or its share of a host. */
const leases = `
SELECT l.id AS pool, hourly FROM cap_prices x JOIN place l ON x.who = 'p' || l.id WHERE x.supply = 'leased'
UNION ALL
SELECT e.pool, hourly / min(CASE e.vcpu WHEN 0 THEN 1000000 ELSE g.vcpu / e.vcpu END, CASE e.memory WHEN 0 THEN 1000000 ELSE g.memory / e.memory END,
  CASE e.gpu WHEN 0 THEN 1000000 ELSE g.gpu / e.gpu END)
FROM cap_prices x JOIN host_groups g ON x.who = 'h' || g.id JOIN host_pools e ON e.host_group = g.id WHERE x.supply = 'leased'`

const margins = `
SELECT p.region, p.pool, part_of(r.hourly, d.held, d.servers * 3600000) + r.term - part_of(r.units * r.lease, d.held, d.servers * 3600000) AS amount
FROM (SELECT f.pool, l.hourly AS lease, sum(f.quantity) AS units,
    sum(CASE WHEN f.lost * 100 >= f.quantity * s.price THEN f.lost ELSE 0 END) AS term,
    sum(CASE WHEN f.lost * 100 >= f.quantity * s.price THEN 0 ELSE f.lost END) AS hourly
  FROM refusals f JOIN words w ON w.id = f.code AND w.word IN ('capacity-sold-out', 'patience-exhausted', 'zone-down', 'flavour-abandoned', 'never-fits', 'no-host')
  JOIN (${leases}) l ON l.pool = f.pool
  JOIN (SELECT p.id, coalesce(min(x.price), 9000000000000000000) AS price FROM pools p LEFT JOIN server_plans x ON x.pool = p.id AND x.item = 'ecs' GROUP BY 1) s ON s.id = f.pool
  GROUP BY 1, 2) r
JOIN (SELECT h.who, sum(h.used) AS held, (SELECT count(*) FROM instances i WHERE 'p' || i.pool = h.who) AS servers FROM cap_hours h GROUP BY 1) d ON d.who = 'p' || r.pool
JOIN place p ON p.id = r.pool`

const orders = (event: string): string => `
SELECT ${monthOfMs('o.at')} AS month, coalesce(l.region, r.region) AS region, coalesce(l.pool, '') AS pool,
  CASE WHEN g.id IS NULL THEN '' ELSE z.zone || '/' || g.hosts END AS hosts, o.units
FROM capacity_orders o JOIN words w ON w.id = o.event AND w.word = '${event}' LEFT JOIN place l ON l.id = o.pool
LEFT JOIN host_groups g ON g.id = o.host_group LEFT JOIN zones z ON z.id = g.zone_id LEFT JOIN regions r ON r.id = g.region_id`

/** Tables that the questions share, each made of those before it. */
const tables = {
  prices: `SELECT * FROM (${prices})`,
  hours,
  costs,
  offers,
  levels,
  short,
  long,
  best,
  paid,
  plan,
}

/** Makes them in a connection. */
export function makeCapacity(plain: Database): void {
  for (const [name, facts] of Object.entries(tables)) {
    plain.exec(gathering(`cap_${name}`, facts))
    if (name === 'short' || name === 'long' || name === 'best')
      plain.exec(`CREATE INDEX cap_${name}_of ON cap_${name} (who, n)`)
  }
}

export const capacityQuestions: Readonly<Record<string, PlainFigure>> = {
  'capacity.cost': sum('SELECT * FROM cap_costs', 'cost'),
  'capacity.idleCost': sum('SELECT * FROM cap_costs', 'idle_cost'),
  'capacity.surplusCost': sum('SELECT * FROM cap_costs', 'surplus'),
  'capacity.leasePremium': sum('SELECT * FROM cap_costs', 'premium'),
  'capacity.unitHours': sum('SELECT * FROM cap_costs', 'units'),
  'capacity.idleHours': sum('SELECT * FROM cap_costs', 'idle_ms', '3600000'),
  'capacity.cheapestCost': sum('SELECT * FROM cap_plan', 'price'),
  'capacity.cheapestOwned': sum(`SELECT * FROM cap_plan WHERE supply = 'owned' AND h = 0`, '1'),
  'capacity.cheapestCommitted': sum(`SELECT 'committed' AS supply, c.* FROM (${committed}) c`, 'units'),
  'capacity.saving': sum(saving, 'amount'),
  'capacity.commitmentLeft': sum(left, 'amount'),
  'capacity.lostMargin': sum(margins, 'amount'),
  'capacity.ordered': sum(orders('order-units'), 'units'),
  'capacity.released': sum(orders('release-units'), 'units'),
}
