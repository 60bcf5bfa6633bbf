/** The books judged by programs that know nothing of us: hledger, Ledger, Beancount. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decimalText } from '#base/decimal-text.ts'
import { beancountFormat } from '#reports/exports/beancount.ts'
import { exportInvoices, exportUbl } from '#reports/exports/documents.ts'
import { exportFocus } from '#reports/exports/focus.ts'
import { hledgerFormat } from '#reports/exports/hledger.ts'
import { type Files, type JournalFormat, plainText, writeJournal } from '#reports/exports/journal.ts'
import { movementsOf } from '#reports/exports/movements.ts'
import { exportParquet } from '#reports/exports/parquet.ts'
import { exportTables } from '#reports/exports/tables.ts'
import { balancesAt, classOf } from '#reports/ledger/chart-of-accounts.ts'
import { dictionary } from '#sim/market/words.ts'
import { factColumns, tableNames, unitOf } from '#sim/record/columns.ts'
import { HIGH } from '#sim/record/wide.ts'
import { hasProgram } from '../house/programs.ts'
import { naiveRows } from '../sim/record/naive-parquet.ts'
import { type ShortRun, shortRun } from './short-run.ts'

let run: ShortRun
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'marketsim-books-'))
  run = await shortRun(['end=2024-03-02T12:00:00+08:00', 'buyers.start-ups.count=60', 'buyers.companies.count=20'])
})

afterAll(() => {
  run.remove()
  rmSync(folder, { recursive: true })
})

/** Files in memory, then on disk. */
function written(write: (files: Files) => unknown): Map<string, string> {
  const texts = new Map<string, string>()
  const open = (name: string) => ({ write: (text: string) => texts.set(name, (texts.get(name) ?? '') + text) })
  write({ open })
  for (const [name, text] of texts) writeFileSync(join(folder, name), text)
  return texts
}

const journal = (format: JournalFormat, name: string, most?: number): Map<string, string> =>
  written((files) => writeJournal(run.record, files, name, format, most === undefined ? {} : { most }))

const call = (program: string, ...words: string[]) => spawnSync(program, words, { cwd: folder, encoding: 'utf8' })

const judges = [
  {
    program: 'hledger',
    file: 'books.journal',
    words: ['check', 'ordereddates', 'accounts', 'commodities'],
    flags: ['-f'],
  },
  { program: 'ledger', file: 'books.journal', words: ['bal'], flags: ['--pedantic', '--strict', '-f'] },
  { program: 'bean-check', file: 'books.beancount', words: [], flags: ['--no-cache'] },
] as const

const judged = ({ program, flags, words }: (typeof judges)[number], file: string) =>
  call(program, ...flags, file, ...words)

/** The first posting of a usage transaction, its last decimal one up; `other` does the contrary to the next posting. */
function corrupted(text: string, isBalanced: boolean): string {
  const lines = text.split('\n')
  const first = lines.findIndex((line) => /buyer-cash:\d+ {2}-?\d+\.\d{8}/i.test(line) && !line.includes('='))
  const change = (line: string, by: bigint): string =>
    line.replace(/-?\d+\.\d{8}/, (amount) => decimalText(BigInt(amount.replace('.', '')) + by, 8, 8))
  lines[first] = change(lines[first], 1n)
  const next = /^\s+\S+ {2}-?\d/.test(lines[first + 1]) ? first + 1 : first - 1
  if (isBalanced) lines[next] = change(lines[next], -1n)
  return lines.join('\n')
}

test.each(judges)('$program finds nothing wrong, in one file and in parts', (judge) => {
  if (!hasProgram(judge.program)) return
  const format = judge.program === 'bean-check' ? beancountFormat(run.record.meta) : hledgerFormat(run.record.meta)
  const whole = journal(format, 'books')
  expect(whole.size).toBe(1)
  expect(judged(judge, judge.file)).toMatchObject({ status: 0, stderr: '' })
  const parts = journal(format, 'parts', 50)
  expect(parts.size).toBeGreaterThan(3)
  expect(judged(judge, `parts.${format.ending}`)).toMatchObject({ status: 0, stderr: '' })
})

test.each(judges)('$program notices the last decimal of one posting, and of two that still balance', (judge) => {
  if (!hasProgram(judge.program)) return
  const text = readFileSync(join(folder, judge.file), 'utf8')
  for (const isBalanced of [false, true]) {
    const name = judge.file.replace('books', 'corrupt')
    writeFileSync(join(folder, name), corrupted(text, isBalanced))
    const { status, stdout, stderr } = judged(judge, name)
    expect(status, `${judge.program}, ${isBalanced ? 'balanced' : 'alone'}`).not.toBe(0)
    expect(stdout + stderr).toMatch(isBalanced ? /assert|balance/i : /balance/i)
  }
})

test('hledger and Ledger come to our balances', () => {
  const ours = new Map(
    balancesAt(run.record)
      .filter(({ balance }) => balance !== 0n)
      .map(({ ledger, owner, balance }) => [
        `${classOf(ledger)}:${ledger}${owner === 0n ? '' : `:${owner}`}`,
        decimalText(balance, 8, 8),
      ]),
  )
  expect(ours.size).toBeGreaterThan(80)
  if (hasProgram('hledger')) {
    const lines = call('hledger', '-f', 'books.journal', 'bal', '-N', '--flat', '-O', 'csv')
      .stdout.trim()
      .split('\n')
      .slice(1)
    const theirs = new Map(lines.map((line) => line.replaceAll('"', '').split(',') as [string, string]))
    expect([...theirs].map(([account, amount]) => [account, amount.replace(' USD', '')]).sort()).toEqual(
      [...ours].sort(),
    )
  }
  if (hasProgram('ledger')) {
    const format = '%(account)|%(quantity(scrub(display_total)))\n'
    const lines = call('ledger', '-f', 'books.journal', 'bal', '--flat', '--no-total', '--balance-format', format)
    const theirs = lines.stdout
      .trim()
      .split('\n')
      .map((line) => line.split('|'))
    const units = (text: string): bigint => {
      const [whole, fraction = ''] = text.replace('-', '').split('.')
      return (text.startsWith('-') ? -1n : 1n) * BigInt(whole + fraction.padEnd(8, '0'))
    }
    expect(theirs.map(([account, amount]) => [account, decimalText(units(amount), 8, 8)]).sort()).toEqual(
      [...ours].sort(),
    )
  }
})

test('movements come by their days, repetitions an hour apart, and none is lost (M-09)', () => {
  const { record } = run
  let last = 0
  let count = 0
  let sum = 0n
  for (const { day, legs, hour, repetition, kind, part } of movementsOf(record)) {
    expect(day).toBeGreaterThanOrEqual(last)
    expect(legs.reduce((total, leg) => total + leg.amount, 0n)).toBe(0n)
    if (repetition > 1 && kind !== 'recognition') expect(hour).toBeGreaterThan(0)
    last = day
    if (part === '' && (kind !== 'recognition' || repetition === 1)) count++
    sum += legs.reduce((total, leg) => total + (leg.ledger === 'buyer-cash' ? leg.amount : 0n), 0n)
  }
  const [expected] = record.rows('SELECT sum(repeats) AS count FROM transactions')
  expect(BigInt(count)).toBe(expected.count)
  const cash = balancesAt(record).filter(({ ledger }) => ledger === 'buyer-cash')
  expect(sum).toBe(cash.reduce((total, { balance }) => total + balance, 0n))
})

test('CSV: the charges are what the bills and the books were made of', () => {
  const files = written((open) => exportTables(run.record, open))
  expect([...files.keys()]).toEqual(['postings.csv', 'balances.csv', 'bills.csv', 'charges.csv', 'order-lines.csv'])
  const units = (text: string) => BigInt(text.replace('.', ''))
  const hours = (files.get('charges.csv')?.trim().split('\n').slice(1) ?? []).filter(
    (line) => !line.includes(',order '),
  )
  const postings = files.get('postings.csv')?.trim().split('\n').slice(1) ?? []
  const used = hours.reduce((sum, line) => sum + units(line.split(',')[8]), 0n)
  const charged = postings
    .filter((line) => line.includes(',usage,') && line.includes(',buyer-'))
    .reduce((sum, line) => sum + units(line.split(',')[9]), 0n)
  expect(used).toBeGreaterThan(0n)
  expect(charged).toBe(used)
})

test('names that would steer a journal lose what steers', () => {
  expect(plainText('a;b | c "d"\n\te  f')).toBe('a,b , c ,d, e f')
})

/** Every table as Parquet, in files: by name, the path. */
function parquetFiles(): Map<string, string> {
  const parts = new Map<string, Uint8Array[]>()
  exportParquet(run.record, {
    open(name) {
      const list: Uint8Array[] = []
      parts.set(name, list)
      return { writeBytes: (bytes) => list.push(bytes.slice()) }
    },
  })
  return new Map(
    [...parts].map(([name, list]) => {
      writeFileSync(join(folder, name), Buffer.concat(list))
      return [name.replace(/\.parquet$/, ''), join(folder, name)]
    }),
  )
}

test('--format focus: what is billed sums to the payable of all bills; test/reports/focus.test.ts has the rest', () => {
  const [head, ...lines] = (written((files) => exportFocus(run.record, files)).get('focus.csv') ?? '')
    .trim()
    .split('\n')
  expect(head.startsWith('AvailabilityZone,BilledCost,BillingAccountId,')).toBe(true)
  const sum = lines.reduce((total, line) => total + units(line.split(',')[1]), 0n)
  const [{ payable }] = run.record.rows<{ payable: bigint }>('SELECT sum(payable) AS payable FROM bills')
  expect(sum).toBe(payable)
})

test('--format invoices and --format ubl: what no run has asked for is not written; test/reports/documents has the rest; --format xlsx is in xlsx.test.ts, --format log in run-log.test.ts, --format budget in journals.test.ts', () => {
  expect(written((files) => exportInvoices(run.record, files)).size).toBe(0)
  expect(() => written((files) => exportUbl(run.record, files))).toThrow(/names, addresses and tax numbers/)
})

/** Whole 1e-8 of decimal text. */
function units(text: string): bigint {
  const [whole, fraction = ''] = text.replace('-', '').split('.')
  const size = BigInt(whole + fraction.padEnd(8, '0'))
  return text.startsWith('-') ? -size : size
}

test('--format parquet: every row of every table, words spelled out, amounts to the last decimal', () => {
  const files = parquetFiles()
  const { record } = run
  const tables = record.plainRows<{ name: string }>(`SELECT name FROM sqlite_schema WHERE type = 'table'`)
  expect([...files.keys()].sort()).toEqual(
    tables
      .map(({ name }) => name)
      .filter((name) => !name.startsWith('sqlite_'))
      .sort(),
  )
  for (const [table, path] of files) {
    const filled = tableNames.find((name) => name === table)
    const recorded = record.plainRows(`SELECT * FROM ${table} ORDER BY rowid`).map((row) => {
      if (filled === undefined) return row
      return Object.fromEntries(
        factColumns(filled).map((name) => {
          const cell = row[name] as bigint
          const unit = unitOf(filled, name)
          if (unit === 'word') return [name, dictionary.words[Number(cell)]]
          if (unit === 'instant') return [name, cell === 0n ? null : cell]
          return [name, unit === 'money' ? (row[`${name}_high`] as bigint) * HIGH + cell : cell]
        }),
      )
    })
    expect(naiveRows(path), table).toEqual(recorded)
  }
  expect(naiveRows(files.get('postings') as string).length).toBeGreaterThan(300)
})
