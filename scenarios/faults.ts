/** A user's mistakes as data: where, what was found, what was expected, and how to mend it. */

export interface Fault {
  /** The file as the user named it, or `--set` for an option's text. */
  readonly file: string
  /** From 1; for a `--set` the number of the option. */
  readonly line: number
  /** From 1, in characters. */
  readonly column: number
  /** How many characters of the line are meant, at least 1. */
  readonly length: number
  /** The whole line, for display. */
  readonly sourceLine: string
  /** The path in the scenario, with ids instead of list positions: `regions.ap-1.zones.ap-1a`. */
  readonly path: string
  /** What was found. */
  readonly what: string
  readonly expected: string
  readonly mend: string
  readonly didYouMean?: string
  /** The rule of the rulebook that asks for it. */
  readonly rule?: string
}

/** Where a fault is, without what it is. */
export type Place = Pick<Fault, 'file' | 'line' | 'column' | 'length' | 'sourceLine'>

/** Every fault of a scenario at once: the input is wrong, and the message says how to mend it. */
export class ScenarioFaults extends Error {
  readonly faults: readonly Fault[]

  constructor(faults: readonly Fault[]) {
    super(formatFaults(faults))
    this.name = 'ScenarioFaults'
    this.faults = faults
  }
}

const shownLine = 110

/** The source line and a caret line under it; a long line is cut to the part around the fault. */
function excerpt(fault: Fault): [line: string, caret: string] {
  const from = fault.column - 1 > shownLine - 30 ? fault.column - 31 : 0
  const head = from > 0 ? '…' : ''
  const cut = fault.sourceLine.slice(from, from + shownLine)
  const line = head + cut + (from + cut.length < fault.sourceLine.length ? '…' : '')
  const before = fault.sourceLine.slice(from, fault.column - 1).replace(/[^\t]/g, ' ')
  const length = Math.max(1, Math.min(fault.length, cut.length - before.length))
  return [line, `${head && ' '}${before}${'^'.repeat(length)}`]
}

/** Control characters would let a file write to the terminal at will. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const printable = (text: string) => text.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g, '\ufffd')

/**
 * Faults as text for a terminal: `file:line:column`, the line with a caret, expected and mend.
 * `colour` adds ANSI colours.
 */
export function formatFaults(faults: readonly Fault[], options: { colour?: boolean } = {}): string {
  const paint = (code: number, text: string) => (options.colour ? `\u001b[${code}m${text}\u001b[0m` : text)
  const shown = faults.map((fault) => {
    const [line, caret] = excerpt(fault)
    const gutter = String(fault.line).padStart(5)
    const rule = fault.rule && !fault.expected.includes(fault.rule) ? ` (${fault.rule})` : ''
    const at = fault.path && `${printable(fault.path)}: `
    const hint = fault.didYouMean === undefined ? '' : `; did you mean ${printable(fault.didYouMean)}?`
    return [
      `${paint(1, `${printable(fault.file)}:${fault.line}:${fault.column}`)}: ${at}${paint(31, printable(fault.what))}`,
      `${paint(2, `${gutter} |`)} ${printable(line)}`,
      `${paint(2, '      |')} ${paint(31, caret)}`,
      `        expected ${printable(fault.expected)}${rule}${hint}`,
      `        mend: ${printable(fault.mend)}`,
    ].join('\n')
  })
  const total = faults.length === 1 ? '1 fault' : `${faults.length} faults`
  return `${shown.join('\n\n')}\n\n${total}`
}
