/** The mass tables of a record that has them in its SQLite file, in the shape in which column files are read. */
import type { Database } from 'better-sqlite3'
import type { FactColumn, FactRows, MassFacts } from '../record/column-facts.ts'
import type { MassTable } from '../record/column-files.ts'
import { HIGH } from './cells.ts'

export class TableFacts implements MassFacts {
  readonly cells: readonly number[] = []
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  of(): TableFacts {
    return this
  }

  count(table: MassTable): number {
    return Number(this.#database.prepare(`SELECT count(*) FROM ${table}`).pluck().get())
  }

  table(table: MassTable): FactRows {
    const rows = this.count(table)
    return { rows, column: (name) => this.#column(table, name, rows) }
  }

  #column(table: MassTable, name: string, rows: number): FactColumn {
    const isMoney = this.#database.prepare(`SELECT 1 FROM pragma_table_info('${table}') WHERE name = ?`)
    const high = isMoney.get(`${name}_high`) === undefined ? '0' : `${name}_high`
    const sql = `SELECT ${name}, ${high} FROM ${table} ORDER BY rowid`
    const values = new Float64Array(rows)
    const vast = new Map<number, bigint>()
    let row = 0
    for (const [low, above] of this.#database.prepare<[], [bigint, bigint]>(sql).raw().safeIntegers(true).iterate()) {
      const amount = above * HIGH + low
      const number = Number(amount)
      if (Number.isSafeInteger(number)) values[row] = number
      else {
        values[row] = Number.NaN
        vast.set(row, amount)
      }
      row++
    }
    return { values, ...(vast.size === 0 ? {} : { vast }) }
  }
}
