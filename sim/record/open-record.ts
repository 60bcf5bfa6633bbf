/**
 * The door to a record: its SQLite file, and next to it the column files of its mass tables, which the table `column_files`
 * lists. A record that was exported as one file has all tables in it.
 */
import { dirname } from 'node:path'
import type { Database } from 'better-sqlite3'
import Sqlite from 'better-sqlite3'
import { DamageError } from '#base/damage-error.ts'
import { closeDatabase } from '#base/databases.ts'
import { ColumnFacts, type ColumnFileNote } from './column-facts.ts'
import { massTables } from './column-files.ts'
import { columnFilesTable, columnTables } from './column-notes.ts'
import { factTableSql } from './columns.ts'
import { duringQueries, MassImages, massViews } from './mass-images.ts'

/**
 * The column files of an open record; undefined where the file has all tables itself. `folder`: where they are, if not in that
 * of the record.
 */
export function columnFactsOf(database: Database, folder = dirname(database.name)): ColumnFacts | undefined {
  if (!isSplit(database)) return undefined
  const notes = database
    .prepare<[], ColumnFileNote>(
      `SELECT cell, "table", file, rows, bytes, crc FROM ${columnFilesTable.name} ORDER BY cell`,
    )
    .safeIntegers(false)
    .all()
  const words = new Map(
    database
      .prepare<[], [number, string]>('SELECT id, word FROM words')
      .raw()
      .safeIntegers(false)
      .all()
      .map(([id, word]) => [word, id]),
  )
  return new ColumnFacts(folder, notes, (word) => {
    const number = words.get(word)
    // A page that was never written may be one of the empty database that the record began as.
    if (number === undefined) throw new DamageError(database.name, `the record is damaged: it has no word '${word}'`)
    return number
  })
}

/** Whether the mass tables of a record are in column files. */
export const isSplit = (database: Database): boolean =>
  Number(database.prepare('SELECT count(*) FROM sqlite_schema WHERE name = ?').pluck().get(columnFilesTable.name)) > 0

/** Names of all tables of a record, wherever they are. */
export function tablesOf(database: Database): string[] {
  const own = database
    .prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
    .pluck()
    .all()
  return isSplit(database) ? [...own.filter((name) => !columnTables.includes(name)), ...massTables].sort() : own.sort()
}

/**
 * A statement about `sqlite_schema` that finds the mass tables and their views there as well: SQLite lists what is in the file
 * alone.
 */
export function withWholeSchema(database: Database, sql: string): string {
  const asked = /(?<![\w.])sqlite_(schema|master)\b/gi
  if (!asked.test(sql)) return sql
  const isMade = database.prepare(`SELECT 1 FROM temp.sqlite_schema WHERE name = 'whole_schema'`).get() !== undefined
  if (!isMade) nameWholeSchema(database)
  return sql.replace(asked, 'temp.whole_schema')
}

function nameWholeSchema(database: Database): void {
  database.exec(
    `CREATE TEMP TABLE whole_schema AS SELECT type, name, tbl_name, sql FROM main.sqlite_schema
     WHERE name NOT IN (${columnTables.map((name) => `'${name}'`).join(', ')})`,
  )
  const insert = database.prepare('INSERT INTO temp.whole_schema VALUES (?, ?, ?, ?)')
  for (const table of massTables) insert.run('table', table, table, factTableSql(table))
  for (const [name, view] of massViews) insert.run('view', name, name, `CREATE VIEW ${name} AS ${view.sql}`)
}

/** Makes the views of mass tables, for one connection. */
export function nameMassViews(database: Database): void {
  duringQueries(database, () => {
    for (const [name, { sql }] of massViews) database.exec(`CREATE TEMP VIEW ${name} AS ${sql}`)
  })
}

/** Attaches all mass tables of the record at `path` to a connection, for good. @throws ParquetDamage */
export function attachMass(database: Database, path: string): void {
  const facts = columnFactsOf(database, dirname(path))
  if (facts === undefined) return
  const images = new MassImages(facts, [database])
  try {
    for (const table of massTables) images.attach(table)
  } finally {
    images.close()
  }
}

/** A connection for reading to a record with all its tables, as one database. @throws ParquetDamage */
export function openRecord(path: string): Database {
  const database = new Sqlite(path, { readonly: true, fileMustExist: true })
  try {
    attachMass(database, path)
    if (isSplit(database)) nameMassViews(database)
    return database
  } catch (error) {
    closeDatabase(database)
    throw error
  }
}
