/** `measureFrom`: figures count from there, the books cover the whole run. */
import { expect, test } from 'vitest'
import { differences, type PlannedRun, planned } from './planner-run.ts'

const HOUR = 3600
const figures = {
  'orders.placed': 1,
  'orders.refused': 1,
  'ecs.requests': 2,
  'ecs.refused': 1,
  'ecs.refusalRate': 1 / 2,
  'ecs.created': 2,
  'ecs.deleted': 2,
  'ecs.meteredSeconds': 2 * HOUR,
  'ecs.availability': 1,
  'pool.use': 0.5,
  'pool.useP95': 1,
  'pool.peak': 2,
  'pool.capacity': 2,
  'pool.soldOutMinutes': 60,
  'revenue.gross': '2.02',
  'bills.count': 0,
  // Balances are those of the books: 1 for each hour of a server, from the start.
  'ledger.cloudResourceRevenue': '9.00',
} as const

const run: PlannedRun = {
  end: '2024-01-01T05:00',
  // Three in the first two hours, of which nothing counts.
  capacity: '[{ from: 2024-01-01T00:00:00Z, capacity: 3 }, { from: 2024-01-01T02:00:00Z, capacity: 2 }]',
  policies: 'settlement.lag: 0s, image.granularity: second',
  trace: [
    `0,${2 * HOUR},3,a`,
    `60,${HOUR},1,b`,
    `${2 * HOUR},1800,2,c`,
    `${2.25 * HOUR},1800,2,c`,
    `${3 * HOUR},${HOUR},2,d`,
    `${3.5 * HOUR},${HOUR},1,e`,
  ],
}

test.each([
  ['within a clock hour', 'measureFrom: 2h30min'],
  ['at a clock hour', 'measureFrom: 2024-01-01T03:00:00Z'],
])('figures count from an instant %s', async (_, measureFrom) => {
  await planned({ ...run, top: measureFrom }, (made) => {
    for (const [name, value] of Object.entries(figures)) expect([name, made.figure(name)]).toEqual([name, value])
    expect(differences(made)).toBe(0)
  })
})

test('measured from the start, everything counts', async () => {
  await planned(run, ({ figure }) => {
    expect(['orders.placed', 'ecs.requests', 'pool.peak'].map((name) => figure(name))).toEqual([3, 6, 3])
  })
})
