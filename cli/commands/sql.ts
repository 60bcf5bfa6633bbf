import { InputError } from '#base/input-error.ts'
import { standardInput } from '#base/standard-input.ts'
import { RunRecord } from '#reports/record.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { queryFormats, writeAnswer } from '../query-formats.ts'

export const sql: Command = {
  name: 'sql',
  positionals: {
    run: { type: 'string', completes: 'run', describe: 'a run folder' },
    query: { type: 'string', stream: 'in', describe: 'one SELECT, or - to read it from stdin' },
  },
  options: {
    format: {
      type: 'string',
      choices: queryFormats,
      defaultDescription: 'table on a terminal, else csv',
      describe: 'json is one list of objects',
    },
    json: { type: 'boolean', describe: 'the same as --format json' },
  },
  examples: [
    [`npm start -- sql runs/quickstart-42 "select * from v_orders limit 5"`, ''],
    [`npm start -- sql runs/quickstart-42 "select * from civil_bills"`, 'names, decimals, civil months'],
    [`npm start -- sql runs/quickstart-42 "select name, sql from sqlite_schema"`, 'the tables and views'],
  ],
  async execute(arguments_) {
    const folder = arguments_.text('run')
    const asked = arguments_.text('query')
    const query = asked === '-' ? (await standardInput()).toString('utf8') : asked
    if (folder === undefined || query === undefined)
      throw new InputError('sql needs a run folder and a query', 'write `npm start -- sql runs/NAME-SEED "select …"`')
    const standard = arguments_.flag('json') ? 'json' : process.stdout.isTTY ? 'table' : 'csv'
    const word = arguments_.text('format') ?? standard
    const format = queryFormats.find((each) => each === word) ?? standard
    if (arguments_.flag('json') && format !== 'json')
      throw new InputError(`--json and --format ${word}`, 'give one of the two')
    if (format === 'parquet' && process.stdout.isTTY)
      throw new InputError('Parquet is not for a terminal', 'write > answer.parquet after the command')
    const record = new RunRecord(folder)
    try {
      await writeAnswer(record.plainCursor(query, true), format)
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
