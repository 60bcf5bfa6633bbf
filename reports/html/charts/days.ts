/** Civil days of the run, for charts over time. */
import type { RunRecord } from '../../record.ts'

/** Makes the table `days(day, first, next)` of the reading connection. */
export function prepareDays(record: RunRecord): void {
  record.keep(
    'days',
    `
WITH RECURSIVE day(first) AS (
  SELECT (start + utc_offset) / 86400000 * 86400000 - utc_offset FROM run
  UNION ALL SELECT first + 86400000 FROM day, run WHERE first + 86400000 < "end")
SELECT strftime('%Y-%m-%d', (first + utc_offset) / 1000, 'unixepoch') AS day, first, first + 86400000 AS next FROM day, run`,
  )
}

/** The time axis of a chart by civil day. Days are drawn as if they were UTC, whatever the zone of the machine. */
export const dayAxis = {
  field: 'day',
  type: 'temporal',
  timeUnit: 'utcyearmonthdate',
  title: null,
  axis: { format: '%-d %b', labelOverlap: true, grid: false, tickCount: 6 },
  scale: { type: 'utc' },
} as const
