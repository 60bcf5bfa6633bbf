/** A record as one SQLite file: the mass tables are in it, with their indexes and views, and any SQLite tool has them all. */
import Sqlite from 'better-sqlite3'
import { closeDatabase } from '#base/databases.ts'
import { massTables } from './column-files.ts'
import { columnTables } from './column-notes.ts'
import { factTableSql, sqlColumns } from './columns.ts'
import { indexes } from './indexes.ts'
import { massViews, schemaOf } from './mass-images.ts'
import { attachMass, isSplit } from './open-record.ts'

/** Writes a copy of the record at `path` into the file `copy`, which must not be there. @throws ParquetDamage */
export function writeWholeRecord(path: string, copy: string): void {
  const database = new Sqlite(path, { readonly: true, fileMustExist: true })
  try {
    database.prepare('VACUUM INTO ?').run(copy)
  } finally {
    closeDatabase(database)
  }
  const whole = new Sqlite(copy, { fileMustExist: true })
  try {
    if (!isSplit(whole)) return
    whole.pragma('journal_mode = OFF')
    whole.pragma('synchronous = OFF')
    attachMass(whole, path)
    whole.exec('BEGIN')
    for (const table of massTables) {
      // Rows are numbered as they were written; a table with a key of its own keeps it.
      whole.exec(`${factTableSql(table)};
        INSERT INTO main.${table} SELECT ${sqlColumns(table).join(', ')} FROM ${schemaOf(table)}.${table} ORDER BY rowid`)
    }
    for (const [table, column] of indexes)
      whole.exec(`CREATE INDEX IF NOT EXISTS main.${table}_by_${column} ON ${table} (${column})`)
    for (const [name, { sql }] of massViews) whole.exec(`CREATE VIEW main.${name} AS ${sql}`)
    for (const table of columnTables) whole.exec(`DROP TABLE ${table}`)
    whole.exec('ANALYZE main; COMMIT')
  } finally {
    closeDatabase(whole)
  }
}
