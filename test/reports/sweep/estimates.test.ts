import { expect, test } from 'vitest'
import { type FigureKind, runMoments } from '#engine/statistics/run-mean.ts'
import { type Asked, estimatesOf, evidenceOf } from '#reports/sweep/estimates.ts'
import { kindOf, type Measured } from '#reports/sweep/measured.ts'
import type { Comparison } from '#scenarios/sections/thresholds.ts'

const values = (...numbers: (number | null)[]): (Measured | null)[] =>
  numbers.map((top) => (top === null ? null : { top, bottom: 1 }))
const asked = (kind: FigureKind, op: Comparison, value: number): Asked => ({
  text: `x ${op} ${value}`,
  unit: 'count',
  kind,
  bound: { op, value },
})
const verdict = (kind: FigureKind, op: Comparison, value: number, ...numbers: number[]) =>
  estimatesOf([asked(kind, op, value)], [[values(...numbers)]])[0][0].verdict

test.each<[Comparison, limit: number, verdict: string]>([
  ['<', 12, 'kept'],
  ['<', 10.2, 'undecided'],
  ['<', 8, 'missed'],
  ['<=', 12, 'kept'],
  ['<=', 8, 'missed'],
  ['>', 8, 'kept'],
  ['>', 10.2, 'undecided'],
  ['>', 12, 'missed'],
  ['>=', 8, 'kept'],
  ['>=', 12, 'missed'],
  ['==', 10, 'undecided'],
  ['==', 12, 'missed'],
  ['!=', 10, 'undecided'],
  ['!=', 12, 'kept'],
])('10 ± 0.4 %s %d: %s', (op, limit, expected) => {
  expect(verdict('amount', op, limit, 9.5, 10.5, 10, 9.8, 10.2, 10)).toBe(expected)
})

test.each<[Comparison, limit: number, verdict: string]>([
  ['==', 0, 'kept'],
  ['!=', 0, 'missed'],
  ['==', 1, 'missed'],
  ['!=', 1, 'kept'],
  ['<', 0, 'missed'],
  ['<=', 0, 'kept'],
  ['>', 0, 'missed'],
  ['>=', 0, 'kept'],
])('an exact figure that is 0 %s %d: %s', (op, limit, expected) => {
  expect(verdict('exact', op, limit, 0, 0)).toBe(expected)
})

test.each<[FigureKind, Comparison, limit: number, values: number[], verdict: string]>([
  // Nothing seen in ten runs: fewer than 1.2 events a run, and nothing is known below that.
  ['events', '<', 2, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 'kept'],
  ['events', '<', 1, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 'undecided'],
  ['events', '==', 0, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 'undecided'],
  ['events', '==', 0, [0, 0, 1, 0, 0, 0, 0, 0, 0, 0], 'missed'],
  ['amount', '<', 1, [0, 0, 0, 0], 'undecided'],
  ['events', '>=', 0, [0, 0], 'kept'],
  ['share', '<=', 1, [1, 1], 'kept'],
  ['share', '<', 0, [0, 0], 'missed'],
  ['share', '>', 0.999, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], 'undecided'],
  ['share', '>', 0.5, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], 'kept'],
])('%s %s %d of %j: %s', (kind, op, limit, numbers, expected) => {
  expect(verdict(kind, op, limit, ...numbers)).toBe(expected)
})

test('means, extremes and what the seeds say of a change', () => {
  const [[first, second]] = estimatesOf([asked('signed', '<', 4)], [[values(-1, 2, 3), values(0.5, 3.4, 4.6)]])
  // t(0.975; 2) = 4.3027, standard deviation 2.0817.
  expect(first.interval.mean - first.interval.low).toBeCloseTo((4.302_652_7 * 2.081_666) / Math.sqrt(3), 5)
  expect([first.least, first.most, first.verdict, first.difference]).toEqual([-1, 3, 'undecided', null])
  expect(second.difference?.mean).toBeCloseTo(1.5, 12)
  expect(second.difference?.significant).toBe(true)
})

test('runs with nothing to measure are left out, and pair with none', () => {
  const [[some, none]] = estimatesOf([asked('amount', '<', 4)], [[values(1, null, 1.1), values(null, null, null)]])
  expect([some.interval.count, some.interval.mean]).toEqual([2, 1.05])
  expect([none.interval.count, none.difference, none.verdict, none.needed]).toEqual([0, null, 'undecided', Infinity])
})

test('one run decides nothing', () => {
  expect(verdict('events', '<', 1000, 1)).toBe('undecided')
})

test('nine runs never prove that events are rare, ten do; they may prove that they are not', () => {
  const zeros = (runs: number) => estimatesOf([asked('events', '<', 100)], [[values(...Array(runs).fill(0))]])[0][0]
  expect(zeros(9)).toMatchObject({ verdict: 'undecided', needed: 10 })
  expect(zeros(10)).toMatchObject({ verdict: 'kept', needed: null })
  expect(verdict('events', '<', 10, 90, 110, 100)).toBe('missed')
  expect(verdict('events', '>', 10, 90, 110, 100)).toBe('kept')
})

test('a point that is decided alone is undecided among a thousand: verdicts hold together', () => {
  const close = values(9.2, 10.8, 10, 9.5, 10.5, 10)
  const alone = estimatesOf([asked('amount', '<', 11.2)], [[close]])[0][0]
  const among = estimatesOf([asked('amount', '<', 11.2)], [Array.from({ length: 1000 }, () => close)])[0]
  expect(alone.verdict).toBe('kept')
  expect(new Set(among.map((each) => each.verdict))).toEqual(new Set(['undecided']))
  expect(among[0].interval).toEqual(alone.interval)
})

test('points that saw refusals say how they cluster at the point that saw none', () => {
  const refused = (...tops: number[]): Measured[] => tops.map((top) => ({ top, bottom: 500 }))
  const bound = { ...asked('event-share', '<', 0.01) }
  const [[alone]] = estimatesOf([bound], [[refused(0, 0, 0, 0)]])
  const [[, among]] = estimatesOf([bound], [[refused(60, 0, 0, 20), refused(0, 0, 0, 0)]])
  expect(among.interval.high).toBeGreaterThan(3 * alone.interval.high)
})

test('what a figure is: exact, events, a share of events or of time, an amount', () => {
  const kinds = (
    ['pool.capacity', 'orders.completed', 'ecs.refusalRate', 'pool.use', 'ecs.waitP95', 'revenue.gross'] as const
  ).map((name) =>
    kindOf({
      name,
      unit:
        (
          {
            'pool.capacity': 'units',
            'orders.completed': 'count',
            'ecs.waitP95': 'seconds',
            'revenue.gross': 'money',
          } as const
        )[name as 'pool.capacity'] ?? 'share',
    }),
  )
  expect(kinds).toEqual(['exact', 'events', 'event-share', 'share', 'amount', 'signed'])
})

test('a bound on nothing measured is no evidence', () => {
  expect(evidenceOf(runMoments('amount', [], []), { op: '<', value: 1 })).toEqual({ kept: 1, missed: 1 })
})
