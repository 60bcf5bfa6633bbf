import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compareRuns } from '#reports/compare/comparison.ts'
import { parseRate } from '#reports/compare/currencies.ts'
import { comparisonPage } from '#reports/compare/page.ts'
import { scenarioChanges } from '#reports/compare/scenario-changes.ts'
import { comparisonTables } from '#reports/compare/tables.ts'
import { script } from '#reports/html/script.ts'
import { tableCsv } from '#reports/report-table.ts'
import { table } from '../sim/billing/table.ts'
import { sumAgain } from '../sim/record/written-sums.ts'
import { type FixtureText, writeFixtureRecord } from './fixture-record.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-compare-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A run of the fixture; `sql` makes it another. */
function runFolder(name: string, sql: string, text: FixtureText = {}): string {
  const run = join(folder, name)
  mkdirSync(run, { recursive: true })
  const path = join(run, 'run.sqlite')
  writeFixtureRecord(path, text)
  const database = new Database(path)
  database.exec(sql)
  sumAgain(database)
  database.close()
  return run
}

const dearer = 'UPDATE usage_spans SET amount = amount * 2'
const seed = (text: string): string => `UPDATE meta SET value = '${text}' WHERE key = 'seed'`

let base: string
let other: string
beforeAll(() => {
  base = runFolder('base', '')
  other = runFolder('other', dearer)
})

test('a run compared with itself has not moved', async () => {
  const comparison = compareRuns(base, base)
  expect(comparison.figures.filter(({ a, b }) => a !== b)).toEqual([])
  expect(comparison.movedAccounts).toEqual([])
  for (const { difference } of [...comparison.days, ...comparison.accounts]) expect(Number(difference)).toBe(0)
})

test('use at twice the price moves revenue by what was used, on its days and for its buyer', () => {
  const { figures, days } = compareRuns(base, other)
  const gross = figures.find(({ figure, label }) => figure === 'revenue.gross' && label === '')
  expect(gross).toMatchObject({ a: '100.20', b: '110.40', difference: '10.20', change: 'changed', interval: null })
  const byKind = figures.filter(({ figure, label, a, b }) => figure === 'revenue.gross' && label === 'kind' && a !== b)
  expect(byKind.map(({ value, a, b }) => [value, a, b])).toEqual([
    ['ecs', '7.20', '14.40'],
    ['image', '3.00', '6.00'],
  ])
  const daily = days.find(({ what }) => what.startsWith('charged'))
  expect(daily?.pairs).toBe(60)
  expect(daily?.difference).toBe('0.17')
  // Money follows terms and months, which 60 days are too short for.
  expect(daily?.interval).toMatchObject({ method: 'too-short' })
})

test('money keeps its 8 decimals, in every table', () => {
  const more = 'UPDATE usage_spans SET amount = amount + 1; UPDATE postings SET amount = amount + 1 WHERE amount > 0'
  const exact = compareRuns(base, runFolder('exact', more))
  const gross = exact.figures.find(({ figure, label }) => figure === 'revenue.gross' && label === '')
  expect(gross?.difference).toBe('0.0000012')
  const tables = new Map(comparisonTables(exact).map((each) => [each.name, tableCsv(each, 0)]))
  expect(tables.get('figures')).toContain('revenue.gross,,,money,100.20,100.2000012,0.0000012,0,changed')
  expect(tables.get('accounts-moved')).toMatch(/\n[^,]+,[^,]+,\d+\.\d\d,\d+\.\d{7,8},0\.0{5,7}\d{1,3},changed\n/)
  expect(tables.get('days')).toMatch(/charged[^\n]+,\d+\.\d{8},0\.0{5,7}\d{1,3},/)
})

test('what fell to zero is a change; what is in one run only is added or removed', () => {
  const noImages = runFolder(
    'no-images',
    `DELETE FROM usage_spans WHERE item = (SELECT id FROM words WHERE word = 'image')`,
  )
  const gross = (a: string, b: string, label: string) =>
    compareRuns(a, b).figures.filter((each) => each.figure === 'revenue.gross' && each.label === label)
  const image = gross(base, noImages, 'kind').find(({ value }) => value === 'image')
  expect(image).toMatchObject({ a: '3.00', b: '0.00', difference: '-3.00', change: 'to zero' })
  expect(gross(noImages, base, 'kind').find(({ value }) => value === 'image')).toMatchObject({
    a: '0.00',
    change: 'from zero',
  })
  const renamed = runFolder('renamed', `UPDATE accounts SET segment = 'others' WHERE segment = 'start-ups'`)
  const segments = gross(base, renamed, 'segment').map(({ value, change, difference }) => [value, change, difference])
  expect(segments).toContainEqual(['others', 'added', '10.20'])
  expect(segments).toContainEqual(['start-ups', 'removed', '-10.20'])
  const changes = comparisonTables({
    ...compareRuns(base, base),
    changes: scenarioChanges({ a: 1, c: 2 }, { b: 1, c: 3 }),
  })
  expect(tableCsv(changes[0], 0)).toBe('path,change,a,b\na,removed,1,\nc,changed,2,3\nb,added,,1\n')
})

test('two currencies are refused without a rate; at a rate the converted side is marked', async () => {
  const euros = runFolder('euros', `UPDATE meta SET value = 'EUR' WHERE key = 'currency'`)
  expect(() => compareRuns(base, euros)).toThrow('A is in USD and B is in EUR')
  expect(() => compareRuns(base, euros, parseRate('GBP=1.2'))).toThrow('neither A (USD) nor B (EUR) is in GBP')
  expect(() => compareRuns(base, base, parseRate('EUR=1.08'))).toThrow('both sides are in USD')
  for (const wrong of ['EUR', 'EUR=', 'EUR=0', 'EUR=-1', '1.08', 'eur=1.08', 'EUR=1e3'])
    expect(() => parseRate(wrong), wrong).toThrow('is not a rate')
  const cases = table(`
    rate          side  a         b         charged
    EUR=1.08      b     100.20    108.216   +
    EUR=.5        b     100.20    50.10     -
    USD=0.925925  a     92.777685  100.20   +
  `)
  for (const { rate, side, a, b } of cases) {
    const comparison = compareRuns(base, euros, parseRate(rate))
    const gross = comparison.figures.find(({ figure, label }) => figure === 'revenue.gross' && label === '')
    expect(gross, rate).toMatchObject({ a, b, converted: side })
    const orders = comparison.figures.find(({ figure, label }) => figure === 'orders.completed' && label === '')
    expect(orders, rate).toMatchObject({ change: 'same', converted: null })
    for (const each of comparisonTables(comparison))
      if (each.name === 'figures' || each.name === 'accounts-moved')
        expect(tableCsv(each, 0).split('\n')[0], rate).toContain(',converted')
    expect(await comparisonPage(comparison, comparisonTables(comparison))).toContain('converted: 1 ')
  }
})

test('folders of runs are paired by seed, and every figure gets an interval over the pairs', () => {
  for (const [side, sql] of [
    ['left', ''],
    ['right', dearer],
  ])
    for (const each of ['1', '2', '3']) runFolder(`${side}/${each}`, `${sql}; ${seed(each)}`)
  runFolder('right/4', seed('4'))
  const comparison = compareRuns(join(folder, 'left'), join(folder, 'right'))
  expect(comparison.seeds).toEqual(['1', '2', '3'].map((each) => [each, each]))
  expect(comparison.alone).toEqual(['4'])
  const gross = comparison.figures.find(({ figure, label }) => figure === 'revenue.gross' && label === '')
  expect(gross?.interval).toMatchObject({ count: 3, significant: true })
  expect(gross?.interval?.mean).toBeCloseTo(10.2, 9)
})

test.each([
  ['no run', 'nowhere', /no such run/],
  ['a folder without runs', '.', /has no runs/],
])('%s is explained in words', (_, place, words) => {
  mkdirSync(join(folder, 'empty'), { recursive: true })
  expect(() => compareRuns(base, place === '.' ? join(folder, 'empty') : join(folder, place))).toThrow(words)
})

test('runs of one seed on one side, or of no seed in common, are no pairs', () => {
  for (const each of ['a', 'b']) runFolder(`twice/${each}`, '')
  for (const each of ['8', '9']) runFolder(`apart/${each}`, seed(each))
  expect(() => compareRuns(join(folder, 'twice'), join(folder, 'apart'))).toThrow(/have the seed 7/)
  expect(() => compareRuns(join(folder, 'apart'), join(folder, 'left'))).toThrow(/no seed has a run on both sides/)
})

test('the page and its tables tell it, and what a scenario says stays text', async () => {
  const hostile = runFolder('hostile', dearer, { product: '<script>alert(1)</script>', name: '"><img src=x>' })
  const comparison = compareRuns(base, hostile)
  const tables = comparisonTables(comparison)
  const page = await comparisonPage(comparison, tables)
  expect(page.replace(`<script>${script}</script>`, '')).not.toMatch(/<script|<img/)
  expect(page.match(/<svg /g)).toHaveLength(4)
  expect(page).toContain('Figures that changed')
  const figures = tables.find(({ name }) => name === 'figures')
  expect(figures && tableCsv(figures, 0)).toContain('revenue.gross,,,money,100.20,110.40,10.20,0.101796,changed')
})

test('scenarios differ by path, lists by what names their items', () => {
  const pools = (capacity: number) => ({ zones: [{ id: 'a', pools: [{ flavour: 'c6', capacity }] }] })
  expect(scenarioChanges(pools(3), pools(4))).toEqual([{ path: 'zones.a.pools.c6.capacity', a: '3', b: '4' }])
  expect(scenarioChanges({ a: 1 }, { b: [2] })).toEqual([
    { path: 'a', a: '1', b: '' },
    { path: 'b', a: '', b: '[2]' },
  ])
})
