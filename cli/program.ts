/** The program: its commands, put before yargs, and what became of the one that was called. */

import { existsSync } from 'node:fs'
import { didYouMean } from '#base/did-you-mean.ts'
import { InputError } from '#base/input-error.ts'
import { own } from '#base/own.ts'
import { applySettings } from './apply-settings.ts'
import { Arguments, type Command, optionsOf } from './command.ts'
import { COMPLETE, commands } from './commands.ts'
import { fishScript } from './completion-script.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { report } from './failure.ts'
import { commandHelp, programHelp, widthOfHelp } from './help.ts'
import { withSettings } from './settings.ts'
import { commandLine, isUnderNpm } from './shell.ts'
import { endTasks } from './supervision.ts'
import { marketsimVersion } from './versions.ts'

/** Words that are where a command does and are none. */
const noCommands = ['completion', COMPLETE, '--help', '-h', '--version']

/**
 * The words with a command in front: options alone mean `run`, and so does a file alone. Throws InputError for a word
 * that is neither a command nor a file.
 */
function withCommand(words: readonly string[]): { words: readonly string[]; unasked: boolean } {
  const [first] = words
  if (first === undefined || (first.startsWith('-') && !noCommands.includes(first)))
    return { words: ['run', ...words], unasked: true }
  const names = [...Object.keys(commands), 'completion']
  if (noCommands.includes(first) || names.includes(first)) return { words, unasked: false }
  if (/[./\\]/.test(first) || existsSync(first)) return { words: ['run', ...words], unasked: false }
  const near = didYouMean(first, names)
  const hint = near === undefined ? '' : `did you mean ${near}? `
  throw new InputError(`there is no command '${first}'`, `${hint}\`npm start -- --help\` lists them`)
}

/** `help COMMAND` asks for what `COMMAND --help` does; a shell may be named after `completion`. */
function asked(words: readonly string[]): readonly string[] {
  const [first, ...rest] = words
  if (first === 'help' && rest.length > 0) return [fused(rest)[0], '--help']
  return first === 'completion' ? ['completion'] : fused(words)
}

/** The words with a command of two words, such as `sweep merge`, as one. */
function fused(words: readonly string[]): readonly string[] {
  const both = words.slice(0, 2).join(' ')
  return words.length > 1 && Object.hasOwn(commands, both) ? [both, ...words.slice(2)] : words
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

/** Whether --help is among the words of a command. */
const asksForHelp = (words: readonly string[]): boolean => {
  const end = words.indexOf('--')
  return words.slice(0, end < 0 ? undefined : end).some((word) => word === '--help' || word === '-h')
}

/** What can be answered immediately. */
function answerOf(words: readonly string[]): string | undefined {
  const [first, second] = words
  // `npm start` runs the first scenario; the program by its name says what it can do.
  if (first === undefined && !isUnderNpm()) return programHelp(widthOfHelp())
  if (first === 'completion' && second === 'fish') return fishScript.trimEnd()
  if (words.length !== 1) return undefined
  if (first === '--help' || first === '-h' || first === 'help') return programHelp(widthOfHelp())
  return words[0] === '--version' ? marketsimVersion() : undefined
}

/** Runs the command of these words; returns its exit code and never throws. */
export async function program(words: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = exitCodes.done.code
  try {
    // A wrong setting is no reason to refuse help.
    const fault = words[0] === COMPLETE ? undefined : await applySettings().catch((error: unknown) => error)
    const answer = answerOf(words)
    if (answer !== undefined) {
      process.stdout.write(`${answer}\n`)
      return code
    }
    if (words[0] === COMPLETE && words.length > 3) {
      const { completionsOf } = await import('./completions.ts')
      const found = await completionsOf(words.slice(2), await own(commands, words[2])?.load())
      process.stdout.write(found.map((each) => `${each}\n`).join(''))
      return code
    }
    if (words[0] === 'completion' && (words[1] === 'bash' || words[1] === 'zsh')) {
      process.env.SHELL = `/bin/${words[1]}`
      process.env.ZSH_NAME = words[1] === 'zsh' ? 'zsh' : ''
    }
    const call = withCommand(asked(words))
    refuseInherited(call.words)
    const listed = own(commands, call.words[0] ?? '')
    if (listed !== undefined && asksForHelp(call.words)) {
      process.stdout.write(`${commandHelp(listed, await listed.load(), widthOfHelp())}\n`)
      return code
    }
    if (fault !== undefined) throw fault
    const execute = async (command: Command, values: Readonly<Record<string, unknown>>) => {
      const given = new Arguments(withSettings(optionsOf(command), values), call.unasked)
      code = await command.execute(given).finally(endTasks)
    }
    const { plainValues } = await import('./plain-words.ts')
    const command = await listed?.load()
    const plain = command && listed && plainValues(command, listed.usage, call.words)
    if (command !== undefined && plain !== undefined) await execute(command, plain)
    else {
      const { parserOf } = await import('./parser.ts')
      const parser = await parserOf(call.words, execute)
      await parser.parseAsync()
    }
    return code
  } catch (error) {
    return report(error, commandLine(words))
  }
}
