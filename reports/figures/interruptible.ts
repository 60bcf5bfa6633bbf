/** Interruptible servers: how often they are taken back, and what their hours bring (E-11). */
import { dayNumber, prepareDays } from '../days.ts'
import { prepareTroubledSteps } from '../steps/server-steps.ts'
import { type Figure, isMeasured, type Source, sum, word } from './figure.ts'

const interruptionsSource: Source = {
  name: 'figure_interruptions',
  labels: ['month', 'segment', 'region', 'pool'],
  needs: [prepareDays, prepareTroubledSteps],
  sql: `
SELECT m.month, c.segment, pn.region, pn.pool, s.notices, s.interruptions, s.returns FROM (
  SELECT d.month, b.crowd, i.pool, sum(e.notice) AS notices, sum(e.taken) AS interruptions, sum(e.back) AS returns
  FROM run CROSS JOIN (
    SELECT instance_id, at, 1 AS notice, 0 AS taken, 0 AS back FROM interruptions WHERE event = ${word('notice')}
    UNION ALL
    SELECT instance_id, at, 0, event = ${word('interrupt')}, from_state = ${word('interrupted')}
    FROM troubled_steps WHERE event = ${word('interrupt')}
      OR from_state = ${word('interrupted')} AND to_state = ${word('running')}) e
  CROSS JOIN instances i ON i.id = e.instance_id CROSS JOIN buyers b ON b.id = i.account
  CROSS JOIN days d ON d.number = ${dayNumber('e.at')} WHERE ${isMeasured('e.at')} GROUP BY 1, 2, 3) s
JOIN months m ON m.no = s.month JOIN crowds c ON c.id = s.crowd JOIN pool_names pn ON pn.id = s.pool`,
}

const figure = (name: string, text: string, column: string): Figure => ({
  name: `interruptible.${name}`,
  unit: 'count',
  text,
  source: interruptionsSource,
  measure: { value: sum(column) },
  by: ['month', 'segment', 'region', 'pool'],
})

export const interruptibleFigures: readonly Figure[] = [
  figure('notices', 'notices that servers would be taken back (E-11)', 'notices'),
  figure('interruptions', 'interruptible servers taken back (E-11)', 'interruptions'),
  figure(
    'returns',
    'interrupted servers that ran again, for the rest of their lifetime or from its beginning (E-11)',
    'returns',
  ),
]
