/**
 * Every export of the library's scenarios, cut short, read back by other programs: hledger, Ledger, Beancount, DuckDB, SQLite,
 * xmllint, a ZIP and CSV reader, and `meter` and `reconcile`. Each comes to the run's own figures to the last decimal, and
 * the same bytes are written twice. `--short`: four scenarios, with refunds, resellers, taxes and currencies.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import Sqlite from 'better-sqlite3'
import { parse } from 'csv-parse/sync'
import { Decimal } from 'decimal.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decimalText } from '#base/decimal-text.ts'
import { compareBills } from '#reports/against/compare-bills.ts'
import { Differences } from '#reports/against/differences.ts'
import { readInvoices } from '#reports/against/read-invoices.ts'
import { recordSource } from '#reports/against/record-source.ts'
import { isInvoiced } from '#reports/documents/document.ts'
import { documentsOf } from '#reports/documents/run-documents.ts'
import { exportNames } from '#reports/exports/formats.ts'
import { balancesAt, classOf } from '#reports/ledger/chart-of-accounts.ts'
import { trialBalance } from '#reports/ledger/trial-balance.ts'
import type { RunRecord } from '#reports/record.ts'
import { libraryPaths } from '#scenarios/library.ts'
import { hasProgram } from '../../house/programs.ts'
import { brokenRules as brokenOfDocument } from '../../reports/documents/en16931.ts'
import { invalid, unpackedSchemas } from '../../reports/documents/ubl-schemas.ts'
import { textAt, xmlTree } from '../../reports/documents/xml-tree.ts'
import { billsByLog, billsOf, meteredBills } from '../../reports/exported-log.ts'
import { brokenColumns } from '../../reports/focus-columns.ts'
import { brokenRules, type FocusRow, type Model, withoutCondition } from '../../reports/focus-rules.ts'
import { differentCell, sheetOf } from '../../reports/xlsx-cells.ts'
import { bytes } from '../../sim/metering-log/rated.ts'
import { isShort } from '../effort.ts'
import { type Case, digestsOf, ExportedRun, type Written } from './exported-run.ts'

const invoiced = ['policies.invoice.mode=auto', 'policies.invoice.issueDelay=1h']

/** At most so many buyers of each segment. */
const few = (short: number, whole: number) => ({ buyers: isShort ? short : whole })

/** In what circumstances each scenario runs. The first four are the short form. */
const cases: readonly Case[] = [
  // Resellers, refunds, returned invoices, late records, interruptible servers.
  { name: 'every-rule', days: isShort ? 40 : 120, ...few(4, 30), sets: [] },
  // Terms that are renewed and left, in euro, with tax on every bill.
  {
    name: 'renewal-cliff',
    days: isShort ? 40 : 100,
    ...few(4, 40),
    sets: [...invoiced, 'currency=EUR', 'policies.tax.percent=19'],
  },
  // A currency without minor units, over the end of a month.
  {
    name: 'quickstart',
    days: 7,
    ...few(6, 60),
    sets: [...invoiced, 'currency=JPY', 'start=2024-03-28T12:00:00+08:00', 'end=2024-04-05T00:00:00+08:00'],
  },
  // Supervision with taxes and refusals, in a currency with three decimals.
  { name: 'supervision-dispute', days: isShort ? 36 : 200, ...few(6, 40), sets: [...invoiced, 'currency=KWD'] },
  { name: 'arrears-wave', days: 75, buyers: 40, sets: invoiced },
  { name: 'black-friday', days: 7, buyers: 60, sets: invoiced },
  { name: 'metropolis', days: 32, buyers: 10, sets: [...invoiced, 'policies.tax.percent=8.25'] },
  { name: 'nasa-ipsc', days: 36, sets: invoiced },
  { name: 'own-or-lease', days: 36, buyers: 40, sets: invoiced },
  { name: 'pricing-rule-change', days: 92, buyers: 40, sets: [...invoiced, 'policies.tax.percent=6'] },
  { name: 'region-outage', days: 31, buyers: 40, sets: invoiced },
]

const model = JSON.parse(readFileSync(new URL('../../data/focus/model-1.2.json', import.meta.url), 'utf8')) as Model

test('each scenario of the library is here', async () => {
  expect(cases.map(({ name }) => name).sort()).toEqual([...(await libraryPaths()).keys()])
})

const call = (folder: string, program: string, ...words: string[]) =>
  spawnSync(program, words, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 })

/** Whole 1e-8 of decimal text. */
function units(text: string): bigint {
  const [whole, fraction = ''] = text.replace(/[-,]/g, '').split('.')
  const size = BigInt(whole + fraction.padEnd(8, '0'))
  return text.includes('-') ? -size : size
}

const csvRows = (written: Written, name: string): FocusRow[] => parse(written.text(name), { columns: true })

const sumOf = (rows: readonly FocusRow[], column: string): bigint =>
  rows.reduce((total, row) => total + units(row[column]), 0n)

/** What every account holds in the end, by its name in a journal. */
const balancesOf = (record: RunRecord): Map<string, bigint> =>
  new Map(
    balancesAt(record)
      .filter(({ balance }) => balance !== 0n)
      .map(({ ledger, owner, balance }) => [
        `${classOf(ledger)}:${ledger}${owner === 0n ? '' : `:${owner}`}`.toLowerCase(),
        balance,
      ]),
  )

const perAccount = (lines: readonly (readonly [account: string, amount: string])[]): Map<string, bigint> =>
  new Map(
    lines
      .map(([account, amount]) => [account.trim().toLowerCase(), units(amount.trim())] as const)
      .filter(([, amount]) => amount !== 0n),
  )

const inOrder = (balances: ReadonlyMap<string, bigint>) => [...balances].sort(([a], [b]) => (a < b ? -1 : 1))

/** A program that reads a journal: how it checks one, and what every account holds by it. */
const judges = {
  hledger: {
    format: 'hledger',
    check: (file: string) => ['-f', file, 'check', 'ordereddates', 'accounts', 'commodities'],
    balances: (folder: string, file: string) =>
      (parse(call(folder, 'hledger', '-f', file, 'bal', '-N', '--flat', '-O', 'csv').stdout) as string[][])
        .slice(1)
        .map(([account, amount]) => [account, amount.split(' ')[0]] as const),
  },
  ledger: {
    format: 'hledger',
    check: (file: string) => ['--pedantic', '--strict', '-f', file, 'bal'],
    balances(folder: string, file: string) {
      const format = '%(account)|%(quantity(scrub(display_total)))\n'
      const { stdout } = call(folder, 'ledger', '-f', file, 'bal', '--flat', '--no-total', '--balance-format', format)
      return stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.split('|') as [string, string]]))
    },
  },
  'bean-check': {
    format: 'beancount',
    check: (file: string) => ['--no-cache', file],
    balances(folder: string, file: string) {
      const { stdout } = call(
        folder,
        'bean-query',
        '--no-errors',
        '--format',
        'csv',
        file,
        'SELECT account, sum(number) GROUP BY account',
      )
      // It writes zero as 0E-8.
      return (parse(stdout) as string[][])
        .slice(1)
        .map(([account, amount]) => [account, new Decimal(amount.trim()).toFixed()] as const)
    },
  },
} as const

describe.each(isShort ? cases.slice(0, 4) : cases)('$name', (asked) => {
  let run: ExportedRun
  let record: RunRecord
  const twice = new Map<string, readonly string[][]>()
  /** A format, written twice. */
  async function exported(format: string, options = {}, into = format): Promise<Written> {
    const first = await run.written(format, options, into)
    const second = await run.written(format, options, `${into}-again`)
    twice.set(into, [digestsOf(first), digestsOf(second)])
    return first
  }
  beforeAll(async () => {
    run = await ExportedRun.of(asked)
    record = run.record
  })
  afterAll(() => run.remove())

  test('the journals: hledger, Ledger and Beancount accept them, whole and by month, and have the trial balance (Q-01)', async () => {
    const ours = balancesOf(record)
    const trial = trialBalance(record, undefined, true)
    expect(trial.debit).toBe(trial.credit)
    expect(trial.debit).toBe([...ours.values()].reduce((sum, balance) => (balance > 0n ? sum + balance : sum), 0n))
    expect(ours.size).toBeGreaterThan(3)
    for (const format of ['hledger', 'beancount'])
      for (const byMonth of [false, true]) {
        const { folder, names } = await exported(format, { byMonth }, `${format}${byMonth ? '-months' : ''}`)
        if (byMonth) expect(names.length).toBeGreaterThan(1)
        for (const [program, judge] of Object.entries(judges)) {
          if (judge.format !== format || !hasProgram(program)) continue
          const file = format === 'hledger' ? 'books.journal' : 'books.beancount'
          const where = `${program}, ${byMonth ? 'by month' : 'whole'}`
          expect(call(folder, program, ...judge.check(file)), where).toMatchObject({ status: 0, stderr: '' })
          expect(inOrder(perAccount(judge.balances(folder, file))), where).toEqual(inOrder(ours))
        }
      }
  })

  test('the budget: against the books, hledger has the same in each account and month', async () => {
    const { folder } = await exported('budget')
    if (!hasProgram('hledger')) return
    const words = ['-f', '../hledger/books.journal', '-f', 'budget.journal', 'bal', '--budget', '-M', '-N', '--flat']
    const { stdout, stderr, status } = call(folder, 'hledger', ...words, '-O', 'csv')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const lines = (parse(stdout) as string[][]).slice(1).filter(([account]) => account.includes(':'))
    expect(lines.length).toBeGreaterThan(3)
    for (const [account, ...amounts] of lines)
      for (let at = 0; at < amounts.length; at += 2)
        expect(amounts[at].replace(/^0$/, ''), `${account}, month ${at / 2}`).toBe(amounts[at + 1].replace(/^0$/, ''))
  })

  test('Parquet: in DuckDB the postings sum to the trial balance, and every table has its rows', async () => {
    const { folder } = await exported('parquet')
    const duck = await (await DuckDBInstance.create(':memory:')).connect()
    await duck.run(`SET file_search_path = '${folder}'; SET threads = 1`)
    const rowsOf = async (sql: string) => (await duck.runAndReadAll(sql)).getRowsJson()
    const theirs = await rowsOf(
      `SELECT ledger, owner, sum(amount * repeats) FROM 'postings.parquet' p JOIN 'transactions.parquet' t ON t.id = p.transaction_id
       GROUP BY ALL HAVING sum(amount * repeats) <> 0`,
    )
    const ours = balancesAt(record).filter(({ balance }) => balance !== 0n)
    expect(theirs.map((row) => row.join()).sort()).toEqual(
      ours.map(({ ledger, owner, balance }) => [ledger, owner, decimalText(balance, 8, 8)].join()).sort(),
    )
    for (const table of record.tables()) {
      const [{ n }] = record.plainRows<{ n: bigint }>(`SELECT count(*) AS n FROM "${table}"`)
      expect(await rowsOf(`SELECT count(*) FROM '${table}.parquet'`), table).toEqual([[String(n)]])
    }
    duck.closeSync()
  })

  test('CSV and xlsx: the same cells; the balances are the trial balance, and what was charged is in the postings', async () => {
    const [csv, xlsx] = [await exported('csv'), await exported('xlsx')]
    expect(xlsx.names).toEqual(csv.names.map((name) => name.replace('.csv', '.xlsx')))
    for (const name of csv.names) {
      const [head, ...lines] = parse(csv.text(name)) as string[][]
      const sheet = sheetOf(readFileSync(join(xlsx.folder, name.replace('.csv', '.xlsx'))))
      expect(sheet).not.toContain('<f>')
      expect(differentCell(sheet, head, lines), name).toBeUndefined()
    }
    const trial = trialBalance(record, undefined, true)
    const amounts = csvRows(csv, 'balances.csv').map((row) => units(row.balance))
    const debit = amounts.reduce((sum, amount) => (amount > 0n ? sum + amount : sum), 0n)
    expect([debit, amounts.reduce((sum, amount) => sum + amount, 0n)]).toEqual([trial.debit, 0n])
    const [bills] = record.rows<{ payable: bigint }>('SELECT coalesce(sum(payable), 0) AS payable FROM bills')
    expect(sumOf(csvRows(csv, 'bills.csv'), 'payable')).toBe(bills.payable)
    const postings = csvRows(csv, 'postings.csv')
    const ours = new Map<string, bigint>()
    for (const { ledger, owner, amount } of postings)
      ours.set(`${ledger} ${owner}`, (ours.get(`${ledger} ${owner}`) ?? 0n) + units(amount))
    const known = balancesAt(record).map(({ ledger, owner, balance }) => [`${ledger} ${owner}`, balance] as const)
    expect(inOrder(ours)).toEqual(inOrder(new Map(known)))
  })

  test('SQLite: every row of every table is the one of the record', async () => {
    const { folder, names } = await exported('sqlite')
    expect(names).toEqual(['record.sqlite'])
    const database = new Sqlite(join(folder, 'record.sqlite'), { readonly: true }).defaultSafeIntegers()
    for (const table of record.tables()) {
      const theirs = database.prepare(`SELECT * FROM "${table}"`).raw().iterate()
      let rows = 0
      for (const row of record.plainCursor(`SELECT * FROM "${table}"`).rows) {
        const { value } = theirs.next()
        const isSame = JSON.stringify(value, replaced) === JSON.stringify(row, replaced)
        if (!isSame) expect(value, `${table}, row ${rows}`).toEqual(row)
        rows++
      }
      expect(theirs.next().done, table).toBe(true)
    }
    database.close()
  })

  test.each(['1.2', '1.4'] as const)(
    'FOCUS %s, read back, agrees with every bill; its rows keep the rules',
    async (focusVersion) => {
      const focus = await exported('focus', { focusVersion }, `focus-${focusVersion}`)
      const found = new Differences(20, () => {})
      const source = recordSource(record)
      const invoices = await readInvoices('focus.csv', () => bytes(focus.text('focus.csv')), {
        currency: source.currency,
        utcOffset: source.policies['time.utcOffset'],
      })
      if (invoices.level !== 'bills') throw new Error('bills were expected')
      await compareBills(source, invoices.bills, found)
      expect(found.first).toEqual([])
      expect(found.total).toBe(0)
      const [{ n }] = record.rows<{ n: bigint }>('SELECT count(*) AS n FROM bills')
      expect(BigInt(found.agrees)).toBe(n)
      const charges = csvRows(focus, 'focus.csv')
      const notes = csvRows(focus, 'focus-credit-notes.csv')
      const [{ amount }] = record.rows<{ amount: bigint }>(
        'SELECT coalesce(sum(amount), 0) AS amount FROM credit_notes',
      )
      expect(-sumOf(notes, 'BilledCost')).toBe(amount)
      if (focusVersion === '1.2')
        for (const rows of [charges, notes].filter(({ length }) => length > 0)) {
          const { broken, checked } = brokenRules(model, rows)
          expect(broken.filter(({ rule }) => !Object.hasOwn(withoutCondition, rule))).toEqual([])
          expect(checked).toBeGreaterThan(150)
        }
      else {
        expect(brokenColumns('CostAndUsage', [...charges, ...notes])).toEqual([])
        const details = csvRows(focus, 'focus-invoice-detail.csv')
        expect(brokenColumns('InvoiceDetail', details)).toEqual([])
        expect(brokenColumns('BillingPeriod', csvRows(focus, 'focus-billing-period.csv'))).toEqual([])
        expect(sumOf(details, 'BilledCost')).toBe(sumOf(charges, 'BilledCost') + sumOf(notes, 'BilledCost'))
      }
    },
  )

  test('invoices and credit notes: the totals of the pages are those of the run, and every account comes out (I-03, I-04)', async () => {
    const pages = await exported('invoices')
    const amounts = new Map(
      record
        .rows<{ number: string; amount: bigint }>(
          `SELECT n.number, i.amount FROM invoices i JOIN invoice_numbers n ON n.invoice_id = i.id
           UNION ALL SELECT number, amount FROM credit_notes
           UNION ALL SELECT n.number, b.payable FROM bills b JOIN bill_numbers n ON n.account = b.account AND n.month = b.month
             WHERE b.final = 1 AND b.payable > 0 AND b.account IN (SELECT account FROM reseller_customers)`,
        )
        .map(({ number, amount }) => [number, amount]),
    )
    const { decimals } = record.meta
    let found = 0
    for (const name of pages.names.filter((each) => each.endsWith('.html'))) {
      const page = pages.text(name)
      const [, total] = /<tr class="payable"><td>\w+<\/td><td class="number">([^ <]+) /.exec(page) ?? []
      const amount = amounts.get(name.replace('.html', ''))
      // What a reseller sends to its customers has numbers of its own, and the totals of what it was sent.
      if (amount === undefined) {
        expect(name).toMatch(/^RC?-/)
        continue
      }
      found++
      const half = decimals === 8 ? 0n : 5n * 10n ** BigInt(7 - decimals)
      const difference = units(total) - amount
      expect(difference <= half && -difference <= half, `${name}: ${total}`).toBe(true)
    }
    expect(found).toBe(amounts.size)
    const totals = csvRows(pages, 'account-totals.csv')
    expect(totals.filter(({ difference }) => units(difference) !== 0n)).toEqual([])
  })

  test('UBL: every file is valid by the schemas and the rules of EN 16931, and sums to the documents', async () => {
    if (record.meta.decimals > 2) {
      await expect(run.written('ubl')).rejects.toThrow(/at most two decimals, and KWD has 3/)
      return
    }
    const ubl = await exported('ubl')
    const files = ubl.names.filter((name) => name.endsWith('.xml'))
    const valid = [...documentsOf(record)].filter(isInvoiced)
    expect(files).toEqual(valid.map(({ number }) => `${number}.xml`).sort())
    expect(files.length).toBeGreaterThan(2)
    const schemas = join(run.folder, 'schemas')
    mkdirSync(schemas)
    unpackedSchemas(schemas)
    const paths = { Invoice: [] as string[], CreditNote: [] as string[] }
    const sums = { Invoice: 0n, CreditNote: 0n }
    for (const name of files) {
      const root = xmlTree(ubl.text(name))
      const kind = root.name as 'Invoice' | 'CreditNote'
      paths[kind].push(join(ubl.folder, name))
      sums[kind] += units(textAt(root, 'LegalMonetaryTotal/PayableAmount') ?? '')
      expect(brokenOfDocument(root), name).toEqual([])
    }
    const payable = (kind: string) =>
      valid.filter((one) => one.kind === kind).reduce((sum, one) => sum + one.payable, 0n)
    expect(sums).toEqual({ Invoice: payable('invoice'), CreditNote: payable('credit note') })
    if (!hasProgram('xmllint')) return
    for (const kind of ['Invoice', 'CreditNote'] as const) expect(invalid(schemas, kind, paths[kind])).toEqual([])
  })

  test('the log: what meter makes of it, and what it says that it leaves out, are the bills', async () => {
    const log = await exported('log')
    if (log.names.length === 0) return
    const files = new Map(log.names.map((name) => [name, log.text(name)]))
    expect(billsByLog(files, await meteredBills(files, record.meta.end))).toEqual(billsOf(record))
  })

  test('the same bytes were written twice, in every format', () => {
    const formats = new Set([...twice.keys()].map((into) => into.replace(/-.*/, '')))
    const refused = record.meta.decimals > 2 ? ['ubl'] : []
    expect([...formats, ...refused].sort()).toEqual([...exportNames].sort())
    for (const [into, [first, second]] of twice) expect(second, into).toEqual(first)
  })
})

/** Whole numbers as JSON has none of. */
const replaced = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value)
