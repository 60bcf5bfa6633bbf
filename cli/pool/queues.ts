/**
 * The queues of a pool, one a sweep, by BullMQ. Jobs are taken one by one: which queue is next is our decision (round robin),
 * and so is what renews the locks, since a run computes in another thread.
 */
import type { Job, Queue, Worker } from 'bullmq'
import type { RunJob } from './job.ts'
import { isConnectionLost } from './pool-error.ts'

export const LOCK_MS = 30_000
/** A job whose worker vanished is given to another one; this often, since machines come and go. */
const MOST_STALLED = 100
/** A run that fails is tried so often: an error of the machine may be gone by then. */
const ATTEMPTS = 3
const ADDED_AT_ONCE = 500

/** What both back ends of BullMQ make. */
export interface QueueMaker {
  queue(name: string): Queue
  worker(name: string, options: { lockDuration: number; stalledInterval: number; maxStalledCount: number }): Worker
}

export interface QueueCounts {
  readonly waiting: number
  readonly active: number
  readonly failed: number
}

const NAMED = 'sweep-'
export const queueName = (sweep: string): string => `${NAMED}${sweep}`
/** The sweep of a queue; undefined for a queue of another program. */
export const sweepOfQueue = (name: string): string | undefined =>
  name.startsWith(NAMED) ? name.slice(NAMED.length) : undefined

/** Two that remove a queue at the same time: the second one finds that it is no longer paused, and begins again. */
const REMOVED_MEANWHILE = /non-paused queue/
const MOST_REMOVALS = 100

/** The queue of a sweep, as the one who asks for its runs sees it. */
export class SweepQueue {
  readonly #make: () => Queue
  #made: Queue | undefined

  constructor(maker: QueueMaker, sweep: string) {
    this.#make = () => {
      const queue = maker.queue(queueName(sweep))
      // A lost connection is found by the calls themselves.
      queue.on('error', () => {})
      return queue
    }
  }

  /** A call to the queue. One whose first connection failed never connects again, so the next call makes another. */
  async #with<T>(call: (queue: Queue) => Promise<T>): Promise<T> {
    this.#made ??= this.#make()
    const queue = this.#made
    try {
      return await call(queue)
    } catch (error) {
      if (isConnectionLost(error) && this.#made === queue) {
        this.#made = undefined
        queue.close().catch(() => {})
      }
      throw error
    }
  }

  /** Adds jobs; one that is there already stays as it is. */
  async add(jobs: readonly RunJob[]): Promise<void> {
    for (let from = 0; from < jobs.length; from += ADDED_AT_ONCE)
      await this.#with((queue) =>
        queue.addBulk(
          jobs.slice(from, from + ADDED_AT_ONCE).map((data) => ({
            name: 'run',
            data,
            opts: { jobId: data.key, attempts: ATTEMPTS, removeOnComplete: true, removeOnFail: false },
          })),
        ),
      )
  }

  /** Jobs that failed for good, with their reasons. */
  async failures(): Promise<{ readonly job: RunJob; readonly reason: string }[]> {
    const failed = (await this.#with((queue) => queue.getFailed(0, 9))) as unknown as Job<RunJob>[]
    return failed.map(({ data, failedReason }) => ({ job: data, reason: failedReason }))
  }

  /** Removes the jobs that failed, so that they can be added again. */
  async forgetFailures(): Promise<void> {
    await this.#with((queue) => queue.clean(0, 0, 'failed'))
  }

  async counts(): Promise<QueueCounts> {
    const { waiting = 0, active = 0, failed = 0, delayed = 0 } = await this.#with((queue) => queue.getJobCounts())
    return { waiting: waiting + delayed, active, failed }
  }

  /** Removes the jobs that no worker has begun. */
  async drain(): Promise<void> {
    await this.#with((queue) => queue.drain(true))
  }

  /** Removes everything, also jobs under way: a worker that ends one finds it gone. */
  async obliterate(): Promise<void> {
    for (let tries = 1; ; tries++)
      try {
        return await this.#with((queue) => queue.obliterate({ force: true, count: 1_000 }))
      } catch (error) {
        if (!REMOVED_MEANWHILE.test((error as Error).message) || tries === MOST_REMOVALS) throw error
      }
  }

  async close(): Promise<void> {
    await this.#made?.close()
  }
}

/** A job that was taken. Its lock is renewed until it ends. */
export interface TakenJob {
  readonly data: RunJob
  readonly sweep: string
  /** Removes it from the queue: its result is stored. */
  complete(answer: object): Promise<void>
  /** Reports an error of the run; `isFinal`: trying again is of no use. */
  fail(error: Error, isFinal: boolean): Promise<void>
  /** Returns it to the queue unchanged. */
  release(): Promise<void>
}

/** The queue of a sweep, as a worker sees it. */
export class JobSource {
  readonly #worker: Worker
  readonly sweep: string
  /** Tokens of the locks by job. */
  readonly #locks = new Map<string, string>()
  readonly #unrecoverable: new (
    message: string,
  ) => Error
  #next = 0

  constructor(maker: QueueMaker, sweep: string, unrecoverable: new (message: string) => Error) {
    this.sweep = sweep
    this.#unrecoverable = unrecoverable
    const options = { lockDuration: LOCK_MS, stalledInterval: LOCK_MS, maxStalledCount: MOST_STALLED }
    this.#worker = maker.worker(queueName(sweep), options)
    this.#worker.on('error', () => {})
  }

  async open(): Promise<void> {
    try {
      await this.#worker.waitUntilReady()
      // Finds jobs whose worker vanished.
      await this.#worker.startStalledCheckTimer()
    } catch (error) {
      this.close().catch(() => {})
      throw error
    }
  }

  get held(): number {
    return this.#locks.size
  }

  /** The next job; undefined where none waits. */
  async take(): Promise<TakenJob | undefined> {
    const token = `${this.#worker.id}:${this.#next++}`
    const job = (await this.#worker.getNextJob(token, { block: false })) as Job<RunJob> | undefined
    if (job?.id === undefined) return undefined
    const { id } = job
    this.#locks.set(id, token)
    const ended = async (end: () => Promise<unknown>) => {
      try {
        await end()
      } finally {
        this.#locks.delete(id)
      }
    }
    return {
      data: job.data,
      sweep: this.sweep,
      complete: (answer) => ended(() => job.moveToCompleted(answer, token, false)),
      fail: (error, isFinal) =>
        ended(() => job.moveToFailed(isFinal ? new this.#unrecoverable(error.message) : error, token, false)),
      release: () => ended(() => job.moveToWait(token)),
    }
  }

  /** Renews the locks of all jobs that were taken. */
  async renew(): Promise<void> {
    if (this.#locks.size > 0)
      await this.#worker.extendJobLocks([...this.#locks.keys()], [...this.#locks.values()], LOCK_MS)
  }

  async close(): Promise<void> {
    await this.#worker.close(true)
  }
}
