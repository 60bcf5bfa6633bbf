import type { FileExtent } from '#base/files.ts'

/** Files by path within the folder of the run, each as it was written. */
export type Extents = Readonly<Record<string, FileExtent>>

export interface RunOutcome {
  /** 32 hexadecimal digits: the fingerprint of the whole history. */
  readonly digest: string
  /** Events the engine executed. */
  readonly events: number
  /**
   * What happened in the market: the engine's events, and what passes over columns do in their place: each clock hour
   * of each metered instance and image, and each hour's settlement of each account.
   */
  readonly marketEvents: number
  readonly facts: number
  /** Path of the record. */
  readonly record: string
  /** What the auditor recomputed, and where it disagreed. */
  readonly amounts: number
  readonly differences: number
  /** The files of the record whose content is known, as they were written. */
  readonly files: Extents
}
