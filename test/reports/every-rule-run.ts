import { RunRecord } from '#reports/record.ts'
import { readScenario } from '#scenarios/reader.ts'
import { simulate } from '#sim/run/simulate.ts'
import { madeOnce } from '../house/suite-folder.ts'
import { libraryFile } from './short-run.ts'

/**
 * The record of three months that meet nearly every rule: the rule change of June, aligned renewals, refunds,
 * resellers, late records. Made once in a suite; each test closes what it opens.
 */
export async function everyRuleRecord(): Promise<RunRecord> {
  const { folder } = await madeOnce('every-rule', async (made) => {
    const { scenario } = await readScenario(libraryFile('every-rule'), { sets: ['duration=96d'] })
    const { digest } = await simulate({
      scenario,
      traces: {},
      seed: scenario.seed,
      threads: 1,
      folder: made,
      inThisThread: true,
    })
    return { digest }
  })
  return new RunRecord(folder)
}
