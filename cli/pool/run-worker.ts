/** A worker of a pool: takes jobs of all sweeps in turn, makes their runs in threads, and stores the results. */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { deserialize } from 'node:v8'
import { type Crew, threadCrew } from '#engine/runs/crew.ts'
import { ResultFolder } from '../results/result-folder.ts'
import { mustBeEqual, ResultConflict } from '../results/result-store.ts'
import { type ProgramVersions, programVersions, runKey, versionText } from '../results/run-key.ts'
import { digestOfStored, storedText } from '../results/stored-run.ts'
import { endWithin, scratchFolder } from '../supervision.ts'
import { type OneRun, type OneRunTask, seedOf } from '../sweep/one-run.ts'
import { folderMark } from './folder-mark.ts'
import { InputReader, WrongInput } from './inputs.ts'
import type { RunJob } from './job.ts'
import { type OpenPool, removeAbandoned, removeRemains } from './open-pool.ts'
import { isConnectionLost, persistently } from './pool-error.ts'
import { type JobSource, LOCK_MS, type TakenJob } from './queues.ts'

export interface WorkerOptions {
  readonly pool: OpenPool
  readonly threads: number
  /** A folder for results that the one who asks reads too; undefined: results go into the pool. */
  readonly results: string | undefined
  /** Ends when no run was to be had for so long, ms; undefined: never. */
  readonly idleMs: number | undefined
  readonly signal: AbortSignal
  /** Says a line to the user. */
  readonly say: (text: string) => void
}

const LOOK_FOR_SWEEPS_MS = 1_000
const REPORT_MS = 2_000
const PURGE_MS = 3_600_000
/** Time between two looks for a job, while there is none. */
const SHORTEST_WAIT_MS = 50
const LONGEST_WAIT_MS = 2_000
/** An interrupted worker returns its jobs and removes what is left of sweeps, unless the server does not answer in this time. */
const RELEASE_MS = 10_000
/** The same, where the server was away before. */
const RELEASE_LOST_MS = 400

/** Works until the signal is aborted or nothing is left to do; returns the number of runs that were completed. */
export async function runWorker(options: WorkerOptions): Promise<number> {
  // Said before it is needed: on a machine that is busy, a signal may be answered late.
  endWithin(RELEASE_MS)
  const { path: scratch, remove } = scratchFolder('marketsim-worker-')
  const crew = threadCrew({ module: new URL('../sweep/one-run.ts', import.meta.url), size: options.threads })
  try {
    return await new PoolWorkerLoop(options, crew, scratch).run()
  } finally {
    await crew.close()
    remove()
  }
}

class PoolWorkerLoop {
  readonly #options: WorkerOptions
  readonly #crew: Crew
  readonly #scratch: string
  readonly #id = randomUUID()
  readonly #versions: ProgramVersions = programVersions()
  readonly #inputs: InputReader
  readonly #folder: ResultFolder | undefined
  /** By sweep. */
  readonly #sources = new Map<string, JobSource>()
  readonly #refused = new Set<string>()
  readonly #running = new Map<TakenJob, Promise<void>>()
  #turn = 0
  #done = 0
  #isLost = false

  constructor(options: WorkerOptions, crew: Crew, scratch: string) {
    this.#options = options
    this.#crew = crew
    this.#scratch = scratch
    this.#inputs = new InputReader(options.pool.storage)
    this.#folder = options.results === undefined ? undefined : new ResultFolder(options.results)
  }

  /** A call to the server, again and again while it is away. */
  #call<T>(call: () => Promise<T>): Promise<T> {
    const { pool, signal, say } = this.#options
    const onLost = (error: unknown) => {
      if (!this.#isLost)
        say(`connection to the pool lost (${pool.address.mask((error as Error).message)}); trying again`)
      this.#isLost = true
    }
    return persistently(call, { signal, onLost }).then((answer) => {
      if (this.#isLost) say('connected again')
      this.#isLost = false
      return answer
    })
  }

  async run(): Promise<number> {
    const { signal, pool } = this.#options
    const renewal = this.#every(LOCK_MS / 3, () => Promise.all([...this.#sources.values()].map((each) => each.renew())))
    const reports = this.#every(REPORT_MS, () => this.#report())
    const purge = this.#every(PURGE_MS, () => removeAbandoned(pool))
    try {
      await this.#call(() => removeAbandoned(pool))
      await this.#report()
      await this.#loop()
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      for (const timer of [renewal, reports, purge]) clearInterval(timer)
      await this.#leave()
    }
    return this.#done
  }

  /** Calls at an interval; a failure is not the end, since the next call may succeed. */
  #every(ms: number, call: () => Promise<unknown>): NodeJS.Timeout {
    return setInterval(() => {
      call().catch(() => {})
    }, ms)
  }

  async #report(): Promise<void> {
    const { pool, threads } = this.#options
    await pool.storage.reportWorker({
      id: this.#id,
      host: hostname(),
      threads,
      versions: this.#versions,
      running: this.#running.size,
      done: this.#done,
      seen: Date.now(),
    })
  }

  async #loop(): Promise<void> {
    const { threads, signal, idleMs } = this.#options
    let wait = SHORTEST_WAIT_MS
    let lookedAt = -Infinity
    let busyAt = performance.now()
    while (!signal.aborted) {
      if (performance.now() - lookedAt >= LOOK_FOR_SWEEPS_MS) {
        await this.#call(() => this.#lookForSweeps())
        lookedAt = performance.now()
      }
      const job = this.#running.size < threads ? await this.#call(() => this.#take()) : undefined
      if (job !== undefined) this.#start(job)
      if (job !== undefined || this.#running.size > 0) {
        busyAt = performance.now()
        wait = SHORTEST_WAIT_MS
      } else if (idleMs !== undefined && performance.now() - busyAt > idleMs) return
      else wait = Math.min(LONGEST_WAIT_MS, wait * 2)
      if (job === undefined)
        await Promise.race([...this.#running.values(), setTimeout(wait, undefined, { signal }).catch(() => {})])
    }
  }

  /** Opens the queues of new sweeps and closes those of sweeps that are gone. */
  async #lookForSweeps(): Promise<void> {
    const { pool, say } = this.#options
    const sweeps = (await pool.storage.sweeps()).map(({ sweep }) => sweep)
    for (const { id, name, versions } of sweeps) {
      if (this.#sources.has(id) || this.#refused.has(id)) continue
      if (versionText(versions) !== versionText(this.#versions)) {
        this.#refused.add(id)
        say(
          `refused: sweep ${id} (${name}) is of marketsim ${versionText(versions)}, this is ${versionText(this.#versions)}`,
        )
        continue
      }
      const source = pool.source(id)
      await source.open()
      this.#sources.set(id, source)
    }
    for (const [id, source] of this.#sources)
      if (source.held === 0 && !sweeps.some((sweep) => sweep.id === id)) {
        this.#sources.delete(id)
        await source.close().catch(() => {})
        await removeRemains(pool)
      }
  }

  /** The next job, each sweep in its turn. */
  async #take(): Promise<TakenJob | undefined> {
    const sources = [...this.#sources.values()]
    for (let tried = 0; tried < sources.length; tried++) {
      const job = await sources[this.#turn++ % sources.length].take()
      if (job !== undefined) return job
    }
    return undefined
  }

  #start(job: TakenJob): void {
    const ended = this.#make(job)
      .catch((error: unknown) => {
        // A job whose lock was lost meanwhile is with another worker; its result was stored all the same.
        if (!this.#options.signal.aborted) this.#options.say(`a run could not be returned: ${(error as Error).message}`)
      })
      .finally(() => this.#running.delete(job))
    this.#running.set(job, ended)
  }

  async #make(job: TakenJob): Promise<void> {
    const { signal } = this.#options
    try {
      const text = await this.#resultOf(job)
      await this.#call(() =>
        job.complete({ digest: digestOfStored(text), place: this.#folder === undefined ? 'pool' : 'folder' }),
      )
      this.#done++
    } catch (error) {
      if (signal.aborted) return
      if (isConnectionLost(error)) throw error
      const isFinal = error instanceof ResultConflict || error instanceof WrongInput
      await this.#call(() => job.fail(error as Error, isFinal))
    }
  }

  /** The stored text of a job's result, which is made unless it is there. */
  async #resultOf({ data, sweep }: TakenJob): Promise<string> {
    const { pool } = this.#options
    this.#checkJob(data)
    const point = await this.#call(() => this.#inputs.read(sweep, data))
    const { key, premises, pointIndex, replication, seed } = data
    const there = await this.#find(sweep, key)
    if (there !== undefined) return there
    const task = { point: { ...point, scratch: this.#scratch } satisfies OneRunTask, pointIndex, replication, seed }
    const outcome = await this.#crew.run(task)
    if ('thrown' in outcome) throw new Error(outcome.thrown.message)
    const text = storedText(premises, deserialize(outcome.result) as OneRun)
    const folder = this.#folder
    if (folder !== undefined) mustBeEqual(key, folder.createNow(key, text), text, folder.pathOf(key))
    const stored = folder === undefined ? text : folderMark(text)
    const first = await this.#call(() => pool.storage.createResult(sweep, key, stored))
    mustBeEqual(key, first, stored, `the pool ${pool.address.shown}`)
    return text
  }

  async #find(sweep: string, key: string): Promise<string | undefined> {
    if (this.#folder !== undefined) {
      const text = this.#folder.findNow(key)
      if (text !== undefined)
        await this.#call(() => this.#options.pool.storage.createResult(sweep, key, folderMark(text)))
      return text
    }
    const [text] = await this.#call(() => this.#options.pool.storage.results(sweep, [key]))
    return text
  }

  /** Throws WrongInput where the job is of another program, or is not what its key says. */
  #checkJob({ key, premises, seed, replication }: RunJob): void {
    const [theirs, ours] = [premises.versions, this.#versions].map(versionText)
    if (theirs !== ours) throw new WrongInput(`the job is of marketsim ${theirs}, and the worker is ${ours}`)
    if (runKey(premises) !== key || seedOf(seed, replication) !== premises.seed)
      throw new WrongInput('the key of the job is not that of its run')
  }

  /** Returns the jobs under way to their queues, and closes these. */
  async #leave(): Promise<void> {
    const { pool } = this.#options
    const work = async () => {
      await Promise.allSettled([...this.#running.keys()].map((job) => job.release()))
      await pool.storage.removeWorker(this.#id)
      await Promise.allSettled([...this.#sources.values()].map((source) => source.close()))
      await removeRemains(pool)
    }
    const patience = new AbortController()
    const most = setTimeout(this.#isLost ? RELEASE_LOST_MS : RELEASE_MS, undefined, { signal: patience.signal })
    await Promise.race([work(), most]).catch(() => {})
    patience.abort()
  }
}
