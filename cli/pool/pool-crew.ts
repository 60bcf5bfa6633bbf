/**
 * The workers of a pool as the crew of a sweep: jobs are added to its queue and results collected as they come. The queue may
 * lose everything; what is missing is asked for again, because a result is identified by its key.
 */
import { setTimeout } from 'node:timers/promises'
import { serialize } from 'node:v8'
import { described } from '#engine/cells/thrown.ts'
import type { Crew } from '#engine/runs/crew.ts'
import type { RunTask } from '#engine/runs/run.ts'
import type { Outcome } from '#engine/runs/worker.ts'
import type { ResultFolder } from '../results/result-folder.ts'
import { mustBeEqual, ResultConflict } from '../results/result-store.ts'
import { runKey, versionText } from '../results/run-key.ts'
import { digestOfStored, storedRun } from '../results/stored-run.ts'
import type { OneRunTask } from '../sweep/one-run.ts'
import { markedDigest } from './folder-mark.ts'
import { InputWriter } from './inputs.ts'
import type { RunJob } from './job.ts'
import { type OpenPool, removeAbandoned, removeSweep } from './open-pool.ts'
import { PoolError, persistently } from './pool-error.ts'
import type { PoolWork } from './pool-work.ts'
import type { SweepQueue } from './queues.ts'
import type { PoolSweep, PoolWorker } from './storage.ts'

export interface PoolCrewOptions {
  readonly pool: OpenPool
  readonly asked: PoolWork
  /** Where results are kept when they are collected. */
  readonly folder: ResultFolder
  readonly signal: AbortSignal
  readonly say: (text: string) => void
  /** Called with the workers that are there, every few seconds. */
  readonly onWorkers: (workers: readonly PoolWorker[]) => void
}

/** Jobs in the queue at the same time: enough for the workers, however many runs a sweep has. */
const IN_FLIGHT = 1_000
const COLLECT_MS = 100
const LOOK_MS = 2_000
/** Without a result for so long, everything that is missing is asked for again. */
const ASK_AGAIN_MS = 20_000
const COLLECTED_AT_ONCE = 250
/** A file of a network folder may appear later than the message that it is there. */
const FOLDER_MS = 10_000
const LEAVE_MS = 400

interface Waiting {
  readonly task: RunTask
  readonly job: Omit<RunJob, 'input'>
  readonly outcome: Promise<Outcome>
  readonly settle: (outcome: Outcome) => void
  readonly reject: (error: unknown) => void
  isAdded: boolean
}

export class PoolCrew implements Crew {
  readonly #options: PoolCrewOptions
  readonly #sweep: PoolSweep
  readonly #queue: SweepQueue
  readonly #inputs: InputWriter
  /** By key. */
  readonly #waiting = new Map<string, Waiting>()
  readonly #stop = new AbortController()
  #collected: string[] = []
  #threads = 0
  #isLost = false
  #loop: Promise<void> | undefined

  constructor(options: PoolCrewOptions) {
    const { pool, asked } = options
    this.#options = options
    const { id, name, versions, runs } = asked
    this.#sweep = { id, name, versions, runs, since: Date.now() }
    this.#queue = pool.queue(this.#sweep.id)
    this.#inputs = new InputWriter(pool.storage, this.#sweep.id)
  }

  /** More than there are threads, so that none waits for us. */
  get size(): number {
    return Math.max(IN_FLIGHT, 4 * this.#threads)
  }

  /** Registers the sweep; failures of an earlier attempt are forgotten. */
  async open(): Promise<void> {
    const { pool } = this.#options
    await this.#call(() => removeAbandoned(pool))
    await this.#call(() => pool.storage.touchSweep(this.#sweep))
    await this.#call(() => this.#queue.forgetFailures())
    this.#loop = this.#work().catch((error) => this.#rejectAll(error))
  }

  run(task: RunTask): Promise<Outcome> {
    const { pointIndex, replication, seed } = task
    const premises = this.#options.asked.premisesOf(pointIndex, replication)
    const key = runKey(premises)
    const there = this.#waiting.get(key)
    // Two points may be the same scenario: 84 and 84.0.
    if (there !== undefined) return there.outcome
    const { promise: outcome, resolve: settle, reject } = Promise.withResolvers<Outcome>()
    const job = { key, premises, pointIndex, replication, seed }
    this.#waiting.set(key, { task, job, outcome, settle, reject, isAdded: false })
    return outcome
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#loop
  }

  /** The sweep is complete: results that came twice are compared, and everything of it is removed from the pool. */
  async finish(): Promise<void> {
    await this.close()
    const { pool, folder } = this.#options
    const { signal } = this.#options
    const call = <T>(work: () => Promise<T>) => persistently(work, { signal, onLost: () => {} })
    for (const [key, stored] of await call(() => pool.storage.allResults(this.#sweep.id))) {
      const ours = folder.findNow(key)
      if (ours !== undefined) this.#compare(key, ours, stored)
    }
    await call(() => removeSweep(pool, this.#sweep.id))
    await this.#queue.close()
  }

  /** The sweep was stopped: jobs that were not begun are removed, results stay for `resume`. */
  async leave(): Promise<void> {
    const work = async () => {
      await this.#queue.drain()
      await this.#queue.close()
    }
    await Promise.race([work().catch(() => {}), setTimeout(LEAVE_MS)])
  }

  #call<T>(call: () => Promise<T>): Promise<T> {
    const { pool, say, signal } = this.#options
    const onLost = (error: unknown) => {
      if (!this.#isLost)
        say(`connection to the pool lost (${pool.address.mask((error as Error).message)}); trying again`)
      this.#isLost = true
    }
    return persistently(call, { signal: AbortSignal.any([signal, this.#stop.signal]), onLost }).then((answer) => {
      if (this.#isLost) say('connected again')
      this.#isLost = false
      return answer
    })
  }

  async #work(): Promise<void> {
    const { signal } = this.#stop
    let lookedAt = -Infinity
    let askedAt = performance.now()
    let isSaid = false
    while (!signal.aborted && !this.#options.signal.aborted) {
      await this.#add()
      if ((await this.#collect()) > 0) askedAt = performance.now()
      const now = performance.now()
      if (now - lookedAt > LOOK_MS) {
        await this.#call(() => this.#look())
        if (this.#threads === 0 && !isSaid && lookedAt > 0) {
          isSaid = true
          this.#options.say(
            `no worker is there yet: start \`npm start -- worker --pool ${this.#options.pool.address.shown}\``,
          )
        }
        lookedAt = now
      }
      if (now - askedAt > ASK_AGAIN_MS) {
        for (const each of this.#waiting.values()) each.isAdded = false
        this.#inputs.forget()
        askedAt = now
      }
      await setTimeout(COLLECT_MS, undefined, { signal }).catch(() => {})
    }
  }

  async #add(): Promise<void> {
    const fresh = [...this.#waiting.values()].filter(({ isAdded }) => !isAdded)
    if (fresh.length === 0) return
    const jobs: RunJob[] = []
    for (const { task, job } of fresh)
      jobs.push({ ...job, input: await this.#call(() => this.#inputs.write(task.point as OneRunTask)) })
    await this.#call(() => this.#queue.add(jobs))
    for (const each of fresh) each.isAdded = true
  }

  /** Collects the results that are there; returns how many. */
  async #collect(): Promise<number> {
    const { pool } = this.#options
    const { storage } = pool
    const dropped = this.#collected
    this.#collected = []
    // Their results were kept in the folder as soon as they were returned.
    await this.#call(() => storage.dropResults(this.#sweep.id, dropped))
    const keys = [...this.#waiting.keys()]
    for (let from = 0; from < keys.length; from += COLLECTED_AT_ONCE) {
      const some = keys.slice(from, from + COLLECTED_AT_ONCE)
      const found = await this.#call(() => storage.results(this.#sweep.id, some))
      for (const [index, stored] of found.entries()) if (stored !== undefined) await this.#settle(some[index], stored)
    }
    return this.#collected.length
  }

  async #settle(key: string, stored: string): Promise<void> {
    const waiting = this.#waiting.get(key)
    if (waiting === undefined) return
    this.#waiting.delete(key)
    this.#collected.push(key)
    try {
      const text = markedDigest(stored) === undefined ? stored : await this.#fromFolder(key, stored)
      waiting.settle({ result: serialize(storedRun(text, key, `the pool ${this.#options.pool.address.shown}`)) })
    } catch (error) {
      waiting.reject(error)
    }
  }

  /** A result that a worker has written into the folder that both share. */
  async #fromFolder(key: string, mark: string): Promise<string> {
    const { folder } = this.#options
    const until = performance.now() + FOLDER_MS
    for (;;) {
      const text = folder.findNow(key)
      if (text !== undefined) {
        this.#compare(key, text, mark)
        return text
      }
      if (performance.now() > until)
        throw new PoolError(
          `a worker stored the result ${key} in a folder that is not ${folder.name}`,
          'start workers without --results, or with the folder of `sweep --results`',
        )
      await setTimeout(200)
    }
  }

  #compare(key: string, ours: string, stored: string): void {
    const digest = markedDigest(stored)
    const where = `the pool ${this.#options.pool.address.shown}`
    if (digest === undefined) mustBeEqual(key, ours, stored, where)
    else if (digest !== digestOfStored(ours)) throw new ResultConflict(key, ours, `\n${digest}\n`, where)
  }

  /** Says that the sweep is still wanted, counts the workers, and ends the runs that failed. */
  async #look(): Promise<void> {
    const { pool, onWorkers, asked } = this.#options
    await pool.storage.touchSweep(this.#sweep)
    const workers = await pool.storage.workers()
    const ours = workers.filter(({ versions }) => versionText(versions) === versionText(asked.versions))
    this.#threads = ours.reduce((sum, { threads }) => sum + threads, 0)
    onWorkers(ours)
    for (const { job, reason } of await this.#queue.failures()) {
      const waiting = this.#waiting.get(job.key)
      this.#waiting.delete(job.key)
      waiting?.settle({ thrown: described(new Error(reason)) })
    }
  }

  #rejectAll(error: unknown): void {
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}
