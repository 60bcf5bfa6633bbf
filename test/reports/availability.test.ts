/** Availability: unit-time running over unit-time bought, and what of the rest was lost to what (A-03, E-01, E-02). */
import { expect, test } from 'vitest'
import { differences, type PlannedRun, planned } from './planner-run.ts'

const parts = ['availability', 'lostToArrears', 'lostToOutages', 'lostToFreezes', 'stoppedByOwners'] as const
const HOUR = 3600

const outage = (at: string, minutes: number): string =>
  `events: [{ at: ${at}:00Z, outage: { zone: z, for: ${minutes}min, breaks: 1 } }]`

/** Shares of the time bought: running, then lost to arrears, outages, freezes, and stopped by owners. */
const cases: Record<string, PlannedRun & { readonly want: readonly number[] }> = {
  'a server bought for 2 h breaks after 1 h': {
    end: '2024-01-03T00:00',
    capacity: '1',
    events: outage('2024-01-01T01:00', 30),
    trace: [`0,${2 * HOUR},1,a`],
    want: [1 / 2, 0, 1 / 2, 0, 0],
  },
  'a server without an end breaks half an hour before the run ends': {
    end: '2024-01-01T02:00',
    capacity: '2',
    events: outage('2024-01-01T01:30', 30),
    trace: [`0,${100 * HOUR},1,a`, `0,${HOUR},1,b`],
    want: [5 / 6, 0, 1 / 6, 0, 0],
  },
  'an outage after the planned end of a server takes nothing from it': {
    end: '2024-01-01T04:00',
    capacity: '2',
    events: outage('2024-01-01T02:00', 30),
    trace: [`0,${HOUR},1,a`],
    want: [1, 0, 0, 0, 0],
  },
  // 1 h is paid for; 2 days of grace, 3 of retention: frozen on day 2, deleted on day 5, wanted for 10 days.
  'an account that never pays: frozen, then deleted': {
    end: '2024-01-20T00:00',
    capacity: '1',
    policies: 'grace.days: 2, retention.days: 3, settlement.lag: 0s',
    wallet: '1',
    trace: [`0,${240 * HOUR},1,a`],
    want: [49 / 240, 191 / 240, 0, 0, 0],
  },
  'an owner stops its server every day for a night': {
    end: '2024-01-04T00:00',
    capacity: '1',
    more: 'habits: { stopStart: { probability: 1, after: 16h, pause: 8h, repeat: true } }',
    trace: [`0,${1000 * HOUR},1,a`],
    want: [2 / 3, 0, 0, 0, 1 / 3],
  },
}

test.each(Object.entries(cases))('%s', async (_, { want, ...run }) => {
  await planned(run, (made) => {
    expect(parts.map((name) => made.figure(`ecs.${name}`))).toEqual(want.map((share) => expect.closeTo(share, 9)))
    expect(differences(made)).toBe(0)
  })
})

test('a restart of a stopped server is a request, admitted or refused', async () => {
  const run: PlannedRun = {
    end: '2024-01-02T00:00',
    capacity: '1',
    more: 'habits: { stopStart: { probability: 1, after: 1h, pause: 2h, repeat: false } }',
    // While a rests from 1:00 to 3:00, b takes its unit until 3:20: a is refused at 3:00 and starts at 4:00.
    trace: [`0,${12 * HOUR},1,a`, `${2.5 * HOUR},${50 * 60},1,b`],
  }
  await planned(run, (made) => {
    expect(['created', 'requests', 'refused'].map((name) => made.figure(`ecs.${name}`))).toEqual([2, 4, 1])
    expect(made.figure('ecs.refusalRate', { pool: 'z/f' })).toBe(1 / 4)
    expect(made.figure('ecs.stoppedByOwners')).toBeCloseTo(3 / (12 + 5 / 6), 12)
  })
})

test('orders that still wait at the end count in every figure of waits, and as requests', async () => {
  const run: PlannedRun = {
    end: '2024-01-10T00:00',
    capacity: '10',
    policies: 'pool.whenFull: queue, queue.discipline: fifo',
    trace: [`0,${1000 * HOUR},9,a`, `0,${HOUR},4,b`, `0,${HOUR},1,c`, `86400,${HOUR},1,d`],
  }
  await planned(run, ({ figure }) => {
    expect(['requests', 'refused', 'waited', 'waiting'].map((name) => figure(`ecs.${name}`))).toEqual([4, 0, 3, 3])
    expect(figure('ecs.waitP50')).toBe(9 * 86_400)
    expect(figure('ecs.waited', { outcome: 'waiting' })).toBe(3)
  })
  await planned({ ...run, policies: 'pool.whenFull: queue' }, ({ figure }) => {
    expect(['requests', 'refused', 'waited', 'waiting'].map((name) => figure(`ecs.${name}`))).toEqual([4, 0, 1, 1])
  })
})

test('an order too large for any capacity planned is refused as such when the pool shrinks', async () => {
  const run: PlannedRun = {
    end: '2024-01-10T00:00',
    capacity: '[{ from: 2024-01-01T00:00:00Z, capacity: 20 }, { from: 2024-01-01T06:00:00Z, capacity: 10 }]',
    policies: 'pool.whenFull: queue',
    trace: ['0,36000,20,a', '1,3600,20,b', '2,3600,1,c', '86400,3600,1,d'],
  }
  await planned(run, (made) => {
    expect(made.rows('SELECT code, order_id, quantity FROM v_refusals')).toEqual([
      { code: 'never-fits', order_id: 2n, quantity: 20n },
    ])
    expect(['requests', 'refused', 'waiting'].map((name) => made.figure(`ecs.${name}`))).toEqual([4, 1, 0])
    expect(differences(made)).toBe(0)
  })
})
