/** Ends a command with the load whose parts it has found: audit, verdicts, result folder and exit code. */
import type { LoadThreshold } from '#reports/load-test/thresholds.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { Replayable } from '../failure.ts'
import { claimLoadFolder } from '../load-folder.ts'
import { endLoad, type LoadPrint } from '../load-result.ts'
import { loadExitCode } from '../load-verdict.ts'
import { type FoundPart, mergeLoad } from './merge-load.ts'
import type { LoadPlan } from './plan.ts'

export interface PartsFound extends LoadPrint {
  readonly plan: LoadPlan
  readonly found: readonly FoundPart[]
  readonly thresholds: readonly LoadThreshold[]
  readonly force: boolean
  /** The exit code of the signal that ended the load early, where nothing of it is kept. */
  readonly stoppedWith?: ExitCode | undefined
  /** The command that does it again. */
  readonly repeat: string
}

export async function endWithParts(request: PartsFound): Promise<ExitCode> {
  const { plan, found, thresholds, out, force, repeat } = request
  const { scenario, hash, seed } = plan
  const read = { scenario: { name: scenario.name }, hash }
  const folder = claimLoadFolder({ out, force, path: scenario.file, sets: scenario.sets, seed, read })
  try {
    const made = await mergeLoad({ plan, found, thresholds, staging: folder.staging, kept: out !== undefined })
    await folder.commit(repeat, made.summary.complete)
    const verdict = loadExitCode(made.summary)
    const isLost = verdict === exitCodes.incomplete.code && out === undefined
    return endLoad(request, made, isLost ? (request.stoppedWith ?? verdict) : verdict)
  } catch (error) {
    folder.discard()
    throw new Replayable(error, repeat)
  }
}
