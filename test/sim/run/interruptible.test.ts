/** E-11: interruptible servers against histories worked by hand: who gets notice, when, what is charged, and what owners do. */
import { expect, test } from 'vitest'
import { digestOfText, simulated } from './inline-run.ts'

interface Parts {
  readonly terms?: string
  readonly habit?: string
  readonly policies?: string
  readonly hours?: number
  readonly more?: string
  readonly capacity?: number
  readonly events?: string
  readonly full?: string
}

/** Two buyers of interruptible servers come at 00:10; one at the full price at 01:00, and an hour after each server. */
const market = ({
  terms = 'percentOff: 70, notice: 10min',
  habit = 'give-up',
  policies = '',
  hours = 4,
  more = '',
  capacity = 2,
  events = '[]',
  full = 'closed: { thinkTime: 1h }',
}: Parts) => `
name: spot
question: Which servers are taken back?
start: 2024-01-01T00:00:00+08:00
duration: ${hours}h
seed: 7
policies: { ${policies} }
regions: [{ id: r, zones: [{ id: z, pools: [{ flavour: f, capacity: ${capacity}, hourly: "1", interruptible: { ${terms} } }] }] }]
sellers: [{ segment: isv }]
catalog: [{ id: A, kind: image, seller: isv/1, category: c, specifications: [{ id: s, billing: pay-per-use, hourly: "0" }] }]
buyers:
  - segment: spot
    count: 2
    interruptible: true
    wallet: { opening: 1000 }
    load: { closed: { thinkTime: 10min } }
    buys: [{ product: A, specification: s, flavour: f, lifetime: 5h }]
    habits: { interrupted: { ${habit}: 1 } }
  - segment: full
    count: 1
    wallet: { opening: 1000 }
    load: { ${full} }
    buys: [{ product: A, specification: s, flavour: f, lifetime: 1h }]
${more}
events: ${events}
`

const START = Date.parse('2024-01-01T00:00:00+08:00')
const clock = (at: number): string => {
  const minutes = Math.round((at - START) / 60_000)
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

interface History {
  /** `segment server event time`, in order. */
  readonly steps: readonly string[]
  /** What hours came to, by segment and server. */
  readonly charged: Readonly<Record<string, number>>
  readonly interruptions: readonly string[]
  /** Of the buyer at the full price. */
  readonly refusals: readonly string[]
  readonly differences: number
}

const history = (text: string): Promise<History> =>
  simulated(text, ({ outcome, rows }) => ({
    steps: rows<{ segment: string; id: number; event: string; at: number }>(
      `SELECT a.segment, i.id, w.word AS event, s.at FROM instance_steps s JOIN words w ON w.id = s.event
        JOIN instances i ON i.id = s.instance_id JOIN accounts a ON a.id = i.account WHERE w.word <> 'begin' ORDER BY s.rowid`,
    ).map(({ segment, id, event, at }) => `${segment} ${id} ${event} ${clock(at)}`),
    charged: Object.fromEntries(
      rows<{ key: string; amount: number }>(
        `SELECT a.segment || ' ' || i.id AS key, sum(u.amount * u.hours) AS amount FROM usage_spans u JOIN words w ON w.id = u.item AND w.word = 'ecs'
          JOIN instances i ON i.id = u.instance_id JOIN accounts a ON a.id = i.account GROUP BY 1`,
      ).map(({ key, amount }) => [key, amount]),
    ),
    interruptions: rows<{ event: string; id: number; at: number }>(
      `SELECT w.word AS event, n.instance_id AS id, n.at FROM interruptions n JOIN words w ON w.id = n.event ORDER BY n.rowid`,
    ).map(({ event, id, at }) => `${event} ${id} ${clock(at)}`),
    refusals: rows<{ code: string; at: number }>(
      `SELECT w.word AS code, f.at FROM refusals f JOIN words w ON w.id = f.code
        JOIN accounts a ON a.id = f.account WHERE a.segment = 'full' ORDER BY f.rowid`,
    ).map(({ code, at }) => `${code} ${clock(at)}`),
    differences: outcome.differences,
  }))

/** 1e-8 of so many minutes at a price an hour, each hour charged by itself. */
const charge = (hourly: number, ...minutes: number[]): number =>
  minutes.reduce((sum, each) => sum + Math.floor((hourly * 1e8 * each) / 60), 0)

test('E-11: the youngest gets notice, runs until it ends, and continues when the full-price server is gone', async () => {
  const { steps, charged, interruptions, refusals, differences } = await history(market({ habit: 'resume', hours: 3 }))
  expect(differences).toBe(0)
  expect(steps).toEqual([
    'spot 1 launch 00:10',
    'spot 2 launch 00:10',
    'spot 2 interrupt 01:10',
    'full 3 launch 01:10',
    'full 3 delete 02:10',
    'spot 2 recover 02:10',
    // An hour after the launch of its first server, the buyer wants another.
    'spot 2 interrupt 02:20',
    'full 4 launch 02:20',
  ])
  expect(interruptions).toEqual(['notice 2 01:00', 'interrupt 2 01:10', 'notice 2 02:10', 'interrupt 2 02:20'])
  expect(refusals).toEqual([])
  // 0.30 an hour by the second while it ran, nothing while it was interrupted (U-01).
  expect(charged).toEqual({
    'spot 1': charge(0.3, 50, 60, 60),
    'spot 2': charge(0.3, 50, 10, 10),
    'full 3': charge(1, 50, 10),
    'full 4': charge(1, 40),
  })
})

test.each([
  ['customised', '01:10'],
  ['quick', '01:10'],
  ['customised', '03:10'],
])('E-11, E-02: room is made for yearly/monthly servers too: %s ones run at %s', async (provisioning, at) => {
  const isLate = at === '03:10'
  const text = market({ hours: isLate ? 4 : 3, full: 'closed: { thinkTime: 1h }' })
    .replace('hourly: "1",', 'hourly: "1", plans: [{ months: 1, price: "40" }],')
    .replace('hourly: "0" }', 'hourly: "0" }, { id: m, billing: monthly, plans: [{ months: 1, price: "5" }] }')
    .replace('lifetime: 1h }]', `provisioning: ${provisioning}, months: 1 }]`)
    .replace(
      '{ product: A, specification: s, flavour: f, provisioning',
      '{ product: A, specification: m, flavour: f, provisioning',
    )
    // Two hours pass before the order is paid.
    .replace(
      'load: { closed: { thinkTime: 1h } }',
      `load: { closed: { thinkTime: 1h } }${isLate ? '\n    habits: { paying: { reaction: 2h } }' : ''}`,
    )
  const { steps, refusals, differences, interruptions } = await history(text)
  expect(differences).toBe(0)
  expect(interruptions.slice(0, 2)).toEqual([`notice 2 01:00`, `interrupt 2 01:10`])
  expect(steps.find((step) => step.startsWith('full'))).toBe(`full ${isLate ? 4 : 3} launch ${at}`)
  expect(refusals).toEqual([])
})

test('E-11: a resumed server runs for the rest of its lifetime, a restarted one for all of it, one given up is gone', async () => {
  const lives = async (habit: string): Promise<string[]> => {
    const { steps, differences } = await history(market({ habit, hours: 7, full: 'closed: { thinkTime: 3h }' }))
    expect(differences).toBe(0)
    return steps.filter((step) => step.startsWith('spot 2 ')).map((step) => step.slice(7))
  }
  const before = ['launch 00:10', 'interrupt 03:10']
  expect(await lives('resume')).toEqual([...before, 'recover 04:10', 'delete 06:10'])
  expect(await lives('restart')).toEqual([...before, 'start 04:10'])
  expect(await lives('give-up')).toEqual([...before, 'delete 03:10'])
})

test('E-11: without a notice period, room is made immediately, also under pool.whenFull: refuse', async () => {
  const { steps, interruptions, refusals, differences } = await history(
    market({ terms: 'percentOff: 70, notice: 0s', hours: 2 }),
  )
  expect(differences).toBe(0)
  expect(interruptions).toEqual(['interrupt 2 01:00'])
  expect(steps).toEqual([
    'spot 1 launch 00:10',
    'spot 2 launch 00:10',
    'spot 2 interrupt 01:00',
    'spot 2 delete 01:00',
    'full 3 launch 01:00',
  ])
  expect(refusals).toEqual([])
})

test('E-11: a request that is too large for all interruptible servers takes none back', async () => {
  const text = market({ hours: 2 }).replace('lifetime: 1h }', 'lifetime: 1h, quantity: 3 }')
  const { interruptions, refusals, differences } = await history(text)
  expect([interruptions, refusals, differences]).toEqual([[], ['capacity-sold-out 01:00'], 0])
})

test('E-11: a server that ends before its notice does is withdrawn, and its unit serves the request', async () => {
  // 00:10 and 55 minutes: both end at 01:05.
  const text = market({ hours: 2 }).replace('lifetime: 5h', 'lifetime: 55min')
  const { steps, interruptions, differences } = await history(text)
  expect(differences).toBe(0)
  expect(interruptions.slice(0, 2)).toEqual(['notice 2 01:00', 'withdraw 2 01:05'])
  expect(steps.filter((step) => step.startsWith('full'))).toEqual(['full 3 launch 01:05'])
})

test('E-11, U-07: discounts by steps and new prices of the pool hold from the next hour on, at the price of its first use', async () => {
  const terms =
    'percentOff: [{ from: 2024-01-01T00:00:00+08:00, percentOff: 70 }, { from: 2024-01-01T01:30:00+08:00, percentOff: "33.333333" }], notice: 1h'
  const { charged, differences } = await history(
    market({
      terms,
      capacity: 3,
      events: '[{ at: 2024-01-01T02:30:00+08:00, serverPriceChange: { zone: z, flavour: f, hourly: "2.0000000001" } }]',
    }),
  )
  expect(differences).toBe(0)
  // 01:00 at 0.30 although it changed at 01:30; 02:00 at 0.66666667; 03:00 at 1.3333333400|6…, truncated to 10 decimals.
  expect(charged['spot 1']).toBe(25_000_000 + 30_000_000 + 66_666_667 + 133_333_334)
})

test('E-11: of different priorities the lower one is taken back first, and the higher one is served first of those who wait', async () => {
  const more = `  - segment: early
    count: 1
    interruptible: true
    priority: 1
    wallet: { opening: 1000 }
    load: { closed: { thinkTime: 10min } }
    buys: [{ product: A, specification: s, flavour: f, lifetime: 5h }]`
  // The youngest server, 3, has the higher priority.
  const { interruptions, differences } = await history(market({ more, capacity: 3, hours: 2 }))
  expect([interruptions, differences]).toEqual([['notice 2 01:00', 'interrupt 2 01:10'], 0])
  const queue = `
name: priorities
question: Who is served first?
start: 2024-01-01T00:00:00+08:00
duration: 3h
money: ignore
policies: { pool.whenFull: queue }
regions: [{ id: r, zones: [{ id: z, pools: [{ flavour: f, capacity: 1 }] }] }]
sellers: [{ segment: isv }]
catalog: [{ id: A, kind: image, seller: isv/1, category: c, specifications: [{ id: s, billing: pay-per-use }] }]
buyers:
  - { segment: first, count: 1, load: { closed: { thinkTime: 1min } }, buys: [{ product: A, specification: s, flavour: f, lifetime: 1h }] }
  - { segment: low, count: 1, load: { closed: { thinkTime: 10min } }, buys: [{ product: A, specification: s, flavour: f, lifetime: 1h }] }
  - { segment: high, count: 1, priority: 5, load: { closed: { thinkTime: 40min } }, buys: [{ product: A, specification: s, flavour: f, lifetime: 10min }] }
`
  const served = await history(queue)
  expect(served.differences).toBe(0)
  expect(served.steps.filter((step) => step.includes('launch'))).toEqual([
    'first 1 launch 00:01',
    'high 2 launch 01:01',
    // Of those who wait then, first came before low: at 00:02, a minute after its launch.
    'first 3 launch 01:11',
    'high 4 launch 02:11',
    'low 5 launch 02:21',
  ])
})

test('E-11: drawn discounts are whole percents of a stream of their own; the history is one on any threads', async () => {
  const terms = 'random: { percentOff: { uniform: { min: 30, max: 90 } }, every: 30min }, notice: 2min'
  const text = market({ terms, habit: 'resume', hours: 30, capacity: 2 })
  await simulated(text, ({ outcome, rows }) => {
    expect(outcome.differences).toBe(0)
    const drawn = rows<{ percent: number }>('SELECT percent_off / 1e8 AS percent FROM interruptible_prices').map(
      ({ percent }) => percent,
    )
    expect(drawn.length).toBe(60)
    expect(drawn.every((percent) => Number.isInteger(percent) && percent >= 30 && percent <= 90)).toBe(true)
    expect(new Set(drawn).size).toBeGreaterThan(10)
  })
  expect(await digestOfText(text, 2)).toBe(await digestOfText(text, 1))
})

test('E-11, E-10: on hosts, the unit of an interrupted server goes to the request that wanted it', async () => {
  const text = market({ hours: 2 })
    .replace('capacity: 2,', 'hosts: h, vcpu: 2,')
    .replace('zones: [{ id: z, pools', 'zones: [{ id: z, hosts: [{ id: h, count: 1, vcpu: 4 }], pools')
  const { interruptions, steps, differences } = await history(text)
  expect(differences).toBe(0)
  expect(interruptions).toEqual(['notice 2 01:00', 'interrupt 2 01:10'])
  expect(steps).toContain('full 3 launch 01:10')
})

test('E-11, A-03: an interrupted server whose account is suspended is frozen as soon as it is back', async () => {
  // An opening of 0.30 does not pay the second hour, which is settled at 03:00.
  const text = market({
    habit: 'resume',
    hours: 100,
    policies: 'grace.days: 1, retention.days: 1',
    full: 'closed: { thinkTime: 20h }',
  })
    .replace('wallet: { opening: 1000 }', 'wallet: { opening: "0.30" }')
    .replace('lifetime: 5h', 'lifetime: 90h')
    .replace('lifetime: 1h }', 'lifetime: 12h }')
  const { steps, differences } = await history(text)
  expect(differences).toBe(0)
  const second = steps.filter((step) => step.startsWith('spot 2 ')).map((step) => step.slice(7))
  expect(second).toEqual(['launch 00:10', 'interrupt 20:10', 'recover 32:10', 'suspend 32:10', 'release 51:00'])
})
