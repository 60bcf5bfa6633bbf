/** A sweep as tables: for the page and as CSV. */
import { shownNumber } from '../compare/tables.ts'
import { column, type ReportCell, type ReportTable } from '../report-table.ts'
import type { Estimate } from './estimates.ts'
import { type SweepResult, shortPaths } from './result.ts'

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)

export const verdictWords = { kept: 'kept', missed: 'missed', undecided: 'undecided' } as const

const estimateCells = ({ interval, least, most, difference, verdict, needed, controlled }: Estimate): ReportCell[] => {
  const none = interval.count === 0
  return [
    interval.count,
    none ? null : interval.mean,
    none ? null : finite(interval.low),
    none ? null : finite(interval.high),
    none ? null : least,
    none ? null : most,
    verdict === null ? '' : verdictWords[verdict],
    needed === null ? null : finite(needed),
    difference?.mean ?? null,
    difference?.low ?? null,
    difference?.high ?? null,
    difference === null ? '' : difference.significant ? 'yes' : 'no',
    controlled?.interval.mean ?? null,
    controlled == null ? null : finite(controlled.interval.low),
    controlled == null ? null : finite(controlled.interval.high),
    controlled?.width ?? null,
  ]
}

/** Both tables of estimates say so. */
const sweepReading =
  'Each interval covers the mean with 95 % confidence; an empty end is open. Verdicts hold for all points and figures of the sweep together: in at most 5 % of sweeps is any of them wrong. “Runs needed”: the approximate number of runs of the point that would decide. Changes are relative to the first point, paired by seed; “beyond chance” is significance over all of them together. “Corrected”: by control variates, what the runs had more than the expected requests and lives is taken off; “width” is that of this interval over that of the plain one.'

const estimateColumns = (kind: 'fine-share' | 'number') => [
  column('runs', 'runs', 'count'),
  column('mean', 'mean', kind),
  column('low', 'from', kind),
  column('high', 'to', kind),
  column('least', 'least', kind),
  column('most', 'most', kind),
  column('verdict', 'bound'),
  column('runs_needed', 'runs needed', 'count'),
  column('difference', 'against the first', kind),
  column('difference_low', 'from', kind),
  column('difference_high', 'to', kind),
  column('significant', 'beyond chance'),
  column('controlled_mean', 'corrected', kind),
  column('controlled_low', 'from', kind),
  column('controlled_high', 'to', kind),
  column('controlled_width', 'width', 'share'),
]

/** One figure for the page. */
export function figureTable(
  { asked, points, estimates, paths }: SweepResult,
  figure: number,
  reading = sweepReading,
): ReportTable {
  const { text, unit } = asked[figure]
  const kind = unit === 'share' ? 'fine-share' : 'number'
  return {
    name: 'estimates',
    title: text,
    text: reading,
    columns: [column('point', shortPaths({ paths }).join(', ') || 'at'), ...estimateColumns(kind)],
    rows: points.map(({ label }, point) => [label || 'all runs', ...estimateCells(estimates[figure][point])]),
  }
}

/** Each figure at each point, for programs. */
export const estimateTable = (
  { asked, points, estimates }: Pick<SweepResult, 'asked' | 'points' | 'estimates'>,
  reading = sweepReading,
): ReportTable => ({
  name: 'estimates',
  title: 'Figures at each point',
  text: reading,
  columns: [column('figure', 'Figure'), column('point', 'at'), column('unit', 'unit'), ...estimateColumns('number')],
  rows: asked.flatMap(({ text, unit }, figure) =>
    points.map(({ sets }, point) => [text, sets.join(' '), unit, ...estimateCells(estimates[figure][point])]),
  ),
})

/** Each run with what was measured in it. */
export const runTable = ({ asked, points, runs }: Pick<SweepResult, 'asked' | 'points' | 'runs'>): ReportTable => ({
  name: 'runs',
  title: 'Each run',
  text: 'With the seed and the values of the point, `run` repeats a run with its record.',
  columns: [
    column('point', 'Point'),
    column('seed', 'seed'),
    { ...column('digest', 'digest'), isLast: true },
    column('amounts', 'amounts audited', 'count'),
    column('differences', 'differences', 'count'),
    ...asked.map(({ text, unit }) => column(text, text, unit === 'share' ? 'fine-share' : 'decimal')),
  ],
  rows: points.flatMap(({ sets }, point) =>
    runs[point].map(({ seed, digest, amounts, differences, values, exact }) => [
      ...[sets.join(' '), seed, digest, amounts, differences],
      // A fraction that is no decimal is shown by the float nearest to it.
      ...values.map((value, figure) =>
        value === null || exact[figure]?.includes('/') === false ? exact[figure] : value.top / value.bottom,
      ),
    ]),
  ),
})

/** Use of pools day by day over the runs of each point. */
export const useTable = ({ points, fans }: Pick<SweepResult, 'points' | 'fans'>): ReportTable => ({
  name: 'use',
  title: 'Use of pools over time',
  text: 'Shares of the capacity on each civil day: the least of the runs, the value that 10 % of them do not exceed, the median, 90 %, the most.',
  columns: [
    column('point', 'Point'),
    column('pool', 'pool'),
    column('day', 'day'),
    ...(['least', 'low', 'median', 'high', 'most'] as const).map((name) => column(name, name, 'share')),
  ],
  rows: fans.flatMap(({ point, pool, days }) =>
    days.map(({ day, least, low, median, high, most }) => [
      ...[points[point].sets.join(' '), pool, day],
      ...[least, low, median, high, most],
    ]),
  ),
})

/** The interval for the eye: `1.93 % to 2.76 %`, or one bound where the mean is at the end of what it can be. */
export function shownInterval(
  unit: SweepResult['asked'][number]['unit'],
  { interval: { mean, low, high, count }, least, most }: Estimate,
): string {
  if (count === 0) return ''
  if (low === high) return 'the same in every run'
  if (count < 2 || (low === -Infinity && high === Infinity)) return 'no interval'
  const shown = (end: number) => shownFine(unit, end)
  if (high === Infinity) return least === most ? 'the same in every run so far' : `at least ${shown(low)}`
  if (mean === low || low === -Infinity) return `at most ${shown(high)}`
  if (mean === high) return `at least ${shown(low)}`
  return `${shown(low)} to ${shown(high)}`
}

/** The same corrected by control variates, in brackets; empty where it is not, or its width is unknown. */
export function shownControlled(unit: SweepResult['asked'][number]['unit'], { controlled }: Estimate): string {
  if (controlled === null || controlled.width === null) return ''
  const { low, high } = controlled.interval
  return `[${shownFine(unit, low)} to ${shownFine(unit, high)}]`
}

/** A mean has more digits than a figure of one run; a share close to 0 or 1 shows that it is not there. */
export const shownFine = (unit: SweepResult['asked'][number]['unit'], value: number): string => {
  if (unit === 'share') return `${percentText(value * 100)} %`
  if (unit === 'count' || unit === 'units') {
    if (value !== 0 && Math.abs(value) < 0.1) return value.toPrecision(2)
    return value.toFixed(Math.abs(value) < 1000 ? 1 : 0)
  }
  return shownNumber(unit, value)
}

function percentText(percent: number): string {
  const gap = Math.min(Math.abs(percent), Math.abs(100 - percent))
  if (gap === 0 || gap >= 0.1) return percent.toFixed(2)
  return percent.toFixed(Math.min(8, 1 - Math.floor(Math.log10(gap))))
}
