/** Where two runs part: found in their records, and checked against plain SQL and against the change that was made. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { RunRecord } from '#reports/record.ts'
import { inThisProcess, newFolder, removeFolders } from './marketsim.ts'

const cwd = newFolder()
afterAll(removeFolders)
const call = (...line: string[]) => inThisProcess(line, cwd)
const words = ['-q', '--threads', '1', '-s', 'duration=12h', '-s', 'thresholds={}']
const at = '2025-01-06T05:30:00+01:00'
const fewer = `events.0={ at: ${at}, capacityChange: { zone: bergen-1, flavour: m2.small, capacity: 0 } }`
const dearer = `events.0={ at: ${at}, serverPriceChange: { zone: bergen-1, flavour: m2.small, hourly: "0.09" } }`

beforeAll(async () => {
  const text = readFileSync(new URL('../scenarios/tidepool.yaml', import.meta.url), 'utf8')
  writeFileSync(join(cwd, 'x.yaml'), text)
  for (const [out, ...sets] of [['usual'], ['fewer', '-s', fewer], ['dearer', '-s', dearer]])
    expect((await call('run', 'x.yaml', ...words, ...sets, '-o', out)).code).toBe(exitCodes.done.code)
})

const diffOf = async (a: string, b: string) => {
  const { stdout, code, stderr } = await call('diff', a, b, '--json')
  expect(code, stderr).toBe(exitCodes.done.code)
  return JSON.parse(stdout)
}

test('a run and itself are the same', async () => {
  expect(await diffOf('usual', 'usual')).toMatchObject({
    same: true,
    first: null,
    tables: [],
    accounts: [],
    figures: [],
  })
  expect((await call('diff', 'usual', 'usual')).stdout).toMatch(/The histories are the same\n/)
})

test('a change of capacity is the first difference, and refusals follow', async () => {
  const { first, tables, accounts, figures, changes } = await diffOf('usual', 'fewer')
  expect(first.at).toBe(Date.parse(at))
  expect(first.rows).toEqual([
    { table: 'pool_changes', side: 'b', values: expect.objectContaining({ pool: 'bergen-1/m2.small' }) },
  ])
  expect(changes).toHaveLength(1)
  for (const { at: since } of [...tables, ...accounts]) expect(since ?? first.at).toBeGreaterThanOrEqual(first.at)
  const refusals = tables.find(({ table }: { table: string }) => table === 'refusals')
  const refused = (run: string) => {
    const record = new RunRecord(join(cwd, run))
    try {
      return record.rows<{ at: bigint; account: bigint }>(
        `SELECT at, account FROM refusals WHERE code = (SELECT id FROM words WHERE word = 'capacity-sold-out')`,
      )
    } finally {
      record.close()
    }
  }
  expect(refused('usual')).toHaveLength(0)
  const rows = refused('fewer')
  expect(rows.length).toBeGreaterThan(0)
  expect(refusals).toMatchObject({ onlyInB: rows.length, at: Number(rows[0].at) })
  expect(accounts.length).toBeGreaterThanOrEqual(new Set(rows.map(({ account }) => account)).size)
  expect(figures.map(({ figure }: { figure: string }) => figure)).toContain('orders.refused')
})

test('U-07: a new price differs from the next clock hour on: in use, then in the books, and in no order', async () => {
  const { first, tables, amounts } = await diffOf('usual', 'dearer')
  const hour = Date.parse('2025-01-06T07:00:00+01:00')
  const named = Object.fromEntries(tables.map((each: { table: string }) => [each.table, each]))
  expect(first.at).toBeLessThanOrEqual(hour)
  expect(first.at).toBeGreaterThanOrEqual(Date.parse(at))
  expect(named.usage_spans.at).toBe(hour)
  expect(named.postings.at).toBeGreaterThan(hour)
  expect(named.orders).toBeUndefined()
  expect(amounts[0].day).toBe('2025-01-06')
  expect(amounts.map(({ what }: { what: string }) => what)).toContain('ledger buyer-cash')
})

test('on the screen: the first event, the tables, amounts, accounts and figures', async () => {
  const { stdout } = await call('diff', 'usual', 'fewer')
  for (const part of [
    `The histories are the same until ${at}; the first difference:`,
    /only in B {2}pool_changes: pool bergen-1\/m2.small, /,
    /refusals +0 +\d+ {2}2025-01-06T/,
    /Amounts differ since\n {2}2025-01-06 {2}/,
    /Accounts touched: \d+\n/,
    /Figures that differ: \d+\n/,
  ])
    expect(stdout).toMatch(part)
  const seconds = (await call('run', 'x.yaml', ...words, '-s', 'currency=USD', '-o', 'other')).code
  expect(seconds).toBe(exitCodes.done.code)
  expect(await call('diff', 'usual', 'other')).toMatchObject({ code: exitCodes.badInput.code })
})
