/** Every command with its options and examples: `docs/reference/commands.md`. */
import { type Command, type CommandOption, optionsOf, shortNames } from '../../command.ts'
import { commands, type ListedCommand } from '../../commands.ts'
import { about } from '../../help.ts'
import { code, generatedFrom, table } from './markdown.ts'

/** What an option may be and what holds without it. */
export const optionFacts = ({ choices, defaultDescription }: CommandOption): string =>
  [
    ...(choices === undefined ? [] : [` One of ${[choices].flat().join(', ')}.`]),
    ...(defaultDescription === undefined ? [] : [` Default: ${defaultDescription}.`]),
  ].join('')

export const optionName = (name: string, { type }: CommandOption): string =>
  `--${name}${type === 'boolean' ? '' : type === 'number' ? ' N' : ' TEXT'}`

/** A text of the help as a sentence. What begins with something to type, such as `path=value`, keeps its letters. */
export const sentence = (text: string): string => {
  const isWord = /^[a-z'-]+[,.]?(?=\s|$)/.test(text)
  const start = isWord ? text.slice(0, 1).toUpperCase() + text.slice(1) : text
  return /[.?!]$/.test(start) || start === '' ? start : `${start}.`
}

/** Text of the help within Markdown: its brackets and stars are no markup. */
const plain = (text: string): string => text.replace(/[<>*_[\]]/g, (sign) => `\\${sign}`)

function section({ usage, text }: ListedCommand, command: Command): string {
  const rows = Object.entries(optionsOf(command)).map(([name, option]) => [
    [...(Object.hasOwn(shortNames, name) ? [code(`-${shortNames[name]}`)] : []), code(optionName(name, option))].join(
      ', ',
    ),
    plain(sentence(`${option.describe ?? ''}`) + optionFacts(option)),
  ])
  const words = Object.entries(command.positionals).map(([name, { describe = '' }]) => [
    code(name),
    plain(sentence(describe)),
  ])
  const examples = command.examples.map(([line, meaning]) => (meaning === '' ? line : `${line}    # ${meaning}`))
  return `## \`${command.name}\`

${sentence(text)}

    marketsim ${usage}

${words.length === 0 ? '' : `${table(['argument', 'meaning'], words)}\n\n`}${table(['option', 'meaning'], rows)}

\`\`\`sh
${examples.join('\n')}
\`\`\`
`
}

/** The whole page. */
export async function commandsText(): Promise<string> {
  const parts: string[] = []
  for (const listed of Object.values(commands)) parts.push(section(listed, await listed.load()))
  return `# Commands

${about} In a clone write \`npm start -- COMMAND\`, with the installed package \`marketsim COMMAND\`. \`COMMAND --help\`
prints the same. Exit codes are on the page of [codes](codes.md#exit-codes), and the [command line](../cli.md) page
explains what the commands do. ${generatedFrom('`cli/commands/`')}

${table(
  ['command', 'what it does'],
  Object.entries(commands).map(([name, { text }]) => [`[\`${name}\`](#${name.replaceAll(' ', '-')})`, text]),
)}

${parts.join('\n')}`
}
