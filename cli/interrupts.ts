import { interruptedCode } from './exit-codes.ts'
import { Interrupted } from './failure.ts'

/** npm and the launcher hand on a Ctrl-C that the terminal has sent us already: so close together they are one. */
const SAME_MS = 400

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** What stops a program from outside. */
export type StopSignal = (typeof signals)[number]

/** The signal that an abort came of; its default is what an abort without one means. */
export const stopSignalOf = (signal: AbortSignal): StopSignal =>
  signals.find((name) => name === (signal.reason as Error | undefined)?.message) ?? 'SIGINT'

/** What a stopped command throws, with what became of its work. */
export const interruption = (signal: AbortSignal, what: string): Interrupted =>
  new Interrupted(`interrupted: ${what}`, interruptedCode(stopSignalOf(signal)))

/**
 * Turns Ctrl-C and termination into an abort while `work` runs; a second one ends the program immediately, after `urgent`.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>, urgent: () => void): Promise<T> {
  const controller = new AbortController()
  let first = 0
  const onSignal = (name: StopSignal) => {
    const now = performance.now()
    if (first === 0) {
      first = now
      controller.abort(new DOMException(name, 'AbortError'))
    } else if (now - first > SAME_MS) {
      urgent()
      process.exit(interruptedCode(name))
    }
  }
  for (const name of signals) process.on(name, onSignal)
  try {
    return await work(controller.signal)
  } finally {
    for (const name of signals) process.off(name, onSignal)
  }
}
