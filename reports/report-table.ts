/**
 * A table of a report: what is computed once is written as CSV for programs and shown in the page for people.
 *
 * Cells by unit: money and price are whole units in bigint, instants and durations whole milliseconds, shares floats
 * from 0 to 1, counts whole numbers. null is nothing to measure.
 */
import { shownInstant } from '#base/civil-text.ts'
import { formatInstant } from '#base/civil-time.ts'
import { decimalText, grouped, roundedText } from '#base/decimal-text.ts'
import { moneyText, shownMoney } from '#base/money.ts'
import { toScaled } from '#base/rational.ts'
import { type CsvCell, csv } from './csv.ts'
import { shownSeconds } from './figures/show.ts'

/** `fine-share`: a share that is shown with three digits. `decimal`: exact decimal text, or a number as of `number`. */
export type CellUnit =
  | 'text'
  | 'count'
  | 'money'
  | 'share'
  | 'fine-share'
  | 'duration'
  | 'instant'
  | 'number'
  | 'decimal'
export type ReportCell = string | number | bigint | null

export interface ReportColumn {
  /** Name in the CSV header. */
  readonly key: string
  /** Heading for people. */
  readonly title: string
  readonly unit: CellUnit
  /** The page has it next to the first column, as the answer; the CSV where it is. */
  readonly isAnswer?: boolean
  /** The page has it at the end. */
  readonly isLast?: boolean
}

export interface ReportTable {
  /** Name of its CSV file. */
  readonly name: string
  readonly title: string
  /** What it says and how it is counted. */
  readonly text: string
  readonly columns: readonly ReportColumn[]
  readonly rows: readonly (readonly ReportCell[])[]
  /** Sums, shown below the rows and last in the CSV. */
  readonly total?: readonly ReportCell[]
}

export const column = (key: string, title: string, unit: CellUnit = 'text'): ReportColumn => ({ key, title, unit })

/** A column that answers what the table is about. */
export const answerColumn = (key: string, title: string, unit: CellUnit = 'text'): ReportColumn => ({
  ...column(key, title, unit),
  isAnswer: true,
})

/** Civil time is UTC plus this many milliseconds (T-02). */
type Offset = number

const whole = (cell: ReportCell): bigint => BigInt(typeof cell === 'string' || cell === null ? 0 : cell)

/** A float as decimal text of at most 6 decimals, halves away from zero. */
const floatText = (cell: ReportCell): string => {
  const millionths = BigInt(Math.round(Number(cell) * 1e6))
  return decimalText(millionths, 6)
}

function csvCells({ unit }: ReportColumn, cell: ReportCell, offset: Offset): CsvCell[] {
  if (unit === 'instant')
    return cell === null ? ['', ''] : [new Date(Number(cell)).toISOString(), formatInstant(Number(cell), offset)]
  if (cell === null) return ['']
  if (unit === 'money') return [whole(cell)]
  if (unit === 'duration') return [decimalText(whole(cell), 3)]
  if (unit === 'decimal' && typeof cell === 'string') return [cell]
  if (unit === 'share' || unit === 'fine-share' || unit === 'number' || unit === 'decimal') return [floatText(cell)]
  return [cell.toString()]
}

/** The header of a column: an instant has one in UTC and one in civil time, a duration is in seconds. */
function csvHeads({ key, unit }: ReportColumn): string[] {
  if (unit === 'instant') return [`${key}_utc`, `${key}_civil`]
  return [unit === 'duration' ? `${key}_seconds` : key]
}

/** The table as CSV: exact decimals, instants in UTC and civil time, durations in seconds. */
export function tableCsv({ columns, rows, total }: ReportTable, offset: Offset): string {
  const line = (row: readonly ReportCell[]) => columns.flatMap((each, index) => csvCells(each, row[index], offset))
  return csv(columns.flatMap(csvHeads), [...rows.map(line), ...(total === undefined ? [] : [line(total)])])
}

/** Decimal text for the eye: 2 decimals, thousands in groups. */
function shownDecimal(text: string): string {
  const [whole, fraction = ''] = text.split('.')
  return grouped(roundedText(BigInt(`${whole}${fraction}`), fraction.length, 2))
}

/** `78.7`, `2.76`, `0.0960`: a percentage. */
export const threeDigits = (percent: number): string =>
  percent === 0
    ? '0'
    : Math.abs(percent) >= 100
      ? percent.toFixed(0)
      : Number(percent.toPrecision(3)).toFixed(Math.max(1, 2 - Math.floor(Math.log10(Math.abs(percent)))))

/** A cell for the eye. */
export function shownCell(unit: CellUnit, cell: ReportCell, offset: Offset): string {
  if (cell === null) return '–'
  if (unit === 'money') return shownMoney(whole(cell))
  if (unit === 'instant') return shownInstant(Number(cell), offset)
  if (unit === 'duration') return shownSeconds({ numerator: whole(cell), denominator: 1000n })
  if (unit === 'share') return `${roundedText(BigInt(Math.round(Number(cell) * 1e8)), 6, 1)} %`
  if (unit === 'decimal' && typeof cell === 'string') return shownDecimal(cell)
  if (unit === 'fine-share') return `${threeDigits(Number(cell) * 100)} %`
  if (unit === 'number' || unit === 'decimal') return grouped(roundedText(BigInt(Math.round(Number(cell) * 1e6)), 6, 2))
  return unit === 'count' ? grouped(cell.toString()) : cell.toString()
}

/** What a cell is sorted by where its text would not do. */
export const sortKey = (unit: CellUnit, cell: ReportCell): string | undefined => {
  if (unit === 'text') return undefined
  return cell === null ? '-1e300' : unit === 'money' ? moneyText(whole(cell)) : String(cell)
}

/** Milliseconds of an exact mean, to the nearest. */
export const meanOf = (sum: bigint, count: bigint): bigint | null =>
  count === 0n ? null : toScaled({ numerator: sum, denominator: count }, 0)
