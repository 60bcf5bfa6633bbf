import { setTimeout } from 'node:timers/promises'
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { heapLimit } from '../heap-limit.ts'
import type { Plan } from './cell.ts'
import { CellError } from './cell-error.ts'
import type { Finished, Memory } from './group.ts'
import { Meeting, Stopped } from './meeting.ts'
import { described } from './thrown.ts'
import type { Standing } from './windows.ts'
import type { Outcome, SnapshotPart, ThreadTask } from './worker.ts'

/** Wall-clock ms that threads have to end their window when another one has failed. */
const GRACE_MS = 2_000

/** What the threads of a run need to know. */
export interface ThreadsOptions {
  readonly plan: Plan
  readonly memory: Memory
  readonly threads: number
  readonly from: Standing
  /** The bytes of all cells, when the run continues from a snapshot. */
  readonly saved: readonly Uint8Array[] | undefined
  readonly checkpointEvery: number
  readonly checkpointBy: number
  /** Takes the bytes of all cells; no thread continues before it has resolved. */
  checkpoint(standing: Standing, cells: Uint8Array[]): Promise<void>
  readonly heapMb: number | undefined
  /** Ends the run; its reason becomes the rejection. */
  readonly signal: AbortSignal
}

/**
 * Runs all threads of a run to their end, one piscina worker each. Whatever ends one of them (an error, process.exit,
 * an exhausted heap, termination from outside) or the caller's signal ends all: when the promise settles, every worker
 * is gone.
 */
export async function runThreads(options: ThreadsOptions): Promise<Finished[]> {
  const { plan, memory, threads, signal } = options
  const pool = new Piscina({
    filename: new URL('./worker.ts', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
    // A worker that sleeps between tasks would hold back what its program prints.
    atomics: 'disabled',
    ...heapLimit(options.heapMb),
  })
  const gone = pool.threads.map((worker) => exit(worker))
  const ending = Promise.withResolvers<never>()
  const abort = () => ending.reject(signal.reason)
  const meeting = new Meeting(memory.meeting, threads)
  const gatherer = new Gatherer(threads, options.checkpoint, ending.reject)
  pool.on('error', ending.reject)
  signal.addEventListener('abort', abort)
  try {
    const tasks = gatherer.ports.map((port, thread) => {
      const saved = options.saved?.slice(plan.firsts[thread], plan.firsts[thread + 1])
      const { from, checkpointEvery, checkpointBy } = options
      const task: ThreadTask = { plan, memory, threads, thread, from, saved, checkpointEvery, checkpointBy, port }
      return runThread(pool, task, meeting)
    })
    return await Promise.race([allFinished(tasks, meeting), ending.promise])
  } finally {
    signal.removeEventListener('abort', abort)
    meeting.stop()
    gatherer.close()
    await pool.destroy()
    await Promise.all(gone)
  }
}

function exit(worker: Worker): Promise<unknown> {
  return new Promise((resolve) => worker.once('exit', resolve))
}

async function runThread(pool: Piscina, task: ThreadTask, meeting: Meeting): Promise<Finished> {
  const { thread, threads, port } = task
  let outcome: Outcome
  try {
    outcome = await pool.run(task, { transferList: [port] })
  } catch (thrown) {
    const { state, cell, now } = meeting.seen(thread)
    if (state === 'starting' && isCloneError(thrown)) throw uncloneable(thrown)
    throw new CellError({ phase: 'die', cell, thread, threads, time: now, ...described(thrown) })
  }
  if ('finished' in outcome) return outcome.finished
  if ('failure' in outcome) throw new CellError(outcome.failure)
  throw new Stopped('another thread has failed')
}

/**
 * What all threads have come to, or the error of the first cell that failed in the window of the first failure: the
 * one that a run on a single thread would have met. The other threads have `GRACE_MS` to come to that window's end.
 */
async function allFinished(tasks: readonly Promise<Finished>[], meeting: Meeting): Promise<Finished[]> {
  try {
    return await Promise.all(tasks)
  } catch (first) {
    meeting.stop()
    const errors: CellError[] = []
    for (const task of tasks) task.catch((thrown) => thrown instanceof CellError && errors.push(thrown))
    await Promise.race([Promise.allSettled(tasks), setTimeout(GRACE_MS, undefined, { ref: false })])
    throw errors.sort((a, b) => a.cell - b.cell)[0] ?? first
  }
}

function isCloneError(thrown: unknown): thrown is DOMException {
  return thrown instanceof DOMException && thrown.name === 'DataCloneError'
}

/** A spec of functions, or the like, named as such rather than as the death of a thread. */
export function uncloneable(thrown: unknown): TypeError {
  return new TypeError(`The spec is not plain data: ${described(thrown).message}`, { cause: thrown })
}

/** Puts the threads' parts of a snapshot together and lets the run continue when it has been taken. */
class Gatherer {
  /** The threads' ends, in thread order. */
  readonly ports: MessagePort[] = []
  readonly #ends: MessagePort[] = []
  readonly #parts: SnapshotPart[] = []
  readonly #checkpoint: ThreadsOptions['checkpoint']
  readonly #fail: (reason: unknown) => void
  #missing: number

  constructor(threads: number, checkpoint: ThreadsOptions['checkpoint'], fail: (reason: unknown) => void) {
    this.#checkpoint = checkpoint
    this.#fail = fail
    this.#missing = threads
    for (let thread = 0; thread < threads; thread++) {
      const { port1, port2 } = new MessageChannel()
      port1.on('message', (part: SnapshotPart) => this.#take(thread, part))
      this.#ends.push(port1)
      this.ports.push(port2)
    }
  }

  #take(thread: number, part: SnapshotPart): void {
    this.#parts[thread] = part
    if (--this.#missing > 0) return
    this.#missing = this.#ends.length
    const cells = this.#parts.flatMap((each) => each.cells)
    this.#checkpoint(part.standing, cells).then(() => {
      for (const port of this.#ends) port.postMessage('continue')
    }, this.#fail)
  }

  close(): void {
    for (const port of this.#ends) port.close()
  }
}
