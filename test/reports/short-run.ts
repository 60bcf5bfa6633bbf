/** A short run of the first scenario, made once for the tests of one file: what its record holds is asked, never known. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { RunRecord } from '#reports/record.ts'
import { readScenario } from '#scenarios/reader.ts'
import { simulate } from '#sim/run/simulate.ts'

export interface ShortRun {
  readonly folder: string
  readonly record: RunRecord
  remove(): void
}

/** The file of a scenario of the library. */
export const libraryFile = (name: string): string =>
  fileURLToPath(new URL(`../../scenarios/${name}.yaml`, import.meta.url))

/** Runs a scenario file with some of its values changed. */
export async function shortRun(sets: readonly string[], path = libraryFile('quickstart')): Promise<ShortRun> {
  const { scenario, traces } = await readScenario(path, { sets })
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-record-'))
  await simulate({
    scenario,
    traces: Object.fromEntries(traces),
    seed: scenario.seed,
    threads: 1,
    folder,
    inThisThread: true,
  })
  const record = new RunRecord(folder)
  return {
    folder,
    record,
    remove() {
      record.close()
      rmSync(folder, { recursive: true })
    },
  }
}
