/** Availability of servers: how much of their time, from running to their end, they were not suspended. */
import { type Figure, type Source, sum, word } from './figure.ts'

/**
 * Time from `launch` to deletion, failure or the end of the run, and time suspended in it. Sums of instants entered and
 * left do instead of pairing each step with the next: what is still open is closed by the end of the run.
 */
export const availabilitySource: Source = {
  name: 'figure_availability',
  labels: ['region', 'pool', 'segment'],
  sql: `
WITH steps AS (
  SELECT instance_id, at - run.start AS since, event = ${word('launch')} AS launched,
    to_state IN (${word('deleted')}, ${word('failed')}) AND from_state <> ${word('creating')} AS ended,
    to_state = ${word('suspended')} AS froze, from_state = ${word('suspended')} AS thawed
  FROM run CROSS JOIN instance_steps WHERE from_state <> 0)
SELECT pn.region, pn.pool, c.segment, s.launched, s.alive_ms, s.suspended_ms, s.suspensions FROM (
  SELECT i.pool, b.crowd, sum(launched) AS launched,
    (sum(launched) - sum(ended)) * (run."end" - run.start) + sum(ended * since) - sum(launched * since) AS alive_ms,
    (sum(froze) - sum(thawed)) * (run."end" - run.start) + sum(thawed * since) - sum(froze * since) AS suspended_ms,
    sum(froze) AS suspensions
  FROM run CROSS JOIN steps s CROSS JOIN instances i ON i.id = s.instance_id CROSS JOIN buyers b ON b.id = i.account
  GROUP BY i.pool, b.crowd) s
JOIN pool_names pn ON pn.id = s.pool JOIN crowds c ON c.id = s.crowd`,
}

const by: Figure['by'] = ['pool', 'region', 'segment']

export const availabilityFigures: readonly Figure[] = [
  {
    name: 'ecs.availability',
    unit: 'share',
    text: 'time that servers were not suspended / time from running to their end (A-03)',
    source: availabilitySource,
    measure: { value: `${sum('alive_ms')} - ${sum('suspended_ms')}`, of: sum('alive_ms') },
    by,
  },
  {
    name: 'ecs.suspendedHours',
    unit: 'hours',
    text: 'time for which servers were suspended (A-03)',
    source: availabilitySource,
    measure: { value: sum('suspended_ms'), of: '3600000' },
    by,
  },
  {
    name: 'ecs.suspensions',
    unit: 'count',
    text: 'times a server was suspended (A-03)',
    source: availabilitySource,
    measure: { value: sum('suspensions') },
    by,
  },
]
