import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readScenario } from '#scenarios/reader.ts'
import { type RunOutcome, simulate } from '#sim/run/simulate.ts'
import Sqlite from 'better-sqlite3'

export interface Asked {
  readonly threads?: number
  readonly seed?: string
  readonly sets?: readonly string[]
}

/** Runs a scenario of the library for real, in a folder of its own that goes with `use`'s return. */
export async function withRun<T>(
  name: string,
  { threads = 1, seed, sets = [] }: Asked,
  use: (outcome: RunOutcome, ask: (sql: string) => unknown) => T,
): Promise<T> {
  const path = fileURLToPath(new URL(`../../../scenarios/${name}.yaml`, import.meta.url))
  const { scenario, traces } = await readScenario(path, { sets })
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-run-'))
  try {
    const outcome = await simulate({ scenario, traces: Object.fromEntries(traces), seed: seed ?? scenario.seed, threads, folder })
    const record = new Sqlite(outcome.record, { readonly: true })
    try {
      return use(outcome, (sql) => record.prepare(sql).pluck().get())
    } finally {
      record.close()
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
