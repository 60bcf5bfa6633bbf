/** `--junit`: thresholds as JUnit XML, in a file or on stdout. */
import { accessSync, constants, existsSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { InputError } from '#base/input-error.ts'
import type { Arguments } from './command.ts'
import { isOfTheMachine } from './failure.ts'

/** Where the XML goes for `-`: stdout, in place of the closing summary. */
export const STDOUT = '-'

/** The option; `what` is written as XML. */
export const junitOption = (what: string) =>
  ({
    type: 'string',
    completes: 'file',
    stream: 'out',
    describe: `write ${what} as JUnit XML to this file; -: to stdout, in place of the closing summary`,
  }) as const

/** The path that was asked for. Throws InputError where stdout would get JSON as well. */
export function junitFileOf(arguments_: Arguments): string | undefined {
  const path = arguments_.filled('junit', 'write --junit and a file')
  if (path === STDOUT && arguments_.flag('json'))
    throw new InputError('--json and --junit - both print to stdout', 'write --junit and a file, or leave out --json')
  return path
}

/** Writes to the file that the caller named, or to stdout; throws InputError where the system refuses it. */
export function writeJunit(path: string, xml: string): void {
  if (path === STDOUT) {
    process.stdout.write(xml)
    return
  }
  try {
    writeFileSync(path, xml)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (isOfTheMachine(code)) throw error
    throw new InputError(
      `cannot write the file (${code})`,
      'check its folder and permissions; the run itself is complete',
      path,
    )
  }
}

/** Whether the file can be written at all, asked before the work begins. Throws InputError. */
export function expectWritable(path: string): void {
  if (path === STDOUT) return
  try {
    accessSync(existsSync(path) ? path : dirname(path), constants.W_OK)
  } catch (error) {
    throw new InputError(
      `cannot write the file (${(error as NodeJS.ErrnoException).code})`,
      'check its folder and permissions; nothing has run',
      path,
    )
  }
}
