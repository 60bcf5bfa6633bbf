import { createHash } from 'node:crypto'
import type { Plan } from './cell.ts'
import type { Standing } from './windows.ts'

/** What is at the start of every snapshot. */
const MAGIC = 'MSIMCELL'
/** Grows whenever older snapshots can no longer be read. */
const VERSION = 3
const HASH_BYTES = 32
const PREFIX = MAGIC.length + 4 + HASH_BYTES

/** What a snapshot must have in common with the run that continues from it. */
const identity = ['cells', 'lookahead', 'start', 'seed', 'replication'] as const

/** The run, where it was, and the length of each cell's bytes. */
export type SnapshotHeader = Pick<Plan, (typeof identity)[number]> & Standing & { readonly bytes: readonly number[] }

/** Thrown for a blob that is no snapshot, is damaged, or belongs to another run or version. */
export class SnapshotError extends Error {
  override name = 'SnapshotError'
}

/**
 * A run between two windows as one blob: magic, version, SHA-256 of all that follows, the length of the header, the
 * header as JSON, and each cell's bytes in cell order. It does not depend on the number of threads.
 */
export function encodeSnapshot(plan: Plan, standing: Standing, cells: readonly Uint8Array[]): Uint8Array {
  const { lookahead, start, seed, replication } = plan
  const bytes = cells.map((cell) => cell.length)
  const header: SnapshotHeader = { cells: plan.cells, lookahead, start, seed, replication, ...standing, bytes }
  const text = new TextEncoder().encode(JSON.stringify(header))
  const blob = new Uint8Array(PREFIX + 4 + text.length + sum(bytes))
  const view = new DataView(blob.buffer)
  blob.set(new TextEncoder().encode(MAGIC))
  view.setUint32(MAGIC.length, VERSION)
  view.setUint32(PREFIX, text.length)
  blob.set(text, PREFIX + 4)
  let at = PREFIX + 4 + text.length
  for (const cell of cells) {
    blob.set(cell, at)
    at += cell.length
  }
  blob.set(sha256(blob.subarray(PREFIX)), MAGIC.length + 4)
  return blob
}

/** What a snapshot says of itself. Throws `SnapshotError` in plain words when it is none or damaged. */
export function snapshotHeader(blob: Uint8Array): SnapshotHeader {
  check(blob)
  const length = new DataView(blob.buffer, blob.byteOffset).getUint32(PREFIX)
  return JSON.parse(new TextDecoder().decode(blob.subarray(PREFIX + 4, PREFIX + 4 + length)))
}

/** Reads a snapshot for the run of `plan`. Throws `SnapshotError` in plain words. */
export function decodeSnapshot(blob: Uint8Array, plan: Plan): { standing: Standing; cells: Uint8Array[] } {
  const header = snapshotHeader(blob)
  for (const key of identity) {
    if (header[key] === plan[key]) continue
    throw new SnapshotError(`The snapshot is of a run with ${key} ${header[key]}, and this run has ${key} ${plan[key]}`)
  }
  if (header.at > plan.end) {
    throw new SnapshotError(`The snapshot was taken at ${header.at} ms, after this run's end at ${plan.end} ms`)
  }
  let at = blob.length - sum(header.bytes)
  // Copies, because what is deserialised may continue living in the bytes it was read from.
  const cells = header.bytes.map((length) => blob.slice(at, (at += length)))
  return { standing: { at: header.at, windows: header.windows }, cells }
}

function sum(lengths: readonly number[]): number {
  return lengths.reduce((total, length) => total + length, 0)
}

function check(blob: Uint8Array): void {
  const starts = new TextDecoder('latin1').decode(blob.subarray(0, MAGIC.length))
  if (starts !== MAGIC) throw new SnapshotError('This is not a snapshot of a run: it does not start like one')
  if (blob.length < PREFIX + 4) throw new SnapshotError('The snapshot is cut off')
  const version = new DataView(blob.buffer, blob.byteOffset).getUint32(MAGIC.length)
  if (version !== VERSION) {
    throw new SnapshotError(`The snapshot has format version ${version}, and only version ${VERSION} can be read`)
  }
  const expected = blob.subarray(MAGIC.length + 4, PREFIX)
  if (Buffer.compare(sha256(blob.subarray(PREFIX)), expected) !== 0) {
    throw new SnapshotError('The snapshot is damaged: its bytes do not match their SHA-256')
  }
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest()
}
