/** A whole run: simulate the cells, make the record of their facts, have it audited. */
import { mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { runCells } from '#engine/cells/run-cells.ts'
import type { Scenario } from '#scenarios/schema.ts'
import type { Trace } from '#scenarios/trace.ts'
import { RECORD_VERSION } from '../record/build.ts'
import { type CellSpec, factFile } from './cell.ts'
import { prove } from './proving.ts'

export interface RunRequest {
  readonly scenario: Scenario
  /** Trace data by buyer segment, as reading the scenario gives it. */
  readonly traces: Readonly<Record<string, Trace>>
  readonly seed: string
  readonly threads: number
  /** An existing folder to write into. */
  readonly folder: string
  readonly onProgress?: (progress: RunProgress) => void
  readonly signal?: AbortSignal
}

export interface RunProgress {
  readonly phase: 'simulating' | 'recording' | 'auditing'
  /** Virtual time, ms since the epoch. */
  readonly now: number
  readonly start: number
  readonly end: number
  readonly executed: number
  /** Of this phase, 0 to 1. */
  readonly fraction: number
  readonly threads: readonly { readonly state: string; readonly executed: number }[]
}

export interface RunOutcome {
  /** 32 hexadecimal digits: the fingerprint of the whole history. */
  readonly digest: string
  /** Events the engine executed. */
  readonly events: number
  readonly facts: number
  /** Path of the record. */
  readonly record: string
  /** What the auditor recomputed, and where it disagreed. */
  readonly amounts: number
  readonly differences: number
}

/** A run that was simulated: its facts lie in one file a cell, in the order of cells. */
export interface Lived {
  readonly digest: string
  readonly events: number
  readonly factFiles: readonly string[]
  readonly spec: CellSpec
}

/** Simulates the cells; their fact files go below `folder`. */
export async function live({
  scenario,
  traces,
  seed,
  threads,
  folder,
  onProgress,
  signal,
}: RunRequest): Promise<Lived> {
  const { start, end } = scenario
  const facts = join(folder, 'facts')
  mkdirSync(facts, { recursive: true })
  const cells = scenario.regions.length
  const spec: CellSpec = { scenario, traces, facts }
  const run = await runCells({
    module: new URL('./cell.ts', import.meta.url),
    spec,
    cells,
    lookahead: scenario.messageDelay,
    start,
    end,
    threads,
    seed,
    onProgress: ({ now, executed, perThread }) =>
      onProgress?.({
        phase: 'simulating',
        fraction: (now - start) / (end - start),
        now,
        start,
        end,
        executed,
        threads: perThread,
      }),
    ...(signal === undefined ? {} : { signal }),
  })
  const factFiles = Array.from({ length: cells }, (_, cell) => factFile(facts, cell))
  return { digest: run.digest, events: run.executed, factFiles, spec }
}

/**
 * Runs a scenario into `folder/run.sqlite`. The outcome, the digest and the record depend on scenario and seed alone,
 * never on `threads`. Rejects with an AbortError when `signal` is aborted; what is in the folder then is worthless.
 */
export async function simulate(request: RunRequest): Promise<RunOutcome> {
  const { scenario, folder, signal, onProgress } = request
  const { start, end } = scenario
  const { digest, events, factFiles, spec } = await live(request)
  const record = join(folder, 'run.sqlite')
  const bytes = factFiles.reduce((sum, file) => sum + statSync(file).size, 0)
  const report = (phase: RunProgress['phase'], fraction: number) =>
    onProgress?.({ phase, fraction, now: end, start, end, executed: events, threads: [] })
  const meta = metaOf(request, digest, events)
  const proof = await prove({ record, spec, factFiles, bytes, meta }, report, signal)
  rmSync(spec.facts, { recursive: true })
  return { digest, events, record, ...proof }
}

/** What the record says of itself: everything a reader needs without the scenario file. */
function metaOf({ scenario, seed }: RunRequest, digest: string, events: number) {
  return {
    version: String(RECORD_VERSION),
    name: scenario.name,
    question: scenario.question,
    start: String(scenario.start),
    end: String(scenario.end),
    seed,
    currency: scenario.currency,
    utcOffset: String(scenario.policies['time.utcOffset']),
    digest,
    events: String(events),
    policies: JSON.stringify(scenario.policies),
    scenario: JSON.stringify(scenario),
  }
}
