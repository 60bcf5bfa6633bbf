/** E-01, Q-03: use, sold-out time, percentiles and peaks of pools are integrals over time, whatever the clock says. */
import { expect, test } from 'vitest'
import { differences, type PlannedRun, planned } from './planner-run.ts'

const steps = (...each: [at: string, capacity: number][]): string =>
  `[${each.map(([at, capacity]) => `{ from: ${at}:00Z, capacity: ${capacity} }`).join(', ')}]`

const named = ['use', 'useP95', 'capacity', 'peak', 'soldOutMinutes'] as const

/** Values by hand: busy unit-minutes / unit-minutes in force. */
const cases: Record<string, PlannedRun & { readonly want: readonly (number | null)[] }> = {
  'a pool that shrinks within the hour': {
    end: '2024-01-01T00:15',
    capacity: steps(['2024-01-01T00:00', 2], ['2024-01-01T00:10', 1]),
    trace: ['0,180,1,a', '0,60,1,b', '600,240,1,c'],
    want: [8 / 25, 0.32, 2, 2, 5],
  },
  'a pool that grows a minute before the hour': {
    end: '2024-01-01T02:00',
    capacity: '10',
    events: 'events: [{ at: 2024-01-01T01:59:00Z, capacityChange: { zone: z, flavour: f, capacity: 100 } }]',
    trace: ['0,36000,10,a'],
    want: [1200 / 1290, 1, 100, 10, 119],
  },
  'a pool that is closed within the hour': {
    end: '2024-01-01T02:00',
    capacity: steps(['2024-01-01T00:00', 10], ['2024-01-01T00:30', 0]),
    trace: ['0,1800,10,a'],
    want: [1, 1, 10, 10, 120],
  },
  'a pool that is never open': {
    end: '2024-01-01T02:00',
    capacity: '0',
    trace: ['0,1800,1,a'],
    want: [null, null, 0, 0, 120],
  },
  'a server that ends at the full hour is no part of the next': {
    end: '2024-01-01T02:00',
    capacity: steps(['2024-01-01T00:00', 2], ['2024-01-01T01:00', 1]),
    trace: ['0,3600,2,a'],
    want: [2 / 3, 1, 2, 2, 60],
  },
  // Clock hours begin at 00:15, 01:15, … UTC: the run has half of its first and half of its last, used alike.
  'half a clock hour at each end, at +05:45': {
    start: '2024-01-01T00:45',
    end: '2024-01-01T01:45',
    utcOffset: '+05:45',
    capacity: '2',
    trace: ['0,900,2,a', '1800,900,2,b'],
    want: [0.5, 0.5, 2, 2, 30],
  },
  // 00:45-01:15 wholly used, 01:15-02:15 half, 02:15-02:30 not at all: the half hour is more than 5 % of the time.
  'partial hours count by their length, at +05:45': {
    start: '2024-01-01T00:45',
    end: '2024-01-01T02:30',
    utcOffset: '+05:45',
    capacity: '1',
    trace: ['0,3600,1,a'],
    want: [60 / 105, 1, 1, 1, 60],
  },
  'a month that ends within the run, at -03:30': {
    start: '2024-01-31T23:10',
    end: '2024-02-01T04:10',
    utcOffset: '-03:30',
    capacity: steps(['2024-01-31T00:00', 1], ['2024-02-01T03:50', 3]),
    trace: ['0,18000,1,a'],
    want: [300 / 340, 1, 3, 1, 280],
  },
}

test.each(Object.entries(cases))('%s', async (_, { want, ...run }) => {
  await planned(run, (made) => {
    expect(named.map((name) => made.figure(`pool.${name}`))).toEqual(
      want.map((value) => (value === null ? null : expect.closeTo(value, 9))),
    )
    expect(differences(made)).toBe(0)
  })
})

test('no row of pool hours peaks without use', async () => {
  await planned({ end: '2024-01-01T06:00', capacity: '3', trace: ['0,3600,3,a', '7200,3600,1,b'] }, ({ rows }) => {
    expect(rows('SELECT count(*) AS n FROM pool_hours WHERE (peak > 0) <> (held_ms > 0)')).toEqual([{ n: 0n }])
  })
})
