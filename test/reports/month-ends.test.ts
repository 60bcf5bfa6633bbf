/**
 * M-09: one figure has one value, whichever door it is asked at: trial balance, exports, views of the record, auditor,
 * report tables and figures, at every month end, within months and at the end of the run.
 */
import { afterAll, describe, expect, test } from 'vitest'
import { beancountFormat } from '#reports/exports/beancount.ts'
import { hledgerFormat } from '#reports/exports/hledger.ts'
import { type JournalFormat, writeJournal } from '#reports/exports/journal.ts'
import { exportTables } from '#reports/exports/tables.ts'
import { knownFigure } from '#reports/figures/catalogue.ts'
import { measure } from '#reports/figures/figure.ts'
import { trialBalance } from '#reports/ledger/trial-balance.ts'
import type { RunRecord } from '#reports/record.ts'
import { recognition } from '#reports/revenue/lines.ts'
import { libraryFile, type ShortRun, shortRun } from './short-run.ts'

const DAY = 86_400_000

/** Balances by ledger account, those of nothing left out; whole 1e-8. */
type Balances = Record<string, bigint>

/** A door: the balances at the first instant of a civil day, by what belongs to the days before it. */
type Door = (record: RunRecord, at: number) => Balances

function balances(rows: Iterable<readonly [ledger: string, amount: bigint]>): Balances {
  const sums = new Map<string, bigint>()
  for (const [ledger, amount] of rows) sums.set(ledger, (sums.get(ledger) ?? 0n) + amount)
  return Object.fromEntries([...sums].filter(([, sum]) => sum !== 0n).sort(([a], [b]) => (a < b ? -1 : 1)))
}

const units = (text: string): bigint => BigInt(text.replace('.', ''))
const dateOf = ({ meta }: RunRecord, at: number): string => new Date(at + meta.utcOffset).toISOString().slice(0, 10)
const monthBefore = (record: RunRecord, at: number): string => dateOf(record, at - 1).slice(0, 7)

/** Texts of an export, written once a record. */
const texts = new WeakMap<RunRecord, Map<string, string>>()
function exported(
  record: RunRecord,
  name: string,
  write: (files: { open(name: string): { write(text: string): void } }) => void,
) {
  const kept = texts.get(record) ?? new Map<string, string>()
  texts.set(record, kept)
  if (!kept.has(name)) {
    const parts: string[] = []
    write({
      open: (file) => ({ write: (text) => void (name === 'csv' && file !== 'postings.csv' ? 0 : parts.push(text)) }),
    })
    kept.set(name, parts.join(''))
  }
  return kept.get(name) ?? ''
}

type Leg = readonly [date: string, ledger: string, amount: bigint]

/** A door that gives dated amounts, which are read once a record. */
function dated(read: (record: RunRecord) => Leg[]): Door {
  const known = new WeakMap<RunRecord, Leg[]>()
  return (record, at) => {
    const legs = known.get(record) ?? read(record)
    known.set(record, legs)
    const before = dateOf(record, at)
    return balances(legs.filter(([date]) => date < before).map(([, ledger, amount]) => [ledger, amount]))
  }
}

/** Amounts of a journal: each transaction is a dated line and indented legs. */
const journal = (format: (meta: RunRecord['meta']) => JournalFormat, leg: RegExp): Door =>
  dated((record) => {
    const legs: Leg[] = []
    let dayOf: string | undefined
    const text = exported(record, format.name, (files) => writeJournal(record, files, 'books', format(record.meta)))
    for (const line of text.split('\n')) {
      const [, date, mark] = /^(\d{4}-\d\d-\d\d) (\S)/.exec(line) ?? []
      if (date !== undefined) dayOf = mark === '*' && !line.includes('closing balance') ? date : undefined
      const found = dayOf === undefined ? null : leg.exec(line)
      if (found !== null) legs.push([dayOf as string, found[1].toLowerCase(), units(found[2])])
    }
    return legs
  })

const sql =
  (question: string): Door =>
  (record, at) =>
    balances(
      record
        .rows<{ ledger: string; balance: bigint }>(question, { at: dateOf(record, at), month: monthBefore(record, at) })
        .map(({ ledger, balance }) => [ledger, balance]),
    )

const doors: Readonly<Record<string, Door>> = {
  'trial balance': (record, at) =>
    balances(trialBalance(record, at, false).lines.map(({ ledger, debit, credit }) => [ledger, debit - credit])),
  'hledger and Ledger': journal(hledgerFormat, /^ {4}[a-z]+:([a-z-]+)(?::\d+)? {2}(-?\d+\.\d{8}) \S+$/),
  Beancount: journal(beancountFormat, /^ {2}[A-Z][a-z]+:([A-Za-z-]+)(?::\d+)? {2}(-?\d+\.\d{8}) \S+$/),
  CSV: dated((record) => {
    const [head, ...lines] = exported(record, 'csv', (files) => exportTables(record, files))
      .trim()
      .split('\n')
    const [ledger, amount, day] = ['ledger', 'amount', 'day'].map(
      (name) => head.split(',').indexOf(name) - head.split(',').length,
    )
    return lines
      .map((line) => line.split(','))
      .map((cells): Leg => [cells.at(day) ?? '', cells.at(ledger) ?? '', units(cells.at(amount) ?? '0')])
  }),
  'view ledger_days': dated((record) =>
    record
      .rows<{ day: string; ledger: string; balance: bigint }>(
        'SELECT day, ledger, sum(amount) AS balance FROM ledger_days GROUP BY 1, 2',
      )
      .map(({ day, ledger, balance }) => [day, ledger, balance]),
  ),
}

/** Doors that know month ends only. */
const monthly: Readonly<Record<string, Door>> = {
  'view month_ends': sql(
    'SELECT ledger, sum(balance) AS balance FROM month_ends WHERE month = :month AND :at <> :month GROUP BY 1',
  ),
}

const cases = [
  ['quickstart', libraryFile('quickstart'), ['buyers.start-ups.count=12', 'buyers.companies.count=6']],
  [
    'quickstart, ended within a day',
    libraryFile('quickstart'),
    ['buyers.start-ups.count=6', 'buyers.companies.count=3', 'end=2024-04-03T13:20:30+08:00'],
  ],
  ['pricing-rule-change', libraryFile('pricing-rule-change'), ['buyers.teams.count=60']],
  ['every-rule', libraryFile('every-rule'), ['duration=80d']],
] as const

const made: ShortRun[] = []
afterAll(() => {
  for (const run of made) run.remove()
})

describe.each(cases)('%s', (_name, file, sets) => {
  let run: ShortRun | undefined
  const open = async (): Promise<RunRecord> => {
    if (run === undefined) made.push((run = await shortRun(sets, file)))
    return run.record
  }

  test('every door has the same balances at every month end, within months and at the end', async () => {
    const record = await open()
    const { start, end } = record.meta
    const firsts = record.rows<{ next: bigint }>('SELECT next FROM months').map(({ next }) => Number(next))
    const within = [10, 17].map(
      (days) => Math.floor((start + record.meta.utcOffset) / DAY) * DAY - record.meta.utcOffset + days * DAY,
    )
    const [first, ...others] = Object.entries(doors)
    for (const at of [...firsts, ...within]) {
      const expected = first[1](record, at)
      expect(Object.keys(expected).length).toBeGreaterThan(2)
      expect(Object.values(expected).reduce((sum, amount) => sum + amount, 0n)).toBe(0n)
      for (const [name, door] of firsts.includes(at) ? [...others, ...Object.entries(monthly)] : others)
        expect(door(record, at), `${name} before ${dateOf(record, at)}`).toEqual(expected)
    }
    expect(trialBalance(record, end, true)).toEqual(trialBalance(record, undefined, true))
  })

  test('the auditor comes to them as well, and finds no difference', async () => {
    const record = await open()
    expect(record.rows('SELECT * FROM audit_differences')).toEqual([])
    const ends = record.rows<{ at: bigint; ledger: string; recorded: bigint; audited: bigint }>(
      'SELECT m.next AS at, a.ledger, a.recorded, a.audited FROM audit_month_ends a JOIN months m ON m.first = a.month',
    )
    expect(ends.length).toBeGreaterThan(3)
    for (const { at, ledger, recorded, audited } of ends) {
      expect(recorded).toBe(audited)
      expect(
        doors['trial balance'](record, Number(at))[ledger] ?? 0n,
        `${ledger} before ${dateOf(record, Number(at))}`,
      ).toBe(audited)
    }
  })

  test('figures and tables say what the books hold at the end', async () => {
    const record = await open()
    const books = doors['trial balance'](record, record.meta.end)
    for (const [name, ledger] of [
      ['ledger.marketplaceRevenue', 'marketplace-revenue'],
      ['ledger.cloudResourceRevenue', 'cloud-resource-revenue'],
      ['ledger.deferredRevenue', 'deferred-revenue'],
      ['ledger.buyerCash', 'buyer-cash'],
    ])
      expect(measure(record, knownFigure(name))?.numerator, name).toBe(-(books[ledger] ?? 0n))
    expect(measure(record, knownFigure('arrears.due'))?.numerator).toBe(books['buyer-receivable'] ?? 0n)
    for (const { balance } of record.rows(
      `SELECT sum(balance) AS balance FROM month_ends WHERE ledger = 'marketplace-revenue' GROUP BY month`,
    ))
      expect(balance, 'L-06: no payment to a seller makes revenue negative').toBeLessThan(0n)
    for (const [name, ledger] of [
      ['ledger.deferredSellerCost', 'deferred-seller-cost'],
      ['ledger.sellerCost', 'seller-cost'],
      ['ledger.promotionExpense', 'promotion-expense'],
    ])
      expect(measure(record, knownFigure(name))?.numerator, name).toBe(books[ledger] ?? 0n)
    const days = record.rows<{ balance: bigint }>('SELECT balance FROM deferred_days')
    expect(days.at(-1)?.balance).toBe(-(books['deferred-revenue'] ?? 0n))
  })

  test('deferred_days has every civil day, and its months are those of the table of recognised revenue', async () => {
    const record = await open()
    const { start, end } = record.meta
    const days = record.rows<{ day: string; recognised: bigint; deferred: bigint; returned: bigint }>(
      'SELECT * FROM deferred_days',
    )
    const [from, to] = [start, end - 1].map((at) => Math.floor((at + record.meta.utcOffset) / DAY))
    expect(days.map(({ day }) => Date.parse(day) / DAY)).toEqual(
      Array.from({ length: to - from + 1 }, (_, index) => from + index),
    )
    const ofMonth = (month: string, name: 'recognised' | 'deferred' | 'returned'): bigint =>
      days.filter(({ day }) => day.startsWith(month)).reduce((sum, row) => sum + row[name], 0n)
    for (const [month, deferred, earned, returned] of recognition(record).rows)
      expect([
        month,
        ofMonth(String(month), 'deferred'),
        ofMonth(String(month), 'recognised'),
        ofMonth(String(month), 'returned'),
      ]).toEqual([month, deferred, earned, returned])
  })
})
