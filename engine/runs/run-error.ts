import { revived, type Thrown } from '../cells/thrown.ts'
import type { RunTask } from './run.ts'

/** The one error of many runs of which one has failed. */
export class RunError extends Error {
  override name = 'RunError'
  readonly pointIndex: number
  readonly replication: number
  readonly seed: string

  constructor({ pointIndex, replication, seed }: RunTask, thrown: Thrown) {
    super(`The run of point ${pointIndex}, replication ${replication}, seed '${seed}' failed: ${thrown.message}`, {
      cause: revived(thrown),
    })
    this.pointIndex = pointIndex
    this.replication = replication
    this.seed = seed
  }
}
