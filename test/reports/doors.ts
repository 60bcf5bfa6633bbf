/**
 * M-09: one figure has one value, whichever door it is asked at: trial balance, exports and views of the record. Doors give
 * the balances of the ledger accounts before the first instant of a civil day.
 */
import { beancountFormat } from '#reports/exports/beancount.ts'
import { hledgerFormat } from '#reports/exports/hledger.ts'
import { type JournalFormat, writeJournal } from '#reports/exports/journal.ts'
import { exportTables } from '#reports/exports/tables.ts'
import { trialBalance } from '#reports/ledger/trial-balance.ts'
import type { RunRecord } from '#reports/record.ts'

/** Balances by ledger account, those of nothing left out; whole 1e-8. */
export type Balances = Record<string, bigint>

/** A door: the balances at the first instant of a civil day, by what belongs to the days before it. */
export type Door = (record: RunRecord, at: number) => Balances

function balances(rows: Iterable<readonly [ledger: string, amount: bigint]>): Balances {
  const sums = new Map<string, bigint>()
  for (const [ledger, amount] of rows) sums.set(ledger, (sums.get(ledger) ?? 0n) + amount)
  return Object.fromEntries([...sums].filter(([, sum]) => sum !== 0n).sort(([a], [b]) => (a < b ? -1 : 1)))
}

const units = (text: string): bigint => BigInt(text.replace('.', ''))
export const dateOf = ({ meta }: RunRecord, at: number): string =>
  new Date(at + meta.utcOffset).toISOString().slice(0, 10)
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

/** A door that gives balances by civil month, which are read once a record: years of months would take hours one by one. */
function byMonth(question: string): Door {
  const known = new WeakMap<RunRecord, Map<string, [string, bigint][]>>()
  const read = (record: RunRecord) => {
    const months = new Map<string, [string, bigint][]>()
    for (const { month, ledger, balance } of record.rows<{ month: string; ledger: string; balance: bigint }>(
      question,
    )) {
      const sums = months.get(month) ?? []
      months.set(month, sums)
      sums.push([ledger, balance])
    }
    return months
  }
  return (record, at) => {
    const months = known.get(record) ?? read(record)
    known.set(record, months)
    return balances(months.get(monthBefore(record, at)) ?? [])
  }
}

export const doors: Readonly<Record<string, Door>> = {
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
export const monthly: Readonly<Record<string, Door>> = {
  'view month_ends': byMonth('SELECT month, ledger, sum(balance) AS balance FROM month_ends GROUP BY 1, 2'),
}

/** What the doors disagree about at every month end and at the end of the run. */
export function disagreements(record: RunRecord): string[] {
  const [[, standard], ...others] = Object.entries(doors)
  const spell = (balances: Balances): string =>
    JSON.stringify(balances, (_, value) => (typeof value === 'bigint' ? String(value) : value))
  const found: string[] = []
  for (const { next } of record.rows<{ next: bigint }>('SELECT next FROM months')) {
    const expected = standard(record, Number(next))
    const sum = Object.values(expected).reduce((total, amount) => total + amount, 0n)
    const date = dateOf(record, Number(next))
    if (sum !== 0n) found.push(`the trial balance before ${date} sums to ${sum}`)
    for (const [name, door] of [...others, ...Object.entries(monthly)]) {
      const said = door(record, Number(next))
      if (spell(said) !== spell(expected)) found.push(`${name} before ${date}: ${spell(said)}, not ${spell(expected)}`)
    }
  }
  return found
}
