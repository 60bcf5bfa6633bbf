/** The help of the program, written without yargs: it is the command that should answer first. */
import { commands } from './commands.ts'
import { exitCodes } from './exit-codes.ts'
import { labelled, widthOf, wrapped } from './terminal.ts'

export const about = 'marketsim simulates a cloud marketplace on a virtual clock and proves every cent of its bill.'
export const completionText = 'print a completion script: completion bash, zsh or fish'

const npm = 'Under npm write `npm start -- COMMAND …`: without the -- npm takes the options itself.'

/** Columns of help: lines of more than 100 are hard to read. */
export const widthOfHelp = (): number => Math.min(100, widthOf(process.stdout))

/** Two columns, the left one as wide as its longest entry. */
function columns(rows: readonly (readonly [label: string, text: string])[], width: number): string[] {
  const indent = Math.max(...rows.map(([label]) => label.length)) + 4
  return rows.flatMap(([label, text]) => labelled(`  ${label}`, text, width, indent))
}

/** What is below every help. */
export function outro(width: number): string {
  const codes = Object.values(exitCodes).map(({ code, text }) => [String(code).padStart(3), text] as const)
  return ['Exit codes:', ...columns(codes, width), '', ...wrapped(npm, width)].join('\n')
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
    ...['', outro(width)],
  ].join('\n')
}
