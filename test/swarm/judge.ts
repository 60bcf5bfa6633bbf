/**
 * What must hold of every scenario: it runs, the auditor agrees, its books have the same balances wherever they are asked
 * (M-09), and its history is one on any way through it.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RunRecord } from '#reports/record.ts'
import type { Scenario } from '#scenarios/schema.ts'
import { live, type RunRequest, simulate } from '#sim/run/simulate.ts'
import { disagreements } from '../reports/doors.ts'
import { Coverage } from './coverage.ts'

export interface Verdict {
  readonly events: number
  readonly amounts: number
}

function inFolder(folder: string, scenario: Scenario, threads: number): RunRequest {
  mkdirSync(folder, { recursive: true })
  return { scenario, traces: {}, seed: scenario.seed, threads, folder }
}

/** Throws an error that says which promise was broken. What the run did is added to `coverage`. */
export async function judge(scenario: Scenario, coverage = new Coverage()): Promise<Verdict> {
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-swarm-'))
  const at = (name: string) => join(folder, name)
  try {
    const { digest, events, amounts, differences } = await simulate({
      ...inFolder(at('one'), scenario, 1),
      inThisThread: true,
    })
    if (differences !== 0) throw new Error(`the auditor differs in ${differences} of ${amounts} amounts`)
    const record = new RunRecord(at('one'))
    try {
      const [first] = disagreements(record)
      if (first !== undefined) throw new Error(`the books disagree: ${first}`)
    } finally {
      record.close()
    }
    coverage.add(join(at('one'), 'run.sqlite'), scenario)
    mkdirSync(at('checkpoints'))
    const recovery = { folder: at('checkpoints'), checkpointEvery: Math.ceil((scenario.end - scenario.start) / 3) }
    const two = { ...inFolder(at('two'), scenario, 2), recovery }
    const lived = await live(two)
    if (lived.digest !== digest) throw new Error(`digest ${lived.digest} on 2 threads, ${digest} on 1`)
    const resumed = await live({ ...two, threads: 1 })
    if (resumed.digest !== digest) throw new Error(`digest ${resumed.digest} after resuming, ${digest} in one go`)
    return { events, amounts }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
