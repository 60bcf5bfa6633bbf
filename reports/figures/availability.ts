/**
 * Availability of servers: how much of the time that they were bought for they ran, whatever stopped them, and what of the
 * rest was lost to arrears, to outages (E-01), to the end of a term, or stopped by their owners.
 */
import { prepareLifeSums, prepareServerLives } from '../steps/server-lives.ts'
import { prepareTroubledSteps } from '../steps/server-steps.ts'
import { type Figure, type Source, sum, word } from './figure.ts'

/** Stays of servers in other states than running, cut to the measured time, and to the server's life where it matters. */
const troublesSource: Source = {
  name: 'server_troubles',
  labels: [],
  needs: [prepareTroubledSteps, prepareServerLives],
  sql: `
WITH stays AS (
  SELECT s.instance_id, s.at, s.to_state, s.rule,
    lead(s.at, 1, NULL) OVER (PARTITION BY s.instance_id ORDER BY s.row) AS next
  FROM troubled_steps s)
SELECT l.pool, l.crowd,
  CASE WHEN s.to_state IN (${word('failed')}, ${word('down')}) THEN 'outage'
    WHEN s.to_state = ${word('interrupted')} THEN 'interrupted'
    WHEN s.rule IN (${word('A-03')}, ${word('A-05')}) THEN 'arrears'
    WHEN s.rule IN (${word('R-02')}, ${word('O-14')}, ${word('N-07')}) THEN 'freeze' ELSE 'stopped' END AS cause,
  sum(max(0, min(coalesce(s.next, l.until), l.until) - max(s.at, l.since))) AS lost_ms,
  sum(CASE WHEN s.to_state = ${word('suspended')}
    THEN max(0, coalesce(s.next, run."end") - max(s.at, run.measured_from)) ELSE 0 END) AS suspended_ms,
  sum(s.to_state = ${word('suspended')} AND s.at >= run.measured_from) AS suspensions
FROM run CROSS JOIN stays s JOIN server_lives l ON l.id = s.instance_id
WHERE s.to_state NOT IN (${word('creating')}, ${word('running')}) GROUP BY 1, 2, 3`,
}

/** Sums by pool and crowd. `alive_ms` is the time bought, of which `lost_ms` and its parts were not running. */
export const availabilitySource: Source = {
  name: 'figure_availability',
  labels: ['region', 'pool', 'segment'],
  needs: [prepareLifeSums, troublesSource],
  sql: `
SELECT pn.region, pn.pool, c.segment, s.launched, s.alive_ms, coalesce(t.lost_ms, 0) AS lost_ms,
  coalesce(t.arrears_ms, 0) AS arrears_ms, coalesce(t.outage_ms, 0) AS outage_ms,
  coalesce(t.freeze_ms, 0) AS freeze_ms, coalesce(t.interrupted_ms, 0) AS interrupted_ms, coalesce(t.stopped_ms, 0) AS stopped_ms,
  coalesce(t.suspended_ms, 0) AS suspended_ms, coalesce(t.suspensions, 0) AS suspensions
FROM life_sums s
LEFT JOIN (SELECT pool, crowd, sum(lost_ms) AS lost_ms,
    sum(lost_ms) FILTER (WHERE cause = 'arrears') AS arrears_ms,
    sum(lost_ms) FILTER (WHERE cause = 'outage') AS outage_ms,
    sum(lost_ms) FILTER (WHERE cause = 'freeze') AS freeze_ms,
    sum(lost_ms) FILTER (WHERE cause = 'interrupted') AS interrupted_ms,
    sum(lost_ms) FILTER (WHERE cause = 'stopped') AS stopped_ms,
    sum(suspended_ms) AS suspended_ms, sum(suspensions) AS suspensions
  FROM server_troubles GROUP BY 1, 2) t ON t.pool = s.pool AND t.crowd = s.crowd
JOIN pool_names pn ON pn.id = s.pool JOIN crowds c ON c.id = s.crowd`,
}

const by: Figure['by'] = ['pool', 'region', 'segment']

const lost = (name: string, text: string, column: string): Figure => ({
  name: `ecs.${name}`,
  unit: 'share',
  text: `share of the time bought that was lost because ${text}`,
  source: availabilitySource,
  measure: { value: sum(column), of: sum('alive_ms') },
  by,
})

export const availabilityFigures: readonly Figure[] = [
  {
    name: 'ecs.availability',
    unit: 'share',
    text: 'time servers ran / time from first running to the planned deletion or the end of the run',
    source: availabilitySource,
    measure: { value: `${sum('alive_ms')} - ${sum('lost_ms')}`, of: sum('alive_ms') },
    by,
  },
  lost('lostToArrears', 'their accounts were in arrears (A-03)', 'arrears_ms'),
  lost('lostToOutages', 'of outages and failed hosts (E-01, E-10)', 'outage_ms'),
  lost('lostToInterruptions', 'they were interrupted and waited for room (E-11)', 'interrupted_ms'),
  lost('lostToFreezes', 'their term was renewed late (R-02) or their account was frozen (O-14, N-07)', 'freeze_ms'),
  lost(
    'stoppedByOwners',
    'their owners stopped them, changed their image or could not restart them (E-01)',
    'stopped_ms',
  ),
  {
    name: 'ecs.suspendedHours',
    unit: 'hours',
    text: 'time servers were suspended (A-03)',
    source: availabilitySource,
    measure: { value: sum('suspended_ms'), of: '3600000' },
    by,
  },
  {
    name: 'ecs.suspensions',
    unit: 'count',
    text: 'suspensions of servers (A-03)',
    source: availabilitySource,
    measure: { value: sum('suspensions') },
    by,
  },
]
