/** The command line as yargs reads it: options of the command that is called, and completion. */
import yargs from 'yargs'
import { didYouMean } from '#base/did-you-mean.ts'
import { InputError } from '#base/input-error.ts'
import { own } from '#base/own.ts'
import { type Command, commonOptions, optionsOf, shortNames } from './command.ts'
import { COMPLETE, commands, type ListedCommand } from './commands.ts'
import { completionText } from './help.ts'
import { isUnderNpm } from './shell.ts'
import { marketsimVersion } from './versions.ts'
import { warnOfName } from './warnings.ts'

/** Options that every command takes, and the keys that are yargs' own. */
const common = ['help', 'h', 'version', '_', '$0', ...Object.keys(commonOptions), ...Object.values(shortNames)]

/** Throws InputError for the first option or word that the command does not know. */
function refuseUnknown(command: Command, values: Readonly<Record<string, unknown>>): void {
  const known = [...Object.keys(command.options), ...Object.keys(command.positionals), ...common]
  const wrong = Object.keys(values).find((key) => !known.includes(key))
  if (wrong !== undefined) {
    const dashes = wrong.length === 1 ? '-' : '--'
    const near = didYouMean(wrong, [...Object.keys(optionsOf(command)), 'help', 'version'])
    const hint =
      near === undefined ? `\`npm start -- ${command.name} --help\` lists its options` : `did you mean --${near}?`
    throw new InputError(`${command.name} has no option ${dashes}${wrong}`, hint)
  }
  const [, extra] = (values._ as (string | number)[]).map(String)
  if (extra === undefined) return
  throw new InputError(
    `${command.name}: unexpected argument '${extra}'`,
    isUnderNpm()
      ? 'put words with spaces in quotes, and write -- after `npm start`: without it npm takes the options itself'
      : 'put words with spaces in quotes',
  )
}

/** Throws InputError for a switch with a value that is neither true nor false: yargs would read it as false. */
function refuseFlagValues(command: Command, words: readonly string[]): void {
  const options = optionsOf(command)
  for (const word of words) {
    if (word === '--') return
    const [, name, value] = /^--([^=]+)=(.*)$/s.exec(word) ?? []
    if (name === undefined || own(options, name)?.type !== 'boolean' || value === 'true' || value === 'false') continue
    throw new InputError(`--${name} takes no value (got '${value}')`, `write --${name}, or remove it`)
  }
}

const renamedOf = ({ renamed }: Command) => Object.entries(renamed ?? {})

/** The values by the new names of their options. Throws InputError where an option has both names. */
function withNewNames(command: Command, values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const current = new Map(Object.entries(values))
  for (const [old, name] of renamedOf(command)) {
    if (!current.has(old)) continue
    if (current.has(name)) throw new InputError(`--${old} is the old name of --${name}`, `give --${name} only`)
    current.set(name, current.get(old))
    current.delete(old)
    warnOfName(`--${old}`, `--${name}`)
  }
  return Object.fromEntries(current)
}

const isLong = (word: string): boolean => word.startsWith('--')

/** The option that a word of the command line names, by its long or short name. */
function optionOf(options: Readonly<Record<string, unknown>>, word: string): string | undefined {
  if (isLong(word)) return Object.hasOwn(options, word.slice(2)) ? word.slice(2) : undefined
  return Object.keys(options).find((name) => own(shortNames, name) === word.slice(1))
}

/** An option followed by `-` as one word, since yargs takes a hyphen for no value: `--against -` is `--against=-`. */
function withJoinedHyphens(command: Command, words: readonly string[]): string[] {
  const options = optionsOf(command)
  const joined: string[] = []
  for (const word of words) {
    const before = joined.at(-1)
    const name = before === undefined ? undefined : optionOf(options, before)
    if (word === '-' && name !== undefined && options[name].type === 'string') joined[joined.length - 1] = `--${name}=-`
    else joined.push(word)
  }
  return joined
}

/**
 * A positional `-` means stdin; yargs hands it on as an empty text. Throws InputError where it means nothing, or where
 * two inputs would be read from stdin.
 */
function withHyphens(command: Command, found: Readonly<Record<string, unknown>>, words: readonly string[]) {
  const options = optionsOf(command)
  const { positionals } = command
  const values = withListed(command, found, words)
  const streams = Object.entries(options).filter(([name]) => [values[name]].flat().includes('-'))
  const hyphens = words.includes('-')
    ? Object.keys(positionals).filter((name) => [values[name]].flat().some((value) => value === '' || value === '-'))
    : []
  for (const name of hyphens)
    if (positionals[name].stream === undefined)
      throw new InputError(
        `${command.name}: ${name} cannot be -, which means standard input`,
        `name ${positionals[name].describe ?? 'a file'}`,
      )
  for (const [name, { stream, completes }] of streams)
    if (stream === undefined && (completes === 'file' || completes === 'folder'))
      throw new InputError(`--${name} cannot be -`, `write --${name} and a path`)
  const inputs = [
    ...hyphens.filter((name) => positionals[name].stream === 'in'),
    ...streams.filter(([, { stream }]) => stream === 'in').map(([name]) => `--${name}`),
  ]
  if (inputs.length > 1)
    throw new InputError(
      `${inputs.join(' and ')} cannot both be -: standard input is read once`,
      'write one of the two to a file, and name it',
    )
  const named = (value: unknown): unknown =>
    Array.isArray(value) ? value.map((each) => (each === '' ? '-' : each)) : '-'
  return { ...values, ...Object.fromEntries(hyphens.map((name) => [name, named(values[name])])) }
}

/** Of a list of files yargs drops the `-`: it is put back where no option has it. */
function withListed(
  { positionals, ...command }: Command,
  values: Readonly<Record<string, unknown>>,
  words: readonly string[],
): Readonly<Record<string, unknown>> {
  const [list] = Object.entries(positionals).find(([, { array, stream }]) => array === true && stream === 'in') ?? []
  const ofOptions = Object.keys(optionsOf({ positionals, ...command })).flatMap((name) => [values[name]].flat())
  const written = words.filter((word) => word === '-').length - ofOptions.filter((value) => value === '-').length
  if (list === undefined || written <= 0) return values
  const listed = [values[list] ?? []].flat().filter((value) => value !== '' && value !== '-')
  return { ...values, [list]: [...listed, ...Array.from({ length: written }, () => '-')] }
}

/** The text that an option was given, of which yargs makes a number; undefined where there are several. */
function writtenText(name: string, words: readonly string[]): string | undefined {
  const short = own(shortNames, name)
  for (const [place, word] of words.entries()) {
    if (word === '--') return undefined
    if (word === `--${name}` || (short !== undefined && word === `-${short}`)) return words[place + 1]
    if (word.startsWith(`--${name}=`)) return word.slice(name.length + 3)
    if (short !== undefined && word.startsWith(`-${short}`) && !isLong(word)) return word.slice(2).replace(/^=/, '')
  }
  return undefined
}

/** Numbers as they were written, so that a message says what was found, and 0x10 is refused. */
function withWrittenNumbers(command: Command, values: Readonly<Record<string, unknown>>, words: readonly string[]) {
  const numbers = Object.entries(optionsOf(command)).filter(
    ([name, { type }]) => type === 'number' && typeof values[name] === 'number',
  )
  return {
    ...values,
    ...Object.fromEntries(numbers.map(([name]) => [name, writtenText(name, words) ?? String(values[name])])),
  }
}

/** What yargs says of an option without a value. */
function missingValue(message: string): InputError | undefined {
  const [, name] = /^Not enough arguments following: (\S+)/.exec(message) ?? []
  return name === undefined
    ? undefined
    : new InputError(
        `--${name} has no value`,
        `write --${name} and a value, or --${name}=VALUE where it begins with a -`,
      )
}

/** What yargs says of a value that is none of the choices, as an error with a hint; undefined of other messages. */
function choiceError(message: string, command: Command | undefined): InputError | undefined {
  const [, name, given] = /^Invalid values: Argument: (\S+), Given: "(.*?)", Choices: /.exec(message) ?? []
  if (name === undefined || command === undefined) return undefined
  const isOption = Object.hasOwn(optionsOf(command), name)
  const { choices = [] } = isOption ? optionsOf(command)[name] : command.positionals[name]
  const words = choices.map(String)
  const near = didYouMean(given, words)
  return new InputError(
    isOption ? `there is no ${name} '${given}'` : `${command.name}: there is no ${name} '${given}'`,
    near === undefined
      ? `write ${words.map((word) => (isOption ? `--${name} ${word}` : word)).join(', ')}`
      : `did you mean ${near}?`,
  )
}

type Parser = ReturnType<typeof yargs>
type Execute = (command: Command, values: Readonly<Record<string, unknown>>) => Promise<void>

/** For the help of the program and the completion of its first word, which need no options. */
function listCommand(parser: Parser, { usage, text }: ListedCommand): Parser {
  return parser.command(usage, text)
}

/** yargs knows commands of one word only. */
const oneWord = (usage: string, { name }: Command): string => usage.replace(name, name.replace(' ', '-'))

function addCommand(parser: Parser, { usage, text }: ListedCommand, command: Command, execute: Execute): Parser {
  return parser.command({
    command: oneWord(usage, command),
    describe: text,
    builder: (builder) => {
      for (const [name, options] of Object.entries(command.positionals)) builder.positional(name, options)
      for (const [name, options] of Object.entries(optionsOf(command)))
        builder.option(name, {
          ...options,
          requiresArg: options.type === 'string' || options.type === 'number',
          ...(Object.hasOwn(shortNames, name) ? { alias: shortNames[name] } : {}),
        })
      for (const [old, name] of renamedOf(command))
        builder.option(old, {
          ...command.options[name],
          requiresArg: command.options[name].type !== 'boolean',
        })
      return builder
    },
    handler: (values) => {
      const current = withNewNames(command, values)
      refuseUnknown(command, current)
      return execute(command, current)
    },
  })
}

/** The command whose options are needed: the one that is called, or the one that a shell completes the options of. */
function calledBy(words: readonly string[]): ListedCommand | undefined {
  const [, , ...completed] = words
  const name = (words[0] === COMPLETE ? completed : words).find((word) => !word.startsWith('-'))
  return own(commands, name ?? '')
}

/** A parser of these words, which calls `execute` with the command and its values. Throws InputError. */
export async function parserOf(asked: readonly string[], execute: Execute): Promise<Parser> {
  const called = calledBy(asked)
  const command = await called?.load()
  const words = command === undefined ? asked : withJoinedHyphens(command, asked)
  const parser = yargs(words.map((word, place) => (place === 0 ? word.replace(' ', '-') : word)))
    .scriptName('marketsim')
    .locale('en')
    .parserConfiguration({
      'camel-case-expansion': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'dot-notation': false,
      'boolean-negation': false,
      'greedy-arrays': false,
    })
    .version(marketsimVersion())
    .help(false)
    .completion('completion', completionText)
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message, error) => {
      if (error !== undefined && error.name !== 'YError') throw error
      const text = (message ?? error?.message ?? '').trim().replace(/\s+/g, ' ')
      throw (
        choiceError(text, command) ??
        missingValue(text) ??
        new InputError(text, '`npm start -- --help` lists commands and options')
      )
    })
  const checked: Execute = (command, values) => {
    refuseFlagValues(command, words)
    return execute(command, withHyphens(command, withWrittenNumbers(command, values, words), words))
  }
  if (called !== undefined && command !== undefined) addCommand(parser, called, command, checked)
  else for (const listed of Object.values(commands)) listCommand(parser, listed)
  return parser
}
