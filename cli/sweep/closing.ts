/** The result of a sweep on the screen: each figure over the points, and the answer. */

import type { Estimate } from '#reports/sweep/estimates.ts'
import { controlledLines } from '#reports/sweep/pool-demand.ts'
import {
  commonNumbersLines,
  firstMissedLines,
  type SweepResult,
  type SweepRun,
  shortPaths,
} from '#reports/sweep/result.ts'
import { shownControlled, shownFine, shownInterval, verdictWords } from '#reports/sweep/tables.ts'
import { paragraph } from '../commands/list.ts'
import { columnsOf, cut, type Paint, padded, printable } from '../terminal.ts'
import { answerOf, driftLines, neededText } from './answer.ts'
import { seedOf } from './one-run.ts'
import { type RunOrigin, worstRunLines } from './worst-run.ts'

/** Points beyond this are in the page. */
const POINTS = 40

const marks = { kept: '✓', missed: '✗', undecided: '?' } as const
const colours = { kept: 'green', missed: 'red', undecided: 'yellow' } as const

const pointName = ({ paths, points }: SweepResult, point: number): string =>
  paths.length === 0 ? 'all runs' : points[point].label

/** `undecided, about 24 runs`. */
function verdictText({ verdict, needed }: Estimate): string {
  if (verdict === null) return ''
  return needed === null ? verdictWords[verdict] : `${verdictWords[verdict]}, ${neededText(needed)}`
}

export function figureLines(result: SweepResult, figure: number, paint: Paint): string[] {
  const { asked, points, estimates } = result
  const paths = shortPaths(result)
  const { text, unit, bound } = asked[figure]
  const shown = points.slice(0, POINTS).map((_, point) => {
    const estimate = estimates[figure][point]
    const { verdict, difference, interval } = estimate
    return {
      mark: verdict === null ? ' ' : paint(colours[verdict], marks[verdict]),
      name: cut(printable(pointName(result, point)), 28),
      mean: interval.count === 0 ? 'nothing to measure' : shownFine(unit, interval.mean),
      interval: shownInterval(unit, estimate),
      corrected: shownControlled(unit, estimate),
      verdict: verdictText(estimate),
      moved:
        difference === null
          ? ''
          : `${difference.mean < 0 ? '−' : '+'}${shownFine(unit, Math.abs(difference.mean))}${difference.significant ? ' *' : ''}`,
    }
  })
  const width = (key: Exclude<keyof (typeof shown)[number], 'mark'>) =>
    Math.max(...shown.map((each) => columnsOf(each[key])))
  const widths = {
    name: Math.max(8, width('name')),
    mean: width('mean'),
    interval: width('interval'),
    corrected: width('corrected'),
    moved: width('moved'),
  }
  const lines = shown.map(({ mark, name, mean, interval, corrected, verdict, moved }) =>
    [
      `${mark} ${padded(name, widths.name)} ${mean.padStart(widths.mean)}`,
      interval.padEnd(widths.interval),
      ...(widths.corrected === 0 ? [] : [corrected.padEnd(widths.corrected)]),
      ...(widths.moved === 0 ? [] : [moved.padEnd(widths.moved)]),
      ...(bound === null ? [] : [verdict]),
    ]
      .join('  ')
      .trimEnd(),
  )
  const heading = paths.length === 0 ? text : `${text}, by ${paths.join(', ')}`
  return [
    '',
    paint('bold', printable(heading)),
    ...lines,
    ...(points.length > POINTS ? [`  … and ${points.length - POINTS} more points`] : []),
  ]
}

/** How to read the lines above. */
function legend(result: SweepResult): string[] {
  const { asked, points, estimates } = result
  const compared = estimates.some((ofFigure) => ofFigure.some(({ difference }) => difference !== null))
  const bounds = asked.filter(({ bound }) => bound !== null).length
  return [
    `mean, ${result.resampled === true ? 'what 95 % of the resamples of the trace are within' : '95 % interval'}${compared ? ', change from the first point (* beyond chance)' : ''}`,
    ...commonNumbersLines(result),
    ...controlledLines(result),
    ...(bounds * points.length > 1 && result.resampled !== true
      ? [`verdicts hold for all ${bounds * points.length} together (95 % confidence)`]
      : []),
  ]
}

const LABEL = 12

/** Lines of text under one label. */
export function labelled(label: string, texts: readonly string[], width: number): string[] {
  if (texts.length === 0) return []
  const lines = texts.map((text) => paragraph(printable(text), width, LABEL)).join('\n')
  return `${label}${lines.slice(label.length)}`.split('\n')
}

export interface ClosingOptions {
  readonly width: number
  readonly paint: Paint
  readonly folder: string
  readonly files: readonly string[]
}

export interface SweepClosingOptions extends ClosingOptions {
  readonly seed: string
  /** What the runs are of. */
  readonly origin: RunOrigin
}

export function sweepClosing(result: SweepResult, options: SweepClosingOptions): string {
  const { width, paint, seed, origin } = options
  const { name, points, runs, asked } = result
  const least = Math.min(...runs.map(({ length }) => length))
  const most = Math.max(...runs.map(({ length }) => length))
  const each = least === most ? `${least}` : `${least} to ${most}`
  const lines = [
    `${paint('bold', printable(name))} · ${points.length} ${points.length === 1 ? 'point' : 'points'} of ${each} runs, seeds ${printable(seed)} to ${printable(seedOf(seed, most - 1))}`,
    ...asked.flatMap((_, figure) => figureLines(result, figure, paint)),
    '',
    ...legend(result).map((line) => paint('dim', line)),
    ...labelled('Answer', answerOf(result), width),
    ...labelled('Over time', firstMissedLines(result).slice(0, POINTS), width),
    ...labelled('Worst run', worstRunLines(result, origin), width),
    ...labelled('Warning', driftLines(result), width),
    reconciliationLine(runs.flat(), paint),
  ]
  return [...lines.map((line) => cut(line, width)), ...writtenLines(options)].join('\n')
}

export function reconciliationLine(runs: readonly SweepRun[], paint: Paint): string {
  const sum = (of: (run: SweepRun) => number) => runs.reduce((total, run) => total + of(run), 0)
  const differences = sum((run) => run.differences)
  return paint(
    differences === 0 ? 'green' : 'red',
    `reconciliation: ${sum(({ amounts }) => amounts).toLocaleString('en')} amounts in ${runs.length} runs, ${differences.toLocaleString('en')} differences`,
  )
}

export const writtenLines = ({ folder, files }: ClosingOptions): readonly string[] => [
  `Written     ${folder}/`,
  `            ${files.join(', ')}`,
]
