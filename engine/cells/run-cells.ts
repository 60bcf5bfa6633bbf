import { setImmediate } from 'node:timers/promises'
import { deserialize } from 'node:v8'
import { Digest } from '../digest.ts'
import { assignCells } from './assign.ts'
import type { Plan } from './cell.ts'
import { type Finished, Group, sharedMemory } from './group.ts'
import { loadCreateCell } from './load.ts'
import { type CellsProgress, progressOf } from './progress.ts'
import { decodeSnapshot, encodeSnapshot } from './snapshot.ts'
import { runThreads, type ThreadsOptions, uncloneable } from './threads.ts'
import { AbortError } from './thrown.ts'
import { runWindows, type Standing } from './windows.ts'

/** What to run, and how. Times are whole virtual ms. */
export interface RunCellsOptions {
  /** The module that exports `createCell`; not one that awaits this run at its top level, which would never end. */
  module: URL
  /** Handed to every cell, read only: cloned to each thread, but for SharedArrayBuffers, which all threads share. */
  spec: unknown
  cells: number
  /** What each cell is expected to cost, in any unit: threads share the load by it. Equal for all when absent. */
  loads?: readonly number[]
  /** The least delay of a message. */
  lookahead: number
  start: number
  /** Events at `end` do not run. */
  end: number
  /** 1 runs in the calling thread; more are workers, at most one a cell. The history is the same. */
  threads: number
  seed: string
  replication?: number
  /** Called now and then, and once at the end of a run that came through. */
  onProgress?: (progress: CellsProgress) => void
  /** Wall-clock ms between two calls of `onProgress` (250). */
  progressEveryMs?: number
  /** Virtual ms between snapshots: each is taken at the first window's end from its time on. */
  checkpointEvery?: number
  /** A snapshot is also taken at the last window's end that is not after this time, before anything later happens. */
  checkpointBy?: number
  /** Takes a snapshot; no cell continues before it has resolved. A rejection ends the run. */
  onCheckpoint?: (blob: Uint8Array, at: number) => void | Promise<void>
  /** A snapshot of the same run, by any number of threads. `end` may be later than it was. */
  resumeFrom?: Uint8Array
  signal?: AbortSignal
  /** The heap each worker may fill, in MB (Node's own limit when absent). */
  threadHeapMb?: number
}

export interface RunCellsResult {
  /** The cells' digests, combined in cell order. */
  digest: string
  /** What each cell's `finish` returned. */
  results: unknown[]
  /** Events executed since `start`, messages included. */
  executed: number
  windows: number
}

/** Windows and events between two turns of the calling thread's event loop, for progress, signals and SIGINT. */
const TURN_WINDOWS = 16
const TURN_EVENTS = 8192

const PROGRESS_EVERY_MS = 250

/**
 * Runs a model of several logical processes (cells) to its end.
 *
 * The history, and with it digest, results and snapshots, depends on the options but never on `threads`.
 * Rejects with `CellError` when a program throws or a thread dies, `AbortError` when `signal` is aborted,
 * `SnapshotError` for a blob it cannot continue from, and `RangeError` for options that make no sense; no worker is left
 * behind. (In the calling thread, a program that calls process.exit ends the process.)
 */
export async function runCells(options: RunCellsOptions): Promise<RunCellsResult> {
  const { signal, checkpointEvery, onCheckpoint, resumeFrom } = options
  const plan = checkedPlan(options)
  const threads = plan.firsts.length - 1
  const resumed = resumeFrom === undefined ? undefined : decodeSnapshot(resumeFrom, plan)
  if (signal?.aborted) throw new AbortError(signal.reason)
  const memory = sharedMemory(threads)
  const stop = new AbortController()
  const abort = () => stop.abort(new AbortError(signal?.reason))
  signal?.addEventListener('abort', abort)
  const progress = () => options.onProgress?.(progressOf(memory.meeting, plan, threads))
  const timer = setInterval(() => stopOnError(stop, progress), options.progressEveryMs ?? PROGRESS_EVERY_MS)
  try {
    const parts = await (threads === 1 ? runHere : runThreads)({
      plan,
      memory,
      threads,
      from: resumed?.standing ?? { at: plan.start, windows: 0 },
      saved: resumed?.cells,
      checkpointEvery: onCheckpoint === undefined ? Infinity : (checkpointEvery ?? Infinity),
      checkpointBy: onCheckpoint === undefined ? Infinity : (options.checkpointBy ?? Infinity),
      checkpoint: async (standing, cells) => onCheckpoint?.(encodeSnapshot(plan, standing, cells), standing.at),
      heapMb: options.threadHeapMb,
      signal: stop.signal,
    })
    progress()
    return combined(parts)
  } finally {
    clearInterval(timer)
    signal?.removeEventListener('abort', abort)
  }
}

function stopOnError(stop: AbortController, work: () => void): void {
  try {
    work()
  } catch (thrown) {
    stop.abort(thrown)
  }
}

/** The way of a run in the calling thread: the same group and windows, and no other thread to wait for. */
async function runHere(options: ThreadsOptions): Promise<Finished[]> {
  const { plan, memory, from, saved, checkpointEvery, checkpointBy, signal } = options
  const group = new Group({ ...plan, spec: cloned(plan.spec) }, memory, 1, 0)
  group.create(await loadCreateCell(plan.module, 0, 1))
  if (saved !== undefined) group.restore(saved)
  const turn = async () => {
    await setImmediate()
    signal.throwIfAborted()
  }
  const checkpoint = async (standing: Standing) => {
    await options.checkpoint(standing, group.save())
    await turn()
  }
  const pace = { checkpointEvery, checkpointBy, checkpoint, turn, turnWindows: TURN_WINDOWS, turnEvents: TURN_EVENTS }
  await turn()
  return [await runWindows(group, plan, pace, from)]
}

/** As every other thread gets it. */
function cloned(spec: unknown): unknown {
  try {
    return structuredClone(spec)
  } catch (thrown) {
    throw uncloneable(thrown)
  }
}

function combined(parts: readonly Finished[]): RunCellsResult {
  return {
    digest: Digest.combine(parts.flatMap((part) => part.digests)),
    results: parts.flatMap((part) => part.results.map((bytes) => deserialize(bytes))),
    executed: parts.reduce((sum, part) => sum + part.executed, 0),
    windows: parts[0].windows,
  }
}

function checkedPlan(options: RunCellsOptions): Plan {
  const { module, spec, cells, lookahead, start, end, seed, replication = 0 } = options
  wholeFrom('cells', cells, 1)
  wholeFrom('threads', options.threads, 1)
  wholeFrom('lookahead', lookahead, 1)
  wholeFrom('start', start, 0)
  wholeFrom('end', end, start)
  if (options.checkpointEvery !== undefined) wholeFrom('checkpointEvery', options.checkpointEvery, 1)
  if (options.checkpointBy !== undefined) wholeFrom('checkpointBy', options.checkpointBy, start)
  const loads = options.loads ?? new Array<number>(cells).fill(1)
  if (loads.length !== cells || !loads.every((load) => Number.isFinite(load) && load >= 0))
    throw new RangeError(`loads are ${cells} numbers of 0 or more, one for each cell`)
  const firsts = assignCells(loads, Math.min(options.threads, cells))
  return { module: module.href, spec, cells, firsts, lookahead, start, end, seed, replication }
}

function wholeFrom(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(`${name} is a whole number from ${least} on, not ${value}`)
  }
}
