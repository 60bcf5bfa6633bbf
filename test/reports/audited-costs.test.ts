/** E-12, Q-08: reports and the auditor compute what capacity costs apart, and agree; a sum that differs is a difference of the run. */
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { costDifferences, costsCompared } from '#reports/capacity/audited-costs.ts'
import { cheapestMix } from '#reports/capacity/cheapest-mix.ts'
import { explain } from '#reports/explain/explain.ts'
import { knownFigure } from '#reports/figures/catalogue.ts'
import { measure } from '#reports/figures/figure.ts'
import { reconcile } from '#reports/reconciliation.ts'
import { withRecord } from '#reports/record.ts'
import { cheapestCost, costsOfHours } from '#sim/audit/capacity-costs.ts'
import { table } from '../sim/billing/table.ts'
import { simulated } from '../sim/run/inline-run.ts'

const HOUR = 3_600_000
const costs = {
  owned: { units: 3, price: '810', life: 1000 * HOUR, hourly: '0.09' },
  committed: [{ units: 2, term: 24 * HOUR, hourly: '0.7' }],
  leased: { hourly: '1' },
}

test('E-12: an hour of each kind of units: owned ones are used first, then committed and leased ones', () => {
  const cases = table(`
    capacity  used  supply     units  cost  idle  surplus  premium
    7         4.5   owned      3      2.7   0     0        0
    7         4.5   committed  2      1.4   0.35  0        0
    7         4.5   leased     2      2     2     0        0.6
    4         3.25  owned      3      2.7   0     0        0
    4         3.25  committed  2      1.4   1.225  0.7      0
    1         0     owned      3      2.7   2.7   1.8      0
    1         0     committed  2      1.4   1.4   1.4      0
  `)
  for (const { capacity, used, supply, ...due } of cases) {
    const hours = costsOfHours(costs, { capacity: Number(capacity), used: Number(used) * HOUR, hours: 1 })
    const found = hours.get(supply as 'owned')
    const written = [found?.cost, found?.idleCost, found?.surplusCost, found?.premium].map((each) => Number(each) / 1e8)
    expect([supply, Number(found?.unitHours), ...written]).toEqual([
      supply,
      ...[due.units, due.cost, due.idle, due.surplus, due.premium].map(Number),
    ])
  }
})

test('E-12: the cheapest mix costs the same by the reports and by the auditor, whatever the capacity and the prices', () => {
  const price = fc.integer({ min: 1, max: 12 })
  fc.assert(
    fc.property(
      fc.array(fc.nat(5), { minLength: 1, maxLength: 60 }),
      fc.tuple(fc.option(price), price, price, price),
      fc.constantFrom([], [4], [4, 12]),
      (capacity, [owned, long, short, leased], terms) => {
        const hourly = [short, long].map(String)
        const audited = cheapestCost(
          {
            owned: owned === null ? null : { units: 0, price: '0', life: null, hourly: String(owned) },
            committed: terms.map((term, index) => ({ units: 0, term: term * HOUR, hourly: hourly[index] })),
            leased: { hourly: String(leased) },
          },
          Int32Array.from(capacity),
        )
        const money = (units: number): bigint => BigInt(units) * 100_000_000n
        const reported = cheapestMix(
          capacity.map((units, hour) => ({ from: hour, hours: 1, capacity: units })),
          {
            owned: owned === null ? null : money(owned),
            committed: terms
              .map((termHours, index) => ({ termHours, hourly: money(Number(hourly[index])) }))
              .toReversed(),
            leased: money(leased),
          },
          capacity.length,
        )
        expect(audited).toBe(reported.cost)
      },
    ),
    { numRuns: 150 },
  )
})

const scenario = `
name: costs
question: What does it cost?
start: 2024-01-30T00:20:00+08:00
duration: 5d
seed: 7
measureFrom: 2024-01-30T10:40:00+08:00
regions: [{ id: r, zones: [{ id: z,
  hosts: [{ id: rack, count: [{ from: 2024-01-30T00:00:00+08:00, count: 2 }, { from: 2024-02-02T05:30:00+08:00, count: 3 }, { from: 2024-02-03T02:30:00+08:00, count: 1 }], vcpu: 4, memory: 16, costs: { committed: [{ units: 1, term: 2d, hourly: "0.31" }, { term: 1d, hourly: "0.37" }], leased: { hourly: "0.5" } } }],
  pools: [
    { flavour: f, capacity: 6, hourly: "1", growth: { every: 30min, order: { above: 75, units: 2, lead: 1h, most: 9 }, release: { below: 30, units: 1 } }, costs: { owned: { units: 3, price: "810", life: 999h, hourly: "0.09" }, committed: [{ units: 4, term: 1d, hourly: "0.7" }], leased: { hourly: 1 } } },
    { flavour: h, hosts: rack, vcpu: 1, memory: 5, hourly: "0.3" }] }] }]
sellers: [{ segment: isv }]
catalog: [{ id: A, kind: image, seller: isv/1, category: c, specifications: [{ id: s, billing: pay-per-use, hourly: "0" }] }]
buyers:
  - { segment: people, count: 5, wallet: { opening: 9000 }, load: { poisson: { perBuyer: 5/d } }, buys: [{ product: A, specification: s, flavour: f, lifetime: { exponential: { mean: 5h } } }, { product: A, specification: s, flavour: h, lifetime: { exponential: { mean: 9h } } }] }
`

test('E-12, Q-08: costs of pools and hosts agree with those of the auditor; one that is changed is a difference of the run', () =>
  simulated(scenario, ({ outcome }) => {
    withRecord(outcome.record, (record) => {
      // Six sums for each kind of units in two months, and a mix, of both.
      expect(costsCompared(record).length).toBeGreaterThan(50)
      expect(costDifferences(record)).toEqual([])
      expect(explain(record, 'costs', 'z/f').workings.filter(({ amount, recorded }) => amount !== recorded)).toEqual([])
      expect(explain(record, 'costs', 'z/rack/2024-02').workings.map(({ what }) => what)).toEqual([
        '2024-02, committed, 73 unit-hours',
        '2024-02, committed, of which idle 4.478 unit-hours',
        '2024-02, leased, 87 unit-hours',
        '2024-02, leased, of which idle 63.651 unit-hours',
      ])
      expect(() => explain(record, 'costs', 'z/g')).toThrow("there are no costs of 'z/g'")
    })
    const database = new Database(outcome.record)
    database.exec(`UPDATE audit_capacity_costs SET idle_cost = idle_cost + 1 WHERE rowid = 2`)
    database.close()
    withRecord(outcome.record, (record) => {
      expect(costDifferences(record)).toMatchObject([
        { kind: 'capacity cost', rule: 'E-12', text: 'idle_cost of the reports' },
      ])
      expect(measure(record, knownFigure('reconciliation.differences'))?.numerator).toBe(1n)
      expect(reconcile(record).differences).toHaveLength(1)
    })
  }))
