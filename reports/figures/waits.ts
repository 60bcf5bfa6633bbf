/** Orders that wait for room in a full pool, and pools that are down (E-01, E-02). */
import { type Figure, monthOf, type Source, sum, word } from './figure.ts'
import { percentileFigures } from './times.ts'

/** Ended waits: how they ended, and how long they lasted. `hourly` is the price of an hour of what was waited for. */
export const waitsSource: Source = {
  name: 'figure_pool_waits',
  labels: ['month', 'region', 'pool', 'outcome'],
  sql: `
SELECT ${monthOf('w.at')} AS month, pn.region, pn.pool, ew.word AS outcome, w.waited AS ms, count(*) AS n,
  sum(w.hourly) AS hourly
FROM pool_waits w, run JOIN pool_names pn ON pn.id = w.pool JOIN words ew ON ew.id = w.event
WHERE w.event <> ${word('wait')} GROUP BY 1, 2, 3, 4, 5`,
}

/** Outages: from the change that brought a pool down to the next one, or the end of the run. */
export const outagesSource: Source = {
  name: 'figure_outages',
  labels: ['region', 'pool'],
  sql: `
SELECT pn.region, pn.pool, sum(c.down * (c.next - c.at)) AS ms, sum(c.broken) AS broken,
  sum(c.what = ${word('outage')}) AS outages
FROM (SELECT p.*, lead(p.at, 1, run."end") OVER (PARTITION BY p.pool ORDER BY p.rowid) AS next FROM pool_changes p, run) c
JOIN pool_names pn ON pn.id = c.pool GROUP BY 1, 2`,
}

const byWait: Figure['by'] = ['month', 'outcome', 'pool', 'region']

export const waitFigures: readonly Figure[] = [
  {
    name: 'ecs.waited',
    unit: 'count',
    text: 'orders whose wait for room in a pool ended (E-02)',
    source: waitsSource,
    measure: { value: sum('n') },
    by: byWait,
  },
  ...percentileFigures(
    'ecs.wait',
    'seconds',
    'orders waited for room in a pool, however it ended (E-02)',
    waitsSource,
    byWait,
  ),
  {
    name: 'pool.outageMinutes',
    unit: 'minutes',
    text: 'time for which pools were down, summed over pools (E-01)',
    source: outagesSource,
    measure: { value: sum('ms'), of: '60000' },
    by: ['pool', 'region'],
  },
  {
    name: 'ecs.broken',
    unit: 'count',
    text: 'running servers that broke in outages (E-01)',
    source: outagesSource,
    measure: { value: sum('broken') },
    by: ['pool', 'region'],
  },
]
