/** The table of a record that lists its column files. */
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { Database } from 'better-sqlite3'
import { contentOf } from './column-facts.ts'
import { columnFile, type MassTable, massTables } from './column-files.ts'
import { ParquetReader } from './parquet/reader.ts'

export const columnFilesTable = {
  name: 'column_files',
  text: 'The column files of the record: Parquet files of the mass tables, one for each cell and table.',
  columns: {
    cell: 'the cell that wrote it',
    table: 'the table whose rows it has; those of all cells, in their order, are the table',
    file: 'its path below the folder of the record',
    rows: 'rows of the table in it',
    bytes: 'its size',
    crc: 'CRC-32 of all its bytes',
  },
} as const

export const columnViewsTable = {
  name: 'column_views',
  text: 'The views that show tables of the column files. `run.sqlite` cannot have them, because a view finds the tables of its own file alone.',
  columns: { name: 'the view', sql: 'its query' },
} as const

/** Tables that say what is in the column files; a record that is one file has neither. */
export const columnTables: readonly string[] = [columnFilesTable.name, columnViewsTable.name]

/** Lists views of the tables of column files. */
export function noteColumnViews(database: Database, views: Iterable<readonly [name: string, sql: string]>): void {
  database.exec(`CREATE TABLE ${columnViewsTable.name} (name TEXT NOT NULL, sql TEXT NOT NULL) STRICT`)
  const insert = database.prepare(`INSERT INTO ${columnViewsTable.name} VALUES (?, ?)`)
  for (const [name, sql] of views) insert.run(name, sql)
}

/**
 * Lists the column files in folders of the cells, given below the folder of the record. `rowsOf`: how many facts of a table the
 * log of a cell has; undefined for tables that are in no log.
 */
export function noteColumnFiles(
  database: Database,
  folder: string,
  cells: readonly string[],
  rowsOf: (cell: number, table: MassTable) => number | undefined,
): void {
  database.exec(
    `CREATE TABLE ${columnFilesTable.name} (cell INTEGER NOT NULL, "table" TEXT NOT NULL, file TEXT NOT NULL, rows INTEGER NOT NULL,
      bytes INTEGER NOT NULL, crc INTEGER NOT NULL) STRICT`,
  )
  const insert = database.prepare(`INSERT INTO ${columnFilesTable.name} VALUES (?, ?, ?, ?, ?, ?)`)
  for (const [cell, of] of cells.entries())
    for (const table of massTables) {
      const file = columnFile(of, table)
      const bytes = contentOf(join(folder, file))
      const rows = rowsOf(cell, table) ?? new ParquetReader(file, bytes).rows
      insert.run(cell, table, file, rows, bytes.length, crc32(bytes))
    }
}
