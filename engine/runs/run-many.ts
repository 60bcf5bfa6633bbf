import { deserialize } from 'node:v8'
import { AbortError } from '../cells/thrown.ts'
import { type Crew, callingThread, threadCrew } from './crew.ts'
import type { RunTask } from './run.ts'
import { RunError } from './run-error.ts'
import type { Outcome } from './worker.ts'

/** What to run, and how. */
export interface RunManyOptions<R> {
  /** The module that exports `run`. */
  module: URL
  /** The points of a sweep as plain data; a single one for mere replications. */
  points: readonly unknown[]
  /** Replications of each point, 0 .. replications - 1: with `more`, those of the first batch. */
  replications: number
  seed: string
  /** 1 runs in the calling thread; more are workers, one run a thread. The results are the same. */
  threads: number
  /**
   * Sequential stopping: called whenever all replications of a point so far have finished, with their results in
   * order. Says how many more that point needs; 0 is enough. It sees nothing else, so that the answer cannot depend on
   * the threads.
   */
  more?: (results: readonly R[], pointIndex: number) => number
  /**
   * Which runs to make, where another process makes the others: their places in the results stay empty. Not together with
   * `more`, which needs all results of a point.
   */
  only?: (pointIndex: number, replication: number) => boolean
  /** The results of runs that were made before, by point and replication: those are not made again. */
  known?: (pointIndex: number, replication: number) => R | undefined
  /** Called in the order in which runs finish. */
  onRun?: (done: FinishedRun<R>) => void
  signal?: AbortSignal
  /** The heap each worker may fill, in MB (Node's own limit when absent). */
  threadHeapMb?: number
  /**
   * What does the runs in place of threads of its own: workers from `openCrew` of the same module and threads, which serve several
   * calls, or other machines. The caller closes it.
   */
  crew?: Crew
}

export interface FinishedRun<R> {
  readonly pointIndex: number
  readonly replication: number
  readonly result: R
  /** Whether it was made before. */
  readonly isKnown: boolean
  /** Runs finished so far, this one included, and runs asked for so far. */
  readonly finished: number
  readonly planned: number
}

/**
 * Runs every point as often as asked, one run a thread, and returns `results[point][replication]`.
 *
 * Rejects with `RunError` when a run throws or its thread dies, with `AbortError` when `signal` is aborted (in the
 * calling thread: between two runs), with whatever `more` or `onRun` throws; no worker is left behind.
 */
export async function runMany<R>(options: RunManyOptions<R>): Promise<R[][]> {
  const { threads, signal, points, replications } = options
  wholeFrom('threads', threads, 1)
  wholeFrom('replications', replications, 1)
  if (options.only !== undefined && options.more !== undefined)
    throw new RangeError('`only` and `more` exclude each other: `more` needs all results of a point')
  if (signal?.aborted) throw new AbortError(signal.reason)
  const ending = Promise.withResolvers<never>()
  const abort = () => ending.reject(new AbortError(signal?.reason))
  const crew = options.crew ?? crewOf(options, points.length * replications)
  signal?.addEventListener('abort', abort)
  const schedule = new Schedule(options, crew)
  try {
    return await Promise.race([schedule.run(), ending.promise])
  } finally {
    signal?.removeEventListener('abort', abort)
    schedule.close()
    if (options.crew === undefined) await crew.close()
  }
}

type CrewOptions = Pick<RunManyOptions<unknown>, 'module' | 'threads' | 'threadHeapMb'>

/** Starts workers for several calls of `runMany`, one after another. Close them at the end. */
export function openCrew(options: CrewOptions): Crew {
  wholeFrom('threads', options.threads, 1)
  return crewOf({ ...options, more: () => 0 }, options.threads)
}

/** The calling thread, or as many workers as there is work for. */
function crewOf({ module, threads, threadHeapMb, more }: CrewOptions & { more?: unknown }, runs: number): Crew {
  if (threads === 1) return callingThread(module)
  return threadCrew({
    module,
    size: more === undefined ? Math.max(1, Math.min(threads, runs)) : threads,
    heapMb: threadHeapMb,
  })
}

/** Which run is next, and what came of those before. */
class Schedule<R> {
  readonly #options: RunManyOptions<R>
  readonly #crew: Crew
  readonly #queue: RunTask[] = []
  readonly #results: R[][]
  /** Replications of each point that are asked for, and those of them still to finish. */
  readonly #asked: number[]
  readonly #missing: number[]
  readonly #all = Promise.withResolvers<R[][]>()
  #next = 0
  #running = 0
  #finished = 0
  #closed = false

  constructor(options: RunManyOptions<R>, crew: Crew) {
    this.#options = options
    this.#crew = crew
    this.#results = options.points.map(() => [])
    this.#asked = options.points.map(() => 0)
    this.#missing = options.points.map(() => 0)
    for (const pointIndex of options.points.keys()) this.#ask(pointIndex, options.replications)
  }

  run(): Promise<R[][]> {
    this.#start()
    return this.#all.promise
  }

  /** Starts nothing more. */
  close(): void {
    this.#closed = true
  }

  #ask(pointIndex: number, count: number): void {
    const { points, seed, only } = this.#options
    for (let i = 0; i < count; i++) {
      const replication = this.#asked[pointIndex]++
      if (only !== undefined && !only(pointIndex, replication)) continue
      this.#queue.push({ point: points[pointIndex], pointIndex, replication, seed })
      this.#missing[pointIndex]++
    }
  }

  #start(): void {
    while (!this.#closed && this.#running < this.#crew.size && this.#next < this.#queue.length) {
      const task = this.#queue[this.#next++]
      const known = this.#options.known?.(task.pointIndex, task.replication)
      if (known !== undefined) {
        this.#settle(task, known, true)
        continue
      }
      this.#running++
      this.#crew
        .run(task)
        .then((outcome) => this.#finish(task, outcome))
        .catch(this.#all.reject)
    }
    if (this.#running === 0 && this.#next === this.#queue.length) this.#all.resolve(this.#results)
  }

  #finish(task: RunTask, outcome: Outcome): void {
    if (this.#closed) return
    if ('thrown' in outcome) throw new RunError(task, outcome.thrown)
    this.#running--
    this.#settle(task, deserialize(outcome.result) as R, false)
    this.#start()
  }

  #settle(task: RunTask, result: R, isKnown: boolean): void {
    const { more, onRun } = this.#options
    const { pointIndex, replication } = task
    this.#results[pointIndex][replication] = result
    this.#finished++
    if (--this.#missing[pointIndex] === 0 && more !== undefined) {
      const count = more(this.#results[pointIndex], pointIndex)
      wholeFrom('the number of further replications', count, 0)
      this.#ask(pointIndex, count)
    }
    onRun?.({ pointIndex, replication, result, isKnown, finished: this.#finished, planned: this.#queue.length })
  }
}

function wholeFrom(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(`${name} is a whole number from ${least} on, not ${value}`)
  }
}
