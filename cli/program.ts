/** The program: its commands, put before yargs, and what became of the one that was called. */
import { existsSync } from 'node:fs'
import yargs from 'yargs'
import { didYouMean } from '#base/did-you-mean.ts'
import { InputError } from '#base/input-error.ts'
import { own } from '#base/own.ts'
import { Arguments, type Command } from './command.ts'
import { commands, type ListedCommand } from './commands.ts'
import { type ExitCode, exitCodes, exitCodesText } from './exit-codes.ts'
import { report } from './failure.ts'
import { commandLine } from './shell.ts'
import { widthOf } from './terminal.ts'
import { marketsimVersion } from './versions.ts'
import { warnOfName } from './warnings.ts'

/** Options that every command takes, and the keys that are yargs' own. */
const common = ['help', 'version', '_', '$0']

/** A shell asks what could come next: the words so far follow, with the name of the program in front. */
const COMPLETE = '--get-yargs-completions'
/** What yargs answers by itself: the completion script among it. */
const ofYargs = ['completion', COMPLETE, '--help', '--version']

/**
 * The words with a command in front: options alone mean `run`, and so does a file alone. Throws InputError for a word
 * that is neither a command nor a file.
 */
function withCommand(words: readonly string[]): { words: readonly string[]; unasked: boolean } {
  const [first] = words
  if (first === undefined || (first.startsWith('-') && !ofYargs.includes(first)))
    return { words: ['run', ...words], unasked: true }
  const names = [...Object.keys(commands), 'completion']
  if (ofYargs.includes(first) || names.includes(first)) return { words, unasked: false }
  if (/[./\\]/.test(first) || existsSync(first)) return { words: ['run', ...words], unasked: false }
  const near = didYouMean(first, names)
  const hint = near === undefined ? '' : `did you mean ${near}? `
  throw new InputError(`there is no command '${first}'`, `${hint}\`npm start -- --help\` lists them`)
}

/** Throws InputError for an option called like a property of all objects, over which yargs would stumble. */
function refuseInherited([command, ...words]: readonly string[]): void {
  for (const word of words) {
    if (word === '--') return
    const [, name] = /^--?([^=]+)/.exec(word) ?? []
    if (name !== undefined && name in Object.prototype)
      throw new InputError(`${command} has no option --${name}`, `\`npm start -- ${command} --help\` lists its options`)
  }
}

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

type Parser = ReturnType<typeof yargs>
type Execute = (command: Command, values: Readonly<Record<string, unknown>>) => Promise<void>

/** For the help of the program and the completion of its first word, which need no options. */
function listCommand(parser: Parser, { usage, text }: ListedCommand): Parser {
  return parser.command(usage, text)
}

function addCommand(parser: Parser, { usage, text }: ListedCommand, command: Command, execute: Execute): Parser {
  return parser.command({
    command: usage,
    describe: text,
    builder: (builder) => {
      for (const [name, options] of Object.entries(command.positionals)) builder.positional(name, options)
      for (const [name, options] of Object.entries(command.options))
        builder.option(name, { ...options, requiresArg: options.type === 'string' })
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

async function parserOf(words: readonly string[], execute: Execute): Promise<Parser> {
  const parser = yargs([...words])
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
    .usage(
      'marketsim simulates a cloud marketplace on a virtual clock and proves every cent of its bill.\n\n$0 COMMAND',
    )
    .version(marketsimVersion())
    .help()
    .completion('completion', 'print a completion script for bash or zsh')
    .epilogue(
      `Exit codes:\n${exitCodesText()}\n\nUnder npm write \`npm start -- COMMAND …\`: without the -- npm takes the options itself.`,
    )
    .wrap(Math.min(100, widthOf(process.stdout)))
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message, error) => {
      if (error !== undefined && error.name !== 'YError') throw error
      const text = (message ?? error?.message ?? '').replace(/\s+/g, ' ').replace('following: ', 'after --')
      throw new InputError(text, '`npm start -- --help` lists commands and options')
    })
  const called = calledBy(words)
  if (called !== undefined) addCommand(parser, called, await called.load(), execute)
  else for (const listed of Object.values(commands)) listCommand(parser, listed)
  return parser
}

/** Runs the command of these words; answers its exit code and never throws. */
export async function program(words: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = exitCodes.done.code
  try {
    const call = withCommand(words)
    refuseInherited(call.words)
    const parser = await parserOf(call.words, async (command, values) => {
      refuseFlagValues(command, call.words)
      code = await command.execute(new Arguments(values, call.unasked))
    })
    await parser.parseAsync()
    return code
  } catch (error) {
    return report(error, commandLine(words))
  }
}
