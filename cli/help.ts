/** The help of the program, written without yargs: it is the command that should answer first. */
import { type Command, type CommandOption, optionsOf, shortNames } from './command.ts'
import { commands, type ListedCommand } from './commands.ts'
import { exitCodes } from './exit-codes.ts'
import { CONFIG_VARIABLE, settings } from './settings.ts'
import { asStarted, isUnderNpm } from './shell.ts'
import { labelled, widthOf, wrapped } from './terminal.ts'

export const about = 'marketsim simulates a cloud marketplace on a virtual clock and proves every cent of its bill.'
export const completionText = 'print a completion script: completion bash, zsh or fish'

const npm = 'Under npm write `npm start -- COMMAND …`: without the -- npm takes the options itself.'

/** Columns of help: lines of more than 100 are hard to read. */
export const widthOfHelp = (): number => Math.min(100, widthOf(process.stdout))

/** Two columns, the left one as wide as its longest entry, or at most two fifths of the line. */
function columns(rows: readonly (readonly [label: string, text: string])[], width: number): string[] {
  const indent = Math.min(Math.max(...rows.map(([label]) => label.length)) + 4, Math.floor(width * 0.4))
  return rows.flatMap(([label, text]) => labelled(`  ${label}`, text, width, indent))
}

/** Settings of presentation and machine, by the variables that make them. */
function settingRows(): readonly (readonly [label: string, text: string])[] {
  const rows = Object.entries(settings).map(([key, { variable, text }]) => [variable, `${key}: ${text}`] as const)
  return [...rows, [CONFIG_VARIABLE, 'the file of settings (default: ~/.config/marketsim/config.yaml)']]
}

/** What is below every help. */
export function outro(width: number): string {
  const codes = Object.values(exitCodes).map(({ code, text }) => [String(code).padStart(3), text] as const)
  return ['Exit codes:', ...columns(codes, width), ...(isUnderNpm() ? ['', ...wrapped(npm, width)] : [])].join('\n')
}

/** The help of the program in lines of at most `width` columns. */
export function programHelp(width: number): string {
  const listed = Object.values(commands).map(({ usage, text }) => [`marketsim ${usage}`, text] as const)
  const options = [
    ['-h, --help', 'show this help; after a command, the help of that command, as `help COMMAND` does'],
    ['--version', 'show the version'],
  ] as const
  return [
    ...wrapped(about, width),
    ...['', 'marketsim COMMAND', '', 'Commands:'],
    ...columns([...listed, ['marketsim completion', completionText]], width),
    ...['', 'Options:'],
    ...columns(options, width),
    ...['', ...wrapped('Settings, by variable or by key in the file of settings; an option wins over both:', width)],
    ...columns(settingRows(), width),
    ...['', outro(width)],
  ].join('\n')
}

/** The words that an option may have, and what holds without it. */
function facts({ choices, defaultDescription }: CommandOption): string {
  const parts = [
    ...(choices === undefined ? [] : [[choices].flat().join(' | ')]),
    ...(defaultDescription === undefined ? [] : [`default: ${defaultDescription}`]),
  ]
  return parts.length === 0 ? '' : ` (${parts.join('; ')})`
}

/** The placeholder of a value. */
const placeholderOf = ({ type }: CommandOption): string =>
  type === 'boolean' ? '' : type === 'number' ? ' N' : ' TEXT'

const optionRow = ([name, option]: readonly [string, CommandOption]): readonly [label: string, text: string] => {
  const short = Object.hasOwn(shortNames, name) ? `-${shortNames[name]}, ` : '    '
  return [`${short}--${name}${placeholderOf(option)}`, `${option.describe ?? ''}${facts(option)}`]
}

/** The help of a command in lines of at most `width` columns; lines to copy are never broken. */
export function commandHelp({ usage, text }: ListedCommand, command: Command, width: number): string {
  const positionals = Object.entries(command.positionals).map(
    ([name, { describe = '', choices }]) => [name, `${describe}${facts({ choices } as CommandOption)}`] as const,
  )
  const options = [...Object.entries(optionsOf(command)).map(optionRow), ['-h, --help', 'show this help'] as const]
  return [
    `marketsim ${usage}`,
    '',
    ...wrapped(text, width),
    ...(positionals.length === 0 ? [] : ['', ...columns(positionals, width)]),
    ...['', 'Options:', ...columns(options, width)],
    ...['', 'Examples:'],
    ...command.examples
      .filter(([line]) => line !== 'npm start' || isUnderNpm())
      .flatMap(([line, meaning]) => [
        `  ${asStarted(line)}`,
        ...(meaning === '' ? [] : labelled('', asStarted(meaning), width, 6)),
      ]),
    '',
    outro(width),
  ].join('\n')
}
