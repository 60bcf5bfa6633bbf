/**
 * How far a run has come, kept next to it while it runs, so that one that was interrupted continues instead of beginning
 * again. A run is interrupted in one of its phases; what is whole by then is used, the phase itself is done again. What is
 * damaged is never used: the run continues from what was whole before it.
 */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { extentOf, writeWhole } from '#base/files.ts'
import { wholeCheckpoints } from './checkpoint.ts'
import type { Extents, RunOutcome } from './outcome.ts'

/** Where a run keeps what it takes to continue after a violent end. */
export interface Recovery {
  /** An existing folder that holds nothing else. */
  readonly folder: string
  /** Virtual ms between checkpoints; without it a run interrupted while simulating begins again. */
  readonly checkpointEvery?: number
  /** Called with a sentence about each part that is damaged and therefore made again. */
  readonly onDamage?: (what: string) => void
}

/** A history that was lived: its facts are complete in their files. */
interface LivedThrough {
  readonly digest: string
  readonly events: number
  readonly files: Extents
}

export type Progress =
  | { readonly phase: 'simulating' }
  | ({ readonly phase: 'recording' | 'auditing' } & LivedThrough)
  /** The record is whole and audited; only who called for the run knows what is still to be written. */
  | { readonly phase: 'reporting'; readonly outcome: Omit<RunOutcome, 'record'> }

const PROGRESS_FILE = 'progress.json'
const BEGINNING: Progress = { phase: 'simulating' }

const checksum = (progress: Progress): number => crc32(JSON.stringify(progress))

/**
 * The phase of the run in `folder`. A note of it that is damaged, or that names files of the run that are missing or damaged,
 * counts for nothing: the run is then simulated again, from its last checkpoint.
 */
export function readProgress({ folder: notes, onDamage }: Recovery, folder: string): Progress {
  const path = join(notes, PROGRESS_FILE)
  if (!existsSync(path)) return BEGINNING
  const progress = wholeProgress(path)
  if (progress === undefined) {
    onDamage?.(`${PROGRESS_FILE} is damaged`)
    return BEGINNING
  }
  const damage = damageOf(folder, filesOf(progress))
  if (damage === undefined) return progress
  onDamage?.(damage)
  return BEGINNING
}

function wholeProgress(path: string): Progress | undefined {
  try {
    const { progress, crc } = JSON.parse(readFileSync(path, 'utf8'))
    return crc === checksum(progress) ? progress : undefined
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined
    throw error
  }
}

function filesOf(progress: Progress): Extents {
  if (progress.phase === 'simulating') return {}
  return progress.phase === 'reporting' ? progress.outcome.files : progress.files
}

function damageOf(folder: string, files: Extents): string | undefined {
  for (const [name, { bytes, crc }] of Object.entries(files)) {
    const path = join(folder, name)
    if (!existsSync(path)) return `${name} is missing`
    const { size } = statSync(path)
    if (size !== bytes) return `${name} has ${size} bytes, and the run wrote ${bytes}`
    if (extentOf(path).crc !== crc) return `${name} is damaged: its checksum is another one`
  }
  return undefined
}

/** Whether there is anything to continue from: a checkpoint, or a history that was lived to its end. */
export function hasProgress(notes: string): boolean {
  if (wholeCheckpoints(notes).next().done !== true) return true
  const path = join(notes, PROGRESS_FILE)
  return existsSync(path) && (wholeProgress(path)?.phase ?? 'simulating') !== 'simulating'
}

/** What `progress` names must be on the disk already. */
export function writeProgress({ folder }: Recovery, progress: Progress): void {
  writeWhole(folder, PROGRESS_FILE, `${JSON.stringify({ progress, crc: checksum(progress) })}\n`)
}
