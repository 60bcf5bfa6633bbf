/** Orders that wait for room in a full pool, and pools that are down (E-01, E-02). */
import { type Figure, isMeasured, monthOf, type Source, sum, word } from './figure.ts'
import { percentileFigures } from './times.ts'

/**
 * Waits: how they ended, and how long they lasted; `waiting` are those that last when the run ends, with the time so far.
 * `hourly` is the price of an hour of what was waited for.
 */
export const waitsSource: Source = {
  name: 'figure_pool_waits',
  labels: ['month', 'region', 'pool', 'outcome'],
  sql: `
SELECT ${monthOf('w.at')} AS month, pn.region, pn.pool, ew.word AS outcome, w.waited AS ms, count(*) AS n,
  sum(w.hourly) AS hourly
FROM pool_waits w, run JOIN pool_names pn ON pn.id = w.pool JOIN words ew ON ew.id = w.event
WHERE w.event <> ${word('wait')} AND ${isMeasured('w.at')} GROUP BY 1, 2, 3, 4, 5
UNION ALL
SELECT ${monthOf('run."end" - 1')}, pn.region, pn.pool, 'waiting', run."end" - w.at, count(*), sum(w.hourly)
FROM (SELECT pool, at, hourly FROM pool_waits GROUP BY order_id HAVING count(*) = 1) w, run
JOIN pool_names pn ON pn.id = w.pool GROUP BY 1, 2, 3, 4, 5`,
}

/** Outages: from the change that brought a pool down to the next one, or the end of the run. */
export const outagesSource: Source = {
  name: 'figure_outages',
  labels: ['region', 'pool'],
  sql: `
SELECT pn.region, pn.pool, sum(c.down * max(0, c.next - max(c.at, run.measured_from))) AS ms,
  sum(c.broken * (${isMeasured('c.at')})) AS broken, sum(c.what = ${word('outage')} AND ${isMeasured('c.at')}) AS outages
FROM (SELECT p.*, lead(p.at, 1, run."end") OVER (PARTITION BY p.pool ORDER BY p.rowid) AS next FROM pool_changes p, run) c, run
JOIN pool_names pn ON pn.id = c.pool GROUP BY 1, 2`,
}

const byWait: Figure['by'] = ['month', 'outcome', 'pool', 'region']

export const waitFigures: readonly Figure[] = [
  {
    name: 'ecs.waited',
    unit: 'count',
    text: 'orders that waited for units of a pool, including those still waiting at the end of the run (E-02)',
    source: waitsSource,
    measure: { value: sum('n') },
    by: byWait,
  },
  {
    name: 'ecs.waiting',
    unit: 'count',
    text: 'orders still waiting for units of a pool at the end of the run (E-02)',
    source: waitsSource,
    measure: { value: sum('n', `outcome = 'waiting'`) },
    by: byWait,
  },
  ...percentileFigures(
    'ecs.wait',
    'seconds',
    'orders waited for units of a pool, whatever the outcome; orders still waiting count with their time so far (E-02)',
    waitsSource,
    byWait,
  ),
  {
    name: 'pool.outageMinutes',
    unit: 'minutes',
    text: 'outage time of pools, summed over pools (E-01)',
    source: outagesSource,
    measure: { value: sum('ms'), of: '60000' },
    by: ['pool', 'region'],
  },
  {
    name: 'ecs.broken',
    unit: 'count',
    text: 'running servers lost in outages (E-01)',
    source: outagesSource,
    measure: { value: sum('broken') },
    by: ['pool', 'region'],
  },
]
