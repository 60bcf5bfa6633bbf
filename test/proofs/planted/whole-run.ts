import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseScenario } from '#scenarios/reader.ts'
import { writeWholeRecord } from '#sim/record/whole-record.ts'
import type { RunOutcome } from '#sim/run/outcome.ts'
import { simulate } from '#sim/run/simulate.ts'

export interface WholeRun {
  readonly outcome: RunOutcome
  /** The record as one file, so that SQL can change all of it. */
  readonly whole: string
  remove(): void
}

/** Runs a scenario, given as text, in this thread. */
export async function wholeRun(text: string): Promise<WholeRun> {
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-whole-'))
  const scenario = parseScenario(text, 'planted.yaml')
  const outcome = await simulate({ scenario, traces: {}, seed: scenario.seed, threads: 1, folder, inThisThread: true })
  const whole = join(folder, 'whole.sqlite')
  writeWholeRecord(outcome.record, whole)
  return { outcome, whole, remove: () => rmSync(folder, { recursive: true }) }
}
