/** A user's mistakes as data: where, what was found, what was expected, and how to fix it. */
import type { Edit } from './edits.ts'
import { ansi, excerpt, GUTTER, type Look, type Place, printable } from './excerpt.ts'

export type { Place }

/** Every kind of error by its code, in the words of the documentation. */
export const errorTexts = {
  syntax: 'The text is no YAML: a quote, a bracket, a colon or the indentation is wrong.',
  'unknown-key': 'A key that its place does not have.',
  'missing-key': 'A key that its place needs is missing.',
  'one-of': 'Of several keys exactly one may be written.',
  value: 'A value of another kind, or beyond its bounds.',
  reference: 'A name that nothing in the scenario has.',
  duplicate: 'A key or an id a second time.',
  rule: 'A combination that a rule of the rulebook does not allow.',
  threshold: 'A threshold that no figure can answer.',
  file: 'A file that cannot be read, or is no scenario.',
} as const

export type ErrorCode = keyof typeof errorTexts

export interface Fault extends Place {
  readonly code: ErrorCode
  /** The path in the scenario, with ids instead of list positions: `regions.ap-1.zones.ap-1a`. */
  readonly path: string
  /** What was found. */
  readonly what: string
  readonly expected: string
  readonly hint: string
  readonly didYouMean?: string
  /** The rule of the rulebook that asks for it. */
  readonly rule?: string
  /** Edits of the file that follow the hint, where a program can make them. */
  readonly fix?: readonly Edit[]
  /** What nothing is called, for an error of the code `reference`: `product` and the name. */
  readonly missing?: { readonly kind: string; readonly name: string }
}

/** All errors of a scenario together: the input is wrong, and the message says how to fix it. */
export class ScenarioErrors extends Error {
  readonly faults: readonly Fault[]

  constructor(faults: readonly Fault[]) {
    super(formatErrors(faults))
    this.name = 'ScenarioErrors'
    this.faults = faults
  }
}

/**
 * Errors as text for a terminal: `file:line:column`, the line with a caret, expected and hint.
 * `colour` adds ANSI colours, and no excerpt is wider than `width`.
 */
export function formatErrors(faults: readonly Fault[], options: Look = {}): string {
  const paint = ansi(options.colour)
  const shown = faults.map((fault) => {
    const [line, caret] = excerpt(fault, options.width === undefined ? undefined : options.width - GUTTER)
    const gutter = String(fault.line).padStart(5)
    const rule = fault.rule && !fault.expected.includes(fault.rule) ? ` (${fault.rule})` : ''
    const at = fault.path && `${printable(fault.path)}: `
    const meant = fault.didYouMean === undefined ? '' : `; did you mean ${printable(fault.didYouMean)}?`
    return [
      `${paint(1, `${printable(fault.file)}:${fault.line}:${fault.column}`)}: ${at}${paint(31, printable(fault.what))}`,
      `${paint(2, `${gutter} |`)} ${printable(line)}`,
      `${paint(2, '      |')} ${paint(31, caret)}`,
      `        expected ${printable(fault.expected)}${rule}${meant}`,
      `        hint: ${printable(fault.hint)}`,
    ].join('\n')
  })
  const total = faults.length === 1 ? '1 error' : `${faults.length} errors`
  return `${shown.join('\n\n')}\n\n${total}`
}
