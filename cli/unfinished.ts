/**
 * What a run folder holds until its run is complete: the request, how far it came, its checkpoints, and a lock that the
 * system lets go of when the process ends, however it ends.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import Sqlite from 'better-sqlite3'
import { DamageError } from '#base/damage-error.ts'
import { makeFolder, writeWhole } from '#base/files.ts'
import { InputError } from '#base/input-error.ts'
import type { ReadScenario } from '#scenarios/reader.ts'
import { marketsimVersion } from './versions.ts'

/** Folder in a run folder that goes when the run is complete. */
export const UNFINISHED = 'unfinished'
const REQUEST = 'request.bin'
const LOCK = 'lock.sqlite'

/** Everything that made a run what it is, so that nothing of it need be there again when it continues. */
export interface RunRequest {
  /** The scenario file as the caller named it. */
  readonly path: string
  readonly read: ReadScenario
  readonly seed: string
  readonly threads: number
  readonly sets: readonly string[]
  readonly target: string
  readonly force: boolean
  readonly quiet: boolean
  /** The command that repeats the run. */
  readonly repeat: string
  /** Virtual ms between checkpoints. */
  readonly checkpointEvery: number | undefined
  /** Where the run ends, ms, before the end of its scenario; what a fork needs is kept. */
  readonly until?: number
  /** It continues the history of another run. */
  readonly isFork?: boolean
  /** Its name, of a run that another one is compared with. */
  readonly comparison?: string
  /** When the run began, ms of the wall clock. */
  readonly startedAt: number
}

export const unfinishedFolder = (staging: string): string => join(staging, UNFINISHED)

/**
 * Takes the lock of a staging folder; returns how to let go of it. A lock of the file system rather than a process
 * number in a file: numbers are given out again, and two processes that check at the same moment both see none.
 */
export function lockStaging(staging: string): () => void {
  makeFolder(unfinishedFolder(staging))
  const database = new Sqlite(join(unfinishedFolder(staging), LOCK), { timeout: 0 })
  try {
    database.pragma('journal_mode = MEMORY')
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (!String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY')) throw error
    throw new InputError('this run is still running in another process', 'wait for its end, or stop it first', staging)
  }
  return () => {
    database.close()
  }
}

/** Whether a process is writing into a staging folder. */
export function isInUse(staging: string): boolean {
  if (!existsSync(join(unfinishedFolder(staging), LOCK))) return false
  try {
    lockStaging(staging)()
    return false
  } catch (error) {
    if (error instanceof InputError) return true
    throw error
  }
}

/** What is unfinished: a run, whose request is a RunRequest, a sweep, or a search of `size`. */
export type UnfinishedKind = 'run' | 'sweep' | 'size'

export function writeRequest(staging: string, request: object, kind: UnfinishedKind = 'run'): void {
  writeWhole(unfinishedFolder(staging), REQUEST, serialize({ version: marketsimVersion(), kind, request }))
}

/** Whether there is a request to resume, damaged or not. */
export const hasRequest = (staging: string): boolean => existsSync(join(unfinishedFolder(staging), REQUEST))

/**
 * What was asked for before the work stopped. Throws InputError where this version cannot continue with it, and
 * DamageError where it cannot be read.
 */
export function readRequest(staging: string): { readonly kind: UnfinishedKind; readonly request: unknown } {
  const path = join(unfinishedFolder(staging), REQUEST)
  const hint = 'remove the folder and run the scenario again'
  if (!hasRequest(staging))
    throw new InputError('this run was interrupted before it started; nothing can be resumed', hint, staging)
  let saved: { version: string; kind: UnfinishedKind; request: unknown }
  try {
    saved = deserialize(readFileSync(path))
  } catch (error) {
    throw new DamageError(path, `the request of the interrupted run is damaged: ${(error as Error).message}`, hint)
  }
  if (saved.version === marketsimVersion()) return saved
  throw new InputError(
    `this run was started by marketsim ${saved.version}, and this is ${marketsimVersion()}`,
    `resume with that version, or ${hint}`,
    staging,
  )
}

/** The run is complete: what it took to continue with it goes. */
export function removeUnfinished(staging: string): void {
  rmSync(unfinishedFolder(staging), { recursive: true, force: true })
}
