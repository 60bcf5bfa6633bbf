/** The program in the words of the shell that started it. */
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A word as a shell reads it back: quoted only where it must be. */
export const quoted = (word: string): string =>
  /^[A-Za-z0-9_./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`

/** Whether `npm start` started the program. */
export const isUnderNpm = (): boolean => process.env.npm_lifecycle_event === 'start'

/** A path as short as it can be said from here. */
export function shortest(path: string): string {
  const near = relative(process.cwd(), path)
  return near === '' || near.startsWith('..') ? path : near
}

/**
 * How the program was started: by its name from an installed package, whose files are JavaScript, or by a link of that
 * name; in a clone by npm, or by its launcher.
 */
export function launcher(): string {
  const here = import.meta.url
  if (!here.endsWith('.ts') || process.env.MARKETSIM_STARTED_AS === 'marketsim') return 'marketsim'
  return isUnderNpm() ? 'npm start --' : `node ${quoted(shortest(fileURLToPath(new URL('bin.js', here))))}`
}

/** A message that names the program as it was started, whether it was written for npm or for the installed program. */
export const asStarted = (text: string): string =>
  text.replaceAll(/npm start( --silent)? --(?= )|(?<=`)marketsim(?= [a-z])/g, launcher())

/** A URL without its password: a command line is printed and kept in files. */
const withoutPassword = (word: string): string => word.replace(/^(\w+:\/\/[^:/@]*):.*@/s, '$1@')

/** The command line that repeats this call, without passwords. */
export const commandLine = (words: readonly string[]): string =>
  [launcher(), ...words.map((word) => quoted(withoutPassword(word)))].join(' ')
