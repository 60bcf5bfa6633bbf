/** What it takes to write facts as columns: those of a finished record are encoded again, to the same bytes. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { packPrice } from '#base/money.ts'
import type { FactColumn } from '#sim/record/column-facts.ts'
import { ColumnFiles, isMass, type MassTable } from '#sim/record/column-files.ts'
import { factColumns, factTableNames, sumTableNames, unitOf } from '#sim/record/columns.ts'
import { Dictionary } from '#sim/record/dictionary.ts'
import { logWidth } from '#sim/record/log-layout.ts'
import { columnFactsOf } from '#sim/record/open-record.ts'
import { logHigh, logLow } from '#sim/record/wide.ts'

export interface EncodingCost {
  readonly facts: number
  readonly bytes: number
  /** Processor time of a fact. */
  readonly nanoseconds: number
}

/** Facts handed over at a time, as the log of a cell does. */
const FACTS_AT_A_TIME = 16_384

/** @throws Error where other bytes come out than the record has */
export function encodeAgain(record: string): EncodingCost {
  const database = new Sqlite(record, { readonly: true })
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-encoding-'))
  try {
    const facts = columnFactsOf(database)
    if (facts === undefined) throw new Error(`${record} has no column files`)
    const words: string[] = []
    for (const [id, word] of database.prepare<[], [number, string]>('SELECT id, word FROM words').raw().all())
      words[id] = word
    const dictionary = new Dictionary(words)
    const cost = { facts: 0, bytes: 0, microseconds: 0 }
    for (const cell of facts.cells) {
      const to = join(folder, `${cell}`)
      mkdirSync(to)
      const files = new ColumnFiles(to, dictionary)
      const timed = (act: () => void): void => {
        const before = process.cpuUsage()
        act()
        const { user, system } = process.cpuUsage(before)
        cost.microseconds += user + system
      }
      const columnsOf = (table: MassTable) => {
        const rows = facts.of([cell]).table(table)
        const columns = factColumns(table).map((name) => ({ unit: unitOf(table, name), column: rows.column(name) }))
        return { rows, columns, width: logWidth(table) }
      }
      for (const [number, table] of factTableNames.entries()) {
        if (!isMass(table)) continue
        const { rows, columns, width } = columnsOf(table)
        for (let from = 0; from < rows.rows; from += FACTS_AT_A_TIME) {
          const count = Math.min(FACTS_AT_A_TIME, rows.rows - from)
          const log = logOf({ number, width, columns }, from, count)
          timed(() => files.take(log, log.length))
        }
        cost.facts += rows.rows
      }
      let written = new Map<string, { readonly bytes: number; readonly crc: number }>()
      const sums = sumTableNames.flatMap((table, number) => {
        const { rows, columns, width } = columnsOf(table)
        return [...logOf({ number, width, columns }, 0, rows.rows)]
      })
      timed(() => {
        written = files.close(Float64Array.from(sums))
      })
      const listed = database.prepare<[number], { file: string; bytes: number; crc: number }>(
        'SELECT file, bytes, crc FROM column_files WHERE cell = ?',
      )
      for (const { file, bytes, crc } of listed.all(cell)) {
        const again = written.get(file.split('/').at(-1) ?? '')
        if (again?.bytes !== bytes || again.crc !== crc) throw new Error(`${file} is encoded to other bytes`)
        cost.bytes += bytes
      }
    }
    return { facts: cost.facts, bytes: cost.bytes, nanoseconds: (cost.microseconds * 1000) / cost.facts }
  } finally {
    database.close()
    rmSync(folder, { recursive: true })
  }
}

/** A table as the log of a cell has it. */
interface Logged {
  readonly number: number
  readonly width: number
  readonly columns: readonly { readonly unit: string; readonly column: FactColumn }[]
}

function logOf({ number, width, columns }: Logged, from: number, count: number): Float64Array {
  const log = new Float64Array(count * width)
  for (let row = 0; row < count; row++) {
    let at = row * width
    log[at++] = number
    for (const { unit, column } of columns) {
      const value = column.values[from + row]
      const vast = Number.isNaN(value) ? (column.vast?.get(from + row) ?? 0n) : undefined
      if (unit === 'money') {
        log[at++] = vast === undefined ? value : logLow(vast)
        log[at++] = vast === undefined ? 0 : logHigh(vast)
      } else log[at++] = vast === undefined ? value : packPrice(vast)
    }
  }
  return log
}
