/** Checkpoints of a run on disk: each written next to its place and renamed, the last two kept. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from '#base/files.ts'
import { SnapshotError, snapshotHeader } from '#engine/cells/snapshot.ts'

/** One to continue from, and the one before it in case that one cannot be read. */
const KEPT = 2

const namePattern = /^checkpoint-(\d+)$/

/** Virtual times of the checkpoints in a folder, ms, latest first. */
function times(folder: string): number[] {
  return readdirSync(folder)
    .flatMap((name) => namePattern.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a)
}

/** Keeps a snapshot of the cells taken at a virtual time, and forgets the ones before the last two. */
export function saveCheckpoint(folder: string, blob: Uint8Array, at: number): void {
  writeWhole(folder, `checkpoint-${at}`, blob)
  for (const old of times(folder).slice(KEPT)) rmSync(join(folder, `checkpoint-${old}`))
}

/** The checkpoints that are whole, latest first. */
export function* wholeCheckpoints(folder: string): Generator<{ readonly at: number; readonly blob: Uint8Array }> {
  if (!existsSync(folder)) return
  for (const at of times(folder)) {
    const blob = readFileSync(join(folder, `checkpoint-${at}`))
    try {
      snapshotHeader(blob)
    } catch (error) {
      if (error instanceof SnapshotError) continue
      throw error
    }
    yield { at, blob }
  }
}
