import type { Plan } from './cell.ts'
import type { Finished, Group } from './group.ts'

/** Where a run is between two windows. */
export interface Standing {
  /** The end of the last window, ms. */
  readonly at: number
  /** Windows run so far. */
  readonly windows: number
}

/** How a thread goes through the windows, apart from what they are. */
export interface Pace {
  /** Virtual ms between snapshots, Infinity for none. */
  readonly checkpointEvery: number
  /** A snapshot is due before the first window that would end after this instant, Infinity for none. */
  readonly checkpointBy: number
  /** Called between two windows when a snapshot is due; the run continues when it has resolved. */
  checkpoint(standing: Standing): Promise<void>
  /** Windows and events after which the event loop has a turn. */
  readonly turnWindows: number
  readonly turnEvents: number
  /** Gives the event loop a turn; throws when the run is to end. */
  turn(): Promise<void>
}

/**
 * Runs a group of cells to the end in conservative time windows (Nicol 1993; "YAWNS"): a window ends at the earliest
 * event or undelivered message anywhere + lookahead, so that nothing sent inside it can arrive inside it, and empty
 * time costs nothing. Events at `plan.end` do not run.
 *
 * Every thread computes the same windows, since all of it is agreed at the meeting. A snapshot is taken at the first
 * window's end from its due time on, and at the last window's end that is not after `checkpointBy`: it never moves a window,
 * so a run with snapshots has the history of one without.
 */
export async function runWindows(group: Group, plan: Plan, pace: Pace, from: Standing): Promise<Finished> {
  let { at, windows } = from
  let due = nextDue(plan.start, at, pace.checkpointEvery)
  let turnAt = windows + pace.turnWindows
  let turnExecuted = group.executed + pace.turnEvents
  const { checkpointBy } = pace
  for (let earliest = group.exchange(); earliest < plan.end; earliest = group.exchange()) {
    const windowEnd = Math.min(earliest + plan.lookahead, plan.end)
    if (at >= due || (at <= checkpointBy && windowEnd > checkpointBy)) {
      await pace.checkpoint({ at, windows })
      due = nextDue(plan.start, at, pace.checkpointEvery)
    }
    at = windowEnd
    group.run(at)
    windows++
    if (windows >= turnAt || group.executed >= turnExecuted) {
      await pace.turn()
      turnAt = windows + pace.turnWindows
      turnExecuted = group.executed + pace.turnEvents
    }
  }
  // Nothing happens any more: the state at that instant is the one of the last window's end.
  if (at <= checkpointBy && checkpointBy < plan.end) await pace.checkpoint({ at, windows })
  return group.finish(plan.end, windows)
}

/** The first multiple of `every` after the start that is behind `at`. */
function nextDue(start: number, at: number, every: number): number {
  return every === Infinity ? Infinity : start + every * (Math.floor((at - start) / every) + 1)
}
