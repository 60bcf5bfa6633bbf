/** What a run's proof and thresholds say to the shell. */
import { anyMissed, type ThresholdResult } from '#reports/thresholds.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'

/** A difference outweighs a missed threshold. */
export function exitCodeOf(
  differences: number,
  thresholds: readonly Pick<ThresholdResult, 'passed' | 'severity'>[],
): ExitCode {
  if (differences > 0) return exitCodes.difference.code
  return anyMissed(thresholds) ? exitCodes.thresholdMissed.code : exitCodes.done.code
}
