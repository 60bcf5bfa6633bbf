/**
 * The score interval of a proportion, which keeps its confidence near 0 and 1 and never leaves [0, 1].
 *
 * Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
 * Statistical Association 22 (1927).
 */
import { normalCritical } from './confidence.ts'

export interface Proportion {
  /** successes / trials */
  estimate: number
  low: number
  high: number
  confidence: number
  trials: number
}

/** Throws unless `0 <= successes <= trials` and there is a trial. */
export function wilson(successes: number, trials: number, confidence = 0.95): Proportion {
  if (!(successes >= 0 && successes <= trials && trials > 0)) {
    throw new RangeError(`${successes} successes in ${trials} trials is not a proportion`)
  }
  const z = normalCritical(confidence)
  const estimate = successes / trials
  const weight = 1 + (z * z) / trials
  const centre = (estimate + (z * z) / (2 * trials)) / weight
  const reach = (z * Math.sqrt((estimate * (1 - estimate)) / trials + (z * z) / (4 * trials * trials))) / weight
  return {
    estimate,
    // At the ends the bounds are exactly 0 and 1; rounding must not say otherwise.
    low: successes === 0 ? 0 : Math.max(0, centre - reach),
    high: successes === trials ? 1 : Math.min(1, centre + reach),
    confidence,
    trials,
  }
}
