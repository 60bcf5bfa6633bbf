import { wilson } from '#engine/statistics/wilson.ts'
import { monthOf, word } from '../figures/figure.ts'
import type { RunRecord } from '../record.ts'
import { column, type ReportTable } from '../report-table.ts'

/** Each subscription on one line: when it began, when its first term ended, whether and how often it was renewed. */
const subscriptions = `
SELECT subscription_id, min(at) AS begun, min(term_end) AS first_end, sum(event = ${word('renew')}) AS renewals,
  sum(to_state = ${word('released')}) AS released
FROM subscription_steps GROUP BY subscription_id`

/** Renewal rates by the month in which subscriptions began: of those whose first term ended within the run. */
export function renewals(record: RunRecord): ReportTable {
  const rows = record.rows(`
SELECT ${monthOf('s.begun')} AS cohort, g.kind, g.product, count(*) AS begun, sum(s.first_end <= run."end") AS ended,
  sum(s.first_end <= run."end" AND s.renewals > 0) AS renewed, sum(s.renewals) AS renewals, sum(s.released > 0) AS released
FROM (${subscriptions}) s, run JOIN orders o ON o.id = s.subscription_id JOIN goods g ON g.id = o.specification
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`)
  return {
    name: 'renewals',
    title: 'Renewals by cohort',
    text: 'A cohort is the month in which subscriptions began. The rate is of those whose first term ended within the run, with a 95 % Wilson interval.',
    columns: [
      column('cohort', 'Cohort'),
      column('kind', 'kind'),
      column('product', 'product'),
      column('begun', 'begun', 'count'),
      column('ended', 'first term over', 'count'),
      column('renewed', 'renewed', 'count'),
      column('rate', 'rate', 'share'),
      column('low', 'from', 'share'),
      column('high', 'to', 'share'),
      column('renewals', 'renewals', 'count'),
      column('released', 'released', 'count'),
    ],
    rows: rows.map(({ cohort, kind, product, begun, ended, renewed, renewals: times, released }) => {
      const rate = Number(ended) === 0 ? null : wilson(Number(renewed), Number(ended))
      const shares = [rate?.estimate ?? null, rate?.low ?? null, rate?.high ?? null]
      return [cohort, kind, product, begun, ended, renewed, ...shares, times, released]
    }),
  }
}
