/** Columns of a query, read as texts in parts, against the same rows one by one. */
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { numberColumns } from '#reports/number-columns.ts'

const sqlOf = (
  rows: number,
) => `WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${rows})
SELECT n, n * 7919 % 1000 - 500 AS small, n * 34359738 AS large FROM numbers ORDER BY n`

test.each([1, 2 ** 17 - 1, 2 ** 17, 2 ** 17 + 1, 2 ** 17 + 2 ** 18, 450_000])(
  '%i rows are each read once, in order',
  (rows) => {
    const database = new Database(':memory:').defaultSafeIntegers(true)
    try {
      const [n, small, large] = numberColumns((sql) => database.prepare(sql), sqlOf(rows), 3)
      expect([n.length, small.length, large.length]).toEqual([rows, rows, rows])
      const expected = database.prepare(sqlOf(rows)).raw(true).safeIntegers(false).all() as number[][]
      expect(expected.every((row, at) => row[0] === n[at] && row[1] === small[at] && row[2] === large[at])).toBe(true)
    } finally {
      database.close()
    }
  },
)

test('a query without rows has empty columns', () => {
  const database = new Database(':memory:')
  try {
    const columns = numberColumns((sql) => database.prepare(sql), 'SELECT 1, 2 WHERE 0', 2)
    expect(columns.map(({ length }) => length)).toEqual([0, 0])
  } finally {
    database.close()
  }
})
