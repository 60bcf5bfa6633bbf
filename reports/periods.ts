/** Days of a run, or its weeks where it has more days than a chart can show. */

/** Runs of more days are drawn by week: hundreds of points are a smear on a phone. */
const MOST_DAYS = 120

const DAY_MS = 86_400_000

/** The Monday of a civil day. */
const mondayOf = (day: string): string => {
  const instant = Date.parse(day)
  // 1 January 1970 was a Thursday.
  const sinceMonday = (Math.round(instant / DAY_MS) + 3) % 7
  return new Date(instant - sinceMonday * DAY_MS).toISOString().slice(0, 10)
}

export interface Periods {
  readonly isWeekly: boolean
  /** `a day`, or `a day, mean of the week`: the title of an axis. */
  readonly each: string
  /** The day that a point is drawn at. */
  start(day: string): string
  /** How many days of the run a point is of. */
  days(start: string): number
}

/** Periods of the days of a run, in their order. */
export function periodsOf(days: readonly string[]): Periods {
  if (days.length <= MOST_DAYS) return { isWeekly: false, each: 'a day', start: (day) => day, days: () => 1 }
  const counts = new Map<string, number>()
  for (const day of days) counts.set(mondayOf(day), (counts.get(mondayOf(day)) ?? 0) + 1)
  return {
    isWeekly: true,
    each: 'a day, mean of the week',
    start: mondayOf,
    days: (start) => counts.get(start) ?? 1,
  }
}

export interface Reducing<Row> {
  /** Rows of one period and key become one. */
  readonly key: (row: Row) => string
  /** Numbers that are taken together. */
  readonly numbers: readonly (keyof Row & string)[]
  /** `mean`: of a day, where a day without a row has nothing. `present`: of the days that have a row. `last`: of the last day. */
  readonly by: 'mean' | 'present' | 'last'
}

/** Rows by day as rows by period; unchanged where a period is a day. */
export function byPeriod<Row extends { readonly day: string }>(
  periods: Periods,
  rows: readonly Row[],
  { key, numbers, by }: Reducing<Row>,
): Row[] {
  if (!periods.isWeekly) return [...rows]
  const groups = Map.groupBy(rows, (row) => `${periods.start(row.day)} ${key(row)}`)
  return [...groups.values()].map((group) => {
    const last = group.reduce((a, b) => (b.day >= a.day ? b : a))
    const day = periods.start(last.day)
    const reduced = numbers.map((name) => {
      const sum = group.reduce((total, row) => total + Number(row[name]), 0)
      const value = by === 'last' ? Number(last[name]) : sum / (by === 'mean' ? periods.days(day) : group.length)
      return [name, value]
    })
    return { ...last, day, ...Object.fromEntries(reduced) }
  })
}
