/**
 * E-09: the log of a run's servers, rated hour by hour, is what the run itself charged: servers, images, cloud resources. The size of
 * one flavour's disk is in the log, that of the other in the price.
 */
import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { formatInstant, monthOf } from '#base/civil-time.ts'
import { defaultPolicies } from '#scenarios/policies.ts'
import { readPrices } from '#sim/metering-log/price-list.ts'
import { rateLog } from '#sim/metering-log/rate-log.ts'
import { simulated } from './inline-run.ts'

const offset = defaultPolicies['time.utcOffset']

const scenario = `
name: resources
question: What do the resources of servers cost?
start: 2024-01-20T00:00:00+08:00
end: 2024-02-20T00:00:00+08:00
seed: 5
currency: USD
policies: { grace.days: 2, retention.days: 3 }
regions:
  - id: r
    zones:
      - id: z
        pools:
          - flavour: large
            capacity: 60
            hourly: "0.1237"
            resources: { disk: { gigabytes: 40, hourly: "0.0003" }, elasticIp: { hourly: "0.005" }, bandwidth: { mbits: 5, hourly: "0.0063" } }
          - flavour: small
            capacity: 60
            hourly: "0.0333333333"
            resources: { disk: { gigabytes: 20, hourly: "0.0000958904" }, traffic: { gigabytesPerHour: "0.25", perGigabyte: "0.085" } }
sellers: [{ segment: isv }]
catalog:
  - { id: stack, kind: image, seller: isv/1, category: infrastructure, specifications: [{ id: hour, billing: pay-per-use, hourly: "0.0511" }] }
  - { id: base, kind: image, seller: isv/1, category: infrastructure, specifications: [{ id: hour, billing: pay-per-use, hourly: "0.02" }] }
events:
  - { at: 2024-02-10T10:30:00+08:00, serverPriceChange: { zone: z, flavour: large, hourly: "0.131", disk: "0.0004", elasticIp: "0.007" } }
buyers:
  - segment: teams
    count: 10
    wallet: { opening: "9", topUp: { below: "1", amount: "15", reaction: { exponential: { mean: 3d } } } }
    load: { poisson: { perBuyer: 4/week } }
    buys:
      - { product: stack, specification: hour, flavour: large, lifetime: { exponential: { mean: 40h } } }
      - { product: base, specification: hour, flavour: small, lifetime: { exponential: { mean: 60h } } }
    habits:
      stopStart: { probability: 0.6, after: { exponential: { mean: 9h } }, pause: { exponential: { mean: 5h } } }
`

const prices = `kind,name,hourly,from
ecs,large,0.1237,
ecs,large,0.131,2024-02-10T10:30:00+08:00
gigabyte,fast,0.0003,
gigabyte,fast,0.0004,2024-02-10T10:30:00+08:00
elastic-ip,large,0.005,
elastic-ip,large,0.007,2024-02-10T10:30:00+08:00
bandwidth,large,0.0315,
ecs,small,0.0333333333,
disk,small,0.001917808,
traffic,small,0.02125,
image,stack,0.0511,
image,base,0.02,
`

const doing: Readonly<Record<string, string>> = {
  ...{ launch: 'start', start: 'start', stop: 'stop', suspend: 'suspend', unfreeze: 'resume' },
  ...{ delete: 'delete', release: 'delete', fail: 'delete' },
}

test('every charged hour and every bill of the run, and no other', async () => {
  const end = Date.parse('2024-02-20T00:00:00+08:00')
  const run = await simulated(scenario, ({ rows }) => ({
    steps: rows<Record<string, string>>(
      `SELECT s.instance_id AS id, s.at AS at, w.word AS event, f.word AS state, a.name AS account, p.flavour AS flavour, g.name AS product
       FROM instance_steps s JOIN instances i ON i.id = s.instance_id JOIN accounts a ON a.id = i.account JOIN words w ON w.id = s.event
       LEFT JOIN words f ON f.id = s.from_state JOIN pools p ON p.id = i.pool LEFT JOIN specifications c ON c.id = s.specification LEFT JOIN products g ON g.id = c.product_id ORDER BY s.rowid`,
    ),
    spans: rows<Record<string, string | number>>(
      `SELECT s.instance_id AS id, w.word AS kind, s.first_hour AS hour, s.hours AS hours, s.amount AS amount
       FROM usage_spans s JOIN words w ON w.id = s.item`,
    ),
    bills: rows<Record<string, string | number>>(
      'SELECT a.name AS account, b.month AS month, b.charges AS charges FROM bills b JOIN accounts a ON a.id = b.account WHERE b.charges > 0',
    ),
  }))
  const lines = run.steps
    .filter(({ event, state }) => doing[event] !== undefined && !(doing[event] === 'delete' && state === 'creating'))
    .map(
      ({ id, at, event, account, flavour, product }) =>
        `${formatInstant(Number(at), offset)},${account},${id},${doing[event]},${event === 'launch' ? `${product},${flavour},${flavour === 'large' ? '40,fast' : ','}` : ',,,'}\n`,
    )
  expect(new Set(run.steps.map(({ event }) => doing[event])).size).toBeGreaterThan(5)
  const found: string[] = []
  const rated = await rateLog({
    file: 'events.csv',
    input: ReadableStream.from([
      Buffer.from(`at,account,resource,do,product,flavour,disk,diskType\n${lines.join('')}`),
    ]),
    prices: await readPrices('prices.csv', ReadableStream.from([Buffer.from(prices)])),
    policies: { ...defaultPolicies, 'grace.days': 2, 'retention.days': 3 },
    until: end,
    onHour: ({ resource, kind, hour, amount }) => found.push(`${resource} ${kind} ${hour} ${amount}`),
  })
  expect(rated.problems.first).toEqual([])
  const charged = run.spans.flatMap(({ id, kind, hour, hours, amount }) =>
    Array.from({ length: Number(hours) }, (_, index) => `${id} ${kind} ${Number(hour) + index * 3_600_000} ${amount}`),
  )
  expect(new Set(run.spans.map(({ kind }) => kind)).size).toBe(6)
  expect(found.sort()).toEqual(charged.sort())
  const bills = [...rated.bills()].map(({ account, month, charges }) => `${account} ${month} ${charges}`)
  expect(bills.sort()).toEqual(
    run.bills.map(({ account, month, charges }) => `${account} ${monthOf(Number(month), offset)} ${charges}`).sort(),
  )
})
