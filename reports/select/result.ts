/** The result of a selection among designs. Its points, runs and estimates are those of a sweep. */
import type { SweepResult } from '../sweep/result.ts'
import type { DesignClaim, Method } from './procedure.ts'

export interface SelectResult extends SweepResult {
  readonly selection: {
    /** The objective, the first of the figures. */
    readonly objective: string
    readonly largest: boolean
    readonly method: Method
    /** In the unit of the objective. */
    readonly indifference: number
    readonly confidence: number
    readonly mostRuns: number
    readonly end: 'selected' | 'undecided' | 'none'
    /** Place among the points. */
    readonly best: number | null
    readonly remaining: readonly number[]
    /** An estimate of OCBA; null where the confidence is promised. */
    readonly probability: number | null
    /** By point: what is known of all bounds together; null without bounds. */
    readonly claims: readonly (DesignClaim | null)[]
  }
}
