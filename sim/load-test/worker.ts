/** What a thread of a load test does: serve its part of the stream, or audit a ledger. Run by piscina. */
import { undamaged } from '#base/databases.ts'
import { type Answer, answerOf } from '#engine/cells/thrown.ts'
import { auditLedger, type LedgerAudit } from '../audit/load-test/audit-ledgers.ts'
import { buildWorld, type WorldSpec } from '../world/world.ts'
import { BillingService } from './billing-service.ts'
import { type BookedWork, checkBooked } from './booked-work.ts'
import { monotonicClock } from './clock.ts'
import { observeCollections, type Pauses } from './collections.ts'
import { Control, type ControlMemory } from './control.ts'
import { LedgerFile } from './ledger-file.ts'
import { intervalOf, type MeasuredState, Measurements } from './measurements.ts'
import { threadWait } from './processors.ts'
import type { RequestStream } from './request-stream.ts'
import { type Served, serve } from './serve.ts'
import type { LoadShape } from './shape.ts'
import type { SyncMode } from './sync-mode.ts'
import { type LoadShare, threadArrivals } from './thread-arrivals.ts'

/** A ledger judged: every amount by the auditor, and that it holds the work that was requested. */
export interface JudgedLedger {
  readonly audit: LedgerAudit
  readonly booked: BookedWork
}

export interface JudgeTask {
  /** The ledger's file. */
  readonly path: string
  readonly stream: RequestStream
}

/** Judges a ledger; damage of its file is reported as such. */
export const judgeLedger = ({ path, stream }: JudgeTask): Promise<Answer<JudgedLedger>> =>
  answerOf(() =>
    undamaged(path, () => ({
      audit: auditLedger(path),
      booked: checkBooked(path, stream),
    })),
  )

/** The same without its amounts: what a generator knows of its ledgers before all of them are judged together. */
export const checkLedger = ({ path, stream }: JudgeTask): Promise<Answer<BookedWork>> =>
  answerOf(() => undamaged(path, () => checkBooked(path, stream)))

/** The amounts of a ledger alone. */
export const auditAmounts = (path: string): Promise<Answer<LedgerAudit>> =>
  answerOf(() => undamaged(path, () => auditLedger(path)))

/** What all threads of a test share. */
export interface ThreadPlan {
  readonly spec: WorldSpec
  readonly stream: RequestStream
  readonly shape: LoadShape
  readonly share: LoadShare
  /** Ms in which operations come due. */
  readonly duration: number
  readonly threads: number
  readonly control: ControlMemory
  /** What the ledger says of itself. */
  readonly meta: Readonly<Record<string, string>>
  readonly sync: SyncMode
  /** Most operations of one transaction, and most of a thread that may wait. */
  readonly batch: number
  readonly backlog: number
  /** Operations that a thread does on a ledger in memory before the test, so that its code is compiled. */
  readonly warmUp: number
}

export interface ThreadTask extends ThreadPlan {
  readonly thread: number
  /** The ledger's file. */
  readonly ledger: string
}

export interface ThreadOutcome {
  readonly served: Served
  readonly measured: MeasuredState
  readonly rows: number
  /** Processor time of the thread while it served, ms. */
  readonly cpu: number
  /** Ms in which it was ready to run and had no processor; null where the system does not say. */
  readonly waited: number | null
  readonly pauses: Pauses
}

/** Serves the thread's operations to their end, or until the test is stopped. */
export const serveThread = (task: ThreadTask): Promise<Answer<ThreadOutcome>> => answerOf(() => served(task))

async function served(task: ThreadTask): Promise<ThreadOutcome> {
  const { spec, stream, thread, threads, meta, sync, batch, backlog } = task
  const world = buildWorld(spec)
  const control = new Control(task.control, threads)
  const clock = monotonicClock(control.wake)
  const { arrivals, own } = threadArrivals(stream, task.shape, { ...task.share, thread, threads })
  const scratch = new LedgerFile(':memory:', world, meta, 'off')
  warmUp(new BillingService(stream, world, scratch), own, task.warmUp)
  scratch.close()
  const ledger = new LedgerFile(task.ledger, world, meta, sync)
  const collections = observeCollections()
  try {
    const measurements = new Measurements(intervalOf(task.duration))
    const start = control.meet(clock)
    const before = process.threadCpuUsage()
    const waitedBefore = threadWait()
    const part = serve({
      arrivals,
      service: new BillingService(stream, world, ledger),
      clock,
      measurements,
      start,
      batch,
      backlog,
      stopped: () => control.stopped,
      onBatch: (figures) => control.tell(thread, figures),
    })
    const { user, system } = process.threadCpuUsage(before)
    const waitedAfter = threadWait()
    const waited = waitedBefore === null || waitedAfter === null ? null : waitedAfter - waitedBefore
    const pauses = await collections.end()
    return {
      served: part,
      measured: measurements.save(),
      rows: ledger.rows,
      cpu: (user + system) / 1_000,
      waited,
      pauses,
    }
  } finally {
    ledger.close()
  }
}

/** The first operations of the stream, as fast as they go, on a ledger that is thrown away. */
function warmUp(service: BillingService, own: Uint32Array, operations: number): void {
  const batch = 256
  for (let from = 0; from < Math.min(own.length, operations); from += batch) {
    service.begin()
    for (const position of own.subarray(from, Math.min(from + batch, operations))) service.execute(position)
    service.commit()
  }
}
