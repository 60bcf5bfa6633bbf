/** A comparison as tables: for the page and as CSV. */
import type { FigureUnit } from '../figures/figure.ts'
import { shownValue } from '../figures/show.ts'
import { column, type ReportCell, type ReportTable } from '../report-table.ts'
import type { Comparison } from './comparison.ts'
import { hasMoved, type MovedFigure, type PairedMean, relative } from './differences.ts'

/** A number of a figure for the eye. */
export const shownNumber = (unit: FigureUnit, value: number | null): string =>
  value === null ? '–' : unit === 'money' ? shownValue(unit, value.toFixed(8)) : shownValue(unit, value)

const intervalColumns = [
  column('low', 'from', 'number'),
  column('high', 'to', 'number'),
  column('significant', 'beyond chance'),
]

const intervalCells = (interval: MovedFigure['interval']): ReportCell[] =>
  interval === null ? [null, null, ''] : [interval.low, interval.high, interval.significant ? 'yes' : 'no']

/** Figures that moved, in total or by their labels. */
export function figureTable({ figures, seeds }: Comparison, which: 'total' | 'parts'): ReportTable {
  const rows = figures
    .filter((each) => hasMoved(each) && (each.label === '') === (which === 'total'))
    .map((each): ReportCell[] => [
      ...[each.figure, each.label, each.value, each.unit, each.a, each.b],
      each.a === null || each.b === null ? null : each.b - each.a,
      relative(each),
      ...intervalCells(each.interval),
    ])
  return {
    name: which === 'total' ? 'figures' : 'figures-by-label',
    title: which === 'total' ? 'Figures that moved' : 'For whom: figures by their labels',
    text:
      seeds.length < 2
        ? 'Of one run each: what moved may be chance where the scenario draws differently.'
        : `Means over ${seeds.length} pairs of runs of the same seed; the interval holds the true difference with 95 % (Student's t over the pairs).`,
    columns: [
      column('figure', 'Figure'),
      column('label', 'by'),
      column('value', 'of'),
      column('unit', 'unit'),
      column('a', 'A', 'number'),
      column('b', 'B', 'number'),
      column('difference', 'B − A', 'number'),
      column('relative', 'change', 'share'),
      ...intervalColumns,
    ],
    rows,
  }
}

function pairedTable(name: string, title: string, text: string, means: readonly PairedMean[]): ReportTable {
  return {
    name,
    title,
    text,
    columns: [
      column('what', 'What'),
      column('of', 'of'),
      column('pairs', 'pairs', 'count'),
      column('a', 'mean, A', 'number'),
      column('b', 'mean, B', 'number'),
      column('difference', 'B − A', 'number'),
      ...intervalColumns,
      column('correlation', 'correlation', 'number'),
    ],
    rows: means.map(({ what, group, a, b, interval }) => [
      ...[what, group, interval.count, a, b, interval.mean],
      ...intervalCells(interval),
      interval.correlation,
    ]),
  }
}

/** Every table of a comparison. */
export function comparisonTables(comparison: Comparison): ReportTable[] {
  const { days, accounts, movedAccounts, changes } = comparison
  return [
    {
      name: 'scenario-changes',
      title: 'What the scenarios say differently',
      text: 'By the path of each value; empty where a scenario does not have it.',
      columns: [column('path', 'Path'), column('a', 'A'), column('b', 'B')],
      rows: changes.map(({ path, a, b }) => [path, a, b]),
    },
    figureTable(comparison, 'total'),
    figureTable(comparison, 'parts'),
    pairedTable(
      'days',
      'Day against day',
      'Means a civil day over the days that both runs have. Days follow one another, so that the interval (95 %, paired) is a little too narrow where a day is much like the one before.',
      days,
    ),
    pairedTable(
      'accounts',
      'Account against account',
      'Means an account, each paired with itself: the same buyer with the same wishes in both runs, where the seed is the same.',
      accounts,
    ),
    {
      name: 'accounts-moved',
      title: 'Accounts whose charges moved most',
      text: 'What each was charged, before and after.',
      columns: [
        column('account', 'Account'),
        column('segment', 'segment'),
        column('a', 'A', 'number'),
        column('b', 'B', 'number'),
        column('difference', 'B − A', 'number'),
      ],
      rows: movedAccounts.map(({ name, segment, before, after }) => [name, segment, before, after, after - before]),
    },
  ]
}
