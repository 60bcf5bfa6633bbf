/** How an error reads, and which exit code it means. */

import { RecordFault } from '#reports/record-fault.ts'
import { formatFaults, ScenarioFaults } from '#scenarios/faults.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { InputFault } from './input-fault.ts'
import { colourful, painter, printable, printableLines } from './terminal.ts'

/** The run was stopped by Ctrl-C or a termination signal. */
export class Interrupted extends Error {}

/** An error while a command ran, with the line that repeats it. */
export class Replayable extends Error {
  readonly replay: string

  constructor(cause: unknown, replay: string) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.replay = replay
  }
}

const mendable = (error: Error): error is Error & { mend: string; where?: string } =>
  error instanceof InputFault || error instanceof RecordFault

/** System errors that tell of the caller's disk and rights, not of a fault of ours. */
const ofTheDisk: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: make room, or choose another folder with --out',
  EDQUOT: 'your quota is used up: make room, or choose another folder with --out',
  EROFS: 'the disk is read-only: choose another folder with --out',
  EACCES: 'check the rights of the folder, or choose another with --out',
  EPERM: 'check the rights of the folder, or choose another with --out',
  SQLITE_FULL: 'the disk is full: make room, or choose another folder with --out',
}

/** Writes an error to stderr and answers its exit code. A stack is shown only for a fault of ours. */
export function report(error: unknown, replay: string): ExitCode {
  const colour = colourful(process.stderr)
  const paint = painter(colour)
  const say = (text: string) => process.stderr.write(`${text}\n`)
  if (error instanceof Replayable) return report(error.cause, error.replay)
  if (error instanceof Interrupted) {
    say(error.message)
    return exitCodes.interrupted.code
  }
  if (error instanceof ScenarioFaults) {
    say(formatFaults(error.faults, { colour }))
    return exitCodes.badInput.code
  }
  if (error instanceof Error && mendable(error)) {
    say(`${paint('red', 'error')}: ${printableLines(error.message)}`)
    if (error.where !== undefined) say(`  where: ${printable(error.where)}`)
    say(`  mend: ${printableLines(error.mend)}`)
    return exitCodes.badInput.code
  }
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  if (code !== undefined && Object.hasOwn(ofTheDisk, code)) {
    say(`${paint('red', 'error')}: ${printableLines((error as Error).message)}`)
    say(`  mend: ${ofTheDisk[code]}`)
    return exitCodes.badInput.code
  }
  if (code !== undefined && /^SQLITE_(CORRUPT|NOTADB)/.test(code)) {
    say(`${paint('red', 'error')}: the record is damaged: ${printableLines((error as Error).message)}`)
    say('  mend: run the scenario again; the `repeat` of its manifest.json is the command')
    return exitCodes.badInput.code
  }
  say(`${paint('red', 'error')}: this is a fault of marketsim, not yours`)
  say(error instanceof Error ? (error.stack ?? error.message) : String(error))
  say(`replay: ${replay}`)
  return exitCodes.ourFault.code
}
