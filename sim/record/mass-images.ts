/**
 * The mass tables of a record for SQL: a table that a statement names is read from its column files, written as an SQLite image,
 * and attached to the connections that ask. Commands pay for the tables that they ask for, and no statement knows the
 * difference.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Database } from 'better-sqlite3'
import type { ColumnFacts, FactColumn, FactRows } from './column-facts.ts'
import { isMass, type MassTable } from './column-files.ts'
import { factColumns, partTableSql, sqlColumns, unitOf } from './columns.ts'
import { indexes } from './indexes.ts'
import { type ImageColumn, writeSqliteImage } from './sqlite-image.ts'
import { views } from './views.ts'
import { cellsOf, highOf } from './wide.ts'

/** The schema that a table is attached as. */
export const schemaOf = (table: MassTable): string => `of_${table}`

const namesIn = (sql: string): readonly string[] => sql.toLowerCase().match(/[a-z_][a-z_0-9]*/g) ?? []

/** Views of mass tables, in an order in which each comes after those that it asks, with the mass tables of each. */
export const massViews: ReadonlyMap<string, { readonly sql: string; readonly tables: readonly MassTable[] }> = (() => {
  const found = new Map<string, { sql: string; tables: readonly MassTable[] }>()
  for (const { name, sql } of views) {
    const tables = namesIn(sql).flatMap((word) => (isMass(word) ? [word] : (found.get(word)?.tables ?? [])))
    if (tables.length > 0) found.set(name, { sql, tables: [...new Set(tables)] })
  }
  return found
})()

/** The mass tables that a statement names, by themselves or through views. */
export const massTablesIn = (sql: string): readonly MassTable[] =>
  namesIn(sql).flatMap((word) => (isMass(word) ? [word] : (massViews.get(word)?.tables ?? [])))

/**
 * The columns of a mass table that a statement can mean; undefined where that may be any of them: it asks for all (`*` is not
 * followed through comments), joins by equal names, names a view of the table, or asks for the schema.
 */
export function columnsNamedIn(sql: string, table: MassTable): readonly string[] | undefined {
  if (/--|\/\*|(?:\b(?:select|distinct|all)|[,.])\s*\*/i.test(sql)) return undefined
  const names = namesIn(sql)
  if (names.some((name) => massViews.get(name)?.tables.includes(table) || isAboutAll.test(name))) return undefined
  const named = sqlColumns(table).filter((name) => names.includes(name))
  // What only counts rows needs a table all the same.
  return named.length > 0 ? named : factColumns(table).slice(0, 1)
}

/** Words of a statement that may ask for columns which it does not name. */
const isAboutAll = /^(?:natural|table|values|pragma.*|sqlite_.*|civil_.*)$/

/** Whether a statement names a view of mass tables. */
export const namesMassView = (sql: string): boolean => namesIn(sql).some((word) => massViews.has(word))

export class MassImages {
  readonly #facts: ColumnFacts
  readonly #connections: readonly Database[]
  readonly #attached = new Set<MassTable>()
  #folder: string | undefined

  /** Of connections that tables are to be attached to. */
  constructor(facts: ColumnFacts, connections: readonly Database[]) {
    this.#facts = facts
    this.#connections = connections
  }

  /** Attaches what a statement names. `isOnly`: of its tables no other statement will ask more columns. @throws ParquetDamage */
  attachFor(sql: string, isOnly = false): void {
    for (const table of massTablesIn(sql)) this.attach(table, isOnly ? columnsNamedIn(sql, table) : undefined)
  }

  /** Attaches a table, for good: all of it, or some of its columns. */
  attach(table: MassTable, columns?: readonly string[]): void {
    if (this.#attached.has(table)) return
    // Threads write images as well, and have no channel to the launcher: it finds the folder by its mark.
    this.#folder ??= mkdtempSync(join(tmpdir(), `marketsim-facts-${process.env.MARKETSIM_MARK ?? ''}`))
    const path = join(this.#folder, `${table}.sqlite`)
    writeImage(path, table, this.#facts.table(table), columns)
    for (const database of this.#connections)
      duringQueries(database, () => database.prepare(`ATTACH ? AS ${schemaOf(table)}`).run(path))
    // Where an open file keeps its content without a name, nothing stays however the program ends.
    if (process.platform !== 'win32') this.close()
    this.#attached.add(table)
  }

  /** Removes the files; to be called when its connections are closed. */
  close(): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true })
    this.#folder = undefined
  }
}

/**
 * Does something with a connection whose queries may be on the way: a new table or view changes nothing for them, and
 * better-sqlite3 refuses every change while rows are read.
 */
export function duringQueries(database: Database, act: () => void): void {
  database.unsafeMode(true)
  try {
    act()
  } finally {
    database.unsafeMode(false)
  }
}

/** Writes a mass table as an SQLite image, or some columns of it: no other is then read. */
export function writeImage(path: string, table: MassTable, facts: FactRows, chosen?: readonly string[]): void {
  const isChosen = (name: string): boolean => chosen === undefined || name === 'id' || chosen.includes(name)
  const plain: ImageColumn[] = []
  const high: ImageColumn[] = []
  for (const name of factColumns(table)) {
    const isMoney = unitOf(table, name) === 'money'
    const [isLow, isHigh] = [isChosen(name), isMoney && isChosen(highOf(name))]
    if (!isLow && !isHigh) continue
    const column = facts.column(name)
    if (isLow) plain.push(isMoney ? lowPart(name, column) : { name, ...column })
    if (isHigh) high.push(highPart(name, column, facts.rows))
  }
  const columns = [...plain, ...high]
  const names = columns.map(({ name }) => name)
  const indexed = indexes.filter(([of, column]) => of === table && names.includes(column)).map(([, column]) => column)
  const sql = partTableSql(table, names)
  writeSqliteImage(path, { name: table, sql, rows: facts.rows, columns, indexed })
}

const mapped = (vast: ReadonlyMap<number, bigint>, part: (amount: bigint) => bigint): ReadonlyMap<number, bigint> =>
  new Map([...vast].map(([row, amount]) => [row, part(amount)]))

const lowPart = (name: string, { values, vast }: FactColumn): ImageColumn =>
  vast === undefined ? { name, values } : { name, values, vast: mapped(vast, (amount) => cellsOf(amount)[0]) }

function highPart(column: string, { vast = new Map() }: FactColumn, rows: number): ImageColumn {
  const values = new Float64Array(rows)
  for (const [row, amount] of vast) values[row] = Number(cellsOf(amount)[1])
  return { name: highOf(column), values }
}
