/** `partition: zone`: cells are zones instead of regions, under the same rules (T-06, E-01, M-07, E-03). */
import { expect, test } from 'vitest'
import { ScenarioErrors } from '#scenarios/errors.ts'
import { parseScenario } from '#scenarios/reader.ts'
import { often } from '../../house/effort.ts'
import { digestOfText, simulated } from './inline-run.ts'
import { laws } from './laws.ts'

const zone = (id: string, capacity: number) =>
  `{ id: ${id}, pools: [{ flavour: f1, capacity: ${capacity}, hourly: "0.12", provisioning: 1min }] }`

const text = `
name: zones
start: 2024-03-01T00:00:00+08:00
duration: 10d
partition: zone
policies: { tax.percent: "6" }
regions:
  - { id: ap-1, taxPercent: "9", network: { vpcCreation: 5min }, zones: [${zone('ap-1a', 6)}, ${zone('ap-1b', 3)}] }
  - { id: eu-1, zones: [${zone('eu-1a', 5)}] }
operations: { region: eu-1 }
sellers: [{ segment: isv, count: 3, response: 2h, provisioning: 10min }]
catalog:
  - { id: stack, kind: image, seller: isv/1, category: c, specifications: [{ id: plain, billing: pay-per-use, hourly: "0.05" }] }
  - { id: crm, kind: saas, seller: isv/2, category: c, specifications: [{ id: seats, billing: monthly, plans: [{ months: 1, price: "9" }] }] }
  - { id: help, kind: professional-service, seller: isv/3, category: c, specifications: [{ id: hour, billing: one-off, price: "99" }] }
buyers:
  - segment: shops
    count: 12
    regions: { ap-1: 2, eu-1: 1 }
    account: { vpc: 0.5 }
    wallet: { opening: "400" }
    load: { poisson: { total: 6/d } }
    buys:
      - { product: stack, specification: plain, flavour: f1, lifetime: { exponential: { mean: 1d } }, weight: 3 }
      - { product: crm, specification: seats }
      - { product: help, specification: hour }
events:
  - { at: 2024-03-05T00:00:00+08:00, outage: { zone: ap-1b, for: 3d } }
`

test('each zone is a cell: its people take servers there, under the tax of their region; history is one on any threads', async () => {
  const digest = await simulated(text, ({ outcome, ask, rows }) => {
    expect(outcome.differences).toBe(0)
    expect(laws.filter(({ breaches }) => ask(breaches) !== 0).map(({ law }) => law)).toEqual([])
    // Twelve people, eight of them in two zones of four.
    expect(
      rows('SELECT r.region, COUNT(*) AS n FROM accounts a JOIN regions r ON r.id = a.region_id GROUP BY 1'),
    ).toEqual([
      { region: 'ap-1', n: 8 },
      { region: 'eu-1', n: 4 },
    ])
    const held = rows<{ zone: string; buyers: number }>(`SELECT z.zone, COUNT(DISTINCT i.account) AS buyers
      FROM instances i JOIN pools p ON p.id = i.pool JOIN zones z ON z.id = p.zone_id GROUP BY 1`)
    expect(held.map((row) => row.zone)).toEqual(['ap-1a', 'ap-1b', 'eu-1a'])
    expect(
      ask('SELECT COUNT(*) FROM (SELECT account FROM instances GROUP BY account HAVING COUNT(DISTINCT pool) > 1)'),
    ).toBe(0)
    const taxes = `SELECT COUNT(DISTINCT l.amount) FROM v_order_lines l JOIN orders o ON o.id = l.order_id
      JOIN accounts a ON a.id = o.account WHERE l.part = 'tax' AND l.amount = CASE a.region_id WHEN 1 THEN 81000000 ELSE 54000000 END`
    expect(ask(taxes)).toBe(2)
    expect(ask("SELECT COUNT(*) FROM v_refusals WHERE code = 'zone-down'")).toBeGreaterThan(0)
    return outcome.digest
  })
  for (const threads of often([2], [2, 4])) expect(await digestOfText(text, threads)).toBe(digest)
})

test('what a cell of one zone cannot do is refused with a hint', () => {
  const faultsOf = (written: string) => {
    try {
      parseScenario(written, 'zones.yaml')
    } catch (error) {
      if (error instanceof ScenarioErrors) return error.faults
      throw error
    }
    return []
  }
  const choosing = text.replace('flavour: f1, lifetime', 'flavour: f1, zones: { ap-1a: 1, eu-1a: 1 }, lifetime')
  expect(faultsOf(choosing)).toMatchObject([
    { path: 'buyers.shops.buys.stack.zones', hint: 'remove zones, or write partition: region' },
  ])
  const lacking = text.replace(`{ id: ap-1b, pools: [{ flavour: f1,`, `{ id: ap-1b, pools: [{ flavour: f2,`)
  expect(faultsOf(lacking)).toMatchObject([{ what: 'no pool of f1 in ap-1b, where buyers of shops live' }])
})
