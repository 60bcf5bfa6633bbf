/** The result of `size` on the screen: the answer first, then what was run. */
import type { SizeResult } from '#reports/size/result.ts'
import { controlledLines } from '#reports/sweep/pool-demand.ts'
import { driftLines } from '../sweep/answer.ts'
import { type ClosingOptions, figureLines, labelled, reconciliationLine, writtenLines } from '../sweep/closing.ts'
import { cut, printable, wrapped } from '../terminal.ts'
import { sizeAnswer } from './answer.ts'

export function sizeClosing(result: SizeResult, options: ClosingOptions): string {
  const { width, paint } = options
  const [answer, ...more] = sizeAnswer(result)
  const all = result.runs.flat()
  const values = result.points.length === 1 ? 'value' : 'values'
  const lines = [
    ...wrapped(printable(answer), width).map((line) => paint('bold', line)),
    ...more.flatMap((line) => wrapped(printable(line), width)),
    ...result.asked.flatMap((_, figure) => figureLines(result, figure, paint)),
    '',
    ...wrapped(
      `${all.length} runs at ${result.points.length} ${values}, with the same seeds at each; mean, interval that is valid at every look`,
      width,
    ).map((line) => paint('dim', line)),
    ...controlledLines(result)
      .flatMap((line) => wrapped(line, width))
      .map((line) => paint('dim', line)),
    ...labelled('Warning', driftLines(result), width),
    reconciliationLine(all, paint),
  ]
  return [...lines.map((line) => cut(line, width)), ...writtenLines(options)].join('\n')
}
