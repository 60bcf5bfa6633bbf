/** Metered use by month, from which every report of use takes its sums. */
import { meteredOf } from './books/metered-pass.ts'
import { chargedFrom } from './charged-hours.ts'
import { dayNumber, prepareDays } from './days.ts'
import type { RunRecord } from './record.ts'

/**
 * Makes the tables `metered(crowd, month, measured, item, priced, pool, rule, lines, seconds, amount)` and
 * `metered_accounts(account, ecs, image)` of what the cells summed while they ran: by the month (`months`) of the clock hour with
 * which it is charged, and for images and all else in whole. `pool` is where the server runs.
 */
export function prepareMetered(record: RunRecord): void {
  const use = meteredOf(record)
  record.keepComputed(
    'metered',
    ['crowd', 'month', 'measured', 'item', 'priced', 'pool', 'rule', 'lines', 'seconds'],
    ['amount'],
    () => use.crowds(),
  )
  record.keepComputed('metered_accounts', ['account INTEGER PRIMARY KEY'], ['ecs', 'image'], () => use.accounts())
}

/**
 * Makes the table `rejected(account, month, measured, day, item, priced, pool, lines, seconds, amount)`: hours that were metered and
 * that were never charged, because their records came too late (U-09).
 */
export function prepareRejected(record: RunRecord): void {
  prepareDays(record)
  record.keepIndexed(
    'rejected',
    'account INTEGER, month INTEGER, measured INTEGER, day INTEGER, item INTEGER, priced INTEGER, pool INTEGER, lines INTEGER, seconds INTEGER, amount INTEGER',
    // Where no record was late, the spans of use are not looked through.
    record.rows('SELECT 1 AS late FROM usage_faults LIMIT 1').length === 0
      ? 'SELECT 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 WHERE 0'
      : `
SELECT r.account, d.month, ${chargedFrom('r.hour')} >= run.measured_hour AS measured, d.number AS day, r.item, r.priced, i.pool, count(*) AS lines, sum(u.seconds) AS seconds, sum(r.amount) AS amount
FROM run CROSS JOIN usage_rejected r CROSS JOIN all_days d ON d.number = ${dayNumber(`min(${chargedFrom('r.hour')}, "end" - 1)`)}
CROSS JOIN instances i ON i.id = r.instance_id
CROSS JOIN usage_spans u ON u.instance_id = r.instance_id AND u.item = r.item AND u.priced = r.priced
  AND r.hour >= u.first_hour AND r.hour < u.first_hour + u.hours * 3600000
GROUP BY r.account, d.number, measured, r.item, r.priced, i.pool`,
  )
}
