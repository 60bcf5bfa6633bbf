/** The formats of logs that can be imported, as data: where each says what, and in which units. */
import type { LogRow } from './log-row.ts'
import type { TimeUnit } from './log-times.ts'
import type { ColumnMap } from './usage.ts'

export type Container = 'csv' | 'spaces' | 'json' | 'parquet'

export interface LogFormat {
  readonly name: string
  /** One line for the help. */
  readonly text: string
  readonly container: Container
  /** Where the format has no header: names of the columns by the number of fields of the first row; null: the first line names them. */
  readonly names?: (fields: number, first: LogRow | null) => readonly string[] | null
  readonly columns: ColumnMap
  /** Roles without which nothing can be read; each entry lists alternatives. */
  readonly needs: readonly (readonly (keyof ColumnMap)[])[]
  /** Unit of times that are numbers; undefined: seconds, or by the number of digits where they count from the epoch. */
  readonly unit?: TimeUnit
  readonly lifetimeUnit?: TimeUnit
  /** Numbers from 0 on without a date: --origin, or the log's own header says when 0 was. */
  readonly isRelative: boolean
  /** What means "not known", besides nothing at all. */
  readonly unknown: readonly string[]
  /** Why a row is no use of servers, or null; `get` reads a column. */
  readonly reject?: (get: (column: string) => string) => string | null
  /** An awk program that counts the rows that are read and sums their unit-seconds; null where none can. */
  readonly awk: string | null
  /** A resource has one row. */
  readonly isUnique?: boolean
}

const swfNames =
  'job submit wait run allocated cpu memory requested requestedTime requestedMemory status user group executable queue partition preceding think'.split(
    ' ',
  )

const swf: LogFormat = {
  name: 'swf',
  text: 'Standard Workload Format of the Parallel Workloads Archive',
  container: 'spaces',
  names: () => swfNames,
  columns: {
    at: ['submit'],
    wait: ['wait'],
    lifetime: ['run'],
    quantity: ['allocated', 'requested'],
    account: ['user', 'group'],
    resource: ['job'],
  },
  needs: [['at'], ['lifetime']],
  unit: 's',
  isRelative: true,
  unknown: ['-1'],
  isUnique: true,
  awk: `!/^[ \\t]*[;#]/ && NF >= 18 && $2 >= 0 && $4 >= 0 { q = $5 > 0 ? $5 : $8; if (q > 0) { n++; s += $4 * q } } END { printf "%d %.3f\\n", n, s }`,
}

const csv: LogFormat = {
  name: 'csv',
  text: 'any CSV, with --map at=COLUMN,lifetime=COLUMN,…',
  container: 'csv',
  columns: {},
  needs: [['at']],
  isRelative: false,
  unknown: ['NULL', 'null', 'NaN', 'N/A'],
  awk: null,
}

const all: readonly LogFormat[] = [swf, csv]

/** Every format by its name. */
export const logFormats: Readonly<Record<string, LogFormat>> = Object.fromEntries(all.map((each) => [each.name, each]))
export const formatNames: readonly string[] = all.map(({ name }) => name)
