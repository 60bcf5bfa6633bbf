/** Plans of sweeps in a folder of results: `sweeps/ID.json`, written by the first call that adds results of the sweep. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { undamagedJson } from '#base/damage-error.ts'
import { sortedJson } from '#reports/sorted-json.ts'
import { createWhole } from '../results/result-folder.ts'
import { type SweepPlan, sweepId } from './plan.ts'

const SWEEPS = 'sweeps'

/** Writes the plan unless it is there. */
export function writePlan(results: string, plan: SweepPlan): void {
  createWhole(join(results, SWEEPS), `${sweepId(plan)}.json`, sortedJson(plan))
}

/** Plans in a folder of results, by the ID of the sweep. @throws DamageError where one is damaged */
export function readPlans(results: string): Map<string, SweepPlan> {
  const folder = join(results, SWEEPS)
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /^[0-9a-f]+\.json$/.test(name)) : []
  return new Map(
    names.sort().map((name) => {
      const plan = undamagedJson<SweepPlan>(join(folder, name), 'remove it, and make one of the shards again')
      return [name.slice(0, -'.json'.length), plan]
    }),
  )
}
