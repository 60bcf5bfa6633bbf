/** Checkpoints of a run on disk: each written next to its place and renamed, the last two kept. */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { SnapshotError, snapshotHeader } from '#engine/cells/snapshot.ts'

/** One to continue from, and the one before it in case that one cannot be read. */
const KEPT = 2

const namePattern = /^checkpoint-(\d+)$/

/** Writes a file so that its name never means half of it, whatever happens to the process or the machine. */
export function writeWhole(folder: string, name: string, bytes: Uint8Array | string): void {
  mkdirSync(folder, { recursive: true })
  const partial = join(folder, `${name}.partial`)
  const file = openSync(partial, 'w')
  try {
    const content = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes
    for (let done = 0; done < content.length; ) done += writeSync(file, content, done)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(partial, join(folder, name))
}

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

/** The latest checkpoint that is whole; undefined where there is none. */
export function lastCheckpoint(folder: string): Uint8Array | undefined {
  for (const at of times(folder)) {
    const blob = readFileSync(join(folder, `checkpoint-${at}`))
    try {
      snapshotHeader(blob)
      return blob
    } catch (error) {
      if (!(error instanceof SnapshotError)) throw error
    }
  }
  return undefined
}
