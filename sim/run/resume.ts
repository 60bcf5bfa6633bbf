/**
 * How far a run has come, kept next to it while it runs, so that one that was interrupted continues instead of beginning
 * again. A run is interrupted in one of its phases; what is whole by then is used, the phase itself is done again.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { undamagedJson } from '#base/damage-error.ts'
import { lastCheckpoint, writeWhole } from './checkpoint.ts'
import type { RunOutcome } from './outcome.ts'

/** Where a run keeps what it takes to continue after a violent end. */
export interface Recovery {
  /** An existing folder that holds nothing else. */
  readonly folder: string
  /** Virtual ms between checkpoints; without it a run interrupted while simulating begins again. */
  readonly checkpointEvery?: number
}

/** A history that was lived: its facts are complete in their files. */
interface LivedThrough {
  readonly digest: string
  readonly events: number
}

export type Progress =
  | { readonly phase: 'simulating' }
  | ({ readonly phase: 'recording' | 'auditing' } & LivedThrough)
  /** The record is whole and audited; only who called for the run knows what is still to be written. */
  | { readonly phase: 'reporting'; readonly outcome: Omit<RunOutcome, 'record'> }

const PROGRESS_FILE = 'progress.json'
const CLEAR = 'remove the folder of the interrupted run, and run the scenario again'

export function readProgress({ folder }: Recovery): Progress {
  const path = join(folder, PROGRESS_FILE)
  return existsSync(path) ? undamagedJson<Progress>(path, CLEAR) : { phase: 'simulating' }
}

/** Whether there is anything to continue from: a checkpoint, or a history that was lived to its end. */
export function hasProgress(folder: string): boolean {
  return existsSync(folder) && (readProgress({ folder }).phase !== 'simulating' || lastCheckpoint(folder) !== undefined)
}

export function writeProgress({ folder }: Recovery, progress: Progress): void {
  writeWhole(folder, PROGRESS_FILE, `${JSON.stringify(progress)}\n`)
}
