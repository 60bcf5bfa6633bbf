/** What the terminal can show: colours and width, and text that cannot steer it. */

import { stripVTControlCharacters } from 'node:util'
import stringWidth from 'string-width'
import { settingOf } from './settings.ts'

type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'rows'>

/**
 * Whether colours are wanted: as the setting says; else never with NO_COLOR (https://no-color.org) or on a dumb terminal,
 * and always with FORCE_COLOR.
 */
export function colourful(stream: Stream, environment: NodeJS.ProcessEnv = process.env): boolean {
  const wanted = settingOf('color', environment)
  if (wanted === 'always' || wanted === 'never') return wanted === 'always'
  if ((environment.NO_COLOR ?? '') !== '') return false
  const forced = environment.FORCE_COLOR
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false'
  return stream.isTTY === true && environment.TERM !== 'dumb'
}

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const

export type Paint = (style: keyof typeof codes, text: string) => string

/** Paints text, or leaves it as it is where colours are not wanted. */
export const painter =
  (colour: boolean): Paint =>
  (style, text) =>
    colour ? `\u001b[${codes[style]}m${text}\u001b[0m` : text

/** Columns of the terminal, or as the setting says; 80 where there is neither. */
export const widthOf = (stream: Stream): number => Number(settingOf('width') ?? Math.max(20, stream.columns ?? 80))

/** The same; undefined where there is neither: what reads a pipe gets excerpts as long as they are useful. */
export const screenWidth = (stream: Stream): number | undefined =>
  stream.isTTY === true || settingOf('width') !== undefined ? Math.max(40, widthOf(stream)) : undefined

/** Lines of the terminal, at least 24; undefined where there is none. */
export const heightOf = (stream: Stream): number | undefined =>
  stream.isTTY === true ? Math.max(24, stream.rows ?? 24) : undefined

/** Text from a file may hold control characters that would move the cursor or ring the bell. */
export const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that steer a terminal
  text.replace(/[\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g, '\uFFFD')

/** The same for a message of several lines: its line ends are ours, so they stay; further lines are indented. */
export const printableLines = (text: string): string => text.split('\n').map(printable).join('\n  ')

/** Characters as people see them: an emoji of several code points, or a letter with its accents, is one. */
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Columns of a text: two of an ideogram or an emoji, none of a combining accent or a colour code. */
export const columnsOf = (text: string): number => (/^[ -~]*$/.test(text) ? text.length : stringWidth(text))

/** A text filled up with spaces on the right, or on the left. */
export const padded = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - columnsOf(text)))
export const paddedLeft = (text: string, width: number): string =>
  ' '.repeat(Math.max(0, width - columnsOf(text))) + text

/** As many characters of a text as have room. */
function fitting(text: string, width: number): string {
  let fits = ''
  let used = 0
  for (const { segment } of graphemes.segment(text)) {
    used += columnsOf(segment)
    if (used > width) break
    fits += segment
  }
  return fits
}

/** Text cut to a width, with an ellipsis where something was cut. */
export const cut = (text: string, width: number): string =>
  columnsOf(text) <= width ? text : `${fitting(text, Math.max(0, width - 1))}…`

/** Text cut to a width after a whole item of a list, if there is one in its second half, else after a whole word. */
export function cutAtItem(text: string, width: number): string {
  if (columnsOf(text) <= width) return text
  const fits = fitting(text, Math.max(0, width - 2))
  const [item, word] = [Math.max(fits.lastIndexOf(', '), fits.lastIndexOf('; ')) + 1, fits.lastIndexOf(' ')]
  const end = item > fits.length / 2 ? item : word
  return end > fits.length / 2 ? `${fits.slice(0, end).trimEnd()} …` : cut(text, width)
}

/** What of a text takes up columns: colour codes do not. */
export const visible = (text: string): string => stripVTControlCharacters(text)

/** A word in pieces of at most `width` columns. */
function pieces(word: string, width: number): string[] {
  const found: string[] = []
  for (let rest = word; rest !== ''; ) {
    // A character that is wider than the line still has to go somewhere.
    const piece = fitting(rest, width) || [...graphemes.segment(rest)][0].segment
    found.push(piece)
    rest = rest.slice(piece.length)
  }
  return found
}

/** Words in lines of at most `width` columns; a word that is longer than a line is broken. */
export function wrapped(text: string, width: number): string[] {
  const most = Math.max(1, width)
  const lines: string[] = []
  for (const word of text.split(/\s+/).flatMap((each) => (columnsOf(each) > most ? pieces(each, most) : [each]))) {
    const last = lines.at(-1)
    if (last !== undefined && columnsOf(last) + 1 + columnsOf(word) <= most) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/**
 * A label of `indent` columns and text next to it, wrapped there: its further lines are below the first. A label that
 * leaves no space before the text has a line of its own.
 */
export function labelled(label: string, text: string, width: number, indent: number): string[] {
  const isLong = label.trim() !== '' && columnsOf(label.trimEnd()) >= indent && indent > 0
  const lines = wrapped(text, width - indent).map(
    (line, index) => (index === 0 && !isLong ? padded(label, indent) : ' '.repeat(indent)) + line,
  )
  return isLong ? [label, ...lines] : lines
}
