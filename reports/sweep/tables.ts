/** A sweep as tables: for the page and as CSV. */
import { shownNumber } from '../compare/tables.ts'
import { column, type ReportCell, type ReportTable } from '../report-table.ts'
import type { Estimate } from './estimates.ts'
import type { SweepResult } from './result.ts'

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)

export const verdictWords = { kept: 'kept', missed: 'missed', open: 'cannot tell' } as const

const estimateCells = ({ interval, least, most, difference, verdict }: Estimate): ReportCell[] => {
  const none = interval.count === 0
  return [
    interval.count,
    none ? null : interval.mean,
    finite(interval.low),
    finite(interval.high),
    none ? null : least,
    none ? null : most,
    verdict === null ? '' : verdictWords[verdict],
    difference?.mean ?? null,
    difference?.low ?? null,
    difference?.high ?? null,
    difference === null ? '' : difference.significant ? 'yes' : 'no',
  ]
}

/** One figure for the page. */
export function figureTable({ asked, points, estimates, paths }: SweepResult, figure: number): ReportTable {
  const { text, unit } = asked[figure]
  const kind = unit === 'share' ? 'share' : 'number'
  return {
    name: 'estimates',
    title: text,
    text: 'Means over the runs with 95 % intervals (Student’s t over the runs); differences are against the first point, seed by seed.',
    columns: [
      column('point', paths.join(', ') || 'at'),
      column('runs', 'runs', 'count'),
      column('mean', 'mean', kind),
      column('low', 'from', kind),
      column('high', 'to', kind),
      column('least', 'least', kind),
      column('most', 'most', kind),
      column('verdict', 'bound'),
      column('difference', 'against the first', kind),
      column('difference_low', 'from', kind),
      column('difference_high', 'to', kind),
      column('significant', 'beyond chance'),
    ],
    rows: points.map(({ label }, point) => [label || 'all runs', ...estimateCells(estimates[figure][point])]),
  }
}

/** Each figure at each point, for programs. */
export const estimateTable = ({ asked, points, estimates }: SweepResult): ReportTable => ({
  name: 'estimates',
  title: 'Figures at each point',
  text: 'Means over the runs with 95 % intervals (Student’s t over the runs); differences are against the first point, seed by seed.',
  columns: [
    column('figure', 'Figure'),
    column('point', 'at'),
    column('unit', 'unit'),
    column('runs', 'runs', 'count'),
    column('mean', 'mean', 'number'),
    column('low', 'from', 'number'),
    column('high', 'to', 'number'),
    column('least', 'least', 'number'),
    column('most', 'most', 'number'),
    column('verdict', 'bound'),
    column('difference', 'against the first', 'number'),
    column('difference_low', 'from', 'number'),
    column('difference_high', 'to', 'number'),
    column('significant', 'beyond chance'),
  ],
  rows: asked.flatMap(({ text, unit }, figure) =>
    points.map(({ sets }, point) => [text, sets.join(' '), unit, ...estimateCells(estimates[figure][point])]),
  ),
})

/** Each run with what was measured in it. */
export const runTable = ({ asked, points, runs }: SweepResult): ReportTable => ({
  name: 'runs',
  title: 'Each run',
  text: '`npm start -- run` with the seed and the values of the point makes the run again, with its record.',
  columns: [
    column('point', 'Point'),
    column('seed', 'seed'),
    column('digest', 'digest'),
    column('amounts', 'amounts audited', 'count'),
    column('differences', 'differences', 'count'),
    ...asked.map(({ text }) => column(text, text, 'number')),
  ],
  rows: points.flatMap(({ sets }, point) =>
    runs[point].map(({ seed, digest, amounts, differences, values }) => [
      ...[sets.join(' '), seed, digest, amounts, differences],
      ...values,
    ]),
  ),
})

/** Mean and half-width for the eye: `2.31 % ± 0.41 %`. */
export function shownEstimate(unit: SweepResult['asked'][number]['unit'], { interval }: Estimate): string {
  const { count, mean, halfWidth } = interval
  if (count === 0) return 'nothing to measure'
  const text = shownFine(unit, mean)
  return Number.isFinite(halfWidth) ? `${text} ± ${shownFine(unit, halfWidth)}` : text
}

/** A mean has more digits than a figure of one run. */
export const shownFine = (unit: SweepResult['asked'][number]['unit'], value: number): string => {
  if (unit === 'share') return `${(value * 100).toFixed(2)} %`
  if (unit === 'count' || unit === 'units') return value.toFixed(Math.abs(value) < 1000 ? 1 : 0)
  return shownNumber(unit, value)
}
