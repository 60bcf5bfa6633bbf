/** The program: its commands, put before yargs, and what became of the one that was called. */
import { existsSync } from 'node:fs'
import yargs from 'yargs'
import { didYouMean } from '#base/did-you-mean.ts'
import { InputError } from '#base/input-error.ts'
import { own } from '#base/own.ts'
import { Arguments, type Command } from './command.ts'
import { type ExitCode, exitCodes, exitCodesText } from './exit-codes.ts'
import { report } from './failure.ts'
import { commandLine } from './shell.ts'
import { widthOf } from './terminal.ts'
import { marketsimVersion } from './versions.ts'
import { warnOfName } from './warnings.ts'

/** Each is loaded when it is called, all of them where help or completion tells of all. In the order of the help. */
const loaders: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./commands/run.ts')).run,
  sweep: async () => (await import('./commands/sweep.ts')).sweepCommand,
  resume: async () => (await import('./commands/resume.ts')).resume,
  check: async () => (await import('./commands/check.ts')).check,
  report: async () => (await import('./commands/report.ts')).report,
  compare: async () => (await import('./commands/compare.ts')).compare,
  list: async () => (await import('./commands/list.ts')).list,
  init: async () => (await import('./commands/init.ts')).init,
  schema: async () => (await import('./commands/schema.ts')).schema,
  figures: async () => (await import('./commands/figures.ts')).figures,
  sql: async () => (await import('./commands/sql.ts')).sql,
  quote: async () => (await import('./commands/quote.ts')).quote,
  meter: async () => (await import('./commands/meter.ts')).meter,
  load: async () => (await import('./commands/load.ts')).load,
  export: async () => (await import('./commands/export.ts')).exportCommand,
  explain: async () => (await import('./commands/explain.ts')).explain,
  reconcile: async () => (await import('./commands/reconcile.ts')).reconcile,
  'trial-balance': async () => (await import('./commands/trial-balance.ts')).trialBalance,
}

/** Options that every command takes, and the keys that are yargs' own. */
const common = ['help', 'version', '_', '$0']

/** What yargs answers by itself: the completion script, and the shell that asks what could come next. */
const ofYargs = ['completion', '--get-yargs-completions', '--help', '--version']

/**
 * The words with a command in front: options alone mean `run`, and so does a file alone. Throws InputError for a word
 * that is neither a command nor a file.
 */
function withCommand(words: readonly string[]): { words: readonly string[]; unasked: boolean } {
  const [first] = words
  if (first === undefined || (first.startsWith('-') && !ofYargs.includes(first)))
    return { words: ['run', ...words], unasked: true }
  const names = [...Object.keys(loaders), 'completion']
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
      ? 'put words with spaces in quotes; and is there a -- after `npm start`? Without it npm keeps options to itself'
      : 'put words with spaces in quotes',
  )
}

/** Throws InputError for a switch with a value that is neither true nor false: yargs would read it as false. */
function refuseFlagValues({ options }: Command, words: readonly string[]): void {
  for (const word of words) {
    if (word === '--') return
    const [, name, value] = /^--([^=]+)=(.*)$/s.exec(word) ?? []
    if (name === undefined || own(options, name)?.type !== 'boolean' || value === 'true' || value === 'false') continue
    throw new InputError(`--${name} takes no value (got '${value}')`, `write --${name}, or leave it out`)
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

function addCommand(parser: Parser, command: Command, execute: Execute): Parser {
  return parser.command({
    command: command.usage,
    describe: command.text,
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
      `Exit codes:\n${exitCodesText()}\n\nUnder npm write \`npm start -- COMMAND …\`: without the -- npm keeps the options to itself.`,
    )
    .wrap(Math.min(100, widthOf(process.stdout)))
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message, error) => {
      if (error !== undefined && error.name !== 'YError') throw error
      const text = (message ?? error?.message ?? '').replace(/\s+/g, ' ').replace('following: ', 'after --')
      throw new InputError(text, '`npm start -- --help` lists commands and options')
    })
  const called = loaders[words[0]]
  const commands = await Promise.all((called === undefined ? Object.values(loaders) : [called]).map((load) => load()))
  for (const command of commands) addCommand(parser, command, execute)
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
