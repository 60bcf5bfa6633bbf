/** Buyers who react: to refusals, outages, prices and to each other; nothing unless the scenario says so. */
import { expect, test } from 'vitest'
import { HOUR } from '#base/time.ts'
import { purchasesAt } from '#sim/people/price-response.ts'
import { withMarket } from '../market/payment-world.ts'
import { digestOfText, type Simulated, simulated } from './inline-run.ts'

const START = Date.UTC(2024, 2, 3, 16)

interface Shop {
  readonly habits?: string
  readonly events?: string
  readonly capacity?: number
  readonly count?: number
  readonly lifetime?: string
  readonly gap?: string
  readonly zones?: string
  /** Patience of the pool, whose orders then wait. */
  readonly patience?: string
}

/** One image on one pool: each buyer comes after `gap`, and again. */
const shop = ({
  habits = '{}',
  events = '[]',
  capacity = 1000,
  count = 1,
  lifetime = '100d',
  gap = '6h',
  zones = '',
  patience = '',
}: Shop) => `
name: reactions
start: 2024-03-04T00:00:00+08:00
duration: 2d
policies: { pool.whenFull: ${patience === '' ? 'refuse' : 'queue'} }
regions:
  - { id: home, zones: [{ id: z, pools: [{ flavour: s, capacity: ${capacity}, hourly: 1, provisioning: 1s${patience === '' ? '' : `, patience: ${patience}`} }] }${zones}] }
sellers: [{ segment: isv }]
catalog:
  - { id: os, kind: image, seller: isv/1, category: tools, specifications: [{ id: metered, billing: pay-per-use, hourly: 1 }] }
buyers:
  - segment: people
    count: ${count}
    wallet: { opening: 1000000 }
    load: { renewal: { perBuyer: true, gap: ${gap} } }
    buys: [{ product: os, specification: metered, flavour: s, lifetime: ${lifetime} }]
    habits: ${habits}
events: ${events}
`

const hour = (at: number) => Math.round(((at - START) / HOUR) * 1000) / 1000

const moves = ({ rows }: Simulated) =>
  rows<{ at: number; move: string; reason: string }>(
    'SELECT m.at, v.word AS move, w.word AS reason FROM buyer_moves m JOIN words v ON v.id = m.move JOIN words w ON w.id = m.reason ORDER BY m.at',
  ).map(({ at, move, reason }) => [hour(at), move, reason])

const orders = ({ rows }: Simulated) =>
  rows<{ at: number; channel: string }>(
    'SELECT o.at, w.word AS channel FROM orders o JOIN words w ON w.id = o.channel ORDER BY o.id',
  ).map(({ at, channel }) => [hour(at), channel])

test.each<[what: string, shop: Shop, moves: unknown[], orders: unknown[]]>([
  ['nothing is the default', { capacity: 1, gap: '20h' }, [], [[20, 'search']]],
  [
    'retry: a purchase that was refused is tried again, at most so often',
    { capacity: 0, gap: '40h', habits: '{ retry: { probability: 1, after: 2h, times: 3 } }' },
    [
      [42, 'retry', 'capacity-sold-out'],
      [44, 'retry', 'capacity-sold-out'],
      [46, 'retry', 'capacity-sold-out'],
    ],
    [],
  ],
  [
    'retry: it succeeds as soon as there is room',
    { capacity: 1, gap: '20h', lifetime: '23h', habits: '{ retry: { probability: 1, after: 4h, times: 3 } }' },
    [[44, 'retry', 'capacity-sold-out']],
    [
      [20, 'search'],
      [44, 'retry'],
    ],
  ],
  [
    'retry: an order that waited in vain is tried again, and waits again (E-02)',
    { capacity: 1, gap: '20h', patience: '2h', habits: '{ retry: { probability: 1, after: 1h, times: 1 } }' },
    [[43, 'retry', 'patience-exhausted']],
    [
      [20, 'search'],
      [40, 'search'],
      [43, 'retry'],
    ],
  ],
  [
    'retry: an order that waited with success is not tried again',
    { capacity: 1, gap: '20h', lifetime: '21h', patience: '2h', habits: '{ retry: { probability: 1, after: 1h } }' },
    [],
    [
      [20, 'search'],
      [40, 'search'],
    ],
  ],
  [
    'churn: a buyer whose patience is exhausted leaves',
    { capacity: 1, gap: '20h', patience: '2h', habits: '{ churn: { refusal: 1 } }' },
    [[42, 'leave', 'patience-exhausted']],
    [
      [20, 'search'],
      [40, 'search'],
    ],
  ],
  [
    'churn: a buyer who is refused leaves, and never comes again',
    { capacity: 0, gap: '6h', habits: '{ churn: { refusal: 1 }, retry: { probability: 1 } }' },
    [[6, 'leave', 'capacity-sold-out']],
    [],
  ],
  [
    'churn: a buyer who loses a server leaves',
    {
      gap: '10h',
      habits: '{ churn: { outage: 1 } }',
      events: '[{ at: 2024-03-04T15:00:00+08:00, outage: { zone: z, for: 1h } }]',
    },
    [[15, 'leave', 'outage']],
    [[10, 'search']],
  ],
  [
    'coming back: a server that was lost is ordered again after the outage',
    {
      gap: '20h',
      habits: '{ comeBack: { probability: 1, after: 30min } }',
      events: '[{ at: 2024-03-05T02:00:00+08:00, outage: { zone: z, for: 3h } }]',
    },
    [[29.5, 'return', 'outage']],
    [
      [20, 'search'],
      [29.5, 'return'],
      [40, 'search'],
    ],
  ],
  [
    'elasticity -20: no purchase while the price is twice that at the start',
    {
      gap: '1h',
      lifetime: '10min',
      habits: '{ elasticity: -20 }',
      events:
        '[{ at: 2024-03-04T03:30:00+08:00, serverPriceChange: { zone: z, flavour: s, hourly: 3 } }, { at: 2024-03-04T06:30:00+08:00, serverPriceChange: { zone: z, flavour: s, hourly: 1 } }]',
    },
    [4, 5, 6].map((at) => [at, 'forgo', '']),
    [1, 2, 3, ...Array.from({ length: 41 }, (_, index) => 7 + index)].map((at) => [at, 'search']),
  ],
])('%s', (_, given, expectedMoves, expectedOrders) =>
  simulated(shop(given), (run) => {
    expect(run.outcome.differences).toBe(0)
    expect(moves(run)).toEqual(expectedMoves)
    expect(orders(run)).toEqual(expectedOrders)
  }),
)

test('a server that comes back lives for the rest of the life that it lost', () =>
  simulated(
    shop({
      gap: '20h',
      lifetime: '10h',
      habits: '{ comeBack: { probability: 1, after: 30min } }',
      events: '[{ at: 2024-03-05T02:00:00+08:00, outage: { zone: z, for: 3h } }]',
    }),
    ({ rows, outcome }) => {
      expect(outcome.differences).toBe(0)
      const lives = rows<{ lifetime: number }>('SELECT lifetime FROM instances ORDER BY id').map(
        (each) => each.lifetime / HOUR,
      )
      expect(lives.map((life) => Math.round(life * 100) / 100)).toEqual([10, 4, 10])
    },
  ))

test('word of mouth: on average one more visit for each completed purchase, times its probability', () =>
  simulated(
    shop({
      count: 40,
      gap: '{ exponential: { mean: 8h } }',
      lifetime: '1h',
      habits: '{ recommend: { probability: 0.5, after: 1min } }',
    }),
    ({ outcome, ask }) => {
      expect(outcome.differences).toBe(0)
      const [all, byWord] = [
        ask('SELECT COUNT(*) FROM orders'),
        ask("SELECT COUNT(*) FROM v_orders WHERE channel = 'recommendation'"),
      ]
      expect(byWord).toBe(ask("SELECT COUNT(*) FROM v_buyer_moves WHERE move = 'recommend'"))
      expect(Math.abs(byWord - all * 0.5)).toBeLessThan(4.5 * Math.sqrt(all * 0.25) + 2)
    },
  ))

/** Draws these numbers. */
const scripted = (...numbers: number[]) => ({ path: '', next: () => numbers.shift() as number, below: () => 0 })

test.each([
  [1, -2, 0.99, 1],
  [2, -1, 0.49, 0],
  [2, -1, 0.51, 1],
  [0.5, -1, 0, 2],
  [0.5, -1, 0.99, 2],
  [0.8, -1.5, 0.5, 1],
  [0.8, -1.5, 0.7, 2],
  [1e-9, -20, 0, 1000],
])('a price of %f times, at elasticity %f and the draw %f: %i purchases', (ratio, elasticity, draw, count) => {
  expect(purchasesAt(ratio, elasticity, scripted(draw))).toBe(count)
})

test('turning a habit on moves no draw of another one', async () => {
  const noisy: Shop = { count: 30, gap: '{ exponential: { mean: 5h } }', lifetime: '{ exponential: { mean: 3h } }' }
  const calm = await digestOfText(shop(noisy), 1)
  // There is room for all, no outage and no other price.
  const habits =
    '{ retry: { probability: 1 }, churn: { refusal: 1, outage: 1 }, comeBack: { probability: 1 }, elasticity: -2 }'
  expect(await digestOfText(shop({ ...noisy, habits }), 1)).toBe(calm)
})

test.each([
  [0, 1],
  [-20, 0],
])(
  'R-08: with an elasticity of %d, automatic renewals at twice the price of the start: %d of 1 made',
  async (elasticity, made) => {
    const catalog = `
  - { id: app, kind: saas, seller: isv/1, category: c, specifications: [{ id: s, billing: monthly, plans: [{ months: 1, price: "10" }] }] }`
    const buyers = `wallet: { opening: 1000 }, load: { renewal: { perBuyer: true, gap: 2d } }, buys: [{ product: app, specification: s }],
    habits: { elasticity: ${elasticity}, renewing: { auto: 1 } }`
    const events =
      '[{ at: 2024-03-10T00:00:00+08:00, priceChange: { product: app, specification: s, plans: [{ months: 1, price: "20" }] } }]'
    await withMarket({ catalog, buyers, events }, ({ ask }) => {
      const due = ask(
        `SELECT COUNT(*) FROM v_subscription_steps WHERE event = 'begin' AND term_end < '2024-04-10'`,
      ) as number
      expect(due).toBeGreaterThan(5)
      expect(ask("SELECT COUNT(*) FROM v_orders WHERE kind = 'renewal'")).toBeGreaterThanOrEqual(made * due)
      if (made === 0) {
        expect(ask("SELECT COUNT(*) FROM v_orders WHERE kind = 'renewal'")).toBe(0)
        expect(ask("SELECT COUNT(*) FROM v_auto_renewals WHERE event = 'disable'")).toBe(
          ask("SELECT COUNT(*) FROM v_buyer_moves WHERE move = 'forgo' AND reason = 'renewal'"),
        )
      }
    })
  },
)
