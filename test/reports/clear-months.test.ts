/** Whole civil months without a refusal, and the interval of their probability over runs. */
import { expect, test } from 'vitest'
import { estimatesOf } from '#reports/sweep/estimates.ts'
import { kindOf } from '#reports/sweep/measured.ts'
import { planned } from './planner-run.ts'

const DAY = 86_400
/** From mid-December to mid-April: January, February and March are whole. */
const run = {
  start: '2023-12-15T00:00',
  end: '2024-04-15T00:00',
  capacity: '1',
  // Two refusals in December, none in January, one in February, none in March, one in April.
  trace: [
    `0,${2 * DAY},1,a`,
    `${DAY},60,1,b`,
    `${DAY + 60},60,1,b`,
    `${20 * DAY},60,1,a`,
    `${60 * DAY},${DAY},1,a`,
    `${60.5 * DAY},60,1,b`,
    `${110 * DAY},${DAY},1,a`,
    `${110.5 * DAY},60,1,b`,
  ],
} as const

test('ecs.monthsWithoutRefusal counts whole months only', async () => {
  await planned(run, ({ figure }) => {
    expect(figure('ecs.monthsWithoutRefusal')).toBeCloseTo(2 / 3, 9)
    expect(figure('ecs.monthsWithoutRefusal', { pool: 'z/f' })).toBeCloseTo(2 / 3, 9)
    expect(figure('ecs.monthsWithoutRefusal', { pool: 'z/g' })).toBeNull()
  })
  // Measured from within January on, February and March are left; within March, none is.
  await planned({ ...run, top: 'measureFrom: 2024-01-02T00:00:00Z' }, ({ figure }) =>
    expect(figure('ecs.monthsWithoutRefusal')).toBe(0.5),
  )
  await planned({ ...run, top: 'measureFrom: 2024-03-02T00:00:00Z' }, ({ figure }) =>
    expect(figure('ecs.monthsWithoutRefusal')).toBeNull(),
  )
})

const kind = kindOf({ name: 'ecs.monthsWithoutRefusal', unit: 'share' })
const asked = { text: '', unit: 'share', kind, bound: { op: '>=', value: 0.99 } } as const
const estimateOf = (runs: number, months: number, refused = 0) =>
  estimatesOf(
    [asked],
    [[Array.from({ length: runs }, (_, each) => ({ top: months - (each < refused ? 1 : 0), bottom: months }))]],
  )[0][0]

test.each([
  // Clopper and Pearson: 0.05^(1/n) where every month is clear.
  [59, 0.05 ** (1 / 59), 'undecided'],
  [400, 0.05 ** (1 / 400), 'kept'],
])('%s runs of one month, all clear: at least %s with 95 %% confidence', (runs, low, verdict) => {
  const estimate = estimateOf(runs, 1)
  expect(estimate.interval.high).toBe(1)
  expect(estimate.interval.low).toBeCloseTo(low, 3)
  expect(estimate.verdict).toBe(verdict)
})

test('a promise of 99 % is missed where a twentieth of the months has a refusal', () => {
  const { interval, verdict } = estimateOf(400, 1, 20)
  expect(verdict).toBe('missed')
  // Exact bounds of 20 of 400: 3.1 to 7.6 %.
  expect(1 - interval.high).toBeCloseTo(0.031, 2)
  expect(1 - interval.low).toBeCloseTo(0.077, 2)
})
