/** One run of a sweep, in a thread of its own: simulated, audited, measured, and its record gone. */
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { RunTask } from '#engine/runs/run.ts'
import { RunRecord } from '#reports/record.ts'
import { type DemandControls, demandControls } from '#reports/sweep/demand-controls.ts'
import { type PoolHalves, poolHalves } from '#reports/sweep/halves.ts'
import { daysOf, type ExactMeasured, measuredOf, monthsOf } from '#reports/sweep/measured.ts'
import { type Months, type PoolUse, poolUse } from '#reports/sweep/over-time.ts'
import type { Scenario } from '#scenarios/schema.ts'
import type { Threshold } from '#scenarios/sections/thresholds.ts'
import type { Trace } from '#scenarios/trace.ts'
import { simulate } from '#sim/run/simulate.ts'

export interface OneRunTask {
  readonly scenario: Scenario
  readonly traces: Readonly<Record<string, Trace>>
  readonly asked: readonly Threshold[]
  /** A folder for records while they are needed. */
  readonly scratch: string
}

export interface OneRun {
  readonly seed: string
  readonly digest: string
  readonly amounts: number
  readonly differences: number
  /** By figure; null where there was nothing to measure. */
  readonly values: readonly (ExactMeasured | null)[]
  readonly halves: readonly PoolHalves[]
  /** By figure: its values month by month. */
  readonly months: readonly Months[]
  /** The same day by day, of figures whose days are known. */
  readonly days: readonly Months[]
  readonly use: readonly PoolUse[]
  /** What it drew of demand, next to what is expected. */
  readonly demand: readonly DemandControls[]
}

/** The seed of a replication: the first is the sweep's own, so that it is the run that `run` makes. */
export const seedOf = (seed: string, replication: number): string =>
  replication === 0 ? seed : `${seed}-${replication + 1}`

export async function run({ point, replication, seed: first }: RunTask): Promise<OneRun> {
  const { scenario, traces, asked, scratch } = point as OneRunTask
  const seed = seedOf(first, replication)
  const folder = mkdtempSync(join(scratch, 'run-'))
  try {
    const request = { scenario, traces, seed, threads: 1, folder, inThisThread: true }
    const { digest, amounts, differences } = await simulate(request)
    const record = new RunRecord(folder)
    try {
      const values = asked.map((threshold) => measuredOf(record, scenario, threshold))
      const months = asked.map((threshold) => monthsOf(record, scenario, threshold))
      return {
        ...{ seed, digest, amounts, differences, values, months },
        days: asked.map((threshold) => daysOf(record, scenario, threshold)),
        ...{ halves: poolHalves(record), use: poolUse(record), demand: demandControls(record, scenario) },
      }
    } finally {
      record.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}
