/**
 * Settings: defaults of presentation and of the machine, from `MARKETSIM_*` variables and a configuration file. An option
 * wins over a variable, and a variable over the file. No setting changes a history: what does is written in the scenario
 * or on the command line, so that a result can be repeated from them alone.
 */
import { didYouMean } from '#base/did-you-mean.ts'
import { InputError } from '#base/input-error.ts'
import { own } from '#base/own.ts'
import { MOST_THREADS } from './command.ts'

export interface Setting {
  /** The variable of the environment; its key in the file is that of the settingsByName. */
  readonly variable: string
  /** What it sets, and what holds without it. */
  readonly text: string
  readonly isValid: (value: string) => boolean
  /** What a value may be, and one that is valid. */
  readonly expected: string
  readonly example: string
  /** The option of commands whose default it is. */
  readonly option?: string
  /** Variables of other standards for the same: they win over the file. */
  readonly standards?: readonly string[]
}

const oneOf = (...words: readonly string[]) => ({
  isValid: (value: string) => words.includes(value),
  expected: words.join(' or '),
  example: words[0],
})

const wholeNumber = (least: number, most: number, example: string) => ({
  isValid: (value: string) => /^\d{1,6}$/.test(value) && Number(value) >= least && Number(value) <= most,
  expected: `a whole number from ${least} to ${most}`,
  example,
})

/** Every setting by its key in the file. */
export const settings = {
  threads: {
    variable: 'MARKETSIM_THREADS',
    text: 'threads to use, as `--threads` of a command on this machine; `resume` uses as many as before',
    ...wholeNumber(1, MOST_THREADS, '4'),
    option: 'threads',
  },
  quiet: {
    variable: 'MARKETSIM_QUIET',
    text: 'no progress and no closing remarks, as `--quiet`',
    ...oneOf('true', 'false'),
    option: 'quiet',
  },
  color: {
    variable: 'MARKETSIM_COLOR',
    text: 'colours on the screen; auto: on a terminal, unless NO_COLOR or FORCE_COLOR says otherwise',
    ...oneOf('auto', 'always', 'never'),
    standards: ['NO_COLOR', 'FORCE_COLOR'],
  },
  width: {
    variable: 'MARKETSIM_WIDTH',
    text: 'columns of the screen (default: those of the terminal, 80 without one)',
    ...wholeNumber(40, 1000, '100'),
  },
  runsFolder: {
    variable: 'MARKETSIM_RUNS_FOLDER',
    text: 'folder in which results get their own folder where there is no `--out` (default: runs)',
    isValid: (value: string) => value.trim() !== '' && !value.includes('\0'),
    expected: 'the path of a folder',
    example: 'runs',
  },
  editorLine: {
    variable: 'MARKETSIM_EDITOR_LINE',
    text: 'whether `init` writes the line that tells editors where the schema is (default: true)',
    ...oneOf('true', 'false'),
  },
  sync: {
    variable: 'MARKETSIM_SYNC',
    text: 'off: nothing waits for the disk, so a power cut may lose or damage a result (default: on)',
    ...oneOf('on', 'off'),
  },
} as const satisfies Readonly<Record<string, Setting>>

export type SettingName = keyof typeof settings

/** The same, to look a name up. */
export const settingsByName: Readonly<Record<string, Setting>> = settings

/** The variable that settingNames the configuration file; empty: none is read. */
export const CONFIG_VARIABLE = 'MARKETSIM_CONFIG'

/** What changes a history, by the key of a file or the end of a variable. */
export const ofTheHistory = [
  'seed',
  'set',
  'policies',
  'policy',
  'start',
  'end',
  'duration',
  'scenario',
  'checkpointEvery',
]

/** `runsFolder` as a variable has it: `RUNS_FOLDER`. */
export const asVariable = (key: string): string =>
  `MARKETSIM_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`

/** The value of a setting; undefined where it has none, or a wrong one, which the program refuses before a command runs. */
export const settingOf = (name: SettingName, environment: NodeJS.ProcessEnv = process.env): string | undefined => {
  const { variable, isValid } = settingsByName[name]
  const value = own(environment, variable)
  return value !== undefined && isValid(value) ? value : undefined
}

export const settingNames = Object.keys(settings)

export function unknownSetting(name: string, hint: string, where: string, what = 'setting'): InputError {
  if (ofTheHistory.some((key) => key === name || asVariable(key) === name))
    return new InputError(
      `${name} belongs to the history of a run, and no ${what} changes a history`,
      'write it in the scenario, or as an option: --seed, --set',
      where,
    )
  return new InputError(`there is no ${what} ${name}`, hint, where)
}

/** Throws InputError unless the value is one of the setting; `write` is how the hint says to write it. */
export function checkValue(setting: Setting, name: string, value: string, where: string, write: string): void {
  if (setting.isValid(value)) return
  const near = didYouMean(value, setting.expected.split(' or '))
  const example = near !== undefined && setting.isValid(near) ? near : setting.example
  throw new InputError(`${name} must be ${setting.expected} (got '${value}')`, `write ${write}${example}`, where)
}

/** The values of a command line, with settings for options that it leaves out. */
export function withSettings(
  options: Readonly<Record<string, { readonly takesSetting?: false }>>,
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const defaults = Object.entries(settingsByName).flatMap(([name, { option }]) => {
    const value = settingOf(name as SettingName)
    const takes = option !== undefined && Object.hasOwn(options, option) && options[option].takesSetting !== false
    return takes && value !== undefined && values[option] === undefined ? [[option, value] as const] : []
  })
  return { ...values, ...Object.fromEntries(defaults) }
}

/** The folder in which results get their own, where there is no `--out`. */
export const runsFolder = (): string => settingOf('runsFolder') ?? 'runs'
