/** The runs that a run is compared with: whole runs in its folder, opened when a figure of one is asked for. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Scenario } from '#scenarios/schema.ts'
import { MANIFEST_FILE } from './manifest-files.ts'
import { RECORD_FILE, RunRecord } from './record.ts'

/** The folder of a run's comparisons. */
export const COMPARE = 'compare'

export const comparedFolder = (run: string, name: string): string => join(run, COMPARE, name)

/** The comparisons that a run folder has whole. */
export function comparedNames(run: string): string[] {
  const folder = join(run, COMPARE)
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, MANIFEST_FILE)))
    .sort()
}

export const scenarioOf = (record: RunRecord): Scenario => record.meta.scenario as unknown as Scenario

export class ComparedRuns {
  readonly #run: RunRecord
  readonly #opened = new Map<string, RunRecord>()

  constructor(run: RunRecord) {
    this.#run = run
  }

  /** Whether there is such a run; null is the run itself. */
  has(name: string | null): boolean {
    return name === null || existsSync(join(comparedFolder(this.#run.folder, name), RECORD_FILE))
  }

  /** The record of a run that is there. */
  record(name: string | null): RunRecord {
    if (name === null) return this.#run
    const opened = this.#opened.get(name) ?? new RunRecord(comparedFolder(this.#run.folder, name))
    this.#opened.set(name, opened)
    return opened
  }

  close(): void {
    for (const record of this.#opened.values()) record.close()
    this.#opened.clear()
  }
}
