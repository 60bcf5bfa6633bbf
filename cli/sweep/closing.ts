/** What a sweep came to, on the screen: each figure over the points, and the answer. */

import { keptAt, type SweepResult, shortPaths } from '#reports/sweep/result.ts'
import { shownEstimate, shownFine, verdictWords } from '#reports/sweep/tables.ts'
import { paragraph } from '../commands/list.ts'
import { cut, type Paint, printable } from '../terminal.ts'
import { seedOf } from './one-run.ts'

/** Points beyond this are in the page. */
const POINTS = 40

const marks = { kept: '✓', missed: '✗', open: '?' } as const
const colours = { kept: 'green', missed: 'red', open: 'yellow' } as const

const pointName = ({ paths, points }: SweepResult, point: number): string =>
  paths.length === 0 ? 'all runs' : points[point].label

/** Where every bound is kept, in words; nothing where there is no bound. */
export function answerOf(result: SweepResult): string[] {
  const kept = keptAt(result)
  if (kept === undefined) return []
  const { points, asked, estimates } = result
  const paths = shortPaths(result)
  const bounds = asked.filter(({ bound }) => bound !== null).length
  const what = bounds === 1 ? 'the bound is' : `all ${bounds} bounds are`
  const open = points.filter((_, point) => {
    const verdicts = estimates.map((ofFigure) => ofFigure[point].verdict)
    return !verdicts.includes('missed') && verdicts.includes('open')
  })
  const place = ({ values }: SweepResult['points'][number]) =>
    values.map((value, index) => `${paths[index]} = ${value}`).join(', ')
  const first =
    paths.length === 0
      ? kept.length === 1
        ? `${what} kept`
        : open.length === 1
          ? `whether ${what} kept these runs cannot tell`
          : `${what} not kept`
      : kept.length === 0
        ? `at no point ${what} surely kept`
        : `${what} surely kept first at ${place(kept[0])}${kept.length > 1 ? `, and at ${kept.length - 1} more point${kept.length === 2 ? '' : 's'}` : ''}`
  const more =
    open.length === 0 || paths.length === 0
      ? []
      : [`more runs would tell of ${open.map(({ label }) => label).join('; ')}`]
  return [first, ...more]
}

function figureLines(result: SweepResult, figure: number, paint: Paint): string[] {
  const { asked, points, estimates } = result
  const paths = shortPaths(result)
  const { text, unit } = asked[figure]
  const width = Math.max(8, ...points.map((_, point) => Math.min(28, pointName(result, point).length)))
  const lines = points.slice(0, POINTS).map((_, point) => {
    const estimate = estimates[figure][point]
    const { verdict, difference } = estimate
    const mark = verdict === null ? ' ' : paint(colours[verdict], marks[verdict])
    const words = verdict === null ? '' : `  ${verdictWords[verdict]}`.padEnd(13)
    const moved =
      difference === null
        ? ''
        : `  ${difference.mean < 0 ? '−' : '+'}${shownFine(unit, Math.abs(difference.mean))}${difference.significant ? ' *' : ''}`
    return `${mark} ${cut(printable(pointName(result, point)), width).padEnd(width)}  ${shownEstimate(unit, estimate).padStart(24)}${words}${moved}`.trimEnd()
  })
  const heading = paths.length === 0 ? text : `${text}, by ${paths.join(', ')}`
  return [
    '',
    paint('bold', printable(heading)),
    ...lines,
    ...(points.length > POINTS ? [`  … and ${points.length - POINTS} more points`] : []),
  ]
}

const LABEL = 12

function answerLines(result: SweepResult, width: number): string[] {
  const answer = answerOf(result)
  if (answer.length === 0) return []
  const lines = answer.map((line) => paragraph(printable(line), width, LABEL)).join('\n')
  return `Answer${lines.slice('Answer'.length)}`.split('\n')
}

export interface SweepClosingOptions {
  readonly width: number
  readonly paint: Paint
  readonly folder: string
  readonly files: readonly string[]
  readonly seed: string
}

export function sweepClosing(result: SweepResult, options: SweepClosingOptions): string {
  const { width, paint, folder, files, seed } = options
  const { name, points, runs, asked, estimates } = result
  const all = runs.flat()
  const least = Math.min(...runs.map(({ length }) => length))
  const most = Math.max(...runs.map(({ length }) => length))
  const each = least === most ? `${least}` : `${least} to ${most}`
  const sum = (of: (run: (typeof all)[number]) => number) => all.reduce((total, run) => total + of(run), 0)
  const differences = sum((run) => run.differences)
  const compared = estimates.some((ofFigure) => ofFigure.some(({ difference }) => difference !== null))
  const lines = [
    `${paint('bold', printable(name))} · ${points.length} ${points.length === 1 ? 'point' : 'points'} of ${each} runs, seeds ${printable(seed)} to ${printable(seedOf(seed, most - 1))}`,
    ...asked.flatMap((_, figure) => figureLines(result, figure, paint)),
    '',
    paint('dim', `mean ± half of its 95 % interval${compared ? '; change from the first (* beyond chance)' : ''}`),
    ...answerLines(result, width),
    paint(
      differences === 0 ? 'green' : 'red',
      `reconciliation: ${sum(({ amounts }) => amounts).toLocaleString('en')} amounts in ${all.length} runs, ${differences.toLocaleString('en')} differences`,
    ),
  ]
  return [...lines.map((line) => cut(line, width)), `Written     ${folder}/`, `            ${files.join(', ')}`].join(
    '\n',
  )
}
