/**
 * U-02, `image.hour: rolling`: an hour counts where the ledger has it, with the clock hour in which it ends, in every month, day
 * and total; what is still open when the run ends counts with its last hour.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chargedHour } from '#reports/charged-hours.ts'
import { explain } from '#reports/explain/explain.ts'
import { knownFigure } from '#reports/figures/catalogue.ts'
import { measure } from '#reports/figures/figure.ts'
import { reconcile } from '#reports/reconciliation.ts'
import { dailyCharges } from '#reports/revenue/daily.ts'
import { table } from '../sim/billing/table.ts'
import { type ShortRun, shortRun } from './short-run.ts'

test('the clock hour of an hour of use', () => {
  const at = (text: string): number => Date.parse(`${text}Z`)
  const cases = table(`
    begins                   charged                why
    2024-03-05T08:00:00.000  2024-03-05T08:00:00    a clock hour is its own
    2024-03-05T08:00:00.001  2024-03-05T09:00:00    it ends a millisecond past nine
    2024-03-05T08:45:30.000  2024-03-05T09:00:00    it ends at 09:45:30
    2024-03-31T23:15:00.000  2024-04-01T00:00:00    it ends in the next month
    2024-04-01T23:15:00.000  2024-04-01T23:00:00    the run ends before it
  `)
  for (const { begins, charged, why } of cases)
    expect(chargedHour(at(begins), { end: at('2024-04-02T00:00:00'), utcOffset: 0 }), why).toBe(at(charged))
})

const sets = ['policies.image.hour=rolling', 'buyers.start-ups.count=60', 'buyers.companies.count=20']
const cases = [
  ['over the end of a month', ['start=2024-03-30T12:00:00+08:00', 'end=2024-04-02T13:20:30+08:00']],
  ['up to the end of a month', ['start=2024-03-30T12:00:00+08:00', 'end=2024-04-01T00:00:00+08:00']],
] as const

describe.each(cases)('%s', (_, dates) => {
  let run: ShortRun
  beforeAll(async () => {
    run = await shortRun([...sets, ...dates])
  })
  afterAll(() => run.remove())

  test('figures, days and the reconciliation have the months of the ledger', () => {
    const { record } = run
    const rolling = record.rows(
      "SELECT 1 AS n FROM usage_spans WHERE item = (SELECT id FROM words WHERE word = 'image') AND first_hour % 3600000 > 0",
    )
    expect(rolling.length).toBeGreaterThan(10)
    const { rows, total } = reconcile(record)
    expect([total.charged, total.posted, total.audited]).toEqual(Array(3).fill(total.rated))
    for (const { month, kind, rated, charged, posted } of rows)
      expect([charged, posted], `${month} ${kind}`).toEqual([rated, rated])
    const days = dailyCharges(record)
    const months = [...new Set(days.map(({ day }) => day.slice(0, 7)))]
    for (const month of months)
      expect(
        days.reduce((sum, { day, amount }) => sum + (day.startsWith(month) ? BigInt(amount) : 0n), 0n),
        month,
      ).toBe(measure(record, knownFigure('revenue.gross'), { month })?.numerator)
    const revenue = record.rows<{ month: string; amount: bigint }>(
      `SELECT substr(day, 1, 7) AS month, -sum(amount) AS amount FROM ledger_days
       WHERE kind = 'usage' AND ledger = 'marketplace-revenue' GROUP BY 1`,
    )
    expect(revenue.length).toBe(months.length)
    for (const { month, amount } of revenue)
      expect(
        measure(record, knownFigure('revenue.gross'), { month, kind: 'image', order: 'usage' })?.numerator,
        month,
      ).toBe(amount)
  })

  test('every charge of a bill is explained by the hours that end in its clock hour', () => {
    const names = run.record.rows<{ name: string; month: string }>(
      `SELECT a.name, strftime('%Y-%m', b.month / 1000, 'unixepoch', '+8 hours') AS month FROM bills b
       JOIN accounts a ON a.id = b.account ORDER BY b.lines DESC LIMIT 4`,
    )
    for (const { name, month } of names)
      for (const { what, amount, recorded } of explain(run.record, 'bill', `${name}/${month}`).workings)
        expect(amount, `${name} ${month}, ${what}`).toBe(recorded)
  })
})
