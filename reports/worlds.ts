/**
 * Sums of a record beyond what SQLite's INTEGER holds (M-01: a total is exact to 1e15 units). Every question that reports
 * ask is linear in the amounts: it adds them up, multiplies them by counts, and never multiplies or compares two of them.
 * So such a record is asked each question three times: where every amount is its whole units of currency, where it is the
 * 1e-8 next to them, and where it is nothing. What the answers differ by is put together again, exactly.
 */
import type { Database } from 'better-sqlite3'
import { auditTables } from '#sim/audit/columns.ts'
import { isMass } from '#sim/record/column-files.ts'
import { factColumns, type TableName, tableNames, unitOf } from '#sim/record/columns.ts'
import { schemaOf } from '#sim/record/mass-images.ts'
import { views } from '#sim/record/views.ts'
import { highOf } from '#sim/record/wide.ts'
import type { Cell, Row } from './cell.ts'

const UNIT = 100_000_000n

/** From this turnover on (whole 1e-8) a record is asked in three worlds: a sum might need its high part, of 1e18. */
export const LARGEST_TURNOVER = 2 ** 59

/** What an amount is in a world: `low` and `high` are its two columns. */
const worlds = {
  units: (low: string, high: string): string => `(${high} * 10000000000 + ${low} / ${UNIT})`,
  parts: (low: string): string => `(${low} % ${UNIT})`,
  nothing: (): string => '0',
} as const

export type World = keyof typeof worlds

/** An amount, whole 1e-8, as a world has it. */
export const amountIn = (world: World, amount: bigint): bigint =>
  world === 'nothing' ? 0n : world === 'units' ? amount / UNIT : amount % UNIT

export const worldNames = Object.keys(worlds) as readonly World[]

/** Columns of a table with its amounts as they are in a world. */
function columnsOf(
  world: World,
  columns: readonly string[],
  isWide: (name: string) => boolean,
  narrow: string[],
): string {
  const of = worlds[world]
  const list = columns.map((name) => {
    // In a world the high column has only the sign: a question that chooses rows by it gets the same ones in each.
    if (isWide(name))
      return `${of(name, highOf(name))} AS ${name}, sign(${name}) + sign(${highOf(name)}) AS ${highOf(name)}`
    return narrow.includes(name) ? `${of(name, '0')} AS ${name}` : name
  })
  return ['rowid AS rowid', ...list].join(', ')
}

/** The days of recognitions are computed of their price as it is. */
const hasAmounts = (table: TableName): boolean =>
  table !== 'recognitions' &&
  factColumns(table).some((name) => unitOf(table, name) === 'money' || unitOf(table, name) === 'charge')

/** Puts views of a world before the tables of a record, for one connection. */
export function enterWorld(database: Database, world: World): void {
  const known = new Set(database.prepare<[], string>('SELECT name FROM sqlite_schema').pluck().all())
  for (const table of tableNames.filter(hasAmounts)) {
    const columns = factColumns(table)
    const narrow = columns.filter((name) => unitOf(table, name) === 'charge')
    const list = columnsOf(world, columns, (name) => unitOf(table, name) === 'money', narrow)
    const schema = isMass(table) && !known.has(table) ? schemaOf(table) : 'main'
    database.exec(`CREATE TEMP VIEW ${table} AS SELECT ${list} FROM ${schema}.${table}`)
  }
  for (const [table, { columns }] of Object.entries(auditTables)) {
    if (!known.has(table)) continue
    const names = Object.keys(columns).filter((name) => !name.endsWith('_high'))
    const list = columnsOf(world, names, (name) => name === 'recorded' || name === 'audited', [])
    database.exec(`CREATE TEMP VIEW ${table} AS SELECT ${list} FROM main.${table}`)
  }
  // The record's own view of what was rejected looks at the tables of the record.
  for (const { name, sql } of views) if (name === 'usage_rejected') database.exec(`CREATE TEMP VIEW ${name} AS ${sql}`)
}

/** One cell of three answers. */
function together(units: Cell, parts: Cell, nothing: Cell): Cell {
  if (typeof units === 'bigint' && typeof parts === 'bigint' && typeof nothing === 'bigint')
    return nothing + (units - nothing) * UNIT + (parts - nothing)
  if (typeof units === 'number' && typeof parts === 'number' && typeof nothing === 'number')
    return nothing + (units - nothing) * Number(UNIT) + (parts - nothing)
  if (units === parts && parts === nothing) return nothing
  throw new Error(`a query of the record is not linear in its amounts: ${units}, ${parts}, ${nothing}`)
}

/** Rows by name of the three worlds, in their order, as one answer. */
export function rowsTogether<T extends Row>([units, parts, nothing]: readonly T[][]): T[] {
  if (units.length !== nothing.length || parts.length !== nothing.length)
    throw new Error('a query of the record selects rows by their amounts')
  return nothing.map((row, index) =>
    Object.fromEntries(
      Object.entries(row).map(([name, cell]) => [name, together(units[index][name], parts[index][name], cell)]),
    ),
  ) as T[]
}

/** Rows of cells likewise, one by one. */
export function* cellsTogether([units, parts, nothing]: readonly IterableIterator<Cell[]>[]): Generator<Cell[]> {
  try {
    for (const cells of nothing) {
      const [inUnits, inParts] = [units.next().value as Cell[], parts.next().value as Cell[]]
      yield cells.map((cell, index) => together(inUnits[index], inParts[index], cell))
    }
  } finally {
    // An iterator that is not at its end keeps its connection busy.
    for (const rows of [units, parts]) rows.return?.()
  }
}
