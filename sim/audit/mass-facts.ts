/** Where the auditor finds the mass of the facts: in the column files that a record lists, or in its own tables. */
import { dirname } from 'node:path'
import type { Database } from 'better-sqlite3'
import { ColumnFacts, type ColumnFileNote, type MassFacts } from '../record/column-facts.ts'
import { TableFacts } from './table-facts.ts'

/** The mass of an open record; `folder`: where the column files are, if not in that of the record. */
export function massFactsOf(database: Database, folder = dirname(database.name)): MassFacts {
  const listed = database.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'column_files'`).get()
  if (listed === undefined) return new TableFacts(database)
  const sql = 'SELECT cell, "table", file, rows, bytes, crc FROM column_files ORDER BY cell'
  const notes = database.prepare<[], ColumnFileNote>(sql).all()
  const rows = database.prepare<[], [number, string]>('SELECT id, word FROM words').raw().all()
  const numbers = new Map(rows.map(([id, word]) => [word, id]))
  // Of a word that the record does not have: no check asks for this number.
  return new ColumnFacts(folder, notes, (word) => numbers.get(word) ?? -1)
}
