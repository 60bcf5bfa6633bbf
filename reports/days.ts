/** Civil days of the run, for charts over time. */
import type { Periods } from './periods.ts'
import type { RunRecord } from './record.ts'

/**
 * Makes the tables `all_days(number, day, month, first, next)` of the reading connection and `days`, the same from the day
 * on which figures begin to count; `month` is a number of `months`. Days are numbered from 1970 in civil time, so that what is in some of them is joined by number and not by looking through
 * them all: write CROSS JOIN, lest SQLite look through the facts for each day.
 */
const columns = 'number INTEGER PRIMARY KEY, day TEXT, month INTEGER, first INTEGER, next INTEGER'

export function prepareDays(record: RunRecord): void {
  record.keepIndexed(
    'all_days',
    columns,
    `
WITH RECURSIVE numbers(number) AS (
  SELECT (start + utc_offset) / 86400000 FROM run
  UNION ALL SELECT number + 1 FROM numbers, run WHERE (number + 1) * 86400000 - utc_offset < "end")
SELECT number, date(number * 86400, 'unixepoch'), m.no, number * 86400000 - utc_offset, (number + 1) * 86400000 - utc_offset
FROM numbers, run JOIN months m ON number * 86400000 - utc_offset >= m.first AND number * 86400000 - utc_offset < m.next`,
  )
  record.keepIndexed('days', columns, `SELECT d.* FROM all_days d, run WHERE d.next > run.measured_from`)
}

/** The number of the civil day in which an instant is; needs the table `run` in the query. */
export const dayNumber = (instant: string): string => `(${instant} + utc_offset) / 86400000`

const DAY = 86_400_000

/** The same days as columns, for passes. */
export class MeasuredDays {
  readonly #first: number
  readonly #offset: number
  readonly #months: readonly number[]
  readonly #texts: readonly string[]

  constructor(record: RunRecord) {
    prepareDays(record)
    const rows = record.rows('SELECT number, month, day FROM days ORDER BY number')
    this.#first = Number(rows[0]?.number ?? 0)
    this.#offset = record.meta.utcOffset
    this.#months = rows.map(({ month }) => Number(month))
    this.#texts = rows.map(({ day }) => String(day))
  }

  /** The number of the civil day of an instant. */
  of(instant: number): number {
    return Math.floor((instant + this.#offset) / DAY)
  }

  /** When a day begins, ms since the epoch. */
  start(day: number): number {
    return day * DAY - this.#offset
  }

  /** The month of a day, by its number in `months`; 0 of a day that is none of them. */
  month(day: number): number {
    return this.#months[day - this.#first] ?? 0
  }

  /** Such as 2024-03-01; undefined of a day that is none of them. */
  text(day: number): string | undefined {
    return this.#texts[day - this.#first]
  }
}

/** Every civil day of the measured time, in their order. */
export function daysOf(record: RunRecord): string[] {
  prepareDays(record)
  return record.rows('SELECT day FROM days ORDER BY number').map(({ day }) => String(day))
}

/** Bars by day are apart while there are few of them; many would fade into their gaps. */
export const barSpacing = (rows: readonly { readonly day: string }[]): number =>
  new Set(rows.map(({ day }) => day)).size > 62 ? 0 : 1

/** The time axis of a chart by civil day. Days are drawn as if they were UTC, whatever the zone of the machine. */
export const dayAxis = {
  field: 'day',
  type: 'temporal',
  timeUnit: 'utcyearmonthdate',
  title: 'day',
  axis: {
    // A tick between two midnights would repeat the day before it.
    labelExpr: "utchours(datum.value) === 0 ? datum.label : ''",
    ...{ format: '%-d %b', labelOverlap: true, grid: false, tickCount: 6 },
  },
  scale: { type: 'utc' },
} as const

/** The axis of bars: each covers its day, or its week, which Vega begins on a Sunday. Steps of seven days would restart with each month. */
export const barAxis = ({ isWeekly }: Periods) =>
  isWeekly ? ({ ...dayAxis, timeUnit: 'utcyearweek' } as const) : dayAxis

/** From the beginning of a bar to its middle, ms. */
export const barMiddle = ({ isWeekly }: Periods): number => (isWeekly ? 7 : 1) * 43_200_000
