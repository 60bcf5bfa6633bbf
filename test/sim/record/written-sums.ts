/** The sums of a record that a test wrote itself: its facts through the code that sums those of a cell. */
import type { Database } from 'better-sqlite3'
import { dictionary } from '#sim/market/words.ts'
import { factColumns, factTableNames, sqlColumns, sumTableNames, unitOf } from '#sim/record/columns.ts'
import { logWidth } from '#sim/record/log-layout.ts'
import { MonthSums, type SumClock } from '#sim/record/month-sums.ts'
import { cellsOf, fromLog, HIGH, logHigh, logLow } from '#sim/record/wide.ts'

type Summed = 'instances' | 'usage_spans' | 'transactions' | 'postings'

/** Fills the tables of sums again from the facts that are in a record. */
export function writeSums(database: Database, clock: SumClock): void {
  const sums = new MonthSums(clock, dictionary)
  const take = (table: Summed, where = '1', ...values: bigint[]): Record<string, bigint>[] => {
    const rows = database
      .prepare(`SELECT * FROM ${table} WHERE ${where} ORDER BY rowid`)
      .safeIntegers()
      .all(...values) as Record<string, bigint>[]
    for (const row of rows) {
      const numbers = factColumns(table).flatMap((name) => {
        if (unitOf(table, name) !== 'money') return [Number(row[name])]
        const amount = row[`${name}_high`] * HIGH + row[name]
        return [logLow(amount), logHigh(amount)]
      })
      sums.take(Float64Array.of(factTableNames.indexOf(table), ...numbers), numbers.length + 1)
      if (table === 'transactions') take('postings', 'transaction_id = ?', row.id)
    }
    return rows
  }
  for (const table of ['instances', 'usage_spans', 'transactions'] as const) take(table)
  for (const table of sumTableNames) database.exec(`DELETE FROM ${table}`)
  const numbers = sums.numbers()
  for (let at = 0; at < numbers.length; ) {
    const table = sumTableNames[numbers[at]]
    let place = at + 1
    const [row, high]: (bigint | number)[][] = [[], []]
    for (const name of factColumns(table)) {
      if (unitOf(table, name) !== 'money') row.push(numbers[place++])
      else {
        const [low, over] = cellsOf(fromLog(numbers[place], numbers[place + 1]))
        row.push(low)
        high.push(over)
        place += 2
      }
    }
    const all = [...row, ...high]
    database
      .prepare(`INSERT INTO ${table} (${sqlColumns(table).join(', ')}) VALUES (${all.map(() => '?')})`)
      .run(...all)
    at += logWidth(table)
  }
}

/** The same for a record with its meta data, after a test changed its facts: in a run, sums come of the facts. */
export function sumAgain(database: Database): void {
  const meta = new Map(database.prepare<[], [string, string]>('SELECT key, value FROM meta').raw().all())
  const [start, end, offset] = ['start', 'end', 'utcOffset'].map((key) => Number(meta.get(key)))
  const { measureFrom = start } = JSON.parse(meta.get('scenario') ?? '{}') as { measureFrom?: number }
  writeSums(database, { start, end, measureFrom, offset })
}
