/** One load test: its threads serve the stream at the given rates, then the auditor judges what they wrote. */
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Piscina } from 'piscina'
import { revived } from '#engine/cells/thrown.ts'
import { type LedgerAudit, type LoadAudit, wholeAudit } from '../audit/load-test/audit-ledgers.ts'
import type { WorldSpec } from '../world/world.ts'
import { monotonicClock } from './clock.ts'
import { Control, controlMemory } from './control.ts'
import { intervalOf, Measurements } from './measurements.ts'
import type { Stage } from './rate.ts'
import { type RequestStream, workDigest } from './request-stream.ts'
import { Schedule } from './schedule.ts'
import type { SyncMode } from './sync-mode.ts'
import type { Pauses, ThreadFailure, ThreadOutcome, ThreadPlan, ThreadTask } from './worker.ts'

export interface LoadOptions {
  readonly stages: readonly Stage[]
  readonly sync: SyncMode
  readonly batch: number
  /** Most operations that may wait, over all threads. */
  readonly backlog: number
  readonly warmUp: number
  /** A folder that is there; each test makes one of its own in it. */
  readonly folder: string
  readonly name: string
  /** Told about once a second. */
  readonly onProgress: (progress: LoadProgress) => void
  readonly signal: AbortSignal
}

export interface LoadProgress {
  readonly phase: 'loading' | 'auditing'
  /** Ms since the start, and of the whole test. */
  readonly elapsed: number
  readonly duration: number
  /** Operations that were due by now, done, dropped, waiting. */
  readonly due: number
  readonly done: number
  readonly dropped: number
  readonly waiting: number
  /** How long the oldest operation of the last batch took, ms. */
  readonly behind: number
}

/** What the process took in one interval. */
export interface MachineSample {
  /** Processors that were computing, on average. */
  readonly processors: number
  /** Resident size at the end of it, MiB. */
  readonly memory: number
}

/** What the machine gave. */
export interface MachineUse {
  /** By interval of the measurements. */
  readonly samples: readonly MachineSample[]
  /** Processor time of the threads that serve, ms, and of the whole process. */
  readonly threadsCpu: number
  readonly processCpu: number
  /** Largest resident size seen, MiB. */
  readonly peakMemory: number
  readonly pauses: Pauses
}

export interface LoadOutcome {
  readonly stages: readonly Stage[]
  /** Ms that operations came due for, and to the last commit. */
  readonly duration: number
  readonly elapsed: number
  /** Operations that the schedule asks for. */
  readonly asked: number
  readonly threads: number
  /** Whether it came to its end. */
  readonly complete: boolean
  readonly measurements: Measurements
  readonly backlogPeak: number
  /** Share of the time in which the threads were at work, 0 to 1. */
  readonly busy: number
  readonly ledger: {
    readonly files: readonly string[]
    readonly rows: number
    readonly bytes: number
    readonly batches: number
  }
  readonly machine: MachineUse
  readonly audit: LoadAudit
  /** Of the requests that the schedule asks for; that of the books is the auditor's. */
  readonly workDigest: string
}

const MIB = 1 << 20
const LOOK_EVERY_MS = 250

/** Threads that stay for one test after another, so that their code stays compiled. */
export class LoadBench {
  readonly #pool: Piscina
  readonly #threads: number
  readonly #spec: WorldSpec
  readonly #stream: RequestStream
  readonly #meta: Readonly<Record<string, string>>

  constructor(spec: WorldSpec, stream: RequestStream, meta: Readonly<Record<string, string>>, threads: number) {
    this.#spec = spec
    this.#stream = stream
    this.#meta = meta
    this.#threads = threads
    this.#pool = new Piscina({
      filename: new URL('./worker.ts', import.meta.url).href,
      minThreads: threads,
      maxThreads: threads,
      atomics: 'disabled',
    })
  }

  async close(): Promise<void> {
    await this.#pool.destroy()
  }

  /** Runs one test to its end or until `signal` is aborted: what was done then is judged all the same. */
  async run(options: LoadOptions): Promise<LoadOutcome> {
    const threads = this.#threads
    const schedule = new Schedule(options.stages)
    const memory = controlMemory(threads)
    const control = new Control(memory, threads)
    const plan: ThreadPlan = {
      spec: this.#spec,
      stream: this.#stream,
      stages: options.stages,
      threads,
      control: memory,
      meta: this.#meta,
      sync: options.sync,
      batch: options.batch,
      backlog: Math.max(1, Math.ceil(options.backlog / threads)),
      warmUp: options.warmUp,
    }
    const folder = join(options.folder, options.name)
    mkdirSync(folder)
    const watch = new Watch(control, schedule, options.onProgress)
    const stop = () => control.stop()
    options.signal.addEventListener('abort', stop)
    if (options.signal.aborted) stop()
    try {
      const outcomes = await this.#serve(plan, folder, control)
      const machine = watch.end(outcomes)
      const files = ledgersOf(folder)
      watch.audits()
      const audits = await Promise.all(
        files.map((file): Promise<LedgerAudit> => this.#pool.run(file, { name: 'auditLedger' })),
      )
      return {
        ...gathered(schedule, options.stages, outcomes),
        ...this.#told(schedule, folder, files, outcomes),
        machine,
        audit: wholeAudit(audits),
      }
    } finally {
      watch.end([])
      options.signal.removeEventListener('abort', stop)
    }
  }

  /** Every thread's part. One that fails stops the others, and its error is the one that is told. */
  async #serve(plan: ThreadPlan, folder: string, control: Control): Promise<ThreadOutcome[]> {
    const tasks = Array.from({ length: plan.threads }, async (_, thread): Promise<ThreadOutcome> => {
      const task: ThreadTask = { ...plan, thread, ledger: join(folder, `ledger-${thread}.sqlite`) }
      const ended: ThreadOutcome | ThreadFailure = await this.#pool.run(task, { name: 'serveThread' })
      if ('thrown' in ended) throw Object.assign(revived(ended.thrown), { code: ended.code })
      return ended
    })
    try {
      return await Promise.all(tasks)
    } catch (error) {
      control.stop()
      await Promise.allSettled(tasks)
      throw error
    }
  }

  #told(schedule: Schedule, folder: string, files: readonly string[], outcomes: readonly ThreadOutcome[]) {
    return {
      workDigest: workDigest(this.#stream, schedule.count),
      ledger: {
        files: files.map((file) => file.slice(folder.length + 1)),
        rows: sum(outcomes.map(({ rows }) => rows)),
        bytes: sum(files.map((file) => statSync(file).size)),
        batches: sum(outcomes.map(({ served }) => served.batches)),
      },
    }
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

const ledgersOf = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.sqlite'))
    .sort()
    .map((name) => join(folder, name))

function gathered(schedule: Schedule, stages: readonly Stage[], outcomes: readonly ThreadOutcome[]) {
  const measurements = new Measurements(intervalOf(schedule.duration))
  for (const { measured } of outcomes) measurements.add(measured)
  const elapsed = Math.max(...outcomes.map(({ served }) => served.until))
  return {
    stages,
    duration: schedule.duration,
    elapsed,
    asked: schedule.count,
    threads: outcomes.length,
    complete: measurements.total('done') + measurements.total('dropped') === schedule.count,
    measurements,
    backlogPeak: sum(outcomes.map(({ served }) => served.backlogPeak)),
    busy: sum(outcomes.map(({ served }) => served.busy)) / (Math.max(elapsed, 1) * outcomes.length),
  }
}

/** Looks at the test from outside: how far it is, and what it takes of the machine. */
class Watch {
  readonly #timer: NodeJS.Timeout
  readonly #tell: (phase: LoadProgress['phase']) => void
  readonly #cpu = process.cpuUsage()
  readonly #samples: MachineSample[] = []
  readonly #interval: number
  #peak = process.memoryUsage.rss()
  #sampledAt = 0
  #sampledCpu = 0

  constructor(control: Control, schedule: Schedule, onProgress: LoadOptions['onProgress']) {
    const clock = monotonicClock(control.wake)
    this.#interval = intervalOf(schedule.duration)
    this.#tell = (phase) => {
      const elapsed = control.begun ? clock.now() - control.start : 0
      const due = control.begun ? schedule.dueBy(elapsed) : 0
      onProgress({ phase, elapsed, duration: schedule.duration, due, ...control.told })
    }
    this.#timer = setInterval(() => {
      this.#peak = Math.max(this.#peak, process.memoryUsage.rss())
      if (control.begun) this.#sample(clock.now() - control.start)
      this.#tell('loading')
    }, LOOK_EVERY_MS)
  }

  /** Once an interval, as nearly as the event loop allows. `elapsed` in ms. */
  #sample(elapsed: number): void {
    const cpu = this.#cpuTime()
    if (this.#sampledAt > 0 && elapsed < (this.#samples.length + 1) * this.#interval) return
    const processors = (cpu - this.#sampledCpu) / Math.max(1, elapsed - this.#sampledAt)
    const memory = process.memoryUsage.rss() / MIB
    // The first look is where the first interval begins.
    if (this.#sampledAt > 0) this.#samples.push({ processors, memory })
    this.#sampledAt = elapsed
    this.#sampledCpu = cpu
  }

  #cpuTime(): number {
    const { user, system } = process.cpuUsage(this.#cpu)
    return (user + system) / 1_000
  }

  audits(): void {
    this.#tell('auditing')
  }

  end(outcomes: readonly ThreadOutcome[]): MachineUse {
    clearInterval(this.#timer)
    const pauses = outcomes.map((outcome) => outcome.pauses)
    return {
      threadsCpu: sum(outcomes.map(({ cpu }) => cpu)),
      processCpu: this.#cpuTime(),
      samples: this.#samples,
      peakMemory: Math.max(this.#peak, process.memoryUsage.rss()) / MIB,
      pauses: {
        count: sum(pauses.map(({ count }) => count)),
        total: sum(pauses.map(({ total }) => total)),
        longest: Math.max(0, ...pauses.map(({ longest }) => longest)),
      },
    }
  }
}
