/** Errors of a pool, and how long to try again. */
import { setTimeout } from 'node:timers/promises'
import { NetworkError } from '#base/input-error.ts'

/** The server of a pool cannot be reached, or failed. */
export class PoolError extends NetworkError {
  override name = 'PoolError'
}

/** Codes of Node, of PostgreSQL (class 08: connection; 57P: shutdown and start) and of Redis while it starts. */
const lost =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ERR_SOCKET\w*|08\w{3}|57P0[123])$/
const lostText =
  /Connection (is closed|terminated)|connection timeout|timeout exceeded when trying|^LOADING|max retries per request|Stream isn't writeable|Client has encountered a connection error/i

/** Whether an error means that the connection is lost, so that the same call may succeed later. */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isConnectionLost)
  const { code, message = '' } = error as NodeJS.ErrnoException
  return (typeof code === 'string' && lost.test(code)) || lostText.test(message)
}

const LONGEST_WAIT_MS = 3_000

/**
 * Calls until the connection is there, or the signal is aborted. Only calls that may be made twice: the first may have
 * succeeded before its answer was lost.
 */
export async function persistently<T>(
  call: () => Promise<T>,
  { signal, onLost }: { readonly signal: AbortSignal; readonly onLost: (error: unknown) => void },
): Promise<T> {
  for (let waitMs = 100; ; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
    try {
      return await call()
    } catch (error) {
      if (signal.aborted || !isConnectionLost(error)) throw error
      onLost(error)
      await setTimeout(waitMs, undefined, { signal })
    }
  }
}
