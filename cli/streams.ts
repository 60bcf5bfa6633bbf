/** What happens to stdout and stderr when they have no reader, or the disk behind them is full. */
import { type ExitCode, exitCodes } from './exit-codes.ts'

const isGone = ({ code }: NodeJS.ErrnoException): boolean =>
  code === 'EPIPE' || code === 'EIO' || code === 'ECONNRESET' || code === 'ERR_STREAM_DESTROYED'

let ending: ExitCode = exitCodes.done.code

/** Says how the command has ended before its result is printed: also where the reader of stdout goes away meanwhile. */
export function endWith(code: ExitCode): void {
  ending = code
}

/**
 * A reader such as `head` may close stdout early: that is no error, and the exit code is what it would have been. A full
 * disk behind stdout is one. Whatever happens to stderr, the work continues.
 */
export function guardStreams(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (isGone(error)) process.exit(ending)
    process.stderr.write(
      `error: cannot write to standard output: ${error.message}\n  hint: free some space, or send the output elsewhere\n`,
    )
    process.exit(exitCodes.diskFailed.code)
  })
  process.stderr.on('error', () => {})
}
