/** A place in a file and how a terminal shows it: the line, and a caret line under it. */
import stringWidth from 'string-width'

export interface Place {
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
}

const shownLine = 110

/** Control characters would let a file write to the terminal at will. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
export const printable = (text: string) => text.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g, '\ufffd')

/** Columns of a terminal: two of an ideogram or an emoji. */
const columnsOf = (text: string): number => (/^[\t -~]*$/.test(text) ? text.length : stringWidth(text))

/** Spaces as wide as a text; tabs stay, since the terminal decides how wide they are. */
const blank = (text: string): string => text.replace(/[^\t]+/g, (part) => ' '.repeat(columnsOf(part)))

/** The source line and a caret line under it; a long line is cut to the part around the place. */
export function excerpt(place: Place): [line: string, caret: string] {
  const from = place.column - 1 > shownLine - 30 ? place.column - 31 : 0
  const head = from > 0 ? '…' : ''
  const cut = place.sourceLine.slice(from, from + shownLine)
  const line = head + cut + (from + cut.length < place.sourceLine.length ? '…' : '')
  const before = place.sourceLine.slice(from, place.column - 1)
  const length = Math.max(1, Math.min(place.length, cut.length - before.length))
  const marked = columnsOf(place.sourceLine.slice(place.column - 1, place.column - 1 + length))
  return [line, `${head && ' '}${blank(before)}${'^'.repeat(Math.max(1, marked))}`]
}

/** Writes text in an ANSI colour, or leaves it plain. */
export const ansi = (colour: boolean | undefined) => (code: number, text: string) =>
  colour ? `\u001b[${code}m${text}\u001b[0m` : text
