import type { Plan } from './cell.ts'
import { Meeting, type ThreadState } from './meeting.ts'

/** How far one thread is. */
export interface ThreadProgress {
  readonly state: ThreadState
  /** Cells it owns. */
  readonly cells: number
  /** The end of its last window, virtual ms. */
  readonly now: number
  /** Events executed by its cells. */
  readonly executed: number
}

/** How far a run is. */
export interface CellsProgress {
  /** The virtual time that every thread has reached, ms. */
  readonly now: number
  readonly executed: number
  readonly perThread: readonly ThreadProgress[]
}

/** Reads a run's progress from its shared memory, without disturbing any thread. */
export function progressOf(memory: SharedArrayBuffer, plan: Plan, threads: number): CellsProgress {
  const meeting = new Meeting(memory, threads)
  const perThread = Array.from({ length: threads }, (_, thread) => {
    const { state, now, executed } = meeting.seen(thread)
    const cells = plan.firsts[thread + 1] - plan.firsts[thread]
    return { state, cells, now: Math.max(now, plan.start), executed }
  })
  return {
    now: Math.min(...perThread.map((thread) => thread.now)),
    executed: perThread.reduce((sum, thread) => sum + thread.executed, 0),
    perThread,
  }
}
