import { readFileSync } from 'node:fs'
import { csvLine, csvLines } from '#base/csv-text.ts'
import { InputError } from '#base/input-error.ts'
import { RunRecord } from '#reports/record.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'

/** Rows are turned into text so many at a time. */
const ROWS = 5_000

/** A value of SQLite as CSV shows it: numbers in full, blobs in hexadecimal. */
const plain = (value: unknown): string =>
  value === null ? '' : value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value)

export const sql: Command = {
  name: 'sql',
  positionals: {
    run: { type: 'string', describe: 'a run folder' },
    query: { type: 'string', describe: 'one SELECT, or - to read it from stdin' },
  },
  options: {
    format: { type: 'string', describe: 'csv | json: json is one list of objects (default: csv)' },
    json: { type: 'boolean', describe: 'the same as --format json' },
  },
  examples: [
    [`npm start -- sql runs/quickstart-42 "select * from v_orders limit 5"`, ''],
    [`npm start -- sql runs/quickstart-42 "select name, sql from sqlite_schema"`, 'the tables and views'],
  ],
  async execute(arguments_) {
    const folder = arguments_.text('run')
    const asked = arguments_.text('query')
    const query = asked === '-' ? readFileSync(0, 'utf8') : asked
    if (folder === undefined || query === undefined)
      throw new InputError('sql needs a run folder and a query', 'write `npm start -- sql runs/NAME-SEED "select …"`')
    const format = arguments_.text('format') ?? (arguments_.flag('json') ? 'json' : 'csv')
    const json = format === 'json'
    if (!json && format !== 'csv')
      throw new InputError(`there is no format '${format}'`, 'write --format csv, or --format json')
    const record = new RunRecord(folder)
    try {
      if (json) answerJson(record, query)
      else answer(record, query)
      return exitCodes.done.code
    } catch (error) {
      if (!isAboutQuery(error)) throw error
      throw new InputError(
        `invalid query: ${(error as Error).message}`,
        'write one SELECT; `select name, sql from sqlite_schema` shows the tables',
      )
    } finally {
      record.close()
    }
  },
}

/**
 * better-sqlite3 reports a wrong query by SqliteError, and of one that returns nothing by a TypeError or RangeError.
 */
const isAboutQuery = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'SqliteError' || error instanceof TypeError || error instanceof RangeError)

/** Whole numbers beyond 2^53 are text, so that no reader of JSON rounds them; blobs are in hexadecimal. */
function jsonValue(value: unknown): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : String(value)
  }
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value
}

function answerJson(record: RunRecord, query: string): void {
  const { columns, rows } = record.plainCursor(query)
  let isFirst = true
  process.stdout.write('[')
  for (const row of rows) {
    const object = Object.fromEntries(columns.map((column, index) => [column, jsonValue(row[index])]))
    process.stdout.write(`${isFirst ? '' : ','}\n${JSON.stringify(object)}`)
    isFirst = false
  }
  process.stdout.write(isFirst ? ']\n' : '\n]\n')
}

function answer(record: RunRecord, query: string): void {
  const { columns, rows } = record.plainCursor(query)
  process.stdout.write(csvLine(columns))
  let part: string[][] = []
  for (const row of rows) {
    part.push(row.map(plain))
    if (part.length < ROWS) continue
    process.stdout.write(csvLines(part))
    part = []
  }
  process.stdout.write(csvLines(part))
}
