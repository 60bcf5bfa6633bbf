/** Those who do runs: the calling thread, worker threads, or anything else that takes a task and returns its outcome. */
import { setImmediate } from 'node:timers/promises'
import { Piscina } from 'piscina'
import { described } from '../cells/thrown.ts'
import { heapLimit } from '../heap-limit.ts'
import type { RunTask } from './run.ts'
import runTask, { type Outcome } from './worker.ts'

export interface Crew {
  /** Tasks that it takes at the same time. */
  readonly size: number
  run(task: RunTask): Promise<Outcome>
  close(): Promise<void>
}

/** Runs of a module, one after another in this thread. */
export function callingThread(module: URL): Crew {
  const run = async (task: RunTask): Promise<Outcome> => {
    // The event loop has a turn before each run: for progress, signals and SIGINT.
    await setImmediate()
    return runTask({ module: module.href, task: structuredClone(task) })
  }
  return { size: 1, run, close: async () => {} }
}

export interface ThreadCrewOptions {
  readonly module: URL
  /** Worker threads. */
  readonly size: number
  /** The heap each may fill, in MB (Node's own limit when absent). */
  readonly heapMb?: number | undefined
}

/** Runs of a module in worker threads, one a thread; the calling thread stays free. */
export function threadCrew({ module, size, heapMb }: ThreadCrewOptions): Crew {
  const pool = new Piscina({
    filename: new URL('./worker.ts', import.meta.url).href,
    minThreads: size,
    maxThreads: size,
    atomics: 'disabled',
    ...heapLimit(heapMb),
  })
  // A worker that dies has its run rejected as well; there is nothing else to report here.
  pool.on('error', () => {})
  const gone = pool.threads.map((worker) => new Promise((resolve) => worker.once('exit', resolve)))
  const run = async (task: RunTask): Promise<Outcome> => {
    try {
      return await pool.run({ module: module.href, task })
    } catch (thrown) {
      return { thrown: described(thrown) }
    }
  }
  const close = async () => {
    await pool.destroy()
    await Promise.all(gone)
  }
  return { size, run, close }
}
