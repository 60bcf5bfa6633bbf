/** O-14, N-07: accounts that are frozen for a time: what they may do, what is charged, and what comes back. */
import { expect, test } from 'vitest'
import { digestOfText, type Simulated, simulated } from './inline-run.ts'

const HOUR = 3_600_000
const START = Date.parse('2024-03-04T00:00:00+08:00')
const at = (hours: number): string => new Date(START + hours * HOUR).toISOString()

interface Parts {
  readonly events: string
  readonly buys?: string
  readonly load?: string
  readonly wallet?: string
  readonly habits?: string
  readonly policies?: string
  readonly count?: number
  readonly duration?: string
  readonly pool?: string
}

/** Servers of 1 an hour with a disk of 0.1, images of 0.5. Each buyer comes once, after an hour, unless `load` says more. */
const market = ({ events, buys, load, wallet, habits, policies, pool, count = 1, duration = '2d' }: Parts) => `
name: freezes
question: What does a frozen account do?
start: 2024-03-04T00:00:00+08:00
duration: ${duration}
policies: ${policies ?? '{}'}
regions:
  - id: home
    zones:
      - id: east
        pools:
          - { flavour: s, capacity: 10, ${pool ?? ''} hourly: 1, resources: { disk: { gigabytes: 10, hourly: "0.01" } }, plans: [{ months: 1, price: 300 }] }
sellers: [{ segment: isv, provisioning: 30min }]
catalog:
  - id: stack
    kind: image
    seller: isv/1
    category: systems
    specifications:
      - { id: plain, billing: pay-per-use, hourly: "0.5" }
      - { id: other, billing: pay-per-use, hourly: "0.6" }
      - { id: month, billing: monthly, plans: [{ months: 1, price: 30 }] }
  - id: crm
    kind: saas
    seller: isv/1
    category: office
    specifications: [{ id: seat, billing: monthly, trial: true, quantity: { attribute: users, min: 1, max: 9 }, plans: [{ months: 1, price: { model: linear, unit: 10 } }] }]
buyers:
  - segment: people
    count: ${count}
    wallet: ${wallet ?? '{ opening: 100000 }'}
    load: ${load ?? '{ closed: { thinkTime: 1h } }'}
    ${load === undefined ? 'stays: 90min' : ''}
    buys: [${buys ?? hourly}]
    ${habits === undefined ? '' : `habits: ${habits}`}
events:
${events}
`
const hourly = '{ product: stack, specification: plain, flavour: s, lifetime: 100d }'
const monthly = '{ product: stack, specification: month, flavour: s, months: 1 }'
const seats = '{ product: crm, specification: seat }'
const freeze = (hours: number, words = 'buyer: people/1, for: 10h') =>
  `  - { at: ${at(hours)}, accountFreeze: { ${words} } }`

const stepsOf = ({ rows }: Simulated) =>
  rows<{ at: number; state: string; rule: string }>(
    `SELECT s.at, t.word AS state, r.word AS rule FROM instance_steps s JOIN words t ON t.id = s.to_state
      JOIN words r ON r.id = s.rule ORDER BY s.rowid`,
  ).map(({ at: when, state, rule }) => `${hourOf(when)} ${state} ${rule}`)

const hourOf = (when: number): number => Math.round(((when - START) / HOUR) * 100) / 100

/** Hours that were charged by item. */
const hoursCharged = ({ rows }: Simulated): Record<string, number> =>
  Object.fromEntries(
    rows<{ item: string; hours: number }>(
      `SELECT w.word AS item, sum(u.hours * u.seconds) / 3600.0 AS hours FROM usage_spans u JOIN words w ON w.id = u.item GROUP BY 1`,
    ).map(({ item, hours }) => [item, hours]),
  )

const refusalsOf = ({ rows }: Simulated) =>
  rows<{ said: string }>("SELECT DISTINCT code || ' ' || rule AS said FROM v_refusals ORDER BY 1").map(
    ({ said }) => said,
  )

/** Bought in the second hour; frozen at 10:20 for ten hours of the 48. */
test.each([
  // policies, what is charged in hours
  ['{ unfreeze.payPerUse: running }', { ecs: 37, image: 38, disk: 37 }],
  ['{ unfreeze.payPerUse: running, freeze.storage: billed }', { ecs: 37, image: 38, disk: 47 }],
])('O-14: nothing of a frozen account is charged, by policy but its disks: %s', (policies, hours) =>
  simulated(market({ policies, events: freeze(10 + 1 / 3) }), (run) => {
    expect(run.outcome.differences).toBe(0)
    expect(hoursCharged(run)).toEqual(hours)
    expect(stepsOf(run)).toEqual(['1 creating E-01', '1 running E-01', '10.33 suspended O-14', '20.33 running O-14'])
  }),
)

test.each([
  // what is bought, how it comes back
  [hourly, 'stopped'],
  [monthly, 'running'],
])('O-14, A-05: all servers are suspended, and come back as after arrears: %s', (buys, back) =>
  simulated(market({ buys, events: freeze(10) }), (run) => {
    expect(run.outcome.differences).toBe(0)
    expect(stepsOf(run).slice(2, 4)).toEqual(['10 suspended O-14', `20 ${back} O-14`])
    // The term of what was paid for a month continues.
    expect(run.ask("SELECT count(*) FROM v_subscription_steps WHERE event <> 'begin'")).toBe(0)
  }),
)

test('O-14: freezes that overlap are one, and the stronger reason holds', () =>
  simulated(
    market({
      events: [
        freeze(10),
        freeze(12, 'segment: people, for: 4h, reason: legal'),
        freeze(20, 'segment: people, for: 2h'),
        freeze(40, 'reason: legal'),
      ].join('\n'),
    }),
    (run) => {
      expect(run.outcome.differences).toBe(0)
      expect(
        run
          .rows<{ at: number; state: string }>(
            'SELECT s.at, w.word AS state FROM account_freeze_steps s JOIN words w ON w.id = s.to_state ORDER BY s.rowid',
          )
          .map((step) => `${hourOf(step.at)} ${step.state}`),
      ).toEqual(['10 frozen', '12 frozen-legally', '16 frozen', '22 free', '40 frozen-legally'])
      expect(stepsOf(run).filter((step) => step.includes('O-14'))).toEqual([
        '10 suspended O-14',
        '22 stopped O-14',
        '40 suspended O-14',
      ])
    },
  ))

test.each([
  // what is asked of a frozen account, how
  ['orders', { buys: seats, load: '{ closed: { thinkTime: 1h } }' }],
  ['trials', { buys: `{ product: crm, specification: seat, trial: true }`, load: '{ closed: { thinkTime: 1h } }' }],
  [
    'changes',
    { buys: seats, load: '{ closed: { thinkTime: 1h } }', habits: '{ expand: { probability: 1, after: 13h, by: 3 } }' },
  ],
  [
    'images',
    {
      habits: '{ switchImage: { probability: 1, after: 12h } }',
      buys: `${hourly}, ${hourly.replace('plain', 'other')}`,
    },
  ],
] as const)('O-14: a frozen account is refused: %s', (_, parts) =>
  simulated(market({ ...parts, events: freeze(10) }), (run) => {
    expect(run.outcome.differences).toBe(0)
    expect(refusalsOf(run)).toContain('account-frozen O-14')
    const hours = run.rows<{ at: number }>('SELECT at FROM orders').map((row) => hourOf(row.at))
    expect(hours.filter((hour) => hour >= 10 && hour < 20)).toEqual([])
    expect(run.ask('SELECT max(lost) FROM refusals')).toBe(0)
  }),
)

test.each([
  // the freeze, policy, whether it is unsubscribed, and how it is refused
  ['reason: violation', '{}', 1, []],
  ['reason: violation', '{ freeze.unsubscribe: refused }', 0, ['account-frozen N-07']],
  ['reason: legal', '{}', 0, ['account-frozen N-07']],
])('N-07: whether a frozen account unsubscribes: %s %s', (words, policies, count, refused) =>
  simulated(
    market({
      buys: monthly,
      policies,
      habits: '{ unsubscribe: { probability: 1, after: 13h } }',
      events: freeze(10, `${words}, for: 10h`),
    }),
    (run) => {
      expect(run.outcome.differences).toBe(0)
      expect(run.ask('SELECT count(*) FROM refunds')).toBe(count)
      expect(refusalsOf(run)).toEqual(refused)
    },
  ),
)

test('O-14: an order waits for its payment until the freeze is over, whatever comes in', () =>
  simulated(
    market({
      buys: seats,
      wallet: '{ opening: 0, topUp: { below: 0, amount: 10, reaction: 11h } }',
      events: freeze(10),
    }),
    (run) => {
      expect(run.outcome.differences).toBe(0)
      const timesOf = (kind: string) =>
        run
          .rows<{ at: number }>(
            `SELECT t.at FROM transactions t JOIN words w ON w.id = t.kind WHERE w.word = '${kind}'`,
          )
          .map((row) => hourOf(row.at))
      expect(timesOf('top-up')).toEqual([12])
      expect(timesOf('payment')).toEqual([20])
    },
  ))

test.each([
  // when the freeze ends, what becomes of the server
  ['for: 10h', ['10 suspended O-14', '20 stopped O-14']],
  // A-05: the debt is paid at 61:00, before the freeze is over.
  ['for: 70h', ['10 suspended O-14', '80 stopped O-14']],
  // A-03: grace ends at 33:00, and the account stays suspended after the freeze.
  ['for: 45h', ['10 suspended O-14', '59 stopped A-05']],
])('A-02, O-14: the clocks of arrears run during a freeze: %s', (words, expected) =>
  simulated(
    market({
      duration: '5d',
      wallet: `{ opening: 10, topUp: { below: 0, amount: 100, reaction: ${words === 'for: 10h' ? '1h' : '50h'} } }`,
      policies: '{ grace.days: 1 }',
      events: freeze(10, `buyer: people/1, ${words}`),
    }),
    (run) => {
      expect(run.outcome.differences).toBe(0)
      expect(stepsOf(run).filter((step) => /suspended|stopped/.test(step))).toEqual(expected)
    },
  ),
)

test('A-03: retention ends during a freeze as well, and the server is deleted', () =>
  simulated(
    market({
      duration: '5d',
      wallet: '{ opening: 10 }',
      policies: '{ grace.days: 1, retention.days: 1 }',
      events: freeze(20, 'for: 80h'),
    }),
    (run) => {
      expect(run.outcome.differences).toBe(0)
      expect(stepsOf(run).slice(2)).toEqual(['20 suspended O-14', '57 deleted A-03'])
    },
  ))

test('E-01, O-14: a server whose creation ends during a freeze is suspended as soon as it is there', () =>
  simulated(market({ pool: 'provisioning: 12h,', events: freeze(10) }), (run) => {
    expect(run.outcome.differences).toBe(0)
    expect(stepsOf(run).slice(0, 4)).toEqual([
      '1 creating E-01',
      '13 running E-01',
      '13 suspended O-14',
      '20 stopped O-14',
    ])
  }))

test('E-04, O-14: quick servers that are to be paid during a freeze are not kept', () =>
  simulated(
    market({ pool: 'provisioning: 12h,', buys: monthly.replace(' }', ', provisioning: quick }'), events: freeze(10) }),
    (run) => {
      expect(run.outcome.differences).toBe(0)
      expect(stepsOf(run)).toEqual(['1 creating E-01', '13 failed E-04'])
      expect(refusalsOf(run)).toEqual(['account-frozen O-14'])
    },
  ))

test.each([
  // what waits for room, what becomes of it while its account is frozen
  [hourly, ['account-frozen O-14'], ['wait E-02', 'turn-away O-14']],
  [monthly, [], ['wait E-02', 'admit E-02']],
])('E-02, O-14: a freeze turns away what waits, but not what is paid: %s', (buys, refused, waits) =>
  simulated(
    market({
      buys,
      policies: '{ pool.whenFull: queue }',
      pool: 'patience: 40h,',
      events: [
        `  - { at: ${at(0)}, capacityChange: { zone: east, flavour: s, capacity: 0 } }`,
        freeze(10),
        `  - { at: ${at(15)}, capacityChange: { zone: east, flavour: s, capacity: 9 } }`,
      ].join('\n'),
    }),
    (run) => {
      expect(run.outcome.differences).toBe(0)
      expect(refusalsOf(run)).toEqual(refused)
      const events = run.rows<{ said: string }>("SELECT event || ' ' || rule AS said FROM v_pool_waits")
      expect(events.map(({ said }) => said)).toEqual(waits)
    },
  ),
)

test('R-03, O-14: automatic renewal is refused during a freeze, and tried again every day', () =>
  simulated(
    market({
      buys: seats,
      load: '{ closed: { thinkTime: 5d } }',
      duration: '35d',
      habits: '{ renewing: { auto: 1 } }',
      events: freeze(24 * 29, 'for: 78h'),
    }),
    (run) => {
      expect(run.outcome.differences).toBe(0)
      const refused =
        "SELECT f.at FROM refusals f JOIN words c ON c.id = f.code JOIN words r ON r.id = f.rule WHERE c.word = 'account-frozen' AND f.order_id > 0"
      const renewed = "SELECT o.at FROM orders o JOIN words w ON w.id = o.kind WHERE w.word = 'renewal'"
      const daysOf = (sql: string) => run.rows<{ at: number }>(sql).map((row) => hourOf(row.at) / 24)
      expect(daysOf(refused)).toEqual([29.125, 30.125, 31.125, 32.125])
      expect(daysOf(renewed)).toEqual([33.125, 34.125])
    },
  ))

test('O-14: a freeze at random is the same on 1 and 2 threads, and freezes some', async () => {
  const text = market({
    count: 24,
    load: '{ poisson: { perBuyer: 2/d } }',
    events: freeze(10, 'probability: 0.3, for: 1d'),
  }).replace(
    'regions:\n  - id: home',
    'regions:\n  - { id: far, zones: [{ id: far-1, pools: [{ flavour: s, capacity: 50, hourly: 1 }] }] }\n  - id: home',
  )
  expect(await digestOfText(text, 2)).toBe(await digestOfText(text, 1))
  await simulated(text, (run) => {
    expect(run.outcome.differences).toBe(0)
    const frozen = run.ask('SELECT count(*) FROM account_freezes')
    expect(frozen).toBeGreaterThan(2)
    expect(frozen).toBeLessThan(20)
    expect(run.ask("SELECT count(*) FROM v_account_freeze_steps WHERE event = 'unfreeze'")).toBe(frozen)
  })
})
