/** Databases that are written page by page, asked by SQLite itself. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { writeSqliteImage } from '#sim/record/sqlite-image.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-image-'))
const path = join(folder, 'image.sqlite')
afterAll(() => rmSync(folder, { recursive: true }))

interface Row {
  readonly id: number
  readonly owner: number
  readonly amount: number | bigint
}

/** Writes rows; `isKeyed` says whether `id` is the key. */
function write(rows: readonly Row[], isKeyed: boolean): void {
  const safe = (value: number | bigint): boolean => Number.isSafeInteger(Number(value))
  const vast = new Map(rows.flatMap(({ amount }, row) => (safe(amount) ? [] : [[row, BigInt(amount)] as const])))
  const key = isKeyed ? 'id' : 'number'
  writeSqliteImage(path, {
    name: 'facts',
    sql: `CREATE TABLE facts (${isKeyed ? 'id INTEGER PRIMARY KEY' : 'number INTEGER NOT NULL'}, owner INTEGER NOT NULL, amount INTEGER NOT NULL) STRICT`,
    rows: rows.length,
    columns: [
      { name: key, values: Float64Array.from(rows, ({ id }) => id) },
      { name: 'owner', values: Int32Array.from(rows, ({ owner }) => owner) },
      {
        name: 'amount',
        values: Float64Array.from(rows, ({ amount }) => (safe(amount) ? Number(amount) : Number.NaN)),
        vast,
      },
    ],
    indexed: isKeyed ? ['owner'] : ['owner', 'number'],
  })
}

/** What SQLite answers of the image, after it has checked every page, key and index. */
function asked(sql: string): unknown[][] {
  const database = new Sqlite(path, { readonly: true }).defaultSafeIntegers(true)
  try {
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
    return database.prepare(sql).raw().all() as unknown[][]
  } finally {
    database.close()
  }
}

const bits = (most: number) =>
  fc
    .integer({ min: 0, max: most })
    .chain((width) => fc.bigInt({ min: -(2n ** BigInt(width)), max: 2n ** BigInt(width) - 1n }))
const rows = fc.uniqueArray(
  fc.record({ id: fc.integer({ min: 0, max: 2 ** 45 }), owner: fc.integer({ min: -3, max: 300 }), amount: bits(63) }),
  { selector: ({ id }) => id, maxLength: 60 },
)

test('SQLite finds every number of an image, and nothing to object to in its pages', () => {
  fc.assert(
    fc.property(rows, (list) => {
      const plain = list.map(({ id, owner, amount }) => [BigInt(id), BigInt(owner), amount])
      write(list, false)
      expect(asked('SELECT number, owner, amount FROM facts ORDER BY rowid')).toEqual(plain)
      write(list, true)
      expect(asked('SELECT id, owner, amount FROM facts')).toEqual(plain.toSorted(([a], [b]) => (a < b ? -1 : 1)))
    }),
    { numRuns: 40 },
  )
})

test.for([0, 1, 371, 372, 373, 744, 745, 746, 120_000])('an image of %i rows has whole trees', (count) => {
  const list = Array.from({ length: count }, (_, row) => ({
    id: (count - row) * 7,
    owner: (row * 7919) % 1000,
    amount: row % 3 === 0 ? row : -row * 1_000_003,
  }))
  write(list, true)
  const [[rowsRead, sum]] = asked('SELECT count(*), coalesce(sum(amount), 0) FROM facts')
  expect([rowsRead, sum]).toEqual([BigInt(count), list.reduce((total, { amount }) => total + BigInt(amount), 0n)])
  const owned = list.filter(({ owner }) => owner === 0).map(({ id }) => BigInt(id))
  expect(asked('SELECT id FROM facts INDEXED BY facts_by_owner WHERE owner = 0').flat()).toEqual(owned.toReversed())
})
