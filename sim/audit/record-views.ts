/**
 * The record's own views of tables that are in column files: `run.sqlite` lists their queries, because a view finds the tables
 * of its own file alone.
 */
import type { Database } from 'better-sqlite3'

/** Whether the record has such views; a record that is one file has ordinary ones. */
export const listsViews = (database: Database): boolean =>
  database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'column_views'`).get() !== undefined

const queryOf = (database: Database, name: string): string | undefined =>
  database.prepare<[string], string>('SELECT sql FROM column_views WHERE name = ?').pluck().get(name)

/** Makes views for a connection, from their queries in the record. The tables that they ask have to be there. */
export function makeViews(database: Database, names: readonly string[]): void {
  for (const name of names) database.exec(`CREATE TEMP VIEW ${name} AS ${queryOf(database, name)}`)
}

/** Makes a table of the rows that such a view has. */
export function makeTable(database: Database, name: string): void {
  database.exec(`CREATE TEMP TABLE ${name} AS ${queryOf(database, name)}`)
}
