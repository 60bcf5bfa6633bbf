/**
 * The command lines of scripts (`npm run swarm`, the benches, what writes the documentation): one reader for all, so that
 * each has `--help` and refuses what it does not know before it does anything.
 */
import { didYouMean, nearestName } from '#base/did-you-mean.ts'
import { shortNames } from './command.ts'
import { exitCodes } from './exit-codes.ts'
import { labelled, widthOf, wrapped } from './terminal.ts'

/** A wrong command line. The message says what, where and how to write it. */
export class UsageError extends Error {}

export interface Option {
  /** The placeholder of its value in the help; an option without is a switch. */
  readonly value?: string
  readonly help: string
}

export interface Usage {
  /** As it is started: `npm run bench --`. */
  readonly command: string
  readonly about: string
  readonly options: Readonly<Record<string, Option>>
  /** Words that belong to no option: how the help calls them, what they are, and which there are, if it is a list. */
  readonly words?: { readonly name: string; readonly help: string; readonly known?: readonly string[] }
  /** What the exit codes mean, a line each. */
  readonly codes?: readonly string[]
}

/** What a command line says. */
export interface Given {
  has(name: string): boolean
  /** Words that belong to no option, in order. */
  readonly words: readonly string[]
  /** The value of an option; undefined when it is not given. */
  text(name: string): string | undefined
  /** A number of `least` or more. @throws UsageError */
  number(name: string, standard: number, least: number): number
  /** A whole number of `least` or more. @throws UsageError */
  count(name: string, standard: number, least: number): number
}

const help: Option = { help: 'this page' }

/** Options by their letter, as the commands have them. */
const long: ReadonlyMap<string, string> = new Map([
  ['-h', '--help'],
  ...Object.entries(shortNames).map(([name, short]): [string, string] => [`-${short}`, `--${name}`]),
])

/** @throws UsageError for an unknown option, one given twice, a missing value, or words that belong to no option */
export function readOptions(words: readonly string[], usage: Usage): Given {
  const { command, options } = usage
  const known: Readonly<Record<string, Option>> = { ...options, help }
  const loose: string[] = []
  const given = new Map<string, string>()
  const refuse = (what: string): never => {
    throw new UsageError(`${what}; see ${command} --help`)
  }
  for (let at = 0; at < words.length; at++) {
    const longer = long.get(words[at])
    const word = longer !== undefined && Object.hasOwn(known, longer.slice(2)) ? longer : words[at]
    if (!word.startsWith('-') && usage.words !== undefined) {
      if (usage.words.known?.includes(word) === false) refuse(unknownWord(word, usage.words.known))
      loose.push(word)
      continue
    }
    if (!word.startsWith('--')) refuse(`'${word}' does not belong to an option`)
    const equals = word.indexOf('=')
    const name = word.slice(2, equals < 0 ? undefined : equals)
    if (!Object.hasOwn(known, name)) {
      refuse(`--${name} is unknown, did you mean --${nearestName(name, Object.keys(known))}?`)
    }
    if (given.has(name)) refuse(`--${name} is given twice`)
    const { value } = known[name]
    if (value === undefined) {
      if (equals >= 0) refuse(`--${name} takes no value`)
      given.set(name, '')
      continue
    }
    const text = equals < 0 ? words[++at] : word.slice(equals + 1)
    if (text === undefined || text === '' || (equals < 0 && text.startsWith('--')))
      refuse(`--${name} has no value: write --${name} ${value}`)
    given.set(name, text)
  }
  const number = (name: string, standard: number, least: number, isWhole: boolean): number => {
    const text = given.get(name)
    if (text === undefined) return standard
    const value = Number(text.replace(/\s*%$/, ''))
    if (text.trim() !== '' && Number.isFinite(value) && value >= least && (!isWhole || Number.isInteger(value)))
      return value
    return refuse(
      `--${name} ${text} is not a ${isWhole ? 'whole ' : ''}number of ${least} or more: write --${name} ${standard}`,
    )
  }
  return {
    has: (name) => given.has(name),
    words: loose,
    text: (name) => given.get(name),
    number: (name, standard, least) => number(name, standard, least, false),
    count: (name, standard, least) => number(name, standard, least, true),
  }
}

function unknownWord(word: string, known: readonly string[]): string {
  const near = didYouMean(word, known)
  return `'${word}' is unknown, ${near === undefined ? `write one of ${known.join(', ')}` : `did you mean ${near}?`}`
}

/** The page that `--help` prints. */
export function helpOf({ command, about, options, words, codes = [] }: Usage): string {
  const rows = [
    ...(words === undefined ? [] : [[words.name, words.help] as const]),
    ...Object.entries({ ...options, help }).map(
      ([name, { value, help }]) => [value === undefined ? `--${name}` : `--${name} ${value}`, help] as const,
    ),
  ]
  const width = Math.min(100, widthOf(process.stdout))
  const column = Math.max(...rows.map(([left]) => left.length)) + 4
  return [
    `usage: ${[command, ...(words === undefined ? [] : [words.name]), '[options]'].join(' ')}`,
    '',
    ...wrapped(about, width),
    '',
    ...rows.flatMap(([left, help]) => labelled(`  ${left}`, help, width, column)),
    ...(codes.length === 0 ? [] : ['', 'Exit codes:', ...codes.flatMap((code) => labelled('', code, width, 2))]),
  ].join('\n')
}

/** What the operating system says when a disk or a folder takes no file. */
const diskFaults = new Set(['EACCES', 'EDQUOT', 'EIO', 'ENOSPC', 'EPERM', 'EROFS'])

/**
 * Runs a script from its command line and sets the exit code: what `run` answers (0 where it answers nothing), 2 for a
 * wrong command line, 74 for the disk, 70 for an error of ours.
 */
export async function runScript(
  usage: Usage,
  // biome-ignore lint/suspicious/noConfusingVoidType: a script that has no verdict answers nothing
  run: (given: Given) => number | void | Promise<number | void>,
): Promise<void> {
  try {
    const given = readOptions(process.argv.slice(2), usage)
    if (given.has('help')) console.log(helpOf(usage))
    else process.exitCode = (await run(given)) ?? exitCodes.done.code
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const isDisk = diskFaults.has(code ?? '')
    const known = isDisk ? exitCodes.diskFailed : error instanceof UsageError ? exitCodes.badInput : undefined
    process.exitCode = (known ?? exitCodes.ourFault).code
    console.error(known === undefined ? error : `error: ${(error as Error).message}`)
  }
}
