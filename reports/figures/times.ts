/** Figures over times in milliseconds: percentiles, and means and longest ones, which need only sums by label. */
import { type Figure, type Label, type Measure, type Source, sum } from './figure.ts'

/** Sums of a source of `ms` and `n`: as many rows as there are labels, however many times there are. */
export const timeSums = (source: Source): Source => ({
  name: `${source.name}_sums`,
  labels: source.labels,
  needs: [source],
  sql: `SELECT ${source.labels.join(', ')}, sum(ms * n) AS total, sum(n) AS n, max(ms) AS longest
FROM ${source.name} GROUP BY ${source.labels.join(', ')}`,
})

/** Seconds. */
export const meanMeasure: Measure = { value: sum('total'), of: `${sum('n')} * 1000` }
export const longestMeasure: Measure = { value: 'max(longest)', of: '1000' }

const millisecondsOf = { seconds: 1_000n, hours: 3_600_000n } as const

/** Median and 95th percentile of a source of `ms` and `n`; `text` is what the time is of. */
export const percentileFigures = (
  name: string,
  unit: keyof typeof millisecondsOf,
  text: string,
  source: Source,
  by: readonly Label[],
): Figure[] =>
  ([50, 95] as const).map((percent) => ({
    name: `${name}P${percent}`,
    unit,
    text: `${percent === 50 ? 'median' : '95th percentile'} of the time ${text}`,
    source,
    measure: { quantile: 'ms', percent, weight: 'n', per: millisecondsOf[unit] },
    by,
  }))
