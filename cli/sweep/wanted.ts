import type { Threshold } from '#scenarios/sections/thresholds.ts'

/** A figure that is asked for; its bound counts only where one was written. */
export interface Wanted {
  readonly threshold: Threshold
  readonly bounded: boolean
}
