import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import type { MessagePort } from 'node:worker_threads'
import type { Plan } from './cell.ts'
import { CellError, type Failure } from './cell-error.ts'
import { type Finished, Group, type Memory } from './group.ts'
import { loadCreateCell } from './load.ts'
import { Stopped } from './meeting.ts'
import { runWindows, type Standing } from './windows.ts'

/** One thread's share of a run. */
export interface ThreadTask {
  readonly plan: Plan
  readonly memory: Memory
  readonly threads: number
  readonly thread: number
  readonly from: Standing
  /** The bytes of this thread's cells, when the run continues from a snapshot. */
  readonly saved: readonly Uint8Array[] | undefined
  readonly checkpointEvery: number
  readonly checkpointBy: number
  /** Takes the thread's part of each snapshot to the caller, whose answer lets the run continue. */
  readonly port: MessagePort
}

/** What a thread sends when a snapshot is due. */
export interface SnapshotPart {
  readonly standing: Standing
  readonly cells: Uint8Array[]
}

export type Outcome = { finished: Finished } | { failure: Failure } | { stopped: true }

/** Windows between two turns of a worker's event loop, which only carries the program's own output. */
const TURN_WINDOWS = 1024

/** Entry of a worker thread. */
export default async function runThread(task: ThreadTask): Promise<Outcome> {
  const { plan, port } = task
  const group = new Group(plan, task.memory, task.threads, task.thread)
  // A program that calls process.exit leaves its time of death behind.
  const will = () => group.meeting.noteProgress(group.now, group.executed)
  process.once('exit', will)
  const checkpoint = async (standing: Standing) => {
    const cells = group.save()
    const part: SnapshotPart = { standing, cells }
    port.postMessage(
      part,
      cells.map((bytes) => bytes.buffer as ArrayBuffer),
    )
    await once(port, 'message')
  }
  const pace = { turnWindows: TURN_WINDOWS, turnEvents: Infinity, turn: () => setImmediate() }
  try {
    group.create(await loadCreateCell(plan.module, task.thread, task.threads))
    if (task.saved !== undefined) group.restore(task.saved)
    return {
      finished: await runWindows(
        group,
        plan,
        { ...pace, checkpoint, checkpointEvery: task.checkpointEvery, checkpointBy: task.checkpointBy },
        task.from,
      ),
    }
  } catch (thrown) {
    group.meeting.stop()
    if (thrown instanceof CellError) return { failure: thrown.failure }
    if (thrown instanceof Stopped) return { stopped: true }
    throw thrown
  } finally {
    process.off('exit', will)
  }
}
