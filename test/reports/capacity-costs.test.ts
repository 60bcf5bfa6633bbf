/** E-12: what capacity costs, in a run of nine hours that was worked by hand. */
import { expect, test } from 'vitest'
import { knownFigure } from '#reports/figures/catalogue.ts'
import { measure, measureBy } from '#reports/figures/figure.ts'
import { figureValue } from '#reports/figures/show.ts'
import { withRecord } from '#reports/record.ts'
import { reportTables } from '#reports/tables.ts'
import { simulated } from '../sim/run/inline-run.ts'

/**
 * Four servers run from 00:10 to 05:10, and two from 02:00 to 06:30. Capacity is 4; a rule brings 6 at 01:30 and 7 at 03:30. An
 * owned unit costs 0.81 + 0.09 an hour, so that three cost 2.70; two are committed.
 */
const text = (unit: 'pool' | 'hosts') => {
  const ruled = `growth: { every: 30min, order: { above: 75, units: 2, lead: 1h, most: 7 } },
    costs: { owned: { units: 3, price: "810", life: 1000h, hourly: "0.09" }, committed: [{ units: 2, term: 1d, hourly: "0.7" }], leased: { hourly: 1 } }`
  const zone =
    unit === 'pool'
      ? `pools: [{ flavour: f, capacity: 4, hourly: "1", ${ruled} }]`
      : `hosts: [{ id: rack, count: 4, vcpu: 2, memory: 8, ${ruled} }], pools: [{ flavour: f, hosts: rack, vcpu: 2, memory: 1, hourly: "1" }]`
  return `
name: costs
question: What does it cost?
start: 2024-01-01T00:00:00+08:00
duration: 9h
seed: 7
regions: [{ id: r, zones: [{ id: z, ${zone} }] }]
sellers: [{ segment: isv }]
catalog: [{ id: A, kind: image, seller: isv/1, category: c, specifications: [{ id: s, billing: pay-per-use, hourly: "0" }] }]
buyers:
  - { segment: early, count: 4, stays: 15min, wallet: { opening: 1000 }, load: { closed: { thinkTime: 10min } }, buys: [{ product: A, specification: s, flavour: f, lifetime: 5h }] }
  - { segment: late, count: 2, joins: 110min, stays: 15min, wallet: { opening: 1000 }, load: { closed: { thinkTime: 10min } }, buys: [{ product: A, specification: s, flavour: f, lifetime: 270min }] }
`
}

const expected = {
  // 3 x 9 x 0.90 + 2 x 9 x 0.70 + (0 + 1 + 1 + 6 x 2) x 1.
  cost: '50.90',
  unitHours: 59,
  // Owned: 20, 120, 180 and 180 min from 05:00 on; committed: 100, 60 and four times 120 min; leased: 660 min.
  idleCost: '25.96666666',
  // 4 of 5 units were part of the capacity in the first hour.
  surplusCost: '0.70',
  // 14 leased hours at 0.30 more than committed ones.
  leasePremium: '4.20',
  // Six levels needed for 9 or 8 hours are committed at 6.30 each, where owning is 8.10; the seventh is leased for 6.
  cheapestCost: '43.80',
  cheapestOwned: 0,
  cheapestCommitted: 6,
  saving: '7.10',
  // 15 of the 24 hours of both commitments.
  commitmentLeft: '21.00',
  lostMargin: '0.00',
  ordered: 3,
  released: 0,
}

test.each(['pool', 'hosts'] as const)('E-12: costs of a %s, hour by hour', async (unit) => {
  await simulated(text(unit), ({ outcome }) => {
    expect(outcome.differences).toBe(0)
    withRecord(outcome.record, (record) => {
      const found = Object.fromEntries(
        Object.keys(expected).map((name) => {
          const figure = knownFigure(`capacity.${name}`)
          return [name, figureValue(figure.unit, measure(record, figure))]
        }),
      )
      expect(found).toEqual(expected)
      const cost = knownFigure('capacity.cost')
      const by = (label: 'supply' | 'pool' | 'hosts') =>
        Object.fromEntries(
          [...measureBy(record, cost, label)].map(([key, value]) => [key, figureValue('money', value)]),
        )
      expect(by('supply')).toEqual({ owned: '24.30', committed: '12.60', leased: '14.00' })
      expect(by('pool')).toEqual(unit === 'pool' ? { 'z/f': '50.90' } : { '(none)': '50.90' })
      expect(by('hosts')).toEqual(unit === 'pool' ? { '(none)': '50.90' } : { 'z/rack': '50.90' })
      const { capacityCosts, capacityMix } = reportTables(record)
      expect(capacityCosts.rows.map((row) => row.slice(1, 4))).toEqual([
        ['owned', 27n, 2_430_000_000n],
        ['committed', 18n, 1_260_000_000n],
        ['leased', 14n, 1_400_000_000n],
      ])
      expect(capacityMix.rows.map((row) => row.slice(4, 7))).toEqual([
        [0, 0n, 0n],
        [6, 54n, 3_780_000_000n],
        [null, 6n, 600_000_000n],
      ])
    })
  })
})

test('E-12: refusals lose what they would have brought over a mean life, less the units for it', async () => {
  // Four servers fill the pool from 00:10 on, and three more are refused at 00:30. An hour brings 1.50, and leasing costs 1.
  const refusing = text('pool')
    .replace('growth: { every: 30min, order: { above: 75, units: 2, lead: 1h, most: 7 } },', '')
    .replace('capacity: 4, hourly: "1"', 'capacity: 4, hourly: "1.5"')
    .replace('joins: 110min', 'joins: 20min')
    .replace('count: 2', 'count: 3')
  await simulated(refusing, ({ outcome, ask }) => {
    expect(outcome.differences).toBe(0)
    withRecord(outcome.record, (record) => {
      const figure = knownFigure('capacity.lostMargin')
      // The four that were admitted ran for 5 hours: 3 x 5 x (1.50 - 1.00).
      expect(ask('SELECT count(*) FROM refusals')).toBe(3)
      expect(figureValue('money', measure(record, figure))).toBe('7.50')
    })
  })
})
