/** Metered use by account and month: one pass over the spans, from which every report of use takes its sums. */
import { dayNumber, prepareDays } from './days.ts'
import type { RunRecord } from './record.ts'

/**
 * Makes the table `metered(account, month, measured, item, priced, pool, rule, lines, seconds, amount)`: by the month (`months`) of
 * the clock hour; a span that reaches over the end of a month is cut there. `pool` is where the server runs.
 */
export function prepareMetered(record: RunRecord): void {
  prepareDays(record)
  record.keep(
    'metered',
    `
SELECT account, month, measured, item, priced, pool, rule, sum(n) AS lines, sum(n * seconds) AS seconds, sum(n * amount) AS amount
FROM (SELECT u.account, m.month, m.measured, u.item, u.priced, i.pool, u.rule, u.seconds, u.amount,
    max(0, min(u.first_hour + u.hours * 3600000, m.next_hour) - max(u.first_hour, m.first_hour)) / 3600000 AS n
  FROM run CROSS JOIN usage_spans u CROSS JOIN all_days a ON a.number = ${dayNumber('u.first_hour')}
  CROSS JOIN all_days z ON z.number = ${dayNumber('u.first_hour + u.hours * 3600000 - 1')}
  CROSS JOIN slices m ON m.month BETWEEN a.month AND z.month CROSS JOIN instances i ON i.id = u.instance_id)
WHERE n > 0 GROUP BY account, month, measured, item, priced, pool, rule`,
  )
}

/**
 * Makes the table `rejected(account, month, measured, day, item, priced, pool, lines, seconds, amount)`: hours that were metered and
 * that nobody was charged, because their records came too late (U-09).
 */
export function prepareRejected(record: RunRecord): void {
  prepareDays(record)
  record.keep(
    'rejected',
    `
SELECT r.account, d.month, r.hour >= run.measured_hour AS measured, d.number AS day, r.item, r.priced, i.pool, count(*) AS lines, sum(u.seconds) AS seconds, sum(r.amount) AS amount
FROM run CROSS JOIN usage_rejected r CROSS JOIN all_days d ON d.number = ${dayNumber('r.hour')}
CROSS JOIN instances i ON i.id = r.instance_id
CROSS JOIN usage_spans u ON u.instance_id = r.instance_id AND u.item = r.item AND u.priced = r.priced
  AND r.hour >= u.first_hour AND r.hour < u.first_hour + u.hours * 3600000
GROUP BY r.account, d.number, measured, r.item, r.priced, i.pool`,
  )
}
