/** E-10: hosts and zones fail at random and are repaired, and their servers are lost, begin again or continue. */
import { expect, test } from 'vitest'
import { digestOfText, simulated } from './inline-run.ts'

interface Parts {
  readonly group: string
  readonly zone?: string
  readonly policies?: string
  readonly buyers?: string
  readonly lifetime?: string
  readonly days?: number
  readonly events?: string
}

const market = ({
  group,
  zone = '',
  policies = '',
  buyers = 'total: 1/d',
  lifetime = '1h',
  days = 10,
  events = '[]',
}: Parts) => `
name: failures
question: What do failures do to servers?
start: 2024-01-01T00:00:00+08:00
duration: ${days}d
seed: 21
money: ignore
policies: { ${policies} }
regions:
  - id: r
    zones:
      - id: z
        ${zone}
        hosts: [{ id: h, vcpu: 4, ${group} }]
        pools: [{ flavour: f, hosts: h, vcpu: 1 }]
sellers: [{ segment: isv }]
catalog: [{ id: A, kind: image, seller: isv/1, category: c, specifications: [{ id: s, billing: pay-per-use }] }]
buyers:
  - { segment: b, count: 4, load: { poisson: { ${buyers} } }, buys: [{ product: A, specification: s, flavour: f, lifetime: ${lifetime} }] }
events: ${events}
`

/** Mean share of N machines that work where each fails after 1/lambda and c crews repair in 1/mu: M/M/c//N. */
function machineRepair(machines: number, crews: number, lambda: number, mu: number): number {
  const weights = [1]
  for (let failed = 1; failed <= machines; failed++)
    weights[failed] = (weights[failed - 1] * (machines - failed + 1) * lambda) / (Math.min(failed, crews) * mu)
  const whole = weights.reduce((sum, weight) => sum + weight, 0)
  return 1 - weights.reduce((sum, weight, failed) => sum + failed * weight, 0) / whole / machines
}

test.each([
  ['one crew', 'repairCrews: 1', 1],
  ['two crews', 'repairCrews: 2', 2],
  ['as many crews as hosts', '', 6],
])('E-10: six hosts and %s work as long as the closed form of machine repair says', async (_, crews, count) => {
  const failures = `timeToFailure: { exponential: { mean: 60min } }, timeToRepair: { exponential: { mean: 20min } }, ${crews}`
  const text = market({ group: `count: 6, failures: { ${failures} }`, days: 60 })
  const worked = await simulated(text, ({ outcome, ask }) => {
    expect(outcome.differences).toBe(0)
    const clock = `(SELECT hour AS since, coalesce(lead(hour) OVER (ORDER BY hour), 1704038400000 + 60 * 86400000) AS until, open_ms, failed_ms FROM host_hours)`
    return ask(
      `SELECT sum(1.0 * open_ms * (until - since)) / sum((open_ms + failed_ms) * (until - since)) FROM ${clock}`,
    )
  })
  expect(Math.abs(worked - machineRepair(6, count, 1, 3))).toBeLessThan(0.02)
})

const outage = '[{ at: 2024-01-02T00:00:00+08:00, outage: { zone: z, for: 6h } }]'
const fates = `SELECT w.word AS event, count(*) AS n FROM instance_steps s JOIN words w ON w.id = s.event GROUP BY 1`

/** Steps of all servers by event. */
const stepsOf = (text: string): Promise<{ steps: Record<string, number>; ran: number; differences: number }> =>
  simulated(text, ({ outcome, rows, ask }) => ({
    steps: Object.fromEntries(rows<{ event: string; n: number }>(fates).map(({ event, n }) => [event, n])),
    ran: ask(`SELECT sum(seconds * hours) FROM usage_spans u JOIN words w ON w.id = u.item WHERE w.word = 'ecs'`),
    differences: outcome.differences,
  }))

test('E-10: outage.servers: lost ends them, resume delays their end by the outage, restart begins their lifetime again', async () => {
  // Room for all, so that no server takes the place of one that was lost.
  const parts = { group: 'count: 40', buyers: 'perBuyer: 0.01/d', lifetime: '36h', events: outage, days: 5 }
  const many = (policies: string) => market({ ...parts, policies }).replace('perBuyer: 0.01/d', 'total: 6/d')
  const lost = await stepsOf(many('outage.servers: lost'))
  const resumed = await stepsOf(many('outage.servers: resume'))
  const restarted = await stepsOf(many('outage.servers: restart'))
  expect([lost.differences, resumed.differences, restarted.differences]).toEqual([0, 0, 0])
  const broken = lost.steps.fail
  expect(broken).toBeGreaterThan(0)
  expect([resumed.steps.break, resumed.steps.recover, resumed.steps.fail]).toEqual([broken, broken, undefined])
  expect([restarted.steps.break, restarted.steps.recover, restarted.steps.fail]).toEqual([broken, broken, undefined])
  expect(lost.ran).toBeLessThan(resumed.ran)
  expect(resumed.ran).toBeLessThan(restarted.ran)
})

test('E-10: a server of a failed host begins again on another, or waits for room; the history is one on any threads', async () => {
  const failures = 'failures: { timeToFailure: { exponential: { mean: 1d } }, timeToRepair: 3h }'
  const text = market({
    group: `count: 3, ${failures}`,
    zone: 'failures: { timeToFailure: { exponential: { mean: 4d } }, timeToRepair: { exponential: { mean: 2h } } }',
    policies: 'outage.servers: restart, pool.whenFull: queue',
    buyers: 'total: 12/d',
    lifetime: '{ exponential: { mean: 18h } }',
  })
  await simulated(text, ({ outcome, ask }) => {
    expect(outcome.differences).toBe(0)
    const placed = `SELECT count(*) FROM host_moves m JOIN words w ON w.id = m.event WHERE w.word = 'place'`
    expect(ask(placed)).toBeGreaterThan(ask(`SELECT count(*) FROM instances`))
    expect(
      ask(`SELECT count(*) FROM pool_changes c JOIN words w ON w.id = c.what WHERE w.word = 'outage'`),
    ).toBeGreaterThan(0)
  })
  expect(await digestOfText(text, 2)).toBe(await digestOfText(text, 1))
})

test('E-10, U-05: what fell into arrears while it was down is frozen as soon as it is back', async () => {
  // 52 for the server of a month, and 8 for some 40 hours of its image; the outage begins after 48 hours.
  const text = `
name: owed
question: Is a server frozen that came back to an account whose grace is over?
start: 2024-01-01T00:00:00+08:00
duration: 12d
policies: { outage.servers: resume, grace.days: 1, retention.days: 1 }
regions: [{ id: r, zones: [{ id: z, pools: [{ flavour: f, capacity: 3, hourly: 1, plans: [{ months: 1, price: 52 }] }] }] }]
sellers: [{ segment: isv }]
catalog: [{ id: A, kind: image, seller: isv/1, category: c, specifications: [{ id: s, billing: pay-per-use, hourly: "0.2" }] }]
buyers:
  - segment: b
    count: 1
    wallet: { opening: 60 }
    load: { closed: { thinkTime: 2h } }
    buys: [{ product: A, specification: s, flavour: f, lifetime: 400d, server: yearly-monthly, serverMonths: 1 }]
events: [{ at: 2024-01-03T00:00:00+08:00, outage: { zone: z, for: 6d } }]
`
  await simulated(text, ({ outcome, rows }) => {
    expect(outcome.differences).toBe(0)
    const steps = rows<{ event: string; day: number }>(`SELECT w.word AS event, (s.at - 1704038400000) / 86400000 AS day
      FROM instance_steps s JOIN words w ON w.id = s.event ORDER BY s.rowid`)
    expect(steps.map(({ event, day }) => `${event} ${day}`)).toEqual([
      ...['begin 0', 'launch 0', 'break 2', 'recover 8', 'suspend 8'],
    ])
  })
})
