/** Where a load test writes: a result folder that takes its name when it is complete, or a place that goes at the end. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sortedJson } from '#reports/summary.ts'
import { writeWhole } from '#sim/run/checkpoint.ts'
import type { LoadRequest } from './load-request.ts'
import { claimRunFolder, MANIFEST_FILE } from './run-folder.ts'
import { marketsimVersion } from './versions.ts'

/** The folder of the ledgers in a result folder. */
export const LEDGERS = 'ledgers'

export const loadFiles = {
  summary: 'summary.json',
  overTime: 'latencies.csv',
  percentiles: 'percentiles.csv',
  knee: 'knee.csv',
} as const

export interface LoadFolder {
  readonly staging: string
  /** Writes the manifest, last, and gives the folder its name. */
  commit(repeat: string): Promise<void>
  discard(): void
}

/** Claims the folder of the request. Throws InputFault where it is taken. */
export function claimLoadFolder(request: LoadRequest): LoadFolder {
  if (request.out === undefined) {
    const staging = mkdtempSync(join(tmpdir(), 'marketsim-load-'))
    const discard = () => rmSync(staging, { recursive: true, force: true, maxRetries: 3 })
    return { staging, commit: async () => discard(), discard }
  }
  const folder = claimRunFolder(request.out, request.force)
  return {
    staging: folder.staging,
    async commit(repeat) {
      const { filesOf } = await import('./manifest.ts')
      const { scenario, hash } = request.read
      const manifest = {
        program: 'marketsim',
        version: 1,
        kind: 'load-test',
        scenario: { name: scenario.name, file: request.path, sets: request.sets, sha256: hash },
        seed: request.seed,
        versions: { marketsim: marketsimVersion(), node: process.versions.node },
        repeat,
        files: await filesOf(folder.staging),
      }
      writeWhole(folder.staging, MANIFEST_FILE, sortedJson(manifest))
      folder.commit()
    },
    discard: folder.discard,
  }
}
