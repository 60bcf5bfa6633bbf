/** One job of a pool: the run that it makes, by digests only. Nothing in it is a path or code. */
import type { RunPremises } from '../results/run-key.ts'

export interface RunJob {
  /** Of the result. */
  readonly key: string
  readonly premises: RunPremises
  /** Digest of the point's input. */
  readonly input: string
  readonly pointIndex: number
  readonly replication: number
  /** Of the sweep; the seed of the run follows from it and the replication. */
  readonly seed: string
}

/** What a worker answers: the result itself is in a store. */
export interface JobAnswer {
  /** SHA-256 of the stored result. */
  readonly digest: string
  /** Where it is: in the pool, or in the folder of `worker --results`. */
  readonly place: 'pool' | 'folder'
}
