import { runInterval, runMoments } from '#engine/statistics/run-mean.ts'
import { isMeasured, monthOf, word } from '../figures/figure.ts'
import type { RunRecord } from '../record.ts'
import { column, type ReportCell, type ReportTable } from '../report-table.ts'

/** Each subscription on one line: when it began, when its first term ended, whether and how often it was renewed. */
const subscriptions = `
SELECT subscription_id, min(at) AS begun, min(term_end) AS first_end, sum(event = ${word('renew')}) AS renewals,
  sum(to_state = ${word('released')}) AS released
FROM subscription_steps GROUP BY subscription_id`

/** One cohort: sums, and what each account renewed of what ended. */
interface Cohort {
  readonly name: readonly ReportCell[]
  readonly sums: Record<'begun' | 'ended' | 'renewed' | 'renewals' | 'released', number>
  readonly renewedOf: number[]
  readonly endedOf: number[]
}

/** Cohorts in the order of their names. */
function cohortsOf(record: RunRecord): Cohort[] {
  const cohorts = new Map<string, Cohort>()
  const rows = record.rows(`
SELECT ${monthOf('s.begun')} AS cohort, g.kind, g.product, o.account, count(*) AS begun,
  sum(s.first_end <= run."end") AS ended, sum(s.first_end <= run."end" AND s.renewals > 0) AS renewed,
  sum(s.renewals) AS renewals, sum(s.released > 0) AS released
FROM (${subscriptions}) s, run JOIN orders o ON o.id = s.subscription_id JOIN goods g ON g.id = o.specification
WHERE ${isMeasured('s.begun')} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`)
  for (const { cohort, kind, product, ...row } of rows) {
    const key = JSON.stringify([cohort, kind, product])
    const sums = { begun: 0, ended: 0, renewed: 0, renewals: 0, released: 0 }
    const known = cohorts.get(key) ?? { name: [cohort, kind, product], sums, renewedOf: [], endedOf: [] }
    cohorts.set(key, known)
    for (const each of Object.keys(sums) as (keyof typeof sums)[]) known.sums[each] += Number(row[each])
    if (Number(row.ended) === 0) continue
    known.renewedOf.push(Number(row.renewed))
    known.endedOf.push(Number(row.ended))
  }
  return [...cohorts.values()]
}

/**
 * Renewal rates by the month in which subscriptions began: of those whose first term ended within the run. One
 * wallet decides on all subscriptions of an account, so that accounts are what is independent.
 */
export const renewals = (record: RunRecord): ReportTable => ({
  name: 'renewals',
  title: 'Renewals by cohort',
  text: 'A cohort is the month in which subscriptions started. The rate covers those whose first term ended within the run, with a 95 % interval over accounts (none for a single account).',
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
  rows: cohortsOf(record).map(({ name, sums, renewedOf, endedOf }) => {
    const { begun, ended, renewed, renewals: times, released } = sums
    const interval = endedOf.length < 2 ? null : runInterval(runMoments('event-share', renewedOf, endedOf, 1))
    const shares = [ended === 0 ? null : renewed / ended, interval?.low ?? null, interval?.high ?? null]
    return [...name, begun, ended, renewed, ...shares, times, released]
  }),
})
