/** A comparison as tables: for the page and as CSV. */
import type { FigureUnit } from '../figures/figure.ts'
import { type FigureValue, shownValue } from '../figures/show.ts'
import { methodText } from '../interval-method.ts'
import { column, type ReportCell, type ReportColumn, type ReportTable } from '../report-table.ts'
import type { Comparison } from './comparison.ts'
import { conversionText } from './currencies.ts'
import { hasMoved, type MovedFigure, type PairedMean, relative } from './differences.ts'

/** A value of a figure for the eye. */
export const shownFigureValue = (unit: FigureUnit, value: FigureValue): string =>
  value === null ? '–' : shownValue(unit, value)

/** A number of a figure for the eye. */
export const shownNumber = (unit: FigureUnit, value: number | null): string =>
  value === null ? '–' : unit === 'money' ? shownValue(unit, value.toFixed(8)) : shownValue(unit, value)

/** Which side was converted, where one was. */
const convertedColumns = (conversion: Comparison['conversion']): ReportColumn[] =>
  conversion === undefined
    ? []
    : [column('converted', `converted (1 ${conversion.from} = ${conversion.text} ${conversion.to})`)]

const intervalColumns = [
  column('low', 'from', 'number'),
  column('high', 'to', 'number'),
  column('significant', 'beyond chance'),
]

const intervalCells = (interval: MovedFigure['interval']): ReportCell[] =>
  interval === null ? [null, null, ''] : [interval.low, interval.high, interval.significant ? 'yes' : 'no']

/** What the tables are made of. */
export type Compared = Pick<
  Comparison,
  'figures' | 'seeds' | 'conversion' | 'days' | 'accounts' | 'movedAccounts' | 'changes'
>

/** Figures that changed, in total or by their labels. */
export function figureTable({ figures, seeds, conversion }: Compared, which: 'total' | 'parts'): ReportTable {
  const rows = figures
    .filter((each) => hasMoved(each) && (each.label === '') === (which === 'total'))
    .map((each): ReportCell[] => [
      ...[each.figure, each.label, each.value, each.unit, each.a, each.b, each.difference],
      relative(each),
      each.change,
      ...(conversion === undefined ? [] : [each.converted?.toUpperCase() ?? '']),
      ...intervalCells(each.interval),
    ])
  return {
    name: which === 'total' ? 'figures' : 'figures-by-label',
    title: which === 'total' ? 'Figures that changed' : 'Changes by label',
    text:
      seeds.length < 2
        ? 'One run each, so part of the change may be random.'
        : `Means over ${seeds.length} pairs of runs of the same seed; the interval covers the true difference with 95 % confidence (Student's t over the pairs). “Beyond chance” is significance over all figures together.`,
    columns: [
      column('figure', 'Figure'),
      column('label', 'by'),
      column('value', 'of'),
      column('unit', 'unit'),
      column('a', 'A', 'decimal'),
      column('b', 'B', 'decimal'),
      column('difference', 'B − A', 'decimal'),
      column('relative', 'relative', 'share'),
      column('change', 'change'),
      ...convertedColumns(conversion),
      ...intervalColumns,
    ],
    rows,
  }
}

/** The 95 % interval of one pair of runs, or the reason why there is none. */
function singleRunCells(interval: PairedMean['interval']): ReportCell[] {
  if (interval === null) return [null, null, 'none']
  const bounds = 'low' in interval ? [interval.low, interval.high] : [null, null]
  return [...bounds, methodText(interval)]
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
      column('a', 'mean, A', 'decimal'),
      column('b', 'mean, B', 'decimal'),
      column('difference', 'B − A', 'decimal'),
      column('low', 'from', 'number'),
      column('high', 'to', 'number'),
      column('interval', 'interval'),
      column('correlation', 'correlation', 'number'),
    ],
    rows: means.map(({ what, group, pairs, a, b, difference, interval, correlation }) => [
      ...[what, group, pairs, a, b, difference],
      ...singleRunCells(interval),
      correlation,
    ]),
  }
}

/** Every table of a comparison. */
export function comparisonTables(comparison: Compared): ReportTable[] {
  const { days, accounts, movedAccounts, changes, conversion } = comparison
  return [
    {
      name: 'scenario-changes',
      title: 'Differences between the scenarios',
      text: 'By path; empty when a scenario does not have the value.',
      columns: [column('path', 'Path'), column('change', 'change'), column('a', 'A'), column('b', 'B')],
      rows: changes.map(({ path, a, b }) => [path, a === '' ? 'added' : b === '' ? 'removed' : 'changed', a, b]),
    },
    figureTable(comparison, 'total'),
    figureTable(comparison, 'parts'),
    pairedTable(
      'days',
      'Daily means',
      'Means per civil day over the days that both runs have. The interval covers the expected change with 95 % confidence (overlapping batch means of days, because adjacent days are correlated). There is none if the runs are too short compared with lifetimes of servers, terms and months: run both scenarios with several seeds.',
      days,
    ),
    pairedTable(
      'accounts',
      'Means per account',
      'Means per account. With equal seeds, each account is the same buyer with the same intentions in both runs. There is no interval, because accounts share pools: for one, run both scenarios with several seeds.',
      accounts,
    ),
    {
      name: 'accounts-moved',
      title: 'Accounts whose charges changed most',
      text: `Charges before and after${conversion === undefined ? '' : `; ${conversionText(conversion)}`}.`,
      columns: [
        column('account', 'Account'),
        column('segment', 'segment'),
        column('a', 'A', 'money'),
        column('b', 'B', 'money'),
        column('difference', 'B − A', 'money'),
        column('change', 'change'),
        ...convertedColumns(conversion),
      ],
      rows: movedAccounts.map(({ name, segment, before, after, difference, change }) => [
        ...[name, segment, before, after, difference, change],
        ...(conversion === undefined ? [] : [conversion.side.toUpperCase()]),
      ]),
    },
  ]
}
