/** Load shapes: how many come when, counted against the rate that the scenario writes. */
import { expect, test } from 'vitest'
import { digestOfText, type Simulated, simulated } from './inline-run.ts'

const HOUR = 3_600_000
const START = Date.parse('2024-03-04T00:00:00+08:00')

/** Visitors without a payment method: each visit is one refusal, and nothing else happens. */
const visits = (load: string, more: { count?: number; duration?: string; events?: string } = {}) => `
name: visits
question: How many come when?
start: 2024-03-04T00:00:00+08:00
duration: ${more.duration ?? '2d'}
regions:
  - { id: north, zones: [{ id: n1, pools: [{ flavour: s, capacity: 1, hourly: 1 }] }] }
  - { id: south, zones: [{ id: s1, pools: [{ flavour: s, capacity: 1, hourly: 1 }] }] }
sellers: [{ segment: isv, regions: { north: 1 }, provisioning: 30min }]
catalog:
  - id: crm
    kind: saas
    seller: isv/1
    category: office
    specifications: [{ id: seat, billing: monthly, plans: [{ months: 1, price: { model: linear, unit: 1 } }] }]
buyers:
  - segment: people
    count: ${more.count ?? 50}
    regions: { north: 19, south: 6 }
    wallet: { paymentMethod: 0 }
    load: ${load}
    buys: [{ product: crm, specification: seat }]
${more.events ?? ''}
`

/** Visits in [from, to) hours of the run. */
const counted =
  ({ ask }: Simulated) =>
  (from: number, to: number, where = ''): number =>
    ask(`SELECT COUNT(*) FROM refusals WHERE at >= ${START + from * HOUR} AND at < ${START + to * HOUR} ${where}`)

/** A Poisson count is within 4.5 standard deviations of its mean, but for one seed in 150,000. */
function expectPoisson(count: number, mean: number): void {
  expect(Math.abs(count - mean), `${count} came, and ${mean} were to be expected`).toBeLessThan(4.5 * Math.sqrt(mean))
}

test('poisson, total: the rate is that of the segment, divided over regions by the homes of its buyers', () =>
  simulated(visits('{ poisson: { total: 600/h } }'), (run) => {
    const count = counted(run)
    expectPoisson(count(0, 48), 48 * 600)
    const inNorth = run.ask('SELECT COUNT(*) FROM v_refusals v JOIN accounts a ON a.id = v.account WHERE region_id = 1')
    expectPoisson(inNorth, 48 * 600 * 0.76)
    expect(run.ask('SELECT COUNT(DISTINCT account) FROM v_refusals')).toBe(50)
  }))

test('poisson, perBuyer: the rate is each buyer`s', () =>
  simulated(visits('{ poisson: { perBuyer: 12/h } }'), (run) => {
    expectPoisson(counted(run)(0, 48), 48 * 12 * 50)
    for (const { n } of run.rows<{ n: number }>('SELECT COUNT(*) AS n FROM v_refusals GROUP BY account'))
      expectPoisson(n, 48 * 12)
  }))

test('stages: the rate moves evenly through each step, and the last one stays', () =>
  simulated(
    visits(
      '{ stages: { perBuyer: false, steps: [{ to: 1200/h, over: 12h }, { to: 1200/h, over: 6h }, { to: 300/h, over: 0s }] } }',
    ),
    (run) => {
      const count = counted(run)
      expectPoisson(count(0, 6), 0.5 * 6 * 600)
      expectPoisson(count(6, 12), 6 * 900)
      expectPoisson(count(12, 18), 6 * 1200)
      expectPoisson(count(18, 48), 30 * 300)
    },
  ))

test('profile: weights of the hours of the day in civil time, of mean 1', () =>
  simulated(
    visits(
      `{ profile: { total: 200/h, day: [${Array.from({ length: 24 }, (_, h) => (h < 8 ? 0 : h < 20 ? 2 : 1))}] } }`,
    ),
    (run) => {
      const count = counted(run)
      const mean = (12 * 2 + 4) / 24
      for (const day of [0, 24]) {
        expect(count(day, day + 8)).toBe(0)
        expectPoisson(count(day + 8, day + 20), (12 * 200 * 2) / mean)
        expectPoisson(count(day + 20, day + 24), (4 * 200) / mean)
      }
    },
  ))

test('profile: weights of the hours of the week begin on Monday 00:00', () => {
  const week = Array.from({ length: 168 }, (_, h) => (h < 5 * 24 ? 1 : 0))
  return simulated(visits(`{ profile: { total: 100/h, week: [${week}] } }`, { duration: '2w' }), (run) => {
    const count = counted(run)
    for (const monday of [0, 168]) {
      expectPoisson(count(monday, monday + 120), 100 * 168)
      expect(count(monday + 120, monday + 168)).toBe(0)
    }
  })
})

test('spike: the peak holds from its instant for its length, the base before and after', () =>
  simulated(
    visits('{ spike: { perBuyer: false, base: 60/h, peak: 3000/h, at: 2024-03-05T00:00:00+08:00, for: 90min } }'),
    (run) => {
      const count = counted(run)
      expectPoisson(count(0, 24), 24 * 60)
      expectPoisson(count(24, 25.5), 1.5 * 3000)
      expectPoisson(count(25.5, 48), 22.5 * 60)
    },
  ))

test('spike: one that began before the run has only its rest', () =>
  simulated(
    visits('{ spike: { perBuyer: false, base: 60/h, peak: 3000/h, at: 2024-03-03T23:00:00+08:00, for: 2h } }'),
    (run) => {
      const count = counted(run)
      expectPoisson(count(0, 1), 3000)
      expectPoisson(count(1, 48), 47 * 60)
    },
  ))

test('demandSurge multiplies the rate while it lasts, and surges that overlap multiply each other', () =>
  simulated(
    visits('{ poisson: { total: 200/h } }', {
      events: `events:
  - { at: 2024-03-04T06:00:00+08:00, demandSurge: { for: 12h, factor: 3 } }
  - { at: 2024-03-04T12:00:00+08:00, demandSurge: { segment: people, for: 12h, factor: 2 } }
  - { at: 2024-03-05T00:00:00+08:00, demandSurge: { for: 6h, factor: 0 } }`,
    }),
    (run) => {
      const count = counted(run)
      expectPoisson(count(0, 6), 6 * 200)
      expectPoisson(count(6, 12), 6 * 600)
      expectPoisson(count(12, 18), 6 * 1200)
      expectPoisson(count(18, 24), 6 * 400)
      expect(count(24, 30)).toBe(0)
      expectPoisson(count(30, 48), 18 * 200)
    },
  ))

test('closed: who is refused thinks and comes again', () =>
  simulated(visits('{ closed: { thinkTime: 45min } }'), (run) => {
    expect(counted(run)(0, 48)).toBe(50 * 63)
    expect(run.rows('SELECT at, COUNT(*) AS n FROM refusals GROUP BY at').length).toBe(63)
  }))

test('closed: a surge shortens thinking; with a factor of 0 all buyers wait', () =>
  simulated(
    visits('{ closed: { thinkTime: 1h } }', {
      events: `events:
  - { at: 2024-03-04T06:00:00+08:00, demandSurge: { for: 6h, factor: 2 } }
  - { at: 2024-03-04T12:00:00+08:00, demandSurge: { for: 6h, factor: 0 } }`,
    }),
    (run) => {
      const count = counted(run)
      expect(count(0, 6)).toBe(5 * 50)
      // The visit at 06:00 is the last of an hour's thinking.
      expect(count(6, 12)).toBe(12 * 50)
      // The visit at 12:00 was thought of before; the next one comes an hour after the lull.
      expect(count(12, 18)).toBe(50)
      expect(count(18, 48)).toBe(29 * 50)
    },
  ))

/** All buyers live in the seller's region, so that no message delays a purchase. */
const closedShop = (thinkTime: string) =>
  visits(`{ closed: { thinkTime: ${thinkTime} } }`, { count: 20 })
    .replace('paymentMethod: 0', 'opening: 5000')
    .replace('{ north: 19, south: 6 }', '{ north: 1 }')

test('closed: the next purchase comes a think time after the last one is completed, and never two at a time', () =>
  simulated(closedShop('90min'), ({ outcome, ask, rows }) => {
    expect(outcome.differences).toBe(0)
    // 90 minutes of thinking and 30 of provisioning.
    expect(ask('SELECT COUNT(*) FROM orders')).toBe(20 * 24)
    const gaps = rows<{ gap: number }>(`
      SELECT DISTINCT next.at - done.at AS gap FROM (
        SELECT account, at, ROW_NUMBER() OVER (PARTITION BY account ORDER BY at) AS n FROM orders) next
      JOIN (SELECT o.account, s.at, ROW_NUMBER() OVER (PARTITION BY o.account ORDER BY s.at) AS n
        FROM order_states s JOIN orders o ON o.id = s.order_id WHERE s.state = 'completed') done
      ON done.account = next.account AND done.n = next.n - 1`)
    expect(gaps).toEqual([{ gap: 1.5 * HOUR }])
  }))

test('closed: throughput is buyers / (mean think time + mean response time)', () =>
  simulated(closedShop('{ exponential: { mean: 30min } }'), ({ ask }) => {
    const mean = 20 * 48
    // The interactive response time law; a cycle has a coefficient of variation of one half.
    expect(Math.abs(ask('SELECT COUNT(*) FROM orders') - mean)).toBeLessThan(4.5 * 0.5 * Math.sqrt(mean))
  }))

test('closed loops and surges have one history on 1 and 2 threads', async () => {
  const text = closedShop('{ exponential: { mean: 30min } }')
  expect(await digestOfText(text, 2)).toBe(await digestOfText(text, 1))
})
