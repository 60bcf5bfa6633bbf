/** Figures over times in milliseconds: percentiles, and means and longest ones, which need only sums by label. */
import type { RunRecord } from '../record.ts'
import { type Figure, type Label, type Measure, type Source, sum } from './figure.ts'

/** Sums of a source of `ms` and `n`: as many rows as there are labels, however many times there are. */
export const timeSums = (source: Source): Source => ({
  name: `${source.name}_sums`,
  labels: source.labels,
  needs: [source, (record) => prepareTimeSums(record, source)],
  sql: `SELECT ${source.labels.join(', ')}, ${source.times === undefined ? 'sum(ms * n) AS total, sum(n) AS n, max(ms) AS longest' : 'total, n, longest'}
FROM ${source.times === undefined ? source.name : summed(source)} GROUP BY ${source.labels.join(', ')}`,
})

const summed = ({ name }: Source): string => `${name}_columns`

/** Makes the table of the sums of times that are columns. */
function prepareTimeSums(record: RunRecord, source: Source): void {
  const { values, labels } = source.times?.(record) ?? {}
  if (values === undefined || labels === undefined) return
  const columns = source.labels.map((label) => labels[label])
  record.keepComputed(
    summed(source),
    [...source.labels.map((label) => `${label} TEXT`), 'total', 'n', 'longest'],
    [],
    () => {
      const sums = new Map<number, { names: readonly string[]; total: number; n: number; longest: number }>()
      for (let row = 0; row < values.length; row++) {
        let key = 0
        for (const { codes, names } of columns) key = key * names.length + codes[row]
        let sum = sums.get(key)
        if (sum === undefined)
          sums.set(
            key,
            (sum = { names: columns.map(({ codes, names }) => names[codes[row]]), total: 0, n: 0, longest: 0 }),
          )
        sum.total += values[row]
        sum.n++
        // Times are in their order.
        sum.longest = values[row]
      }
      return [...sums.values()].map(({ names, total, n, longest }) => [...names, total, n, longest])
    },
  )
}

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
