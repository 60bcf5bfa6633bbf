import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type Sqlite from 'better-sqlite3'
import { readScenario } from '#scenarios/reader.ts'
import { openRecord } from '#sim/record/open-record.ts'
import type { RunOutcome } from '#sim/run/outcome.ts'
import { live, type RunRequest, simulate } from '#sim/run/simulate.ts'

export interface Asked {
  readonly threads?: number
  readonly seed?: string
  readonly sets?: readonly string[]
  /** Ends the run after so many days. */
  readonly days?: number
}

async function inFolder<T>(
  name: string,
  { threads = 1, seed, sets = [], days = Number.POSITIVE_INFINITY }: Asked,
  use: (request: RunRequest) => Promise<T>,
): Promise<T> {
  const path = fileURLToPath(new URL(`../../../scenarios/${name}.yaml`, import.meta.url))
  const { scenario: read, traces } = await readScenario(path, { sets })
  const scenario = { ...read, end: Math.min(read.end, read.start + days * 86_400_000) }
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-run-'))
  try {
    return await use({ scenario, traces: Object.fromEntries(traces), seed: seed ?? scenario.seed, threads, folder })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The history of a scenario of the library alone: no record, no audit. */
export const digestOf = (name: string, asked: Asked): Promise<string> =>
  inFolder(name, asked, async (request) => (await live(request)).digest)

/** Runs a scenario of the library for real, in a folder of its own that goes with `use`'s return. */
export const withRun = <T>(
  name: string,
  asked: Asked,
  use: (outcome: RunOutcome, ask: (sql: string) => unknown, record: Sqlite.Database) => T,
): Promise<T> =>
  inFolder(name, asked, async (request) => {
    const outcome = await simulate({ ...request, inThisThread: true })
    const record = openRecord(outcome.record)
    try {
      return use(outcome, (sql) => record.prepare(sql).pluck().get(), record)
    } finally {
      record.close()
    }
  })
