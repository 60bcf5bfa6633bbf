/** Runs in a folder of results: found there before they are made, and kept there when they are. */
import type { ResultFolder } from '../results/result-folder.ts'
import { mustBeEqual } from '../results/result-store.ts'
import { type RunPremises, runKey } from '../results/run-key.ts'
import { storedRun, storedText } from '../results/stored-run.ts'
import type { OneRun } from './one-run.ts'

/** What the run of a point and replication follows from. */
export type PremisesOf = (point: number, replication: number) => RunPremises

export class KeptRuns {
  readonly #premisesOf: PremisesOf
  readonly folder: ResultFolder
  readonly #counted: Set<string>

  /** `isOwn`: the folder has results of this work only. */
  constructor(premisesOf: PremisesOf, folder: ResultFolder, isOwn: boolean) {
    this.#premisesOf = premisesOf
    this.folder = folder
    this.#counted = new Set(isOwn ? folder.keys() : [])
  }

  /** Runs that were found or added. */
  get count(): number {
    return this.#counted.size
  }

  /** @throws DamageError where the stored result is damaged */
  find(point: number, replication: number): OneRun | undefined {
    const key = runKey(this.#premisesOf(point, replication))
    const text = this.folder.findNow(key)
    if (text === undefined) return undefined
    this.#counted.add(key)
    return storedRun(text, key, this.folder.pathOf(key))
  }

  /** @throws ResultConflict where the store has another result */
  add(point: number, replication: number, run: OneRun): void {
    const premises = this.#premisesOf(point, replication)
    const key = runKey(premises)
    const text = storedText(premises, run)
    mustBeEqual(key, this.folder.createNow(key, text), text, this.folder.pathOf(key))
    this.#counted.add(key)
  }
}
