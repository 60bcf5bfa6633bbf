/** Parquet read by DuckDB: rows, types and sums of every table, and the questions of docs/questions.md. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decimalText } from '#base/decimal-text.ts'
import { exportParquet } from '#reports/exports/parquet.ts'
import { balancesAt } from '#reports/ledger/chart-of-accounts.ts'
import { RunRecord } from '#reports/record.ts'
import { massTables } from '#sim/record/column-files.ts'
import { factColumns, unitOf } from '#sim/record/columns.ts'
import { everyRuleRecord } from './every-rule-run.ts'

let record: RunRecord
let duck: DuckDBConnection
const folder = mkdtempSync(join(tmpdir(), 'marketsim-duckdb-'))

const written = (from: RunRecord, into: string): void => {
  mkdirSync(into, { recursive: true })
  const parts = new Map<string, Uint8Array[]>()
  exportParquet(from, {
    open(name) {
      const list: Uint8Array[] = []
      parts.set(name, list)
      return { writeBytes: (bytes) => list.push(bytes.slice()) }
    },
  })
  for (const [name, list] of parts) writeFileSync(join(into, name), Buffer.concat(list))
}

beforeAll(async () => {
  record = await everyRuleRecord()
  written(record, join(folder, 'tables'))
  const instance = await DuckDBInstance.create(':memory:')
  duck = await instance.connect()
  await duck.run(`SET file_search_path = '${join(folder, 'tables')}'; SET threads = 1`)
})

afterAll(() => {
  duck.closeSync()
  record.close()
  rmSync(folder, { recursive: true })
})

/** Rows as text, in the order of their columns. */
const rowsOf = async (sql: string): Promise<unknown[][]> => (await duck.runAndReadAll(sql)).getRowsJson()

const balanceSql = (files: string) => `
  SELECT ledger, owner, sum(amount * repeats) FROM '${files}postings.parquet' p JOIN '${files}transactions.parquet' t ON t.id = p.transaction_id
  GROUP BY ALL HAVING sum(amount * repeats) <> 0 ORDER BY ALL`

/** The trial balance, one line an account and owner, as DuckDB writes it. */
const ours = (): string[] =>
  balancesAt(record)
    .filter(({ balance }) => balance !== 0n)
    .map(({ ledger, owner, balance }) => [ledger, String(owner), decimalText(balance, 8, 8)].join())

test('the sums of the postings are the trial balance, to the last decimal (Q-01)', async () => {
  const theirs = (await rowsOf(balanceSql(''))).map((row) => row.join())
  expect(theirs.length).toBeGreaterThan(100)
  expect(theirs.sort()).toEqual(ours().sort())
})

test('every table has the rows of the record', async () => {
  for (const table of record.tables()) {
    const [{ n }] = record.plainRows<{ n: bigint }>(`SELECT count(*) AS n FROM "${table}"`)
    expect(await rowsOf(`SELECT count(*) FROM '${table}.parquet'`), table).toEqual([[String(n)]])
  }
})

test('every row of the column files of a run is the one of the record, whatever the encoding', async () => {
  for (const table of massTables) {
    const names = factColumns(table)
    const columns = names.map((name) => {
      const unit = unitOf(table, name)
      if (unit === 'instant') return `coalesce(epoch_ms("${name}"), 0)`
      if (unit === 'day') return `"${name}" - DATE '1970-01-01'`
      const isDecimal = ['price', 'money', 'charge', 'quantity'].includes(unit)
      return isDecimal ? `replace("${name}"::VARCHAR, '.', '')::HUGEINT` : `"${name}"`
    })
    const cells = await rowsOf(
      `SELECT ${columns.join(', ')} FROM read_parquet('${dirname(record.path)}/columns/*/${table}.parquet')`,
    )
    const words = names.map((name) =>
      unitOf(table, name) === 'word' ? `(SELECT word FROM words WHERE id = t.${name})` : name,
    )
    const ours = [...record.plainCursor(`SELECT ${words.join(', ')} FROM ${table} t`).rows]
    const texts = (rows: readonly (readonly unknown[])[]) => rows.map((row) => row.map(String).join(' ')).sort()
    expect(texts(cells), table).toEqual(texts(ours))
  }
})

test('where the amounts of a run pass ten digits together, every amount is DECIMAL(38,8), and its sums are the same', async () => {
  const copy = join(folder, 'copy')
  cpSync(dirname(record.path), copy, { recursive: true })
  const database = new Sqlite(join(copy, 'run.sqlite'))
  database.prepare(`UPDATE meta SET value = '1000000000000000001' WHERE key = 'turnover'`).run()
  database.close()
  const large = new RunRecord(copy)
  written(large, join(folder, 'wide'))
  large.close()
  const typesOf = async (files: string): Promise<string[]> =>
    (await rowsOf(`DESCRIBE SELECT amount FROM '${files}postings.parquet'`)).map(([, type]) => String(type))
  expect(await typesOf('')).toEqual(['DECIMAL(18,8)'])
  expect(await typesOf(`${join(folder, 'wide')}/`)).toEqual(['DECIMAL(38,8)'])
  const theirs = (await rowsOf(balanceSql(`${join(folder, 'wide')}/`))).map((row) => row.join())
  expect(theirs.sort()).toEqual(ours().sort())
})

/** The page's questions: title and SQL. */
const page = readFileSync(new URL('../../docs/questions.md', import.meta.url), 'utf8')
const [setup, ...sections] = page.split('\n## ')
const sqlOf = (text: string): string => /```sql\n(.*?)```/s.exec(text)?.[1] ?? ''
const questions = sections.map((text) => ({ title: text.slice(0, text.indexOf('\n')), sql: sqlOf(text), text }))

/** What SQLite says of the same, for the questions with an answer in the record. */
const known: Readonly<Record<string, string>> = {
  2: `SELECT strftime('%Y-%m', (month + 28800000) / 1000, 'unixepoch'), count(*), sum(payable) FROM bills GROUP BY 1 ORDER BY 1`,
  4: 'SELECT w.word, sum(hours), sum(seconds * hours), sum(amount * hours) FROM usage_spans s JOIN words w ON w.id = s.item GROUP BY 1 ORDER BY 1',
  5: 'SELECT c.word, r.word, count(*), sum(lost) FROM refusals f JOIN words c ON c.id = f.code JOIN words r ON r.id = f.rule GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2',
  10: `SELECT s.segment || '/' || s.number, count(*), sum(b.amount) FROM seller_bills b JOIN sellers s ON s.id = b.seller GROUP BY 1 ORDER BY 1`,
}

test('docs/questions.md has ten questions, each in DuckDB and pandas', () => {
  expect(questions.length).toBe(10)
  for (const { title, sql, text } of questions) {
    expect(sql, title).toMatch(/^SELECT .*;\n$/s)
    expect(text, title).toMatch(/```python\n.*\banswer = /s)
  }
})

test.each(questions)('question $title', async ({ title, sql }) => {
  await duck.run(sqlOf(setup))
  const rows = await rowsOf(sql)
  expect(rows.length).toBeGreaterThan(0)
  const expected = known[title.slice(0, title.indexOf('.'))]
  if (expected === undefined) return
  const units = (cell: unknown) =>
    /^-?\d+\.\d{8}$/.test(String(cell))
      ? String(cell)
          .replace('.', '')
          .replace(/^(-?)0+(?=\d)/, '$1')
      : String(cell)
  const recorded = [...record.plainCursor(expected).rows]
  expect(rows.map((row) => row.map(units))).toEqual(recorded.map((row) => row.map(String)))
})
