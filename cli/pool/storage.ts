/** What a pool keeps besides its queues: sweeps, their inputs by digest, results by key, and the workers that were seen. */
import type { ProgramVersions } from '../results/run-key.ts'

/** A sweep in the pool. */
export interface PoolSweep {
  readonly id: string
  /** Name of its scenario. */
  readonly name: string
  readonly versions: ProgramVersions
  /** Runs that it asks for at least. */
  readonly runs: number
  /** ms of the wall clock. */
  readonly since: number
}

/** A worker process as it reported itself. */
export interface PoolWorker {
  readonly id: string
  readonly host: string
  readonly threads: number
  readonly versions: ProgramVersions
  readonly running: number
  /** Runs that it has completed. */
  readonly done: number
  /** ms of the wall clock. */
  readonly seen: number
}

/** A sweep that no process asked for in this time is removed with everything of it. */
export const EXPIRY_MS = 7 * 24 * 3_600_000
/** A worker that has not been seen for so long is gone. */
export const WORKER_GONE_MS = 60_000

export interface PoolStorage {
  /** Throws InputError where the server is not set up as a queue needs it. */
  check(): Promise<void>
  /** Registers a sweep, or says that it is still wanted; `now`: ms of the wall clock. */
  touchSweep(sweep: PoolSweep, now?: number): Promise<void>
  /** Sweeps by when they were touched last, ms of the wall clock. */
  sweeps(): Promise<readonly { readonly sweep: PoolSweep; readonly touched: number }[]>
  /** Sweeps whose queues have something, in any order; also those that are not registered. */
  queuedSweeps(): Promise<readonly string[]>
  /** Removes a sweep with its inputs and results; not its queue. */
  removeSweep(id: string): Promise<void>
  /** Keeps an input of a sweep under its digest. */
  putInput(sweep: string, digest: string, bytes: Uint8Array): Promise<void>
  input(sweep: string, digest: string): Promise<Uint8Array | undefined>
  /** Stores a result unless its key has one. Returns the text that the key has afterwards. */
  createResult(sweep: string, key: string, text: string): Promise<string>
  results(sweep: string, keys: readonly string[]): Promise<readonly (string | undefined)[]>
  /** Results that were not collected, by key. */
  allResults(sweep: string): Promise<readonly (readonly [key: string, text: string])[]>
  dropResults(sweep: string, keys: readonly string[]): Promise<void>
  reportWorker(worker: PoolWorker): Promise<void>
  removeWorker(id: string): Promise<void>
  workers(): Promise<readonly PoolWorker[]>
  close(): Promise<void>
}
