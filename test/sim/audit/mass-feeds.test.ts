/** What the auditor reads of column files is what it reads of the same facts in one SQLite file, account by account. */
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readScenario } from '#scenarios/reader.ts'
import { AccountTables, type Judged, readAccounts } from '#sim/audit/account-facts.ts'
import { audit, auditInParts } from '#sim/audit/audit.ts'
import type { AccountFacts } from '#sim/audit/facts.ts'
import { massFactsOf } from '#sim/audit/mass-facts.ts'
import { massFeeds, thingOwners } from '#sim/audit/mass-feeds.ts'
import { JudgeThreads } from '#sim/audit/part.ts'
import { piecesOf } from '#sim/audit/pieces.ts'
import { Premises } from '#sim/audit/premises.ts'
import { settledLedgers } from '#sim/audit/settlements.ts'
import type { Transaction } from '#sim/audit/transaction.ts'
import { vocabularyOf } from '#sim/audit/vocabulary.ts'
import { massTables } from '#sim/record/column-files.ts'
import { columnFactsOf, openRecord } from '#sim/record/open-record.ts'
import { ParquetDamage } from '#sim/record/parquet/reader.ts'
import { writeWholeRecord } from '#sim/record/whole-record.ts'
import { simulate } from '#sim/run/simulate.ts'
import { libraryFile } from '../../reports/short-run.ts'
import { naiveRows } from '../record/naive-parquet.ts'
import { rewriteColumn } from '../record/rewritten-column.ts'

let folder: string
let record: string
let whole: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'marketsim-columns-'))
  const { scenario, traces } = await readScenario(libraryFile('quickstart'), {
    sets: ['end=2024-03-05T00:00:00+08:00'],
  })
  const request = { scenario, traces: Object.fromEntries(traces), seed: scenario.seed, threads: 1, folder }
  record = (await simulate({ ...request, inThisThread: true })).record
  whole = join(folder, 'whole.sqlite')
  writeWholeRecord(record, whole)
})
afterAll(() => rmSync(folder, { recursive: true }))

const reading = <T>(path: string, read: (database: Sqlite.Database) => T): T => {
  const database = new Sqlite(path, { readonly: true })
  try {
    return read(database)
  } finally {
    database.close()
  }
}

/** The same with the legs of its transactions and the spans of its servers themselves, not their places in columns. */
const spelled = (facts: AccountFacts) => ({
  ...facts,
  transactions: facts.transactions.map(spelledOut),
  instances: facts.instances.map((instance) => ({ ...instance, spans: [...instance.spans] })),
})
const spelledOut = (transaction: Transaction) => ({ ...transaction, legs: [...transaction.legs] })

test('every account has the same facts, whichever accounts are read', () => {
  const some = Float64Array.from({ length: 41 }, (_, at) => 20 + at)
  for (const judged of ['all', { only: some }] satisfies Judged[]) {
    const [columns, tables] = [record, whole].map((path) =>
      reading(path, (database) => {
        const mass = massFeeds(massFactsOf(database), thingOwners(database))
        const tables = new AccountTables(database, judged)
        const accounts = judged === 'all' ? tables.accounts() : some
        return [...readAccounts(tables, { mass, accounts })].filter(({ id }) => judged === 'all' || some.includes(id))
      }),
    )
    expect(columns.map(({ id }) => id)).toEqual(tables.map(({ id }) => id))
    for (const [index, facts] of tables.entries())
      expect(spelled(columns[index]), `account ${facts.id}`).toEqual(spelled(facts))
    expect(tables.length).toBeGreaterThan(30)
    expect(tables.flatMap(({ transactions }) => transactions.flatMap(({ legs }) => [...legs])).length).toBeGreaterThan(
      300,
    )
  }
})

const byLedger = (transaction: Transaction) => ({
  ...transaction,
  legs: [...transaction.legs].sort((a, b) => a.ledger - b.ledger),
})

test('hours that were settled in the plain way are the same transactions, and come to the same sums', () => {
  reading(record, (database) => {
    const premises = new Premises(database)
    const words = vocabularyOf(premises)
    const [apart, together] = [{ premises, words }, undefined].map((plainness) => {
      const mass = massFeeds(massFactsOf(database), thingOwners(database), plainness)
      const tables = new AccountTables(database)
      return [...readAccounts(tables, { mass, accounts: tables.accounts() })]
    })
    let plain = 0
    for (const [index, { settlements, transactions }] of apart.entries()) {
      plain += settlements?.length ?? 0
      const all = settlements?.among(transactions) ?? []
      expect(all.map(byLedger)).toEqual(together[index].transactions.map(byLedger))
      const usage = together[index].transactions.filter(({ kind }) => kind === words.usage)
      for (const [place, ledger] of settledLedgers(words).entries()) {
        const moved = usage.reduce((sum, { legs, repeats }) => sum + legs.moved(ledger) * BigInt(repeats), 0n)
        expect(settlements?.movedOn(place)).toBe(moved)
      }
    }
    expect(plain).toBeGreaterThan(100)
  })
})

test('the auditor finds as much in one file as in column files', () => {
  const copy = join(folder, 'copy.sqlite')
  copyFileSync(record, copy)
  expect(audit(whole)).toEqual(audit(copy))
})

/** A value as SQLite's INTEGER has it, of a value of the naive reader. */
const numberIn = (words: ReadonlyMap<string, bigint>, value: bigint | string | null): bigint | undefined =>
  value === null ? 0n : typeof value === 'string' ? words.get(value) : value

test('a reader that knows nothing of ours finds every row of every mass table in the column files', () => {
  const database = openRecord(record).defaultSafeIntegers(true)
  try {
    const words = new Map(
      database
        .prepare<[], [bigint, string]>('SELECT id, word FROM words')
        .raw()
        .all()
        .map(([id, word]) => [word, id]),
    )
    const files = database.prepare<[], { table: string; file: string }>('SELECT "table", file FROM column_files').all()
    expect(new Set(files.map((each) => each.table))).toEqual(new Set(massTables))
    for (const table of massTables) {
      const rows = files.filter((each) => each.table === table).flatMap(({ file }) => naiveRows(join(folder, file)))
      const order = rows.some((row) => 'id' in row)
      const read = rows.map((row) =>
        Object.fromEntries(Object.entries(row).map(([name, each]) => [name, numberIn(words, each)])),
      )
      if (order) read.sort((a, b) => Number((a.id ?? 0n) - (b.id ?? 0n)))
      const names = Object.keys(read[0] ?? {}).join(', ')
      const asked = read.length === 0 ? [] : database.prepare(`SELECT ${names} FROM ${table} ORDER BY rowid`).all()
      expect(asked, table).toEqual(read)
    }
  } finally {
    database.close()
  }
})

/** A copy of the record with its column files. */
function copyOf(name: string): string {
  const copy = join(folder, name)
  mkdirSync(copy)
  copyFileSync(record, join(copy, 'run.sqlite'))
  cpSync(join(folder, 'columns'), join(copy, 'columns'), { recursive: true })
  return join(copy, 'run.sqlite')
}

test('the auditor finds an amount that was changed in a column file, whose sums are right', () => {
  const changed = copyOf('changed')
  rewriteColumn(changed, 'usage_spans', 'amount', (amount, row) => (row === 3 ? amount + 1n : amount))
  expect(audit(changed).differences).toBeGreaterThan(0)
})

test('the auditor finds a sum by month that was changed in a column file', () => {
  const [ledger, metered] = ['ledger', 'metered'].map(copyOf)
  rewriteColumn(ledger, 'ledger_months', 'times', (times, row) => (row === 5 ? times + 1n : times))
  rewriteColumn(metered, 'metered_months', 'amount', (amount, row) => (row === 2 ? amount - 1n : amount))
  expect([ledger, metered].map((path) => audit(path).differences)).toEqual([1, 1])
})

/** What the auditor writes of a record that it judges in pieces of so many spans at least, on so many threads. */
async function foundIn(path: string, threads: number, leastSpans: number, judges?: JudgeThreads) {
  await auditInParts(path, { threads, leastSpans, ...(judges && { judges }) })
  return reading(path, (database) => ({
    totals: database.prepare('SELECT * FROM audit_totals ORDER BY rowid').raw().all(),
    capacityCosts: database.prepare('SELECT * FROM audit_capacity_costs ORDER BY rowid').raw().all(),
    monthEnds: database.prepare('SELECT * FROM audit_month_ends ORDER BY rowid').raw().all(),
    differences: database.prepare('SELECT * FROM audit_differences ORDER BY rowid').raw().all(),
  }))
}

test('the auditor finds the same however the record is cut into pieces', async () => {
  const changed = copyOf('cut')
  rewriteColumn(changed, 'usage_spans', 'amount', (amount, row) => (row % 9 === 0 ? amount + 1n : amount))
  rewriteColumn(changed, 'postings', 'amount', (amount, row) => (row % 40 === 0 ? amount + 1n : amount))
  const database = new Sqlite(changed)
  database.exec('UPDATE pool_hours SET peak = peak + 1 WHERE rowid % 10 = 0')
  database.close()
  const whole = await foundIn(changed, 1, Number.POSITIVE_INFINITY)
  expect(whole.differences.length).toBeGreaterThan(20)
  // Of accounts, of the record alone, and of what is gathered of all accounts, in this order.
  const found = whole.differences.map((row) => (row as unknown[])[0])
  expect(found.indexOf('ecs charge')).toBeLessThan(found.indexOf('pool peak'))
  expect(found.indexOf('pool peak')).toBeLessThan(found.indexOf('month end'))
  const pieces = (threads: number, leastSpans: number) =>
    reading(changed, (database) => piecesOf(database, massFactsOf(database), threads, leastSpans))
  // By cell on one thread; on three the larger cell is cut as well.
  expect(pieces(1, 50).map(({ cells }) => cells)).toEqual([[0], [1]])
  expect(pieces(3, 50).map(({ cells }) => cells)).toEqual([[0], [0], [0], [1]])
  expect(await foundIn(changed, 1, 50)).toEqual(whole)
  // One thread is started before it is needed.
  const judges = new JudgeThreads(1)
  expect(await foundIn(changed, 3, 50, judges)).toEqual(whole)
  await judges.close()
})

test('a fact in the files of a cell that its account does not live in is found', async () => {
  const changed = copyOf('strayed')
  const [account] = reading(changed, (database) =>
    piecesOf(database, massFactsOf(database), 1, 50)[1].accounts?.subarray(0, 1),
  ) as Float64Array
  rewriteColumn(changed, 'transactions', 'account', (of, row) => (row === 200 ? BigInt(account) : of))
  const { differences } = await foundIn(changed, 1, 50)
  const texts = differences.map((row) => (row as unknown[]).join(' '))
  expect(texts.join('\n')).toMatch(new RegExp(`orphan account ${account}\\b.*in the files of a cell`))
})

test.for<[string, (path: string) => void, RegExp]>([
  ['missing', (path) => rmSync(path), /usage_spans\.parquet is damaged, the file: it is missing/],
  [
    'cut off',
    (path) => writeFileSync(path, readFileSync(path).subarray(0, 900)),
    /usage_spans\.parquet is damaged, its end: it has 900 bytes/,
  ],
  [
    'altered',
    (path) => {
      const bytes = readFileSync(path)
      bytes[bytes.length >> 1] ^= 1
      writeFileSync(path, bytes)
    },
    /usage_spans\.parquet is damaged, its checksum: /,
  ],
])('a column file that is %s is named', ([name, damage, words]) => {
  const path = copyOf(name)
  damage(join(dirname(path), 'columns/cell-0/usage_spans.parquet'))
  reading(path, (database) => {
    const facts = columnFactsOf(database)
    expect(() => facts?.table('usage_spans')).toThrow(ParquetDamage)
    expect(() => facts?.table('usage_spans')).toThrow(words)
    expect(facts?.table('postings').rows).toBeGreaterThan(100)
  })
})
