/** What a scenario may say but probably does not mean, as data: where, what, and what to do about it. */
import type { Path, ScenarioDocument } from './document.ts'
import { ansi, excerpt, GUTTER, type Look, type Place, printable } from './excerpt.ts'

/** Every warning by its code, in the words of the documentation. */
export const warningTexts = {
  'cannot-happen': 'An event or a change of capacity is at or after the end of the run.',
  'cold-start': 'Figures are measured from an instant at which a pool that started empty is still filling.',
  'fee-below-one-percent': 'A platform fee is below one percent. It is a percentage: 0.15 is 0.15 %.',
  'few-blocks': 'A trace is resampled from so few blocks that the interval of a sweep is too narrow.',
  'ignored-with-trace': 'A key of a buyer segment has no effect, because the segment replays a trace.',
  'longer-than-run': 'Many draws of a random time are longer than the run.',
  'money-ignored': 'A threshold judges an amount, and the scenario ignores money.',
  'renamed-key': 'A key has its old name, which works for one more release.',
  'threshold-decides-nothing':
    'A threshold is always met, or always missed: its bound is outside what the figure can be.',
  'threshold-on-nothing': 'A threshold is about something that does not come up in the run.',
  'trace-after-end': 'Orders of a trace are at or after the end of the run, so they are never placed.',
  'trace-rows-skipped': 'Rows of a log that a trace reads cannot be read, so they are not placed.',
  'units-never-offered': 'More units are owned or committed than are ever part of the capacity.',
  'unused-pool': 'No buyer buys a server of the flavour of a pool.',
  'unused-product': 'No buyer buys a product.',
  'unused-seller': 'No product is sold by a segment of sellers.',
  'wallet-cannot-pay': 'Buyers have no money and no way to get any, so what they buy is never paid.',
  'working-time': 'A long time of work passes within working hours only, and takes several days.',
} as const

export type WarningCode = keyof typeof warningTexts

/** The words of a warning, before its place is looked up. */
export interface WarningWords {
  readonly code: WarningCode
  /** What was found and what will come of it. */
  readonly what: string
  /** What to do about it. */
  readonly hint: string
}

export interface Warning extends Place, WarningWords {
  /** The path in the scenario, with ids instead of list positions; empty for a line of another file. */
  readonly path: string
}

/** Warns at a path of the scenario. */
export type Warn = (path: Path, words: WarningWords, at?: 'key' | 'value') => void

/** A warning at a path of a document. */
export const warningAt = (
  document: ScenarioDocument,
  path: Path,
  words: WarningWords,
  at: 'key' | 'value' = 'value',
): Warning => ({ ...document.place(path, at), path: document.pathText(path), ...words })

/** Each warning once, by place: those of the scenario first, then those of `--set` options. */
export function warningsInOrder(warnings: readonly Warning[]): Warning[] {
  const key = ({ file, line, column, path, code, what }: Warning) =>
    JSON.stringify([file, line, column, path, code, what])
  const single = [...new Map(warnings.map((warning) => [key(warning), warning])).values()]
  return single.sort(
    (a, b) => Number(a.file === '--set') - Number(b.file === '--set') || a.line - b.line || a.column - b.column,
  )
}

/** Warnings as text for a terminal, as `formatErrors` shows errors. */
export function formatWarnings(warnings: readonly Warning[], options: Look = {}): string {
  const paint = ansi(options.colour)
  const shown = warnings.map((warning) => {
    const [line, caret] = excerpt(warning, options.width === undefined ? undefined : options.width - GUTTER)
    const at = warning.path && `${printable(warning.path)}: `
    return [
      `${paint(1, `${printable(warning.file)}:${warning.line}:${warning.column}`)}: ${paint(33, 'warning')}: ${at}` +
        `${printable(warning.what)} [${warning.code}]`,
      `${paint(2, `${String(warning.line).padStart(5)} |`)} ${printable(line)}`,
      `${paint(2, '      |')} ${paint(33, caret)}`,
      `        hint: ${printable(warning.hint)}`,
    ].join('\n')
  })
  const total = warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`
  return `${shown.join('\n\n')}\n\n${total}`
}
