/** The auditor finds what is planted into a record of capacity that grows by a rule (E-12). */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { auditFile, withChange } from '../../sim/audit/small-record.ts'
import { type WholeRun, wholeRun } from './whole-run.ts'

const text = `
name: growth
question: Is a wrong order of capacity found?
start: 2024-01-01T00:00:00+08:00
duration: 12d
seed: 7
policies: { pool.whenFull: queue }
regions:
  - id: r
    zones:
      - id: z
        pools: [{ flavour: f, capacity: 4, hourly: "1", patience: 3h, growth: { every: 20min, order: { above: 80, units: 2, lead: 2h, most: 20 }, release: { below: 50, units: 1, lead: 1h } } }]
      - id: y
        hosts: [{ id: h, count: 1, vcpu: 8, memory: 16, growth: { every: 30min, order: { above: 75, units: 1, lead: 3h, most: 8 }, release: { below: 40, units: 1 } } }]
        pools: [{ flavour: f, hosts: h, vcpu: 2, memory: 2, hourly: "1", patience: 3h }]
sellers: [{ segment: isv }]
catalog: [{ id: A, kind: image, seller: isv/1, category: c, specifications: [{ id: s, billing: pay-per-use, hourly: "0.1" }] }]
buyers:
  - segment: b
    count: 20
    wallet: { opening: 100000 }
    load: { poisson: { total: 30/d } }
    buys: [{ product: A, specification: s, flavour: f, lifetime: { exponential: { mean: 10h } } }]
`

let run: WholeRun
beforeAll(async () => {
  run = await wholeRun(text)
})
afterAll(() => run.remove())

test('a record of capacity that grows agrees', () => {
  expect(run.outcome.differences).toBe(0)
  expect(auditFile(run.outcome.record).kinds).toEqual(new Set())
})

const row = (event: string, of: 'pool' | 'host_group' = 'pool'): string =>
  `(SELECT rowid FROM capacity_orders WHERE event = word('${event}') AND ${of} > 0 ORDER BY rowid LIMIT 1 OFFSET 1)`

const planted: readonly (readonly [what: string, sql: string, kind: string])[] = [
  [
    'an order is one unit larger',
    `UPDATE capacity_orders SET units = units + 1 WHERE rowid = ${row('order-units')}`,
    'capacity order',
  ],
  [
    'an order is due early',
    `UPDATE capacity_orders SET due = due - 60000 WHERE rowid = ${row('order-units')}`,
    'capacity order',
  ],
  [
    'an order is made a review late',
    `UPDATE capacity_orders SET at = at + 1200000 WHERE rowid = ${row('order-units')}`,
    'capacity order',
  ],
  [
    'units arrive early',
    `UPDATE capacity_orders SET at = at - 1 WHERE rowid = ${row('units-arrive')}`,
    'capacity order',
  ],
  ['an order is missing', `DELETE FROM capacity_orders WHERE rowid = ${row('order-units')}`, 'capacity order'],
  [
    'hosts never arrive',
    `DELETE FROM capacity_orders WHERE rowid = ${row('units-arrive', 'host_group')}`,
    'capacity order',
  ],
  [
    'units are released twice',
    `INSERT INTO capacity_orders SELECT * FROM capacity_orders WHERE rowid = ${row('release-units')}`,
    'capacity order',
  ],
  [
    'a rule of a pool that has none',
    `UPDATE capacity_orders SET pool = 2, host_group = 0 WHERE rowid = ${row('order-units')}`,
    'capacity order',
  ],
  [
    'a pool has a unit more than its rule ordered',
    `UPDATE pool_hours SET capacity = capacity + 1, capacity_ms = capacity_ms + 3600000 WHERE rowid = (SELECT rowid FROM pool_hours WHERE pool = 1 ORDER BY hour LIMIT 1 OFFSET 30)`,
    'pool capacity',
  ],
  [
    'a host that a rule ordered joins early',
    `UPDATE host_moves SET at = at - 60000 WHERE rowid = (SELECT rowid FROM host_moves WHERE event = word('add') ORDER BY rowid LIMIT 1 OFFSET 1)`,
    'host plan',
  ],
]

test.each(planted)('planted: %s', (_, sql, kind) => {
  expect(withChange(run.whole, sql).kinds).toContain(kind)
})
