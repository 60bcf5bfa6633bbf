import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compareRuns } from '#reports/compare/comparison.ts'
import { comparisonPage } from '#reports/compare/page.ts'
import { scenarioChanges } from '#reports/compare/scenario-changes.ts'
import { comparisonTables } from '#reports/compare/tables.ts'
import { script } from '#reports/html/script.ts'
import { tableCsv } from '#reports/report-table.ts'
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
  for (const { interval } of [...comparison.days, ...comparison.accounts]) expect(interval.mean).toBe(0)
})

test('use at twice the price moves revenue by what was used, on its days and for its buyer', () => {
  const { figures, days } = compareRuns(base, other)
  const gross = figures.find(({ figure, label }) => figure === 'revenue.gross' && label === '')
  expect(gross).toMatchObject({ a: 100.2, b: 110.4, interval: null })
  const byKind = figures.filter(({ figure, label, a, b }) => figure === 'revenue.gross' && label === 'kind' && a !== b)
  expect(byKind.map(({ value, a, b }) => [value, a, b])).toEqual([
    ['ecs', 7.2, 14.4],
    ['image', 3, 6],
  ])
  const daily = days.find(({ what }) => what.startsWith('charged'))
  expect(daily?.interval.count).toBe(60)
  expect((daily?.interval.mean ?? 0) * 60).toBeCloseTo(10.2, 9)
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
  ['a folder without runs', '.', /holds no runs/],
])('%s is told in words', (_, place, words) => {
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
  expect(page.match(/<svg /g)).toHaveLength(2)
  expect(page).toContain('Figures that moved')
  const figures = tables.find(({ name }) => name === 'figures')
  expect(figures && tableCsv(figures, 0)).toContain('revenue.gross,,,money,100.2,110.4,10.2,0.101796')
})

test('scenarios differ by path, lists by what names their items', () => {
  const pools = (capacity: number) => ({ zones: [{ id: 'a', pools: [{ flavour: 'c6', capacity }] }] })
  expect(scenarioChanges(pools(3), pools(4))).toEqual([{ path: 'zones.a.pools.c6.capacity', a: '3', b: '4' }])
  expect(scenarioChanges({ a: 1 }, { b: [2] })).toEqual([
    { path: 'a', a: '1', b: '' },
    { path: 'b', a: '', b: '[2]' },
  ])
})
