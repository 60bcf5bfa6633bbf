/** How an error reads, and which exit code it means. */
import { DamageError } from '#base/damage-error.ts'
import { InputError, NetworkError } from '#base/input-error.ts'
import { formatErrors, ScenarioErrors } from '#scenarios/errors.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { asStarted } from './shell.ts'
import { colourful, painter, printable, printableLines, screenWidth } from './terminal.ts'

/** The command was stopped by Ctrl-C or a termination signal. */
export class Interrupted extends Error {
  readonly code: ExitCode

  constructor(what: string, code: ExitCode) {
    super(what)
    this.code = code
  }
}

/** An error while a command ran, with the line that repeats it and, where its work was kept, the one that resumes it. */
export class Replayable extends Error {
  readonly replay: string
  readonly resume: string | undefined

  constructor(cause: unknown, replay: string, resume?: string) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.replay = replay
    this.resume = resume
  }
}

/** System errors that the caller can fix by another folder or other rights. */
const ofTheFolder: Readonly<Record<string, string>> = {
  EROFS: 'the disk is read-only: choose another folder with --out',
  EACCES: 'check the permissions of the folder, or choose another with --out',
  EPERM: 'check the permissions of the folder, or choose another with --out',
}

/** System errors that no other input avoids. */
const ofTheMachine: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: free some space, or choose another folder with --out',
  EDQUOT: 'your quota is used up: free some space, or choose another folder with --out',
  EFBIG: 'the file size limit is reached: raise it (ulimit -f), or choose another folder with --out',
  EIO: 'the disk failed: check it, or choose another folder with --out',
  ENODEV: 'the disk is gone: choose another folder with --out',
  ENXIO: 'the disk is gone: choose another folder with --out',
  ESTALE: 'the network drive is gone: choose another folder with --out',
  EMFILE: 'too many files are open: raise the limit (ulimit -n)',
  ENFILE: 'too many files are open on this machine: close some',
  ENOMEM: 'memory ran out: use fewer threads, or a smaller scenario',
  ERR_WORKER_OUT_OF_MEMORY: 'memory ran out: use fewer threads, or a smaller scenario',
  SQLITE_CANTOPEN:
    'a file could not be created: check the disk and its permissions, or choose another folder with --out',
  SQLITE_FULL: 'the disk is full: free some space, or choose another folder with --out',
  SQLITE_IOERR: 'the disk failed or is full: free some space, or choose another folder with --out',
  SQLITE_NOMEM: 'memory ran out: use fewer threads, or a smaller scenario',
  // Where a file cannot be opened for writing, SQLite opens it for reading, and only the first write says so.
  SQLITE_READONLY:
    'a file could not be opened for writing: check the disk and its permissions, or choose another folder with --out',
}

/** A code as it is listed above: SQLite extends its own, as in SQLITE_IOERR_WRITE. Undefined where it is not listed. */
function listedCode(code: string): string | undefined {
  const family = /^SQLITE_[A-Z]+/.exec(code)?.[0] ?? code
  return Object.hasOwn(ofTheMachine, family) || Object.hasOwn(ofTheFolder, family) ? family : undefined
}

/** Whether a system error code means a failed or full disk, or too little memory. */
export const isOfTheMachine = (code: string | undefined): boolean =>
  code !== undefined && Object.hasOwn(ofTheMachine, listedCode(code) ?? '')

/** The system's code of an error, also of one that a thread handed on as the cause of its own. */
export function systemCodeOf(error: unknown): string | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code } = each as NodeJS.ErrnoException
    const listed = typeof code === 'string' ? listedCode(code) : undefined
    if (listed !== undefined) return listed
    // What a thread says of an error that it could not hand on with its code.
    for (const [, named] of each.message.matchAll(/\b(E[A-Z]{2,}|SQLITE_[A-Z_]+): /g))
      if (Object.hasOwn(ofTheMachine, named)) return named
  }
  return undefined
}

/** Writes an error to stderr and answers its exit code. A stack is shown only for internal errors. */
export function report(error: unknown, replay: string, resume?: string): ExitCode {
  const colour = colourful(process.stderr)
  const paint = painter(colour)
  const say = (text: string) => process.stderr.write(`${asStarted(text)}\n`)
  if (error instanceof Replayable) return report(error.cause, error.replay, error.resume)
  if (error instanceof Interrupted) {
    say(error.message)
    return error.code
  }
  if (error instanceof ScenarioErrors) {
    say(formatErrors(error.faults, { colour, width: screenWidth(process.stderr) }))
    return exitCodes.badInput.code
  }
  const damage = DamageError.in(error)
  const located = damage ?? error
  if (located instanceof InputError) {
    say(`${paint('red', 'error')}: ${printableLines(located.what)}`)
    if (located.where !== undefined) say(`  where: ${printable(located.where)}`)
    say(`  hint: ${printableLines(located.hint)}`)
    return damage === undefined ? exitCodes.badInput.code : exitCodes.damaged.code
  }
  if (error instanceof NetworkError) {
    say(`${paint('red', 'error')}: ${printable(error.message)}`)
    say(`  hint: ${printable(error.hint)}`)
    if (resume !== undefined) say(`  resume: ${resume}`)
    return exitCodes.diskFailed.code
  }
  const code = systemCodeOf(error)
  const failed = (hint: string, exitCode: ExitCode): ExitCode => {
    say(`${paint('red', 'error')}: ${printable((error as Error).message)}`)
    say(`  hint: ${hint}`)
    if (resume !== undefined) say(`  resume: ${resume}`)
    return exitCode
  }
  if (code !== undefined && isOfTheMachine(code)) return failed(ofTheMachine[code], exitCodes.diskFailed.code)
  if (code !== undefined && Object.hasOwn(ofTheFolder, code)) return failed(ofTheFolder[code], exitCodes.badInput.code)
  say(`${paint('red', 'error')}: internal error of marketsim; please report it with the lines below`)
  say(error instanceof Error ? (error.stack ?? error.message) : String(error))
  say(`replay: ${replay}`)
  if (resume !== undefined) say(`resume: ${resume}`)
  return exitCodes.ourFault.code
}
