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

/** Columns of an excerpt where the screen has space, and of the line number in front of it. */
const WIDEST = 110
export const GUTTER = 8

/** Control characters would let a file write to the terminal at will. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
export const printable = (text: string) => text.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g, '\ufffd')

/** Columns of a terminal: two of an ideogram or an emoji. */
const columnsOf = (text: string): number => (/^[\t -~]*$/.test(text) ? text.length : stringWidth(text))

/** Spaces as wide as a text; tabs stay, since the terminal decides how wide they are. */
const blank = (text: string): string => text.replace(/[^\t]+/g, (part) => ' '.repeat(columnsOf(part)))

/** As many characters as fit into so many columns. */
function fitting(text: string, width: number): string {
  let [fits, used] = ['', 0]
  for (const character of text) {
    used += columnsOf(character)
    if (used > width) break
    fits += character
  }
  return fits
}

/**
 * The source line and a caret line under it, in at most `width` columns without `GUTTER`; a long line is cut to the part
 * around the place.
 */
export function excerpt(place: Place, width = WIDEST): [line: string, caret: string] {
  const { sourceLine } = place
  const most = Math.min(WIDEST, width)
  const lead = Math.min(30, Math.floor(most / 2))
  const at = place.column - 1
  const isWhole = columnsOf(sourceLine) <= most
  let from = isWhole || columnsOf(sourceLine.slice(0, at)) <= most - lead ? 0 : Math.max(0, at - lead)
  while (from > 0 && columnsOf(sourceLine.slice(from, at)) > lead) from++
  const head = from > 0 ? '…' : ''
  const rest = sourceLine.slice(from)
  const cut = isWhole ? rest : fitting(rest, most - head.length - 1)
  const line = head + cut + (cut.length < rest.length ? '…' : '')
  const before = sourceLine.slice(from, at)
  const length = Math.max(1, Math.min(place.length, cut.length - before.length))
  const marked = columnsOf(sourceLine.slice(at, at + length))
  return [line, `${head && ' '}${blank(before)}${'^'.repeat(Math.max(1, marked))}`]
}

/** Writes text in an ANSI colour, or leaves it plain. */
export const ansi = (colour: boolean | undefined) => (code: number, text: string) =>
  colour ? `\u001b[${code}m${text}\u001b[0m` : text

/** How errors and warnings are shown. */
export interface Look {
  readonly colour?: boolean
  /** Columns of the screen, at least 40; undefined: as many as an excerpt needs. */
  readonly width?: number | undefined
}
