/** E-09: what the system disk, the elastic IP and the bandwidth of a server cost, and when they are charged. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatMoney, type Money } from '#base/money.ts'
import { HOUR } from '#base/time.ts'
import { hourOfUnits } from '#scenarios/cloud-resources.ts'
import { formatErrors, ScenarioErrors } from '#scenarios/errors.ts'
import { defaultPolicies } from '#scenarios/policies.ts'
import { parseScenario } from '#scenarios/reader.ts'
import { sumOf } from '#sim/billing/line.ts'
import { hourCharge, type MeteredItem } from '#sim/billing/metering/hour-charge.ts'
import type { HourRow } from '#sim/billing/metering/hour-rows.ts'
import { fixedPrice } from '#sim/billing/metering/price-schedule.ts'
import { type ResourceEvent, ResourceMeter } from '#sim/billing/metering/resource-meter.ts'
import { launch } from '#sim/market/servers/creation.ts'
import { remove, step } from '#sim/market/servers/instance-steps.ts'
import { repriceServers } from '#sim/market/servers/pool-changes.ts'
import { hourOf } from '#sim/market/servers/server-price.ts'
import { table } from '../billing/table.ts'
import { simulated } from '../run/inline-run.ts'
import { serverWorld } from './server-world.ts'
import { at, hoursOf, SmallMarket, START } from './small-market.ts'

const pool = 'regions.here.zones.here-1.pools.small.resources'
/** 40 GB come to 3.60 an hour, the address to 7.20, 5 Mbit/s to 1.80; half a GB of traffic an hour to 3.60. */
const byHour = `${pool}={ disk: { gigabytes: 40, hourly: "0.09" }, elasticIp: { hourly: "7.2" }, bandwidth: { mbits: 5, hourly: "0.36" } }`
const byGigabyte = `${pool}={ traffic: { gigabytesPerHour: "0.5", perGigabyte: "7.2" } }`

const items = ['ecs', 'disk', 'elastic-ip', 'bandwidth', 'traffic'] as const

function act(small: SmallMarket, row: number, action: string): void {
  const { servers } = small.market
  const [verb, price] = action.split(' ')
  const { instances } = servers
  if (verb === 'start' && instances.state[row] === 0) launch(servers, row)
  else if (verb === 'start') step(servers, row, 'start', 'E-01')
  else if (verb === 'stop') step(servers, row, 'stop', 'E-01')
  else if (verb === 'replace') step(servers, row, 'changeImage', 'E-07')
  else if (verb === 'suspend') step(servers, row, 'suspend', 'A-03')
  else if (verb === 'resume') step(servers, row, 'unfreeze', 'A-05')
  else if (verb === 'break') step(servers, row, 'break', 'E-10')
  else if (verb === 'recover') step(servers, row, 'recover', 'E-10')
  else if (verb === 'delete') remove(servers, row, 'delete', 'E-01')
  else if (verb === 'disk')
    repriceServers(servers, 0, { hourly: null, resources: new Map([['disk', Number(price) * 1e10]]) })
}

/** What each item of one server comes to by the log `08:45:30 start, 08:55:30 delete`. */
function metered(log: string, sets: readonly string[]): Record<(typeof items)[number], string> {
  const small = new SmallMarket(sets)
  const row = small.admit()
  for (const entry of log.split(', ')) {
    const [, clock, action] = /^(\S+) (.*)$/.exec(entry) as unknown as [string, string, string]
    small.goTo(at(clock))
    act(small, row, action)
  }
  small.meter.finish(small.now)
  const hours = hoursOf(small.facts('usage_spans'))
  const sum = (item: string): string =>
    formatMoney(hours.reduce((total, line) => (line.item === item ? total + line.amount : total), 0) as Money)
  return Object.fromEntries(items.map((item) => [item, sum(item).replace(/0{6}$/, '')])) as ReturnType<typeof metered>
}

test('E-09, A-03, U-01: disk, IP and bandwidth from launch to deletion, in suspension only the disk; traffic while it runs', () => {
  const cases = table(`
    log                                                               switches                    ecs    disk   elastic-ip  bandwidth  traffic
    08:00:00 start, 09:00:00 delete                                   -                           3.60   3.60   7.20        1.80       3.60
    08:45:30 start, 08:55:30 delete                                   -                           0.60   0.60   1.20        0.30       0.60
    08:45:30 start, 08:55:30 delete                                   ecs.granularity=hour-ceil   3.60   3.60   7.20        1.80       0.60
    08:00:00 start, 08:10:00 stop, 08:50:00 start, 09:00:00 delete    -                           1.20   3.60   7.20        1.80       1.20
    08:00:00 start, 09:00:00 stop, 11:00:00 delete                    -                           3.60   10.80  21.60       5.40       3.60
    08:00:00 start, 09:00:00 stop, 10:00:00 replace, 11:00:00 delete  -                           3.60   10.80  21.60       5.40       3.60
    08:00:00 start, 08:20:00 suspend, 10:20:00 delete                 -                           1.20   8.40   2.40        0.60       1.20
    08:00:00 start, 09:00:00 suspend, 11:00:00 resume, 12:00:00 delete  -                         3.60   14.40  14.40       3.60       3.60
    08:00:00 start, 09:00:00 break, 11:00:00 recover, 12:00:00 delete  -                          7.20   7.20   14.40       3.60       7.20
    08:00:00 start, 08:30:00 disk 7.2, 10:00:00 delete                -                           7.20   10.80  14.40       3.60       7.20
  `)
  for (const { log, switches, ...amounts } of cases) {
    const policies = switches === '-' ? [] : [`policies.${switches}`]
    const { traffic } = metered(log, [byGigabyte, ...policies])
    expect([log, { ...metered(log, [byHour, ...policies]), traffic }]).toEqual([log, amounts])
  }
})

test('E-09: a pool without such prices charges none', () => {
  expect(metered('08:00:00 start, 09:00:00 delete', [])).toEqual({
    ...{ ecs: '3.60', disk: '0.00', 'elastic-ip': '0.00', bandwidth: '0.00', traffic: '0.00' },
  })
})

test('E-09: resources are lines of their own, owed with the servers, and a refused hour names what they cost', () => {
  const small = new SmallMarket([byHour])
  launch(small.market.servers, small.admit())
  small.goTo(at('09:00:00'))
  const owed = small.meter.unsettled(START)
  expect([Number(owed?.ecs[0]), Number(owed?.image[0])]).toEqual([16.2e8, 0.1e8])
  expect(hourOf(small.market.servers, 0, 1, 0)).toBe(1_630_000_000n)
  small.meter.finish(small.now)
  expect(
    small.facts('usage_spans').map(({ item, priced, unit_price: price, rule }) => [item, priced, price, rule]),
  ).toEqual([
    ['ecs', 1, 3.6e10, 'U-01'],
    ['disk', 1, 3.6e10, 'E-09'],
    ['elastic-ip', 1, 7.2e10, 'E-09'],
    ['bandwidth', 1, 1.8e10, 'E-09'],
    ['image', 1, 0.1e10, 'U-02'],
  ])
})

test('E-09, A-02: grace that is not billed has no disk either', () => {
  const small = new SmallMarket([byHour, 'policies.grace.payPerUseBilled=false'])
  const { servers, arrears } = small.market
  const row = small.admit()
  launch(servers, row)
  small.goTo(at('09:00:00'))
  arrears.standings.state[0] = 1
  servers.instanceChanged.emit(row)
  small.goTo(at('12:00:00'))
  small.meter.finish(small.now)
  expect(hoursOf(small.facts('usage_spans')).map(({ item, hour }) => [item, (hour - START) / HOUR])).toEqual(
    ['ecs', 'disk', 'elastic-ip', 'bandwidth', 'image'].map((item) => [item, 0]),
  )
})

test('E-09: a snapshot continues the meters of resources as they were', () => {
  const whole = new SmallMarket([byHour])
  launch(whole.market.servers, whole.admit())
  whole.goTo(at('10:20:00'))
  const half = new SmallMarket([byHour])
  half.restore(whole)
  half.now = whole.now
  const before = whole.facts('usage_spans').length
  for (const small of [whole, half]) {
    act(small, 0, 'suspend')
    small.goTo(at('12:00:00'))
    small.meter.finish(small.now)
  }
  expect(half.facts('usage_spans')).toEqual(whole.facts('usage_spans').slice(before))
  expect(half.facts('usage_spans').filter(({ item }) => item === 'disk')).toMatchObject([{ hours: 2 }, { hours: 1 }])
})

test('E-09, M-03: size and price of a unit are multiplied exactly, or refused', () => {
  const cases = table(`
    size    price          hour
    40      0.0001         0.004
    0.5     0.08           0.04
    0.0005  0.0000000001   refused
    0.0001  0.000001       0.0000000001
    1000000  90.0719925474  90071992.5474
    1000000  90.0719925475  refused
  `)
  for (const { size, price, hour } of cases)
    expect([size, price, hourOfUnits(size, price) ?? 'refused']).toEqual([size, price, hour])
})

test('E-09: prices that do not fit are refused where they are written', () => {
  const wrong = (sets: readonly string[], events = ''): string => {
    try {
      parseScenario(serverWorld({ pool: `, ${sets.join(', ')}` }) + events, 'wrong.yaml')
      return 'read'
    } catch (error) {
      if (error instanceof ScenarioErrors) return formatErrors(error.faults)
      throw error
    }
  }
  expect(wrong(['resources: { disk: { gigabytes: 0, hourly: 1 } }'])).toContain('disk.gigabytes')
  expect(wrong(['resources: { traffic: { gigabytesPerHour: "0.0001", perGigabyte: "0.0000000001" } }'])).toContain(
    'product has at most 10 decimals',
  )
  expect(
    wrong(['resources: { bandwidth: { mbits: 1, hourly: 1 }, traffic: { gigabytesPerHour: 1, perGigabyte: 1 } }']),
  ).toContain('not both')
  expect(wrong(['plans: [{ months: 1, price: 1, bandwidth: 1, traffic: 1 }]'])).toContain('not both')
  const event = (change: string): string =>
    `events: [{ at: 2024-01-02T00:00:00+08:00, serverPriceChange: { zone: here-1, flavour: small, ${change} } }]\n`
  expect(wrong(['status: normal'], event('disk: 1'))).toContain('resources.disk')
  expect(wrong(['resources: { disk: { gigabytes: 10, hourly: 1 } }'], event('disk: 2'))).toBe('read')
  expect(wrong(['resources: { disk: { gigabytes: 10, hourly: 1 } }'], event('disk: "9007200"'))).toContain('M-02')
})

const priced = `, resources: { disk: { gigabytes: 40, hourly: "0.0123" }, elasticIp: { hourly: "0.0457" }, traffic: { gigabytesPerHour: "0.25", perGigabyte: "0.3331" } }`

test('E-09, Q-08, U-07: servers that stop, run out of money, are suspended and repriced are judged to the last hour', () =>
  simulated(
    `${serverWorld({
      policies: 'grace.days: 2, retention.days: 5',
      pool: priced,
      buyer:
        'wallet: { opening: "55", topUp: { below: 1, amount: 90, reaction: { exponential: { mean: 5d } } } }\n    habits: { stopStart: { probability: 0.5, after: 5h, pause: 3h } }',
      days: 25,
    })}events:\n  - { at: 2024-01-06T10:20:00+08:00, serverPriceChange: { zone: here-1, flavour: small, disk: "0.02", traffic: "0.2222" } }\n`,
    ({ outcome, rows, ask }) => {
      expect(outcome.differences).toBe(0)
      const seconds = Object.fromEntries(
        rows<{ item: string; seconds: number }>(
          'SELECT w.word AS item, sum(u.hours * u.seconds) AS seconds FROM usage_spans u JOIN words w ON w.id = u.item GROUP BY 1',
        ).map(({ item, seconds: used }) => [item, used]),
      )
      expect(seconds.traffic).toBe(seconds.ecs)
      expect(seconds['elastic-ip']).toBeGreaterThan(seconds.ecs)
      expect(seconds.disk).toBeGreaterThan(seconds['elastic-ip'])
      // A disk that is billed in suspension is the rule's own case.
      expect(
        ask(`SELECT count(*) FROM instance_steps s JOIN words w ON w.id = s.to_state WHERE w.word = 'suspended'`),
      ).toBeGreaterThan(3)
      expect(
        ask(`SELECT count(DISTINCT unit_price) FROM usage_spans u JOIN words w ON w.id = u.item WHERE w.word = 'disk'`),
      ).toBe(2)
    },
  ))

test('E-09, U-09: records of resources come twice, late and after the window, and bills are what they should be', () =>
  simulated(
    serverWorld({
      policies:
        'usage.late: next-bill, usage.lateWindow: 3h, usage.faults: { duplicate: 0.1, conflict: 0.1, late: 0.2, outOfOrder: 0.1, maxDelay: 6h }',
      pool: priced,
      days: 6,
    }),
    ({ outcome, rows }) => {
      expect(outcome.differences).toBe(0)
      const outcomes = rows<{ item: string; outcome: string }>(
        `SELECT DISTINCT i.word AS item, o.word AS outcome FROM usage_faults f JOIN words i ON i.id = f.item JOIN words o ON o.id = f.outcome
         WHERE i.word IN ('disk', 'traffic') ORDER BY 1, 2`,
      )
      for (const item of ['disk', 'traffic'])
        expect(outcomes.filter((each) => each.item === item).map((each) => each.outcome)).toEqual([
          'accepted',
          'conflict',
          'correction',
          'duplicate',
        ])
    },
  ))

/** What `quote` charges a log of one resource at a price. */
function quoted(item: MeteredItem, events: readonly ResourceEvent[], until: number): bigint {
  const rows: HourRow[] = []
  const meter = new ResourceMeter(item, defaultPolicies, (row) => rows.push(row), until)
  for (const event of events) meter.apply(event, 'event')
  meter.close(until)
  return sumOf(rows.flatMap((row) => hourCharge(item, row, fixedPrice('3.6', 'hourly'), defaultPolicies) ?? []))
}

test('E-09: a disk costs at least what its address costs, and that at least what the server does, whatever happens', () => {
  const steps = { running: ['stop', 'suspend'], stopped: ['start', 'suspend'], suspended: ['resume'] } as const
  const after = { stop: 'stopped', suspend: 'suspended', start: 'running', resume: 'stopped' } as const
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(7200), fc.nat(1)), { maxLength: 12 }), (draws) => {
      let now = START
      let state: keyof typeof steps = 'running'
      const events: ResourceEvent[] = [{ at: now, do: 'start' }]
      for (const [seconds, choice] of draws) {
        now += seconds * 1000
        const action: keyof typeof after = steps[state][Math.min(choice, steps[state].length - 1)]
        state = after[action]
        events.push({ at: now, do: action })
      }
      const [ecs, ip, disk] = (['ecs', 'elastic-ip', 'disk'] as const).map((item) => quoted(item, events, now))
      expect(quoted('traffic', events, now)).toBe(ecs)
      expect(ip >= ecs && disk >= ip).toBe(true)
      // At a thousandth a second, the disk has every second of the server's life.
      expect(disk).toBe(BigInt((now - START) / 1000) * 100_000n)
    }),
    { numRuns: 60 },
  )
})

const forTerms = `, plans: [{ months: 1, price: "60.125", disk: "2.805", elasticIp: "3", bandwidth: "21.995" }, { months: 12, price: 600, disk: 28 }]`
const yearly = ', server: yearly-monthly, serverMonths: 1, quantity: 3'

test('E-09, R-06, M-04: what a yearly/monthly server has is paid with its order, a line each, and nothing of it is metered', () =>
  simulated(
    `${serverWorld({
      policies: 'tax.percent: 10, tax.couponBase: paid, renewal.alignDay: 15',
      pool: `${priced}${forTerms}`,
      buys: yearly,
      buyer: `wallet: { opening: 90000, coupons: [{ kind: discount, amount: 5 }] }
    habits: { renewing: { manual: 0.5 }, unsubscribe: { probability: 0.4, after: 3d } }`,
      days: 60,
    })}`,
    ({ outcome, rows, ask }) => {
      expect(outcome.differences).toBe(0)
      const lines = rows<{ line: number; part: string; item: string; amount: number; rule: string }>(`
        SELECT l.line, w.word AS part, coalesce(s.item, '') AS item, l.amount, r.word AS rule FROM order_lines l
        JOIN words w ON w.id = l.part JOIN words r ON r.id = l.rule LEFT JOIN server_plans s ON s.id = l.plan AND w.word = 'ecs'
        WHERE l.order_id = (SELECT min(id) FROM orders) ORDER BY 1`)
      expect(lines.map(({ part, item, amount, rule }) => `${part} ${item} ${amount / 1e8} ${rule}`)).toEqual([
        'ecs ecs 180.375 P-05',
        'ecs disk 8.415 P-05',
        'ecs elastic-ip 9 P-05',
        'ecs bandwidth 65.985 P-05',
        'tax  26.3775 M-07',
      ])
      expect(ask(`SELECT count(*) FROM usage_spans u JOIN words w ON w.id = u.item WHERE w.word <> 'image'`)).toBe(0)
      // A discount coupon lowers the tax: the lines are recorded again as they were, but for the tax.
      expect(
        ask(`SELECT count(*) FROM order_requotes q JOIN words w ON w.id = q.part WHERE w.word = 'ecs'`),
      ).toBeGreaterThan(3)
      expect(
        ask(`SELECT count(*) FROM orders o JOIN words w ON w.id = o.kind WHERE w.word = 'renewal'`),
      ).toBeGreaterThan(0)
      expect(
        ask(`SELECT count(*) FROM order_lines l JOIN words w ON w.id = l.rule WHERE w.word = 'R-07'`),
      ).toBeGreaterThan(0)
    },
  ))

test('E-09, P-05: the traffic of a yearly/monthly server has one price for the term, however much it is', () =>
  simulated(
    serverWorld({
      policies: 'tax.percent: 10',
      pool: `${priced}, plans: [{ months: 1, price: "60.125", traffic: "6.255" }]`,
      buys: yearly,
      days: 20,
    }),
    ({ outcome, rows, ask }) => {
      expect(outcome.differences).toBe(0)
      const lines = rows<{ item: string; amount: number }>(`
        SELECT coalesce(s.item, w.word) AS item, l.amount FROM order_lines l JOIN words w ON w.id = l.part
        LEFT JOIN server_plans s ON s.id = l.plan AND w.word = 'ecs'
        WHERE l.order_id = (SELECT min(id) FROM orders) ORDER BY l.line`)
      // 3 servers: 3 x 60.125, 3 x 6.255, and 10 % of both.
      expect(lines.map(({ item, amount }) => `${item} ${amount / 1e8}`)).toEqual([
        'ecs 180.375',
        'traffic 18.765',
        'tax 19.914',
      ])
      expect(ask(`SELECT count(*) FROM usage_spans u JOIN words w ON w.id = u.item WHERE w.word <> 'image'`)).toBe(0)
    },
  ))
