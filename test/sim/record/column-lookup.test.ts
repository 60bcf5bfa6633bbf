/** Rows found in the column files are those that SQL finds in the image of the whole table. */
import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { conditionsOf, FactReader } from '#reports/explain/fact-reader.ts'
import { massTables } from '#sim/record/column-files.ts'
import { isComparison } from '#sim/record/column-lookup.ts'
import { factColumns } from '#sim/record/columns.ts'
import { everyRuleRecord } from '../../reports/every-rule-run.ts'

const record = await everyRuleRecord()

test.each(massTables)('%s: by each of its columns, and by two of them', (table) => {
  const columns = factColumns(table)
  const inSql = (where: string, ...values: bigint[]) =>
    record.rows(
      `SELECT rowid AS row_number, ${columns.join(', ')} FROM ${table} WHERE ${where} ORDER BY rowid`,
      ...values,
    )
  const inColumns = (where: string, ...values: bigint[]) => record.massRows(table, conditionsOf(where, values) ?? [])
  const some = record.rows(
    `SELECT ${columns.join(', ')} FROM ${table} WHERE rowid IN (SELECT max(rowid) / 2 + 1 FROM ${table} UNION SELECT max(rowid) FROM ${table})`,
  )
  expect(some.length).toBeGreaterThan(0)
  const [first] = columns
  for (const row of some)
    for (const column of columns) {
      const where = `${first} <= ? AND ${column} = ?`
      const values = [row[first] as bigint, row[column] as bigint] as const
      // Ten thousands of rows: the comparison of the test runner takes seconds for them.
      expect(isDeepStrictEqual(inColumns(where, ...values), inSql(where, ...values)), where).toBe(true)
    }
  expect(inColumns(`${columns[0]} = ?`, -7n)).toEqual([])
  expect(inColumns('')?.length).toBe(inSql('1').length)
})

test.each([
  ['account = ?', [['account', '=', 7n]]],
  [
    'account = ? AND at >= ? AND at < ?',
    [
      ['account', '=', 7n],
      ['at', '>=', 8n],
      ['at', '<', 9n],
    ],
  ],
  ['order_id > 0', [['order_id', '>', 0n]]],
  ['kind = (SELECT id FROM words)', undefined],
  ['order_id = ? OR paid_order = ?', undefined],
  ['account == ?', undefined],
])('%s as conditions', (where, expected) => {
  const found = conditionsOf(where, [7n, 8n, 9n])
  expect(found?.map(({ column, comparison, value }) => [column, comparison, value])).toEqual(expected)
})

test('only comparisons are comparisons', () => {
  expect(['=', '<>', '<', '<=', '>', '>='].every(isComparison)).toBe(true)
  expect(['==', '', 'toString'].some(isComparison)).toBe(false)
})

test('a reader finds the rows of a fact in the order in which they were written', () => {
  const reader = new FactReader(record)
  const [{ account }] = record.rows<{ account: bigint }>('SELECT account FROM transactions WHERE order_id > 0 LIMIT 1')
  const found = reader.facts('transactions', 'account = ?', account)
  expect(found.length).toBeGreaterThan(1)
  expect(found.map(({ id }) => id)).toEqual(found.map(({ id }) => id).toSorted((a, b) => Number(a - b)))
  const order = found.map(({ order_id: of }) => of).find((of) => of > 0n) as bigint
  expect(reader.transactionsOf(order)).toEqual(found.filter(({ order_id: of }) => of === order))
})
