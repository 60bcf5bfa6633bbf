/** A run's record, opened for reading only: rows come as bigint where they are whole numbers, so that no sum loses a cent. */

import { statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import Database from 'better-sqlite3'
import { DamageError } from '#base/damage-error.ts'
import { closeDatabase, undamaged, undamagedRows } from '#base/databases.ts'
import { HOUR } from '#base/time.ts'
import { TableFacts } from '#sim/audit/table-facts.ts'
import { RECORD_VERSION } from '#sim/record/build.ts'
import type { ColumnFacts, MassFacts } from '#sim/record/column-facts.ts'
import { isMass, type MassTable } from '#sim/record/column-files.ts'
import { ColumnLookup, type Condition, type FoundRow } from '#sim/record/column-lookup.ts'
import { type FactTableName, factTableNames, factTables } from '#sim/record/columns.ts'
import { duringQueries, MassImages, namesMassView } from '#sim/record/mass-images.ts'
import { columnFactsOf, isSplit, nameMassViews, tablesOf, withWholeSchema } from '#sim/record/open-record.ts'
import type { Cell, Row } from './cell.ts'
import { civilTablesIn, civilView, defineCivilFunctions } from './civil-views.ts'
import { expectListed, readManifest } from './manifest-files.ts'
import { numberColumns } from './number-columns.ts'
import { RecordError } from './record-error.ts'
import { namePaidLines, setup } from './record-names.ts'
import { againText, isInRunFolder, openingError, RECORD_FILE, recordPath } from './record-place.ts'
import {
  amountIn,
  cellsTogether,
  enterWorld,
  LARGEST_TURNOVER,
  rowsTogether,
  type World,
  worldNames,
} from './worlds.ts'

export { type Cell, RECORD_FILE, type Row }

/** A value for a `?` of a query, or values for its names. */
export type Parameter = string | number | bigint | Readonly<Record<string, string | number | bigint>>

/** What the record says of its run. */
export interface RunMeta {
  readonly name: string
  readonly question: string
  readonly seed: string
  readonly currency: string
  /** Minor units of the currency (M-08). */
  readonly decimals: number
  /** Milliseconds since the epoch. */
  readonly start: number
  readonly end: number
  /** From when figures count: the start, or `measureFrom` of the scenario. */
  readonly since: number
  /** The first clock hour that counts. */
  readonly measuredHour: number
  /** Milliseconds that civil time is ahead of UTC (T-02). */
  readonly utcOffset: number
  readonly digest: string
  readonly policies: Readonly<Record<string, unknown>>
  readonly scenario: Readonly<Record<string, unknown>>
}

/** A table of a connection that was computed from the record, with all its rows. */
export interface ComputedTable {
  readonly name: string
  /** As CREATE TABLE takes them. */
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

/** Pages of the record kept in memory; of the temporary tables SQLite keeps as much again. */
const CACHE_KIB = 32_768

const needed = [
  'name',
  'question',
  'start',
  'end',
  'seed',
  'currency',
  'currencyDecimals',
  'utcOffset',
  'digest',
  'policies',
  'scenario',
]

/** Statements that are kept. */
const MOST_PREPARED = 64

/** The schema of the last record that lacked nothing: sweeps and comparisons open many. */
let wholeSchema: string | undefined

/** Records up to which temporary tables are kept in memory: a file takes longer to make and remove. */
const SMALL_BYTES = 1 << 23

export class RunRecord {
  readonly path: string
  /** Folder of the run: of its column files, and of the runs that it is compared with. */
  readonly folder: string
  readonly meta: RunMeta
  readonly #database: Database.Database
  /** The connections that answer questions: the one above, or three where sums may be vast (`worlds.ts`). */
  readonly #worlds: readonly Database.Database[]
  readonly #made = new Set<string>()
  /** The mass tables, where they are in column files. */
  readonly #facts: ColumnFacts | undefined
  readonly #images: MassImages | undefined
  /** A few of their rows. */
  readonly #lookup: ColumnLookup | undefined
  #hasMassViews = false
  /** Statements that were asked for, by world: what explains one thing asks the same for each order. */
  readonly #prepared = new Map<string, readonly Database.Statement[]>()

  /**
   * Opens the record of a run folder, or a record file itself; `onStatement` gets the text of each statement that it
   * runs; `columns` is the folder that has its column files, if it is another one. Throws RecordError when there is none or
   * when it is not one of ours, and DamageError when it is damaged.
   */
  constructor(place: string, onStatement?: (sql: string) => void, columns?: string) {
    this.path = recordPath(place)
    const folder = dirname(this.path)
    this.folder = columns ?? folder
    const { manifest, damage } = readManifest(folder)
    expectListed(folder, basename(this.path), againText(this.path), manifest?.files)
    const verbose = onStatement === undefined ? {} : { verbose: (sql: unknown) => onStatement(String(sql)) }
    try {
      this.#database = new Database(this.path, { readonly: true, fileMustExist: true, ...verbose })
    } catch (error) {
      throw new RecordError(this.path, `cannot open the record: ${(error as Error).message}`, 'check its permissions')
    }
    let isOurs = false
    try {
      this.#database.defaultSafeIntegers(true)
      this.#refuseOtherVersion()
      isOurs = true
      if (damage !== undefined) throw damage
      this.#refuseMissingColumns()
      this.meta = this.#readMeta()
      this.#prepare(this.#database)
      this.#worlds = this.#hasVastTurnover() ? worldNames.map((world) => this.#openWorld(world)) : [this.#database]
      for (const world of this.#worlds) namePaidLines(world)
      const facts = columnFactsOf(this.#database, columns)
      this.#facts = facts
      this.#images = facts && new MassImages(facts, [...new Set([this.#database, ...this.#worlds])])
      this.#lookup = facts && new ColumnLookup(facts)
    } catch (error) {
      closeDatabase(this.#database)
      throw openingError(error, this.path, isOurs)
    }
  }

  /** Gives a connection its cache and the names that every report needs. */
  #prepare(database: Database.Database): void {
    database.pragma(`temp_store = ${statSync(this.path).size < SMALL_BYTES ? 'memory' : 'file'}`)
    database.pragma(`cache_size = -${CACHE_KIB}`)
    const { start, end, utcOffset, since, measuredHour } = this.meta
    database.exec(
      'CREATE TEMP TABLE run(start INTEGER, "end" INTEGER, utc_offset INTEGER, measured_from INTEGER, measured_hour INTEGER)',
    )
    database.prepare('INSERT INTO temp.run VALUES (?, ?, ?, ?, ?)').run(start, end, utcOffset, since, measuredHour)
    database.exec(setup)
  }

  #hasVastTurnover(): boolean {
    const turnover = this.#database.prepare<[], string>("SELECT value FROM meta WHERE key = 'turnover'").pluck().get()
    return Number(turnover ?? 0) >= LARGEST_TURNOVER
  }

  #openWorld(world: World): Database.Database {
    const database = new Database(this.path, { readonly: true, fileMustExist: true })
    database.defaultSafeIntegers(true)
    this.#prepare(database)
    enterWorld(database, world)
    return database
  }

  /** Throws RecordError: a record of another version has other tables. */
  #refuseOtherVersion(): void {
    const version = Number(this.#database.pragma('user_version', { simple: true }))
    if (version === RECORD_VERSION) return
    if (version === 0 && isInRunFolder(this.path))
      throw new DamageError(this.path, 'the record is damaged: nothing says that it is one')
    throw new RecordError(
      this.path,
      version === 0
        ? 'this is not a record of a run'
        : `this record is of version ${version}, and this marketsim reads version ${RECORD_VERSION}`,
      version === 0 ? 'name a folder that `marketsim run` wrote' : againText(this.path),
    )
  }

  /** Throws DamageError: a record has every table and column of its version. Of equal schemas, one is looked at. */
  #refuseMissingColumns(): void {
    const schema = this.#database.prepare<[], string>('SELECT group_concat(sql) FROM sqlite_schema').pluck().get()
    if (schema === wholeSchema) return
    const found = this.#database
      .prepare<[], string>(
        `SELECT t.name || '.' || c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c
         WHERE t.type IN ('table', 'view')`,
      )
      .pluck()
      .all()
    const present = new Set(found)
    const inFile = isSplit(this.#database) ? factTableNames.filter((table) => !isMass(table)) : factTableNames
    const missing = inFile.flatMap((table) =>
      Object.keys(factTables[table].columns)
        .map((column) => `${table}.${column}`)
        .filter((column) => !present.has(column)),
    )
    if (missing.length === 0) {
      wholeSchema = schema
      return
    }
    const first = missing.slice(0, 3).join(', ')
    throw new DamageError(this.path, `the record is damaged: it lacks ${first}${missing.length > 3 ? ', …' : ''}`)
  }

  #readMeta(): RunMeta {
    const rows = this.#database.prepare('SELECT key, value FROM meta').all() as { key: string; value: Cell }[]
    const values = new Map(rows.map(({ key, value }) => [key, String(value ?? '')]))
    const missing = needed.filter((key) => !values.has(key))
    if (missing.length > 0)
      throw new DamageError(this.path, `the record is damaged: its meta table lacks ${missing.join(', ')}`)
    const text = (key: string) => values.get(key) as string
    const scenario = JSON.parse(text('scenario')) as { readonly measureFrom?: number }
    const [start, utcOffset] = [Number(text('start')), Number(text('utcOffset'))]
    const since = scenario.measureFrom ?? start
    const toHour = since === start ? Math.floor : Math.ceil
    return {
      name: text('name'),
      question: text('question'),
      seed: text('seed'),
      currency: text('currency'),
      decimals: Number(text('currencyDecimals')),
      start,
      end: Number(text('end')),
      utcOffset,
      measuredHour: toHour((since + utcOffset) / HOUR) * HOUR - utcOffset,
      digest: text('digest'),
      policies: JSON.parse(text('policies')),
      scenario: scenario as RunMeta['scenario'],
      since,
    }
  }

  /** All rows of a query. Throws better-sqlite3's SqliteError for SQL that is wrong, and DamageError for damage. */
  rows<T extends Row = Row>(sql: string, ...parameters: Parameter[]): T[] {
    const statements = this.#statements(sql)
    const answers = statements.map((statement) => undamaged(this.path, () => statement.all(...parameters) as T[]))
    return answers.length === 1 ? answers[0] : rowsTogether(answers)
  }

  /**
   * Rows of a mass table that meet all conditions, read from its column files, with whole amounts; undefined where the record is one
   * file, which SQL asks. @throws DamageError
   */
  massRows(table: MassTable, conditions: readonly Condition[]): FoundRow[] | undefined {
    return this.#lookup?.rows(table, conditions)
  }

  /** The mass tables for passes over whole columns, cell by cell, so that few columns are in memory at a time. */
  massCells(): readonly MassFacts[] {
    const facts = this.#facts
    return facts === undefined ? [new TableFacts(this.#database)] : facts.cells.map((cell) => facts.of([cell]))
  }

  #statements(sql: string): readonly Database.Statement[] {
    const known = this.#prepared.get(sql)
    if (known !== undefined) return known
    this.#find(sql)
    const statements = this.#worlds.map((world) => undamaged(this.path, () => world.prepare(sql)))
    if (this.#prepared.size >= MOST_PREPARED) this.#prepared.clear()
    this.#prepared.set(sql, statements)
    return statements
  }

  /** The rows one by one and the names of their columns, for questions of any size. */
  cursor(sql: string): { columns: string[]; rows: IterableIterator<Cell[]> } {
    this.#find(sql)
    const statements = this.#worlds.map((world) => world.prepare(sql).raw(true))
    const rows = statements.map((statement) => this.#each<Cell[]>(statement))
    return {
      columns: statements[0].columns().map(({ name }) => name),
      rows: rows.length === 1 ? rows[0] : cellsTogether(rows),
    }
  }

  /** All rows of a query of the tables as they are in the file, for questions of any kind. */
  plainRows<T extends Row = Row>(sql: string, ...parameters: Parameter[]): T[] {
    return undamaged(this.path, () => this.#plain(sql).all(...parameters) as T[])
  }

  /** A statement for the tables as they are. */
  #plain(sql: string, isOnly = false): Database.Statement {
    this.#find(sql, isOnly)
    return this.#database.prepare(this.#images === undefined ? sql : withWholeSchema(this.#database, sql))
  }

  /** Brings in what a statement names of the column files: tables, and views of them. @throws DamageError */
  #find(sql: string, isOnly = false): void {
    this.#findCivil(sql)
    this.#images?.attachFor(sql, isOnly)
    if (this.#images === undefined || this.#hasMassViews || !namesMassView(sql)) return
    nameMassViews(this.#database)
    this.#hasMassViews = true
  }

  /** Makes the views in people's language that a statement names. */
  #findCivil(sql: string): void {
    const tables = civilTablesIn(sql).filter((table) => !this.#made.has(`civil_${table}`))
    if (tables.length > 0 && !this.#made.has('civil functions')) {
      defineCivilFunctions(this.#database, this.meta.utcOffset)
      this.#made.add('civil functions')
    }
    for (const table of tables) {
      this.#images?.attachFor(table)
      this.#database.exec(civilView(table))
      this.#made.add(`civil_${table}`)
    }
  }

  /** Names of all tables. */
  tables(): readonly string[] {
    return tablesOf(this.#database)
  }

  /**
   * The same, one by one. `isOnly`: no other statement will name its mass tables, so that of these only the columns that it names
   * are read.
   */
  plainCursor(sql: string, isOnly = false): { columns: string[]; rows: IterableIterator<Cell[]> } {
    const statement = this.#plain(sql, isOnly).raw(true)
    return {
      columns: statement.columns().map(({ name }) => name),
      rows: this.#each<Cell[]>(statement),
    }
  }

  #each<R>(statement: Database.Statement): IterableIterator<R> {
    return undamagedRows(this.path, statement.iterate() as IterableIterator<R>)
  }

  /** Rows of whole numbers as float64 one by one: several times as fast as bigints, where millions of rows are summed. */
  numbers(sql: string): IterableIterator<number[]> {
    this.#find(sql)
    const rows = this.#worlds.map((world) => this.#each<number[]>(world.prepare(sql).raw(true).safeIntegers(false)))
    return rows.length === 1 ? rows[0] : (cellsTogether(rows) as IterableIterator<number[]>)
  }

  /**
   * The same by column: `count` columns of a table of the record, not of sums. Half the time of rows one by one, where there is a row
   * for each order or server.
   */
  numberColumns(sql: string, count: number): Float64Array[] {
    return undamaged(this.path, () => numberColumns((text) => this.#plain(text), sql, count))
  }

  /** Makes a table of this connection from a query, once; further calls with its name do nothing. */
  keep(name: string, sql: string): void {
    if (this.#made.has(name)) return
    this.#find(sql)
    for (const world of this.#worlds) undamaged(this.path, () => world.exec(`CREATE TEMP TABLE ${name} AS ${sql}`))
    this.#made.add(name)
  }

  /** Like `keep`, for a table that is to have keys: its columns are given as CREATE TABLE takes them. */
  keepIndexed(name: string, columns: string, sql: string): void {
    this.#keepIn(this.#worlds, name, columns, sql)
  }

  /** The same also of the connection that plain questions ask: for a table without sums. */
  protected keepEverywhere(name: string, columns: string, sql: string): void {
    this.#keepIn(new Set([this.#database, ...this.#worlds]), name, columns, sql)
  }

  #keepIn(databases: Iterable<Database.Database>, name: string, columns: string, sql: string): void {
    if (this.#made.has(name)) return
    this.#find(sql)
    for (const each of databases)
      undamaged(this.path, () =>
        duringQueries(each, () => each.exec(`CREATE TEMP TABLE ${name} (${columns}); INSERT INTO temp.${name} ${sql}`)),
      )
    this.#made.add(name)
  }

  /**
   * Makes a table of the rows that have each value of a column, once, and returns its name: `value` and `row`, the rowid. It
   * takes the place of an index that the record does not have.
   */
  keepRowsBy(table: FactTableName, column: string): string {
    const name = `rows_of_${table}_${column}`
    const columns = 'value INTEGER, row INTEGER, PRIMARY KEY (value, row)'
    this.keepEverywhere(name, columns, `SELECT ${column}, rowid FROM ${table} ORDER BY 1, 2`)
    return `temp.${name}`
  }

  /**
   * Makes a table of this connection from rows that were computed here, once: whole numbers in `names` (with a type where one is
   * the key or a text), and amounts (whole 1e-8) in `amounts`, which each world has in its own way.
   */
  keepComputed(
    name: string,
    names: readonly string[],
    amounts: readonly string[],
    rows: () => Iterable<readonly (number | bigint | string)[]>,
  ): void {
    if (this.#made.has(name)) return
    const made = [...rows()]
    const places = [...names, ...amounts].map(() => '?').join(', ')
    for (const [index, database] of this.#worlds.entries()) {
      database.exec(
        `CREATE TEMP TABLE ${name} (${[...names, ...amounts].map((each) => (each.includes(' ') ? each : `${each} INTEGER`)).join(', ')})`,
      )
      const insert = database.prepare(`INSERT INTO temp.${name} VALUES (${places})`)
      const world = this.#worlds.length === 1 ? undefined : worldNames[index]
      database.transaction(() => {
        for (const row of made)
          insert.run(
            row.map((cell, at) => (at < names.length || world === undefined ? cell : amountIn(world, BigInt(cell)))),
          )
      })()
    }
    this.#made.add(name)
  }

  /** Whether a table of that name was made. */
  isMade(name: string): boolean {
    return this.#made.has(name)
  }

  /** Whether its sums may be vast: its tables then are of three worlds each (`worlds.ts`). */
  get isVast(): boolean {
    return this.#worlds.length > 1
  }

  /** Bytes of its column files; 0 of a record that is one file. */
  get massBytes(): number {
    return this.#facts?.bytes ?? 0
  }

  /** A table that was made, for another connection to the same record. Its sums must not be vast. */
  computedTable(name: string): ComputedTable {
    const columns = this.rows('SELECT name, type FROM pragma_table_info(?)', name)
    return {
      name,
      columns: columns.map(({ name, type }) => `"${name}" ${type}`),
      rows: [...this.cursor(`SELECT * FROM temp.${name} ORDER BY rowid`).rows],
    }
  }

  /** Makes a table that another connection to the same record has made. */
  takeTable({ name, columns, rows }: ComputedTable): void {
    this.keepComputed(name, columns, [], () => rows as readonly (readonly (number | bigint | string)[])[])
  }

  close(): void {
    for (const world of this.#worlds) closeDatabase(world)
    closeDatabase(this.#database)
    this.#images?.close()
  }
}

/** Opens a record, hands it over and closes it again, whatever happens. */
export function withRecord<T>(place: string, read: (record: RunRecord) => T): T {
  const record = new RunRecord(place)
  try {
    return read(record)
  } finally {
    record.close()
  }
}
