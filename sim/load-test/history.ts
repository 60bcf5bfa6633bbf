/** The scenario's history, lived once before the test: whose usage and orders the load is made of. */

import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Scenario } from '#scenarios/schema.ts'
import type { Trace } from '#scenarios/trace.ts'
import { namesOf } from '../market/dimensions.ts'
import { buildRecord } from '../record/build.ts'
import { columnFolders, live } from '../run/simulate.ts'
import { buildWorld } from '../world/world.ts'

export interface HistoryRequest {
  readonly scenario: Scenario
  readonly traces: Readonly<Record<string, Trace>>
  readonly seed: string
  readonly threads: number
  /** An existing folder; the record of the history goes below it. */
  readonly folder: string
  /** Gets the share done, 0 to 1. */
  readonly onProgress: (fraction: number) => void
  readonly signal: AbortSignal
}

/** Simulates the scenario; returns the path of its record. Rejects with an AbortError when `signal` is aborted. */
export async function liveHistory(request: HistoryRequest): Promise<string> {
  const { scenario, traces, seed, threads, signal } = request
  const folder = join(request.folder, 'history')
  mkdirSync(folder)
  const lived = await live({
    scenario,
    traces,
    seed,
    threads,
    folder,
    signal,
    onProgress: ({ fraction }) => request.onProgress(fraction),
  })
  const record = join(folder, 'run.sqlite')
  buildRecord(record, namesOf(buildWorld(lived.spec)), { facts: lived.factFiles, columns: columnFolders(scenario) }, {})
  rmSync(lived.spec.facts, { recursive: true })
  return record
}
