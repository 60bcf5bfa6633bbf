/** What a pool is asked for: runs that belong together, of a sweep or of another search. */
import type { ProgramVersions, RunPremises } from '../results/run-key.ts'

export interface PoolWork {
  /** The same for the same work, so that one that was stopped finds what it had asked for. */
  readonly id: string
  /** Name of its scenario. */
  readonly name: string
  readonly versions: ProgramVersions
  /** Runs that it asks for at least. */
  readonly runs: number
  /** What the run of a point and replication follows from. */
  readonly premisesOf: (point: number, replication: number) => RunPremises
}
