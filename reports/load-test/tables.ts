/** Latencies of a load test as CSV: over time, and by percentile. Times in milliseconds. */
import type { Histogram } from '#engine/statistics/histogram.ts'
import type { LoadOutcome } from '#sim/load-test/load-test.ts'
import { operationKinds } from '#sim/record/load-ledger.ts'
import { type CsvCell, csv } from '../csv.ts'
import { loadHead } from './columns.ts'
import { usualPercentiles } from './figures.ts'
import type { KneeFound } from './summary.ts'

const milliseconds = (microseconds: number): string => (microseconds / 1_000).toFixed(3)

const spread = (histogram: Histogram): CsvCell[] =>
  histogram.count === 0 ? ['', '', ''] : [50, 99, 100].map((percent) => milliseconds(histogram.percentile(percent)))

/** A row an interval for all operations, then one for each kind that came due in it. */
export function overTime({ measurements, machine }: LoadOutcome): string {
  const rows = measurements.intervals.flatMap((interval, index): CsvCell[][] => {
    const from = (index * measurements.interval) / 1_000
    const { due, done, dropped, backlog, response, service, byKind } = interval
    const sample = machine.samples[index]
    const used = sample === undefined ? ['', ''] : [sample.processors.toFixed(2), Math.round(sample.memory)]
    const all = [from, 'all', due, done, dropped, backlog, ...spread(response), ...spread(service), ...used]
    const kinds = operationKinds.flatMap((kind): CsvCell[][] => {
      const measured = byKind[kind]
      if (measured === undefined) return []
      return [[from, kind, measured.count, '', '', '', ...spread(measured), '', '', '', '', '']]
    })
    return [all, ...kinds]
  })
  return csv(loadHead('latencies.csv'), rows)
}

/** The percentiles of an HDR plot: each halves what is left above it, down to a single operation. */
function percentilesOf(count: number): number[] {
  const percents: number[] = [0, ...usualPercentiles]
  for (let left = 50; left * count >= 100; left /= 2) percents.push(100 - left)
  return [...new Set([...percents, 100])].sort((a, b) => a - b)
}

/** Response and service time by percentile, of all operations and of each kind. */
export function percentiles({ measurements }: LoadOutcome): string {
  const kinds = operationKinds.filter((kind) => measurements.kinds[kind].done > 0)
  const parts = [
    { name: 'all', response: measurements.response, service: measurements.service },
    ...kinds.map((kind) => ({ name: kind, ...measurements.kinds[kind] })),
  ]
  const rows = parts.flatMap(({ name, response, service }) =>
    response.count === 0
      ? []
      : percentilesOf(response.count).map((percent): CsvCell[] => [
          name,
          String(percent),
          milliseconds(response.percentile(percent)),
          milliseconds(service.percentile(percent)),
        ]),
  )
  return csv(loadHead('percentiles.csv'), rows)
}

/** The trials of a search for the knee, in the order in which they were made. */
export const kneeTrials = ({ trials }: KneeFound): string =>
  csv(
    loadHead('knee.csv'),
    trials.map(({ rate, held, disturbed, disturbance, achieved, dropped, shown, why }): CsvCell[] => [
      rate,
      held ? 1 : 0,
      disturbed ? 0 : 1,
      disturbance.toFixed(4),
      Math.round(achieved),
      dropped,
      shown,
      why,
    ]),
  )
