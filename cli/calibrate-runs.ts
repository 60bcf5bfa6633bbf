import { type SimulatedPart, simulatedPart } from '#reports/calibration/hold-out.ts'
import { RunRecord } from '#reports/record.ts'
import type { Scenario } from '#scenarios/schema.ts'
import { scratchFolder } from './supervision.ts'
import type { TaskProgress } from './task-progress.ts'

/** One run for each seed from 1 on. `split`: where the part begins, ms. */
export async function simulatedParts(
  scenario: Scenario,
  split: number,
  seeds: number,
  progress: TaskProgress,
): Promise<SimulatedPart[]> {
  const { simulate } = await import('#sim/run/simulate.ts')
  const parts: SimulatedPart[] = []
  for (let seed = 1; seed <= seeds; seed++) {
    const { path: folder, remove } = scratchFolder('marketsim-calibrate-')
    try {
      progress.show((seed - 1) / seeds, [`simulating ${seed} of ${seeds}`])
      await simulate({ scenario, traces: {}, seed: String(seed), threads: 1, folder, inThisThread: true })
      const record = new RunRecord(folder)
      try {
        parts.push(simulatedPart(record, split))
      } finally {
        record.close()
      }
    } finally {
      remove()
    }
  }
  return parts
}
