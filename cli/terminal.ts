/** What the terminal can show: colours and width, and text that cannot steer it. */

type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>

/** Whether colours are wanted: never with NO_COLOR (https://no-color.org) or on a dumb terminal, always with FORCE_COLOR. */
export function colourful(stream: Stream, environment: NodeJS.ProcessEnv = process.env): boolean {
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

/** Columns of the terminal; 80 where there is none. */
export const widthOf = (stream: Stream): number => Math.max(20, stream.columns ?? 80)

/** Text from a file may hold control characters that would move the cursor or ring the bell. */
export const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that steer a terminal
  text.replace(/[\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g, '\uFFFD')

/** The same for a message of several lines: its line ends are ours, so they stay; further lines are indented. */
export const printableLines = (text: string): string => text.split('\n').map(printable).join('\n  ')

/** Text cut to a width, with an ellipsis where something was cut. Counts characters: names of ours are one column each. */
export function cut(text: string, width: number): string {
  const characters = [...text]
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`
}

/** What of a text takes up columns: colour codes do not. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character begins a colour code
export const visible = (text: string): string => text.replace(/\u001b\[\d+m/g, '')

/** Words in lines of at most `width` columns; a word that is longer than a line is broken. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  const long = new RegExp(`.{1,${Math.max(1, width)}}`, 'gu')
  for (const word of text
    .split(/\s+/)
    .flatMap((each) => (visible(each).length > width ? (each.match(long) ?? []) : [each]))) {
    const last = lines.at(-1)
    if (last !== undefined && [...visible(`${last} ${word}`)].length <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/** A label of `indent` columns and text next to it, wrapped there: its further lines are below the first. */
export const labelled = (label: string, text: string, width: number, indent: number): string[] =>
  wrapped(text, width - indent).map((line, index) => (index === 0 ? label.padEnd(indent) : ' '.repeat(indent)) + line)
