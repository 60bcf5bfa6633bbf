import type { Options, PositionalOptions } from 'yargs'
import { InputError } from '#base/input-error.ts'
import type { ExitCode } from './exit-codes.ts'

/** More threads than this are a typing error. */
export const MOST_THREADS = 256

/** One letter for each option that many commands have, the same in all of them. */
export const shortNames: Readonly<Record<string, string>> = { out: 'o', quiet: 'q', json: 'j', set: 's', runs: 'n' }

/** What a shell may offer for a word, where the option does not list its choices. */
export type Completion =
  | 'scenario'
  | 'template'
  | 'run'
  | 'log'
  | 'history'
  | 'file'
  | 'folder'
  | 'figure'
  | 'topic'
  | 'subject'
  | 'id'
  | 'policy'
  | 'set'

interface Extra {
  readonly completes?: Completion
  /** `-` is standard input, or standard output. */
  readonly stream?: 'in' | 'out'
  /** False where a setting of this machine is no default: of work on other machines, or that another call began. */
  readonly takesSetting?: false
}

export type CommandOption = Options & Extra
export type Positional = PositionalOptions & Extra

/** The scenario that a command is about. */
export const scenarioFile: Positional = {
  type: 'string',
  completes: 'scenario',
  stream: 'in',
  describe: 'a scenario file, - for stdin, or the name of a bundled scenario',
}

/** Changes of that scenario. */
export const setOption: CommandOption = {
  type: 'string',
  array: true,
  completes: 'set',
  describe: 'path=value: change one value of the scenario; may be repeated',
}

/** What every command takes. */
export const commonOptions = {
  quiet: { type: 'boolean', describe: 'print warnings and errors only, besides what was asked for' },
} as const satisfies Readonly<Record<string, CommandOption>>

/** The options of a command, with those of every command. */
export const optionsOf = ({ options }: Command): Readonly<Record<string, CommandOption>> => ({
  ...options,
  ...Object.fromEntries(Object.entries(commonOptions).filter(([name]) => !Object.hasOwn(options, name))),
})

/** One command of the program: what it takes, and what it does. `commands.ts` holds what the help says of it. */
export interface Command {
  readonly name: string
  readonly positionals: Readonly<Record<string, Positional>>
  readonly options: Readonly<Record<string, CommandOption>>
  /** Options that had another name: it works for one release, and warns. Old name to new name. */
  readonly renamed?: Readonly<Record<string, string>>
  readonly examples: readonly (readonly [command: string, text: string])[]
  execute(arguments_: Arguments): Promise<ExitCode>
}

/** What was written on the command line, checked as it is asked for. */
export class Arguments {
  readonly #values: Readonly<Record<string, unknown>>
  /** Nothing but options was written: the program chose the command itself. */
  readonly unasked: boolean

  constructor(values: Readonly<Record<string, unknown>>, unasked: boolean) {
    this.#values = values
    this.unasked = unasked
  }

  /** The text of an option or positional; undefined when it was left out. Throws InputError when it came twice. */
  text(name: string): string | undefined {
    const value = this.#values[name]
    if (Array.isArray(value)) throw new InputError(`--${name} is given ${value.length} times`, `give --${name} once`)
    return value === undefined ? undefined : String(value)
  }

  /** The text of an option that makes no sense empty. */
  filled(name: string, hint: string): string | undefined {
    const value = this.text(name)
    if (value === '') throw new InputError(`--${name} is empty`, hint)
    return value
  }

  /** Every text of an option that may be repeated. */
  texts(name: string): readonly string[] {
    const value = this.#values[name]
    return value === undefined ? [] : [value].flat().map(String)
  }

  flag(name: string): boolean {
    return this.text(name) === 'true'
  }

  /** A whole number from `least` to `most`. */
  count(name: string, least: number, most: number): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= least && value <= most) return value
    throw new InputError(
      `--${name} must be a whole number from ${least} to ${most} (got '${text}')`,
      `write --${name} ${least}`,
    )
  }
}
