/** Arrivals by every process of the engine, buyers who differ, populations that grow and shrink, and the drain (C-06). */
import { expect, test } from 'vitest'
import { DAY, HOUR } from '#base/time.ts'
import { digestOfText, type Simulated, simulated } from './inline-run.ts'

const START = Date.UTC(2024, 2, 3, 16)

/** One shop in one or two regions; `buyers` are the keys of its only segment. */
const shop = (buyers: string, { more = '', regions = 1, count = 4, buy = '' } = {}) => `
name: arrivals
start: 2024-03-04T00:00:00+08:00
duration: 2d
money: ignore
${more}
regions:
${['home', 'away']
  .slice(0, regions)
  .map((id) => `  - { id: ${id}, zones: [{ id: ${id}-1, pools: [{ flavour: s, capacity: 100000 }] }] }`)
  .join('\n')}
sellers: [{ segment: isv }]
catalog:
  - { id: os, kind: image, seller: isv/1, category: tools, specifications: [{ id: metered, billing: pay-per-use }] }
buyers:
  - segment: people
    count: ${count}
    ${buyers}
    buys: [{ product: os, specification: metered, flavour: s, lifetime: 1h ${buy} }]
`

/** Hours after the start at which orders came, with how many came then. */
const hours = ({ rows }: Simulated): Record<number, number> => {
  const counts: Record<number, number> = {}
  for (const { at } of rows<{ at: number }>('SELECT at FROM orders ORDER BY id')) {
    const hour = (at - START) / HOUR
    counts[hour] = (counts[hour] ?? 0) + 1
  }
  return counts
}

const every = (gap: number, count: number, until = 48, from = gap): Record<number, number> =>
  Object.fromEntries(Array.from({ length: Math.ceil((until - from) / gap) }, (_, k) => [from + k * gap, count]))

const surge = 'events: [{ at: 2024-03-05T00:00:00+08:00, demandSurge: { for: 1d, factor: 2 } }]'

test.each<[what: string, text: string, orders: Record<number, number>]>([
  ['gaps of each buyer', shop('load: { renewal: { perBuyer: true, gap: 6h } }'), every(6, 4)],
  ['gaps of the segment', shop('load: { renewal: { perBuyer: false, gap: 6h } }'), every(6, 1)],
  [
    'gaps of the segment, whose buyers live in two cells',
    shop('load: { renewal: { perBuyer: false, gap: 6h } }', { regions: 2 }),
    every(6, 1),
  ],
  [
    'purchases that come together, by buyers of two cells',
    shop('load: { renewal: { perBuyer: false, gap: 6h, batch: 5 } }', { regions: 2 }),
    every(6, 5),
  ],
  [
    'purchases of one buyer that come together',
    shop('load: { renewal: { perBuyer: true, gap: 6h, batch: 3 } }'),
    every(6, 12),
  ],
  [
    'a surge of factor 2 on the second day halves the gaps',
    shop('load: { renewal: { perBuyer: false, gap: 6h } }', { more: surge }),
    { ...every(6, 1, 24), ...every(3, 1, 48, 24) },
  ],
  [
    'a buyer of activity 3 comes three times as often',
    shop('activity: 3\n    load: { renewal: { perBuyer: true, gap: 6h } }', { count: 1 }),
    every(2, 1),
  ],
  ['buyers of activity 0 never come', shop('activity: 0\n    load: { renewal: { perBuyer: true, gap: 6h } }'), {}],
  [
    'the closed model: activity divides the think time; the order lasts a moment',
    shop('activity: 0\n    load: { closed: { thinkTime: 6h } }'),
    {},
  ],
  [
    'buyers who join after 12 h and stay a day',
    shop('joins: 12h\n    stays: 1d\n    load: { renewal: { perBuyer: true, gap: 5h } }'),
    every(5, 4, 36, 17),
  ],
  [
    'visits of a segment whose buyers have not joined, or have left, do not happen',
    shop('joins: 12h\n    stays: 1d\n    load: { renewal: { perBuyer: false, gap: 5h } }'),
    every(5, 1, 36, 15),
  ],
  [
    'a drain of a day begins after the last arrival',
    shop('load: { renewal: { perBuyer: true, gap: 6h } }', { more: 'drain: 1d' }),
    every(6, 4),
  ],
])('C-06: %s', async (_, text, orders) => {
  await simulated(text, (run) => {
    expect(run.outcome.differences).toBe(0)
    expect(hours(run)).toEqual(orders)
  })
})

test('drain: the end is later, and what was begun ends', () =>
  simulated(
    shop('load: { renewal: { perBuyer: true, gap: 23h } }', { more: 'drain: 1d', buy: '' }).replace(
      'lifetime: 1h',
      'lifetime: 20h',
    ),
    ({ ask, outcome }) => {
      expect(outcome.differences).toBe(0)
      expect(ask<string>("SELECT value FROM meta WHERE key = 'end'")).toBe(String(START + 3 * DAY))
      expect(ask('SELECT COUNT(*) FROM orders')).toBe(8)
      expect(ask("SELECT COUNT(*) FROM v_instance_steps WHERE event = 'delete'")).toBe(8)
    },
  ))

test('C-06: joining and leaving are facts', () =>
  simulated(shop('joins: 12h\n    stays: 1d\n    load: { poisson: { total: 3/h } }'), ({ rows }) => {
    expect(
      rows('SELECT move, reason, COUNT(*) AS n, MIN(at) AS at FROM v_buyer_moves GROUP BY move ORDER BY move'),
    ).toEqual([
      { move: 'join', reason: '', n: 4, at: '2024-03-04T04:00:00.000Z' },
      { move: 'leave', reason: '', n: 4, at: '2024-03-05T04:00:00.000Z' },
    ])
  }))

test('C-06, R-08: who has left renews nothing; automatic renewal is disabled at its next attempt', () => {
  const text = shop(
    'stays: 10d\n    load: { renewal: { perBuyer: true, gap: 4d } }\n    habits: { renewing: { auto: 1 } }',
    { count: 2 },
  )
    .replace('duration: 2d', 'duration: 100d')
    .replace('billing: pay-per-use', 'billing: monthly, plans: [{ months: 1 }]')
    .replace('capacity: 100000', 'capacity: 100000, plans: [{ months: 1 }]')
    .replace(', lifetime: 1h', '')
  return simulated(text, ({ outcome, rows, ask }) => {
    expect(outcome.differences).toBe(0)
    expect(rows('SELECT kind, COUNT(*) AS n FROM v_orders GROUP BY kind')).toEqual([{ kind: 'purchase', n: 4 }])
    expect(rows('SELECT event, COUNT(*) AS n FROM v_auto_renewals GROUP BY event ORDER BY event')).toEqual([
      { event: 'disable', n: 4 },
      { event: 'enable', n: 4 },
    ])
    expect(ask("SELECT COUNT(*) FROM v_subscription_steps WHERE event = 'expire'")).toBe(4)
  })
})

/** Phases of a day on average, one of 20 an hour and one of none: 10 an hour in the long run. */
const bursts = 'load: { markov: { perBuyer: true, phases: [{ rate: 20/h, stay: 2h }, { rate: 0/h, stay: 2h }] } }'

test('a Markov-modulated load has its mean rate, and gaps much longer than a Poisson process has', () =>
  simulated(shop(bursts, { count: 6 }), ({ outcome, rows, ask }) => {
    expect(outcome.differences).toBe(0)
    const count = ask('SELECT COUNT(*) FROM orders')
    // Asymptotic index of dispersion: 1 + 2 (20/2)^2 / (10 (1/2 + 1/2)) = 21.
    const [mean, variance] = [6 * 48 * 10, 6 * 48 * 10 * 21]
    expect(Math.abs(count - mean)).toBeLessThan(4.5 * Math.sqrt(variance))
    const gaps = rows<{ gap: number }>(
      'SELECT at - LAG(at) OVER (PARTITION BY account ORDER BY id) AS gap FROM orders',
    ).filter(({ gap }) => gap > HOUR)
    // exp(-10) of the gaps of a Poisson process of 10 an hour are longer than an hour.
    expect(gaps.length).toBeGreaterThan(6)
  }))

test('buyers of one segment differ in rate: activity is a weight where the rate is that of the segment', () =>
  simulated(
    shop('activity: { discrete: { values: [1, 9], weights: [1, 1] } }\n    load: { poisson: { total: 30/h } }', {
      count: 10,
    }),
    ({ outcome, rows, ask }) => {
      expect(outcome.differences).toBe(0)
      const total = ask('SELECT COUNT(*) FROM orders')
      expect(Math.abs(total - 48 * 30)).toBeLessThan(4.5 * Math.sqrt(48 * 30))
      const counts = rows<{ n: number }>('SELECT COUNT(*) AS n FROM orders GROUP BY account ORDER BY n').map(
        ({ n }) => n,
      )
      expect(counts).toHaveLength(10)
      expect(counts[9]).toBeGreaterThan(4 * counts[0])
    },
  ))

test.each([
  [1, 'every larger order lives longer'],
  [-1, 'every larger order lives shorter'],
])('rank correlation %i of quantity and lifetime: %s', (correlation) =>
  simulated(
    shop('load: { poisson: { total: 2/h } }', {
      buy: `, quantity: { uniform: { min: 1, max: 50 } }, correlation: ${correlation}`,
    }).replace('lifetime: 1h', 'lifetime: { uniform: { min: 1h, max: 51h } }'),
    ({ rows }) => {
      const orders = rows<{ quantity: number; life: number }>(
        'SELECT o.quantity / 100000000 AS quantity, MIN(i.lifetime) AS life FROM orders o JOIN instances i ON i.order_id = o.id GROUP BY o.id',
      )
      expect(orders.length).toBeGreaterThan(50)
      for (const { quantity, life } of orders) {
        const expected = correlation === 1 ? quantity : 51 - quantity
        expect(Math.abs(life / HOUR - expected - 0.5)).toBeLessThan(1.1)
      }
    },
  ),
)

test('arrivals have one history on 1 and 2 threads', async () => {
  const text = shop(
    'activity: { gamma: { shape: 2, mean: 1 } }\n    joins: { uniform: { min: 0s, max: 1d } }\n    stays: { exponential: { mean: 1d } }\n' +
      '    load: { renewal: { perBuyer: false, gap: { erlang: { shape: 3, mean: 10min } }, batch: { geometric: { mean: 2 } } } }',
    { regions: 2, count: 40, more: 'drain: 4h' },
  )
  expect(await digestOfText(text, 2)).toBe(await digestOfText(text, 1))
})
