import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { csv } from '#reports/csv.ts'
import { gapOf, reconcile, reconciliationCsv } from '#reports/reconciliation.ts'
import { withRecord } from '#reports/record.ts'
import { wordNumber } from '#sim/market/words.ts'
import { sumAgain } from '../sim/record/written-sums.ts'
import { writeFixtureRecord } from './fixture-record.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-reconciliation-'))
const path = join(folder, 'run.sqlite')

beforeEach(() => writeFixtureRecord(path))
afterAll(() => rmSync(folder, { recursive: true }))

test('metered use and paid orders are reconciled by month, kind, model and rule', () => {
  expect(withRecord(folder, (record) => reconciliationCsv(reconcile(record)))).toBe(
    [
      'month,kind,model,rule,quantity,unit,rated,charged,posted,audited,difference',
      '2024-03,ecs,hourly,U-01,86400,seconds,2.88,2.88,2.88,2.88,0.00',
      '2024-03,image,hourly,U-02,86400,seconds,1.20,1.20,1.20,1.20,0.00',
      '2024-03,saas,tiered,M-07,1,orders,9.00,9.00,9.00,9.00,0.00',
      '2024-03,saas,tiered,P-02,1,orders,90.00,90.00,90.00,90.00,0.00',
      '2024-04,ecs,hourly,U-01,129600,seconds,4.32,4.32,4.32,4.32,0.00',
      '2024-04,image,hourly,U-02,129600,seconds,1.80,1.80,1.80,1.80,0.00',
      'total,,,,,,109.20,109.20,109.20,109.20,0.00',
      '',
    ].join('\n'),
  )
})

test('the totals are those of the ledger', () => {
  const database = new Database(path, { readonly: true })
  const legs = database
    .prepare(
      `SELECT sum(CASE WHEN w.word LIKE 'buyer-%' THEN p.amount * t.repeats END) AS charged,
        -sum(CASE WHEN w.word NOT LIKE 'buyer-%' THEN p.amount * t.repeats END) AS posted
      FROM transactions t JOIN postings p ON p.transaction_id = t.id JOIN words w ON w.id = p.ledger
      WHERE t.kind IN (SELECT id FROM words WHERE word IN ('usage', 'payment'))`,
    )
    .get() as { charged: number; posted: number }
  database.close()
  const { total } = withRecord(folder, reconcile)
  expect(total.charged).toBe(BigInt(legs.charged))
  expect(total.posted).toBe(BigInt(legs.posted))
})

const planted: readonly [string, string, string, bigint][] = [
  [
    'a posting of servers one unit short',
    `UPDATE postings SET amount = amount + 1 WHERE ledger = ${wordNumber('cloud-resource-revenue')}`,
    'posted',
    -30n,
  ],
  [
    'a buyer charged one unit too much',
    `UPDATE postings SET amount = amount + 1 WHERE ledger = ${wordNumber('buyer-receivable')}`,
    'charged',
    30n,
  ],
  [
    'a payment posted without its tax',
    `DELETE FROM postings WHERE ledger = ${wordNumber('tax-payable')}`,
    'posted',
    -900_000_000n,
  ],
  ['use that was never booked', 'DELETE FROM transactions WHERE id = 2', 'posted', -1_020_000_000n],
  ['a payment for which there are no lines', 'DELETE FROM order_lines', 'posted', 9_900_000_000n],
]

test.each(planted)('%s shows as a difference', (_, sql, column, gap) => {
  const database = new Database(path)
  database.exec(sql)
  sumAgain(database)
  database.close()
  const { rows, total } = withRecord(folder, reconcile)
  expect(total[column as 'posted' | 'charged'] - total.rated).toBe(gap)
  expect(rows.some((row) => gapOf(row) !== 0n)).toBe(true)
})

test('what the auditor found is added to the row of its month and rule', () => {
  writeFixtureRecord(path, {}, 2)
  const { rows, total, differences } = withRecord(folder, reconcile)
  expect(differences).toHaveLength(2)
  expect(total.audited - total.rated).toBe(2n)
  expect(rows.find(({ month, rule }) => month === '2024-03' && rule === 'U-01')?.audited).toBe(288_000_002n)
})

test('no text of a scenario is a formula, and amounts stay numbers', () => {
  const text = csv(
    ['name', 'amount', 'count'],
    [
      ['=cmd|calc', -500_000_000n, 3],
      ['a "quoted", one', 1n, 0],
      ['-1+2', 0n, 1],
      ['-1.25', -1n, -1],
    ],
  )
  expect(parse(text)).toEqual([
    ['name', 'amount', 'count'],
    ["'=cmd|calc", '-5.00', '3'],
    ['a "quoted", one', '0.00000001', '0'],
    ["'-1+2", '0.00', '1'],
    ['-1.25', '-0.00000001', '-1'],
  ])
})
