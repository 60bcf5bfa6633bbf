import { exitCodes } from './exit-codes.ts'

/** npm and the launcher hand on a Ctrl-C that the terminal has sent us already: so close together they are one. */
const SAME_MS = 400

/**
 * Turns Ctrl-C and termination into an abort while `work` runs; a second one ends the program at once, after `urgent`.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>, urgent: () => void): Promise<T> {
  const controller = new AbortController()
  let first = 0
  const onSignal = () => {
    const now = performance.now()
    if (first === 0) {
      first = now
      controller.abort()
    } else if (now - first > SAME_MS) {
      urgent()
      process.exit(exitCodes.interrupted.code)
    }
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, onSignal)
  try {
    return await work(controller.signal)
  } finally {
    for (const signal of signals) process.off(signal, onSignal)
  }
}
