/** Where the histories of two runs part, and what differs from there on. */
import { civilDay } from '#base/civil-text.ts'
import { formatInstant } from '#base/civil-time.ts'
import { decimalText } from '#base/decimal-text.ts'
import { InputError } from '#base/input-error.ts'
import { type FactTableName, factTables } from '#sim/record/columns.ts'
import { HIGH, highOf } from '#sim/record/wide.ts'
import { type Cell, type RunMeta, RunRecord } from '../record.ts'
import { type OtherRow, otherRows, type TimedRow } from './merged.ts'
import { type Source, sources } from './rows.ts'

/** Rows of the first instant that are shown, at most. */
const MOST_ROWS = 20

/** A row by its columns: text as people read it. */
export interface ShownRow {
  readonly table: string
  readonly side: 'a' | 'b'
  readonly values: Readonly<Record<string, string>>
}

export interface DifferingTable {
  readonly table: string
  /** Rows without an equal in the other run. */
  readonly onlyInA: number
  readonly onlyInB: number
  /** When they begin to differ, ms; null where the table has months only. */
  readonly at: number | null
  readonly hasAmounts: boolean
}

/** The first civil day on which something has other amounts. */
export interface FirstAmount {
  readonly what: string
  readonly day: string
}

export interface Divergence {
  readonly a: RunMeta
  readonly b: RunMeta
  /** Null where the histories are the same. */
  readonly first: { readonly at: number; readonly rows: readonly ShownRow[] } | null
  readonly tables: readonly DifferingTable[]
  /** Accounts with a row that differs, and when the first one was; earliest first. */
  readonly accounts: readonly { readonly account: string; readonly at: number }[]
  readonly amounts: readonly FirstAmount[]
}

interface Found extends DifferingTable {
  readonly source: Source
  readonly first: readonly OtherRow[]
  readonly amountAt: ReadonlyMap<string, number>
}

const earlier = (known: number | undefined, at: number): number => Math.min(known ?? at, at)

/** What of a table differs; the earliest time of each account goes to `accounts`. */
function compared(source: Source, a: RunRecord, b: RunRecord, accounts: Map<string, number>): Found {
  const rows = (record: RunRecord) => record.plainCursor(source.sql).rows as Iterator<TimedRow>
  const count = { a: 0, b: 0 }
  let at = Number.POSITIVE_INFINITY
  let first: OtherRow[] = []
  const amountAt = new Map<string, number>()
  for (const other of otherRows(source, rows(a), rows(b))) {
    count[other.side]++
    if (other.at < at) [at, first] = [other.at, []]
    if (other.at === at && first.length < MOST_ROWS) first.push(other)
    const account = source.account < 0 ? null : other.row[source.account + 1]
    if (typeof account === 'string' && source.when !== 'month')
      accounts.set(account, earlier(accounts.get(account), other.at))
    const ledger = source.table === 'postings' ? other.row[source.columns.indexOf('ledger') + 1] : null
    if (typeof ledger === 'string') amountAt.set(ledger, earlier(amountAt.get(ledger), other.at))
  }
  return {
    ...{ source, table: source.table, onlyInA: count.a, onlyInB: count.b, hasAmounts: source.hasAmounts, amountAt },
    ...{ at: source.when === 'month' || at === Number.POSITIVE_INFINITY ? null : at, first },
  }
}

const decimals = { money: 8, charge: 8, quantity: 8, price: 10 } as const

/** A row as people read it; what is 0 or empty says nothing. */
function shown({ table, columns }: Source, { side, row }: OtherRow, { utcOffset }: RunMeta): ShownRow {
  const units = factTables[table as FactTableName].columns as Readonly<Record<string, { readonly unit: string }>>
  const cells = new Map<string, Cell>(columns.map((column, place) => [column, row[place + 1]]))
  const text = (column: string, cell: Cell): string => {
    const { unit = column === 'amount' ? 'money' : '' } = units[column] ?? {}
    if (typeof cell !== 'bigint') return String(cell)
    if (unit === 'instant') return formatInstant(Number(cell), utcOffset)
    if (!Object.hasOwn(decimals, unit)) return String(cell)
    const places = decimals[unit as keyof typeof decimals]
    const high = cells.get(highOf(column))
    return decimalText(cell + (typeof high === 'bigint' ? high * HIGH : 0n), places, unit === 'quantity' ? 0 : 2)
  }
  const isSaid = ([column, cell]: [string, Cell]) => cell !== null && cell !== 0n && !column.endsWith('_high')
  return {
    ...{ table, side },
    values: Object.fromEntries([...cells].filter(isSaid).map(([column, cell]) => [column, text(column, cell)])),
  }
}

/** The first day on which each table, and each account of the ledger, has other amounts. */
function firstAmounts(found: readonly Found[], utcOffset: number): FirstAmount[] {
  const firsts = found.flatMap(({ table, hasAmounts, at, amountAt }): [string, number][] => {
    if (amountAt.size > 0) return [...amountAt].map(([ledger, time]) => [`ledger ${ledger}`, time])
    return hasAmounts && at !== null ? [[table, at]] : []
  })
  return firsts
    .sort(([whatA, a], [whatB, b]) => a - b || (whatA < whatB ? -1 : 1))
    .map(([what, at]) => ({ what, day: civilDay(at, utcOffset) }))
}

/**
 * Where two runs part. Both are read in order of time, table by table: time grows with the number of their rows.
 * @throws RecordError where there is no run, InputError where their amounts cannot be compared
 */
export function divergence(folderA: string, folderB: string): Divergence {
  const a = new RunRecord(folderA)
  try {
    const b = new RunRecord(folderB)
    try {
      return divergenceOf(a, b)
    } finally {
      b.close()
    }
  } finally {
    a.close()
  }
}

function divergenceOf(a: RunRecord, b: RunRecord): Divergence {
  const both = { a: a.meta, b: b.meta }
  if (a.meta.currency !== b.meta.currency)
    throw new InputError(
      `one run is in ${a.meta.currency}, the other in ${b.meta.currency}: all of their amounts differ`,
      'compare them with `npm start -- compare A B --rate …`',
    )
  if (a.meta.digest === b.meta.digest) return { ...both, first: null, tables: [], accounts: [], amounts: [] }
  const touched = new Map<string, number>()
  const found = sources
    .map((source) => compared(source, a, b, touched))
    .filter(({ onlyInA, onlyInB }) => onlyInA + onlyInB > 0)
  const at = found.reduce(
    (least, each) => Math.min(least, each.at ?? Number.POSITIVE_INFINITY),
    Number.POSITIVE_INFINITY,
  )
  const rows = found
    .filter((each) => each.at === at)
    .flatMap(({ source, first }) => first.map((row) => shown(source, row, row.side === 'a' ? a.meta : b.meta)))
  return {
    ...both,
    first: at === Number.POSITIVE_INFINITY ? null : { at, rows: rows.slice(0, MOST_ROWS) },
    tables: found.map(({ table, onlyInA, onlyInB, at: since, hasAmounts }) => ({
      ...{ table, onlyInA, onlyInB, hasAmounts },
      at: since,
    })),
    accounts: [...touched]
      .sort(([nameA, atA], [nameB, atB]) => atA - atB || (nameA < nameB ? -1 : 1))
      .map(([account, since]) => ({ account, at: since })),
    amounts: firstAmounts(found, a.meta.utcOffset),
  }
}
