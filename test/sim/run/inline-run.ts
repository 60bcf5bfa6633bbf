/** Runs a scenario written in a test, in a folder of its own, and asks its record. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseScenario } from '#scenarios/reader.ts'
import { openRecord } from '#sim/record/open-record.ts'
import type { RunOutcome } from '#sim/run/outcome.ts'
import { live, simulate } from '#sim/run/simulate.ts'

export interface Simulated {
  readonly outcome: RunOutcome
  /** The one value that a query answers. */
  readonly ask: <T = number>(sql: string) => T
  readonly rows: <T = Record<string, number | string>>(sql: string) => T[]
}

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-inline-'))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A whole run with its record and audit. */
export const simulated = <T>(text: string, use: (simulated: Simulated) => T, threads = 1): Promise<T> =>
  inFolder(async (folder) => {
    const scenario = parseScenario(text, 'inline.yaml')
    const outcome = await simulate({ scenario, traces: {}, seed: scenario.seed, threads, folder, inThisThread: true })
    const record = openRecord(outcome.record)
    try {
      return use({
        outcome,
        ask: <T>(sql: string) => record.prepare(sql).pluck().get() as T,
        rows: <T>(sql: string) => record.prepare(sql).all() as T[],
      })
    } finally {
      record.close()
    }
  })

/** The history alone: its digest. */
export const digestOfText = (text: string, threads: number): Promise<string> =>
  inFolder(async (folder) => {
    const scenario = parseScenario(text, 'inline.yaml')
    return (await live({ scenario, traces: {}, seed: scenario.seed, threads, folder })).digest
  })
