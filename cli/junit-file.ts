/** The file of `--junit`. */
import { accessSync, constants, existsSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { InputError } from '#base/input-error.ts'
import { isOfTheMachine } from './failure.ts'

/** Writes a file that the caller named; throws InputError where the system refuses it. */
export function writeJunit(path: string, xml: string): void {
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
