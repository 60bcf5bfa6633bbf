import { closest } from 'fastest-levenshtein'

/** The command lines of the benches: one reader for all, so that each refuses what it does not know and has `--help`. */

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
  /** What the exit codes mean, a line each. */
  readonly codes?: readonly string[]
}

/** What a command line says. */
export interface Given {
  has(name: string): boolean
  /** The value of an option; undefined when it is not given. */
  text(name: string): string | undefined
  /** A number of `least` or more. @throws UsageError */
  number(name: string, standard: number, least: number): number
  /** A whole number of `least` or more. @throws UsageError */
  count(name: string, standard: number, least: number): number
}

const help: Option = { help: 'this page' }

/** @throws UsageError for an unknown option, one given twice, a missing value, or words that belong to no option */
export function readOptions(words: readonly string[], { command, options }: Usage): Given {
  const known: Readonly<Record<string, Option>> = { ...options, help }
  const given = new Map<string, string>()
  const refuse = (what: string): never => {
    throw new UsageError(`${what}; see ${command} --help`)
  }
  for (let at = 0; at < words.length; at++) {
    const word = words[at] === '-h' ? '--help' : words[at]
    if (!word.startsWith('--')) refuse(`'${word}' does not belong to an option`)
    const equals = word.indexOf('=')
    const name = word.slice(2, equals < 0 ? undefined : equals)
    if (!Object.hasOwn(known, name)) {
      refuse(`--${name} is unknown, did you mean --${closest(name, Object.keys(known))}?`)
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
    text: (name) => given.get(name),
    number: (name, standard, least) => number(name, standard, least, false),
    count: (name, standard, least) => number(name, standard, least, true),
  }
}

/**
 * The items that a list of names asks for, each by its name or by the beginning of it before a slash; all without a list.
 * @throws UsageError for a name that nothing has
 */
export function chosenOf<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  only: string | undefined,
): readonly Item[] {
  if (only === undefined) return items
  const names = [...new Set(items.map(nameOf))]
  const has = (wanted: string, name: string) => name === wanted || name.startsWith(`${wanted}/`)
  const wanted = only.split(',').map((name) => name.trim())
  for (const name of wanted)
    if (!names.some((own) => has(name, own))) {
      const hint = `did you mean ${closest(name, names)}? The benchmarks are ${names.join(', ')}`
      throw new UsageError(`--only: there is no benchmark '${name}'; ${hint}`)
    }
  return items.filter((item) => wanted.some((name) => has(name, nameOf(item))))
}

/** The page that `--help` prints. */
export function helpOf({ command, about, options, codes = [] }: Usage): string {
  const rows = Object.entries({ ...options, help }).map(
    ([name, { value, help }]) => [value === undefined ? `--${name}` : `--${name} ${value}`, help] as const,
  )
  const width = Math.max(...rows.map(([left]) => left.length)) + 2
  return [
    `usage: ${command} [options]`,
    '',
    about,
    '',
    ...rows.map(([left, help]) => `  ${left.padEnd(width)}${help}`),
    ...(codes.length === 0 ? [] : ['', 'Exit codes:', ...codes.map((code) => `  ${code}`)]),
  ].join('\n')
}

const BAD_INPUT = 2
const INTERNAL = 70
const DISK = 74
/** What the operating system says when a disk or a folder takes no file. */
const diskFaults = new Set(['EACCES', 'EDQUOT', 'EIO', 'ENOSPC', 'EPERM', 'EROFS'])

/** Runs a bench from its command line and sets the exit code: 2 for a wrong command line, 74 for the disk, 70 for ours. */
export async function runBench(usage: Usage, run: (given: Given) => number | Promise<number>): Promise<void> {
  try {
    const given = readOptions(process.argv.slice(2), usage)
    if (given.has('help')) console.log(helpOf(usage))
    else process.exitCode = await run(given)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    process.exitCode = error instanceof UsageError ? BAD_INPUT : diskFaults.has(code ?? '') ? DISK : INTERNAL
    console.error(process.exitCode === INTERNAL ? error : `error: ${(error as Error).message}`)
  }
}

/** `1k,10k` as numbers. @throws UsageError */
export function countsOf(text: string, what: string, example: string): number[] {
  return text.split(',').map((word) => {
    const match = /^([1-9]\d*)(k?)$/.exec(word)
    if (match === null) throw new UsageError(`--${what} ${word} is not a number; write --${what} ${example}`)
    return Number(match[1]) * (match[2] === 'k' ? 1000 : 1)
  })
}
