/** M-01: amounts on both sides of what SQLite's INTEGER holds at 1e-8 (9.2e10 units), and sums of them to 1e15 units. */
import Sqlite from 'better-sqlite3'
import { expect, test } from 'vitest'
import { packPrice, parseUnitPrice, unpackPrice } from '#base/money.ts'
import { factTableSql } from '#sim/record/columns.ts'
import { views } from '#sim/record/views.ts'
import { cellsOf, fromLog, HIGH, logHigh, logLow, sumColumns, sumSql } from '#sim/record/wide.ts'

const UNIT = 100_000_000n
const sizes = [
  0n,
  1n,
  UNIT - 1n,
  2n ** 53n,
  HIGH - 1n,
  HIGH,
  2n ** 63n - 1n,
  2n ** 63n,
  10n ** 12n * UNIT,
  10n ** 15n * UNIT,
  10n ** 15n * UNIT + 12_345_678n,
]

test.each(sizes.flatMap((size) => [size, -size]))('%s is the same after the fact log and after SQLite', (amount) => {
  expect(fromLog(logLow(amount), logHigh(amount))).toBe(amount)
  const [low, high] = cellsOf(amount)
  expect(high * HIGH + low).toBe(amount)
  expect(Number.isSafeInteger(logLow(amount))).toBe(true)
})

test('a sum in SQL is exact where its terms, or it alone, are beyond an INTEGER', () => {
  const database = new Sqlite(':memory:').defaultSafeIntegers(true)
  database.exec('CREATE TABLE t (n INTEGER, x INTEGER, x_high INTEGER)')
  const insert = database.prepare('INSERT INTO t VALUES (?, ?, ?)')
  const sum = (rows: readonly (readonly [bigint, bigint])[]): bigint => {
    database.exec('DELETE FROM t')
    for (const [times, amount] of rows) insert.run(times, ...cellsOf(amount))
    const { units, parts } = sumSql('x', 'n')
    const sql = `SELECT ${sumColumns('u', 'p', 's')} FROM (SELECT ${units} AS u, ${parts} AS p FROM t)`
    const { s, s_high } = database.prepare(sql).get() as { s: bigint; s_high: bigint }
    // Both parts have the sign of the sum.
    expect(s * s_high >= 0n).toBe(true)
    return s_high * HIGH + s
  }
  const vast = 9_007_199_254_740_991n
  for (const rows of [
    [[1n, 1n]],
    [
      [1n, HIGH],
      [1n, -1n],
    ],
    [
      [1n, -HIGH],
      [1n, 1n],
    ],
    [
      [1n, 2n ** 63n - 1n],
      [1n, 1n],
    ],
    [
      [744n, vast],
      [744n, vast],
      [-1n, UNIT + 1n],
    ],
    [
      [1n, 10n ** 15n * UNIT],
      [1n, -(10n ** 15n) * UNIT + 7n],
    ],
    [
      [1n, 5n * UNIT],
      [3n, -2n * UNIT + 1n],
    ],
  ] as const)
    expect(sum(rows), String(rows)).toBe(rows.reduce((total, [times, amount]) => total + times * amount, 0n))
})

test('no view overflows: balances of 1e15 units and more', () => {
  const database = new Sqlite(':memory:').defaultSafeIntegers(true)
  database.exec(`CREATE TABLE words (id INTEGER, word TEXT); INSERT INTO words VALUES (1, 'buyer-receivable'), (2, 'usage');
    CREATE TABLE meta (key TEXT, value TEXT); ${['transactions', 'postings', 'recognitions'].map((table) => factTableSql(table as 'postings')).join('; ')}`)
  const view = views.find(({ name }) => name === 'balances')
  database.exec(`INSERT INTO transactions VALUES (1, 0, 3, 2, 1, 0, 0, 0, 0), (2, 0, 1, 2, 1, 0, 0, 0, 0)`)
  const post = database.prepare(
    'INSERT INTO postings (transaction_id, ledger, owner, amount, amount_high) VALUES (?, 1, 7, ?, ?)',
  )
  for (const [transaction, amount] of [
    [1n, 10n ** 15n * UNIT + 5n],
    [2n, -1n],
  ])
    post.run(transaction, ...cellsOf(amount))
  const row = database.prepare(view?.sql ?? '').get() as { balance: bigint; balance_high: bigint }
  expect(row.balance_high * HIGH + row.balance).toBe(3n * (10n ** 15n * UNIT + 5n) - 1n)
})

test('an hourly price is the same as a number, up to the last that a metered hour may cost', () => {
  for (const text of [
    '0',
    '0.0000000001',
    '900719.9254740991',
    '900719.9254740992',
    '2500000.1234567891',
    '90071992.54740991',
  ]) {
    const price = parseUnitPrice(text)
    expect(Number(unpackPrice(price)) / 1e10, text).toBeCloseTo(Number(text), 2)
    expect(packPrice(unpackPrice(price)), text).toBe(price)
    expect(price === parseUnitPrice(text)).toBe(true)
  }
  expect(() => parseUnitPrice('90071992.5474099101')).toThrow('beyond 90071992.54740991')
})
