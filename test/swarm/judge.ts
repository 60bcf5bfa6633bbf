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

/** How often a run is interrupted before it is left alone. */
const INTERRUPTIONS = 3

/**
 * Liveness: a run that is interrupted again and again, each time as soon as it has come further than its last checkpoint,
 * finishes once nothing interrupts it any more: with the same history, and in no more events than in one go.
 */
async function mustFinish(
  request: RunRequest,
  folder: string,
  expected: { readonly digest: string; readonly events: number },
): Promise<void> {
  mkdirSync(folder)
  const { start, end } = request.scenario
  const recovery = { folder, checkpointEvery: Math.ceil((end - start) / 8) }
  for (let times = 1; times <= INTERRUPTIONS; times++) {
    const interruption = new AbortController()
    const reached = start + ((end - start) * times) / (INTERRUPTIONS + 1)
    const onProgress = ({ now }: { readonly now: number }) => {
      if (now >= reached) interruption.abort()
    }
    try {
      await live({ ...request, recovery, onProgress, signal: interruption.signal })
    } catch (error) {
      if (!interruption.signal.aborted) throw error
    }
  }
  const { digest, events } = await live({ ...request, recovery })
  if (digest !== expected.digest)
    throw new Error(`digest ${digest} after ${INTERRUPTIONS} interruptions, ${expected.digest} in one go`)
  if (events > expected.events) throw new Error(`${events} events after interruptions, ${expected.events} in one go`)
}

/**
 * Throws an error that says which promise was broken. What the run did is added to `coverage`. `isLarge`: the scenario is lived
 * once, and audited; the rest is asked of small ones.
 */
export async function judge(scenario: Scenario, coverage = new Coverage(), isLarge = false): Promise<Verdict> {
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-swarm-'))
  const at = (name: string) => join(folder, name)
  try {
    const { digest, events, amounts, differences } = await simulate({
      ...inFolder(at('one'), scenario, 1),
      inThisThread: true,
    })
    if (differences !== 0) throw new Error(`the auditor differs in ${differences} of ${amounts} amounts`)
    coverage.add(join(at('one'), 'run.sqlite'), scenario)
    if (isLarge) return { events, amounts }
    const record = new RunRecord(at('one'))
    try {
      const [first] = disagreements(record)
      if (first !== undefined) throw new Error(`the books disagree: ${first}`)
    } finally {
      record.close()
    }
    mkdirSync(at('checkpoints'))
    const recovery = { folder: at('checkpoints'), checkpointEvery: Math.ceil((scenario.end - scenario.start) / 3) }
    const two = { ...inFolder(at('two'), scenario, 2), recovery }
    const lived = await live(two)
    if (lived.digest !== digest) throw new Error(`digest ${lived.digest} on 2 threads, ${digest} on 1`)
    const resumed = await live({ ...two, threads: 1 })
    if (resumed.digest !== digest) throw new Error(`digest ${resumed.digest} after resuming, ${digest} in one go`)
    await mustFinish(inFolder(at('three'), scenario, 1), at('interrupted'), { digest, events })
    return { events, amounts }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
