/** The command line as yargs reads it: options of the command that is called, its help, and completion. */
import yargs from 'yargs'
import { didYouMean } from '#base/did-you-mean.ts'
import { InputError } from '#base/input-error.ts'
import { own } from '#base/own.ts'
import { type Command, shortNames } from './command.ts'
import { COMPLETE, commands, type ListedCommand } from './commands.ts'
import { about, completionText, outro, widthOfHelp } from './help.ts'
import { marketsimVersion } from './versions.ts'
import { warnOfName } from './warnings.ts'

/** Options that every command takes, and the keys that are yargs' own. */
const common = ['help', 'h', 'version', '_', '$0', ...Object.values(shortNames)]

/** Throws InputError for the first option or word that the command does not know. */
function refuseUnknown(command: Command, values: Readonly<Record<string, unknown>>): void {
  const known = [...Object.keys(command.options), ...Object.keys(command.positionals), ...common]
  const wrong = Object.keys(values).find((key) => !known.includes(key))
  if (wrong !== undefined) {
    const dashes = wrong.length === 1 ? '-' : '--'
    const near = didYouMean(wrong, [...Object.keys(command.options), 'help', 'version'])
    const hint =
      near === undefined ? `\`npm start -- ${command.name} --help\` lists its options` : `did you mean --${near}?`
    throw new InputError(`${command.name} has no option ${dashes}${wrong}`, hint)
  }
  const [, extra] = (values._ as (string | number)[]).map(String)
  if (extra === undefined) return
  const underNpm = process.env.npm_lifecycle_event === 'start'
  throw new InputError(
    `${command.name}: unexpected argument '${extra}'`,
    underNpm
      ? 'put words with spaces in quotes, and write -- after `npm start`: without it npm takes the options itself'
      : 'put words with spaces in quotes',
  )
}

/** Throws InputError for a switch with a value that is neither true nor false: yargs would read it as false. */
function refuseFlagValues({ options }: Command, words: readonly string[]): void {
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

/** A positional `-` means stdin; yargs hands it on as an empty text. */
function withHyphen({ positionals }: Command, values: Readonly<Record<string, unknown>>, words: readonly string[]) {
  if (!words.includes('-')) return values
  const hyphens = Object.keys(positionals).filter((name) => values[name] === '')
  return { ...values, ...Object.fromEntries(hyphens.map((name) => [name, '-'])) }
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
      if (command.name.includes(' ')) builder.usage(`$0 ${usage}\n\n${text}`)
      for (const [name, options] of Object.entries(command.positionals)) builder.positional(name, options)
      for (const [name, options] of Object.entries(command.options))
        builder.option(name, {
          ...options,
          requiresArg: options.type === 'string',
          ...(Object.hasOwn(shortNames, name) ? { alias: shortNames[name] } : {}),
        })
      // Hidden: `--help` shows the new name only.
      for (const [old, name] of renamedOf(command))
        builder.option(old, {
          ...command.options[name],
          hidden: true,
          requiresArg: command.options[name].type === 'string',
        })
      return builder.example(command.examples.map(([line, text]): [string, string] => [line, text]))
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
export async function parserOf(words: readonly string[], execute: Execute): Promise<Parser> {
  const width = widthOfHelp()
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
    .usage(`${about}\n\n$0 COMMAND`)
    .version(marketsimVersion())
    .help()
    .alias('help', 'h')
    .completion('completion', completionText)
    .epilogue(outro(width))
    .wrap(width)
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message, error) => {
      if (error !== undefined && error.name !== 'YError') throw error
      const text = (message ?? error?.message ?? '').replace(/\s+/g, ' ').replace('following: ', 'after --')
      throw new InputError(text, '`npm start -- --help` lists commands and options')
    })
  const called = calledBy(words)
  const checked: Execute = (command, values) => {
    refuseFlagValues(command, words)
    return execute(command, withHyphen(command, values, words))
  }
  if (called !== undefined) addCommand(parser, called, await called.load(), checked)
  else for (const listed of Object.values(commands)) listCommand(parser, listed)
  return parser
}
