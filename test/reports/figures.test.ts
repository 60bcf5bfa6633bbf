import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { figures, knownFigure } from '#reports/figures/catalogue.ts'
import { measure } from '#reports/figures/figure.ts'
import { RunRecord } from '#reports/record.ts'
import { sortedJson } from '#reports/sorted-json.ts'
import { type Summary, summarise } from '#reports/summary.ts'
import { writeFixtureRecord } from './fixture-record.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-figures-'))
let record: RunRecord
let summary: Summary

beforeAll(() => {
  writeFixtureRecord(join(folder, 'run.sqlite'))
  record = new RunRecord(folder)
  summary = summarise(record)
})

afterAll(() => {
  record.close()
  rmSync(folder, { recursive: true })
})

/** Two servers for 30 hours at 0.12 and an image at 0.05, across two months; a SaaS order of 90 and tax 9. */
test.each([
  ['orders.placed', 2],
  ['orders.completed', 2],
  ['orders.open', 0],
  ['orders.amount', '99.00'],
  ['orders.refused', 1],
  ['orders.refusedUnits', 3],
  ['ecs.requests', 2],
  ['ecs.refused', 1],
  ['ecs.refusalRate', 0.5],
  ['ecs.created', 2],
  ['ecs.meteredSeconds', 216_000],
  ['ecs.meteredHours', 60],
  ['image.meteredHours', 60],
  ['usage.lines', 120],
  ['ecs.creationMean', 90],
  ['ecs.creationP50', 60],
  ['ecs.creationP95', 120],
  ['revenue.gross', '100.20'],
  ['revenue.net', '100.20'],
  ['revenue.tax', '9.00'],
  ['ledger.sum', '0.00'],
  ['ledger.deferredRevenue', '90.00'],
  ['ledger.cloudResourceRevenue', '7.20'],
  ['ledger.buyerCash', '142.00'],
  ['topUps.count', 1],
  ['topUps.amount', '250.00'],
  ['arrears.due', '1.20'],
  ['arrears.entered', 1],
  ['arrears.hoursP50', 6],
  ['accounts.inArrears', 0],
  ['provisioning.max', 2400],
  ['pool.peak', 4],
  ['pool.soldOutMinutes', 60],
  ['bills.payable', '99.00'],
  ['reconciliation.amounts', 122],
  ['reconciliation.differences', 0],
])('%s is %s', (name, value) => {
  expect(summary.figures[name].value).toBe(value)
})

test('utilisation of pools is weighted by time: two of ten units for 30 hours, four of four for one, in 60 days', () => {
  const held = 2 * 30 + 4 * 1
  const room = (10 + 4) * 60 * 24
  expect(summary.figures['pool.use'].value).toBe(held / room)
  expect(summary.figures['pool.use'].by.pool['eu-1a/c6.large']).toBe(4 / (4 * 60 * 24))
})

test('metered use that crosses a month is cut at its end', () => {
  expect(summary.figures['ecs.meteredHours'].by.month).toEqual({ '2024-03': 24, '2024-04': 36 })
  expect(summary.figures['revenue.gross'].by.month).toEqual({ '2024-03': '94.08', '2024-04': '6.12' })
})

test('a figure may be filtered by any labels of its source', () => {
  const gross = knownFigure('revenue.gross')
  expect(measure(record, gross, { kind: 'ecs', month: '2024-04' })?.numerator).toBe(432_000_000n)
  expect(measure(record, knownFigure('ecs.refusalRate'), { pool: 'nowhere' })).toBeNull()
})

test('breakdowns add up to the total wherever the figure is a sum', () => {
  for (const { name, unit, measure: how } of figures) {
    if (!('value' in how) || how.of !== undefined || how.value.startsWith('max')) continue
    const { value, by } = summary.figures[name]
    for (const [label, parts] of Object.entries(by)) {
      if (name === 'usage.lines' && label === 'product') continue
      if (['product', 'seller', 'version'].includes(label) && name.startsWith('revenue.')) continue
      if (label === 'pool' && name.startsWith('orders.')) continue
      const sum = Object.values(parts).reduce((total: number, part) => total + Number(part), 0)
      expect(sum, `${name} by ${label}`).toBeCloseTo(Number(value), unit === 'money' ? 6 : 9)
    }
  }
})

test('summary.json keeps to its schema, names every figure, and is the same bytes twice', () => {
  const schema = JSON.parse(readFileSync(new URL('../../reports/summary.schema.json', import.meta.url), 'utf8'))
  const validate = new Ajv2020({ strict: true, allErrors: true }).compile(schema)
  expect(validate(JSON.parse(sortedJson(summary))), JSON.stringify(validate.errors)).toBe(true)
  expect(Object.keys(summary.figures)).toEqual(figures.map(({ name }) => name))
  const again = new RunRecord(folder)
  expect(sortedJson(summarise(again))).toBe(sortedJson(summary))
  again.close()
})

test('reading leaves no trace in the record, and it cannot be written', () => {
  const before = readFileSync(join(folder, 'run.sqlite'))
  const other = new RunRecord(folder)
  summarise(other)
  expect(() => other.rows(`DELETE FROM orders RETURNING id`)).toThrow(/readonly/)
  other.close()
  expect(readFileSync(join(folder, 'run.sqlite')).equals(before)).toBe(true)
})

test.each([
  ['no such folder', () => join(folder, 'nothing'), /no such run/],
  ['a folder without a record', () => mkdtempSync(join(folder, 'empty-')), /has no run\.sqlite/],
  ['a file that is no database', () => garbage(), /not a record of a run/],
])('%s is explained in words', (_, place, words) => {
  expect(() => new RunRecord(place())).toThrow(words)
})

function garbage(): string {
  const path = join(folder, 'garbage.sqlite')
  writeFileSync(path, 'this is no database, and long enough not to be taken for an empty one'.repeat(20))
  return path
}
