import { expect, test } from 'vitest'
import { byPeriod, periodsOf } from '#reports/periods.ts'

const days = (count: number): string[] =>
  Array.from({ length: count }, (_, index) =>
    new Date(Date.UTC(2024, 0, 3) + index * 86_400_000).toISOString().slice(0, 10),
  )
const rowsOf = (count: number) => days(count).map((day, index) => ({ day, kind: 'ecs', amount: index }))
const by = (rule: 'mean' | 'present' | 'last') =>
  ({ key: ({ kind }: { kind: string }) => kind, numbers: ['amount'], by: rule }) as const

test('a run of four months is drawn by day', () => {
  const periods = periodsOf(days(120))
  expect([periods.isWeekly, periods.each]).toEqual([false, 'a day'])
  expect(byPeriod(periods, rowsOf(120), by('mean'))).toEqual(rowsOf(120))
})

test('a longer one by week: each point is the mean of the days that the run has of it', () => {
  const periods = periodsOf(days(420))
  const rows = byPeriod(periods, rowsOf(420), by('mean'))
  // 3 January 2024 is a Wednesday: five days of the first week.
  expect(rows.slice(0, 2)).toEqual([
    { day: '2024-01-01', kind: 'ecs', amount: 2 },
    { day: '2024-01-08', kind: 'ecs', amount: 8 },
  ])
  expect(rows.length).toBe(61)
  const total = rows.reduce((sum, { day, amount }) => sum + amount * periods.days(day), 0)
  expect(total).toBe((419 * 420) / 2)
})

test('a day without a row has nothing of a sum, and does not count for a level', () => {
  const periods = periodsOf(days(200))
  const some = rowsOf(200).filter(({ amount }) => amount % 2 === 0)
  expect(byPeriod(periods, some, by('mean'))[1].amount).toBeCloseTo((6 + 8 + 10) / 7)
  expect(byPeriod(periods, some, by('present'))[1].amount).toBe(8)
  expect(byPeriod(periods, some, by('last'))[1].amount).toBe(10)
})
