/** One load test: its threads serve the stream at the given rates, then the auditor judges what they wrote. */
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Piscina } from 'piscina'
import { type Answer, resultOf } from '#engine/cells/thrown.ts'
import { type LoadAudit, wholeAudit } from '../audit/load-test/audit-ledgers.ts'
import type { WorldSpec } from '../world/world.ts'
import type { BookedWork } from './booked-work.ts'
import { monotonicClock } from './clock.ts'
import { Control, controlMemory } from './control.ts'
import { type LoadProgress, type MachineUse, MachineWatch } from './machine-watch.ts'
import { intervalOf, Measurements } from './measurements.ts'
import { type RequestStream, workDigest } from './request-stream.ts'
import { type Schedule, scheduleOf } from './schedule.ts'
import type { ClosedShape, LoadShape } from './shape.ts'
import type { SyncMode } from './sync-mode.ts'
import { type LoadShare, operationsOf, wholeLoad } from './thread-arrivals.ts'
import type { JudgedLedger, JudgeTask, ThreadOutcome, ThreadPlan, ThreadTask } from './worker.ts'

export interface LoadOptions {
  readonly shape: LoadShape
  readonly sync: SyncMode
  readonly batch: number
  /** Most operations that may wait, in equal parts for the threads. */
  readonly backlog: number
  readonly warmUp: number
  /** A folder that is there; each test makes one of its own in it. */
  readonly folder: string
  readonly name: string
  /** Called about once a second. */
  readonly onProgress: (progress: LoadProgress) => void
  readonly signal: AbortSignal
  /** How long the auditor of a test that was stopped may take, ms; by default less than a signal leaves the program. */
  readonly stoppedAuditMs?: number
  /** The part that is served here of a load that several generators share; by default all of it. */
  readonly share?: LoadShare
  /**
   * Called once every thread is ready; resolves to the ms that are left until the start. By default the load starts as soon
   * as it can.
   */
  readonly startsIn?: () => Promise<number>
}

export interface LoadOutcome {
  readonly shape: LoadShape
  /** Ms that the schedule lasts, ms of it that passed (fewer where the test was stopped), and ms to the last commit. */
  readonly planned: number
  readonly duration: number
  readonly elapsed: number
  /** Operations that came due in `duration`. */
  readonly asked: number
  readonly threads: number
  /** Whether it came to its end. */
  readonly complete: boolean
  readonly measurements: Measurements
  /** Of each thread: most that waited at the same time, operations that found no room, and how many it has room for. */
  readonly backlogs: readonly { readonly peak: number; readonly dropped: number }[]
  readonly backlogBound: number
  /** Share of the time in which the threads were at work, 0 to 1. */
  readonly busy: number
  /** Share of that in which they waited for a commit, 0 to 1. */
  readonly committing: number
  readonly ledger: {
    readonly files: readonly string[]
    readonly rows: number
    readonly bytes: number
    readonly batches: number
  }
  readonly machine: MachineUse
  readonly audit: LoadAudit
  /** False where the test was stopped and its books could not be judged before the program has to end. */
  readonly audited: boolean
  /** Of the requests that the schedule asks for, null for a closed load; that of the books is the auditor's. */
  readonly workDigest: string | null
}

/** A load that was served and whose books are not judged yet. */
export type ServedLoad = Omit<LoadOutcome, 'audit' | 'audited'>

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
    const { signal } = options
    const { served, files } = await this.#served(options)
    const judged = this.#judge(files, served.measurements.total('done'))
    const audit = signal.aborted ? await inTime(judged, options.stoppedAuditMs ?? STOPPED_AUDIT_MS) : await judged
    return { ...served, audit: audit ?? wholeAudit([]), audited: audit !== null }
  }

  /** Serves a part of a test: its ledgers are held against the requests, and judged with those of the other parts. */
  async serve(options: LoadOptions): Promise<{ readonly served: ServedLoad; readonly booked: BookedWork }> {
    const { served, files } = await this.#served(options)
    const parts = await Promise.all(
      files.map(async (path): Promise<BookedWork> => {
        const task: JudgeTask = { path, stream: this.#stream }
        const answer: Answer<BookedWork> = await this.#pool.run(task, { name: 'checkLedger' })
        return resultOf(answer)
      }),
    )
    return { served, booked: allBooked(parts) }
  }

  async #served(options: LoadOptions): Promise<{ readonly served: ServedLoad; readonly files: readonly string[] }> {
    const threads = this.#threads
    const { shape, share = wholeLoad } = options
    const schedule = shape.kind === 'closed' ? null : scheduleOf(shape)
    const duration = schedule?.duration ?? (shape as ClosedShape).duration
    const memory = controlMemory(threads)
    const control = new Control(memory, threads)
    const plan: ThreadPlan = {
      spec: this.#spec,
      stream: this.#stream,
      shape,
      share,
      duration,
      threads,
      control: memory,
      meta: this.#meta,
      sync: options.sync,
      batch: options.batch,
      // Of a closed load no more can wait than there are users.
      backlog: Math.max(
        1,
        Math.ceil((shape.kind === 'closed' ? shape.users : options.backlog) / (threads * share.generators)),
      ),
      warmUp: options.warmUp,
    }
    const folder = join(options.folder, options.name)
    mkdirSync(folder)
    const watch = new MachineWatch(
      control,
      { duration, dueBy: (instant) => Math.floor((schedule?.dueBy(instant) ?? 0) / share.generators) },
      options.onProgress,
    )
    const stop = () => control.stop()
    options.signal.addEventListener('abort', stop)
    if (options.signal.aborted) stop()
    try {
      const outcomes = await this.#serve(plan, folder, control, options.startsIn)
      const machine = watch.end(outcomes)
      const files = ledgersOf(folder)
      watch.audits()
      const count = schedule === null ? null : operationsOf(this.#stream, schedule.count, share)
      const served = {
        ...gathered(shape, { duration, count }, outcomes, options.signal.aborted),
        backlogBound: plan.backlog,
        ...this.#described(schedule, folder, files, outcomes),
        machine,
      }
      return { served, files }
    } finally {
      watch.end([])
      options.signal.removeEventListener('abort', stop)
    }
  }

  /** Every thread's part. One that fails stops the others, and its error is the one reported. */
  async #serve(
    plan: ThreadPlan,
    folder: string,
    control: Control,
    startsIn: LoadOptions['startsIn'],
  ): Promise<ThreadOutcome[]> {
    if (startsIn !== undefined) control.hold()
    const tasks = Array.from({ length: plan.threads }, async (_, thread): Promise<ThreadOutcome> => {
      const task: ThreadTask = { ...plan, thread, ledger: join(folder, `ledger-${thread}.sqlite`) }
      const answer: Answer<ThreadOutcome> = await this.#pool.run(task, { name: 'serveThread' })
      return resultOf(answer)
    })
    try {
      if (startsIn !== undefined) await begin(control, startsIn)
      return await Promise.all(tasks)
    } catch (error) {
      control.stop()
      await Promise.allSettled(tasks)
      throw error
    }
  }

  /**
   * Every ledger by a thread of its own; and that all of them together hold what was done, each once, as it was
   * requested.
   */
  async #judge(files: readonly string[], done: number): Promise<LoadAudit> {
    const stream = this.#stream
    const judged = await Promise.all(
      files.map(async (path): Promise<JudgedLedger> => {
        const task: JudgeTask = { path, stream }
        const answer: Answer<JudgedLedger> = await this.#pool.run(task, { name: 'judgeLedger' })
        return resultOf(answer)
      }),
    )
    const audit = wholeAudit(judged.map((part) => part.audit))
    return withBooked(audit, allBooked(judged.map(({ booked }) => booked)), done)
  }

  #described(schedule: Schedule | null, folder: string, files: readonly string[], outcomes: readonly ThreadOutcome[]) {
    return {
      workDigest: schedule === null ? null : workDigest(this.#stream, schedule.count),
      ledger: {
        files: files.map((file) => file.slice(folder.length + 1)),
        rows: sum(outcomes.map(({ rows }) => rows)),
        bytes: sum(files.map((file) => statSync(file).size)),
        batches: sum(outcomes.map(({ served }) => served.batches)),
      },
    }
  }
}

/** Waits until every thread is ready, and begins when the caller says so. */
async function begin(control: Control, startsIn: () => Promise<number>): Promise<void> {
  const clock = monotonicClock(control.wake)
  while (!control.ready && !control.stopped) await pause(LOOK_MS)
  if (control.stopped) return
  const left = await startsIn()
  control.begin(clock.now() + left)
}

/** How often it is looked whether the threads are ready, ms. */
const LOOK_MS = 5

export const allBooked = (parts: readonly BookedWork[]): BookedWork => ({
  operations: sum(parts.map(({ operations }) => operations)),
  wrong: sum(parts.map(({ wrong }) => wrong)),
  first: parts.flatMap(({ first }) => first),
})

/** The audit of all ledgers, with what they hold held against what was requested and measured as done. */
export function withBooked(audit: LoadAudit, booked: BookedWork, done: number): LoadAudit {
  const { operations } = booked
  const wrong = booked.wrong + Math.abs(operations - done)
  const missing =
    operations === done
      ? []
      : [{ subject: 'all ledgers', text: 'operations in the books', recorded: operations, audited: done }]
  const rows = booked.first.map(({ operation, text }) => ({
    subject: `operation ${operation}`,
    text,
    recorded: 1,
    audited: 0,
  }))
  const differences = [...missing, ...rows].map((difference) => ({ kind: 'request', ...difference }))
  return {
    ...audit,
    amounts: audit.amounts + operations,
    differing: audit.differing + wrong,
    differences: [...differences, ...audit.differences],
  }
}

/** A signal ends the program within a second: of that, the auditor of a test that was stopped gets this much, ms. */
const STOPPED_AUDIT_MS = 300

async function inTime<T>(work: Promise<T>, milliseconds: number): Promise<T | null> {
  // What comes too late is of no use, and neither is its error.
  work.catch(() => {})
  const late = new Promise<null>((resolve) => setTimeout(resolve, milliseconds, null).unref())
  return Promise.race([work, late])
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

const ledgersOf = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.sqlite'))
    .sort()
    .map((name) => join(folder, name))

/** `count`: operations that are asked for; null where that depends on the answers. */
function gathered(
  shape: LoadShape,
  { duration: planned, count }: { readonly duration: number; readonly count: number | null },
  outcomes: readonly ThreadOutcome[],
  stopped: boolean,
) {
  const measurements = new Measurements(intervalOf(planned))
  for (const { measured } of outcomes) measurements.add(measured)
  const elapsed = Math.max(...outcomes.map(({ served }) => served.until))
  const busy = sum(outcomes.map(({ served }) => served.busy))
  const answered = measurements.total('done') + measurements.total('dropped')
  const complete = count === null ? !stopped : answered === count
  const ended = Math.max(...outcomes.map(({ served }) => served.ended))
  return {
    shape,
    planned,
    duration: complete ? planned : Math.max(1, Math.min(planned, ended)),
    elapsed,
    asked: complete && count !== null ? count : measurements.total('due'),
    threads: outcomes.length,
    complete,
    measurements,
    backlogs: outcomes.map(({ served }) => ({ peak: served.backlogPeak, dropped: served.dropped })),
    busy: busy / (Math.max(elapsed, 1) * outcomes.length),
    committing: sum(outcomes.map(({ served }) => served.committing)) / Math.max(busy, 1),
  }
}
