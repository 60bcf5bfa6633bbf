/**
 * Command lines that need no parser: options by their whole names, each with its value as a word or after `=`, and
 * words of the command. yargs, which takes a tenth of the start of `check`, reads all others and finds what is wrong
 * with them.
 */
import { own } from '#base/own.ts'
import { type Command, type CommandOption, optionsOf, shortNames } from './command.ts'

/** What an option may be said to be, for words to be read here. */
const known = ['type', 'array', 'choices', 'describe', 'defaultDescription', 'completes', 'stream', 'takesSetting']

const isKnown = (option: object): boolean => Object.keys(option).every((key) => known.includes(key))

/** Words that are text, whatever they mean: neither an option nor empty, and without quotes, which yargs takes off. */
const isPlain = (word: string | undefined): word is string => word !== undefined && /^[^-'"]/.test(word)

function nameOf(options: Readonly<Record<string, CommandOption>>, word: string): string | undefined {
  if (word.startsWith('--')) return Object.hasOwn(options, word.slice(2)) ? word.slice(2) : undefined
  return Object.keys(options).find((name) => own(shortNames, name) === word.slice(1))
}

function isValue({ type, choices }: CommandOption, word: string | undefined): word is string {
  if (!isPlain(word)) return false
  if (type === 'number') return /^\d{1,9}$/.test(word)
  return type === 'string' && (choices === undefined || [choices].flat().includes(word))
}

/** Values by name as yargs gives them; undefined where it has to read the words. `usage`: as the help shows it. */
export function plainValues(
  command: Command,
  usage: string,
  words: readonly string[],
): Readonly<Record<string, unknown>> | undefined {
  const options = optionsOf(command)
  const positionals = Object.entries(command.positionals)
  const values = new Map<string, unknown>()
  // yargs gives a list of words that is empty a value, too.
  if (positionals.some(([, positional]) => positional.array === true)) return undefined
  let placed = 0
  for (let at = 1; at < words.length; at++) {
    const word = words[at]
    if (isPlain(word)) {
      const [name, positional] = positionals[placed++] ?? []
      if (name === undefined || positional === undefined || !isKnown(positional)) return undefined
      if (!isValue(positional as CommandOption, word)) return undefined
      values.set(name, word)
      continue
    }
    const [, written = word, after] = /^(--[^=]+)=(.*)$/s.exec(word) ?? []
    const name = nameOf(options, written)
    if (name === undefined || !isKnown(options[name])) return undefined
    const option = options[name]
    if (option.type === 'boolean') {
      if (after !== undefined || values.has(name) || ['true', 'false'].includes(words[at + 1])) return undefined
      values.set(name, true)
      continue
    }
    const value = after ?? words[++at]
    if (!isValue(option, value) || (option.array !== true && values.has(name))) return undefined
    values.set(name, option.array === true ? [...((values.get(name) as string[] | undefined) ?? []), value] : value)
  }
  const isWhole = placed >= (usage.match(/</g) ?? []).length
  return isWhole ? Object.fromEntries(values) : undefined
}
