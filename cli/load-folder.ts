/** Where a load test writes: a result folder that takes its name when it is complete, or a place that goes at the end. */
import { writeResultManifest } from './result-manifest.ts'
import { claimRunFolder } from './run-folder.ts'
import { scratchFolder } from './supervision.ts'

/** The folder of the ledgers in a result folder. */
export const LEDGERS = 'ledgers'

/** The same of a test of a service: how its bills differ. */
export const SERVICE = 'service'

export const loadFiles = {
  summary: 'summary.json',
  page: 'load.html',
  overTime: 'latencies.csv',
  percentiles: 'percentiles.csv',
  knee: 'knee.csv',
} as const

export interface LoadFolder {
  readonly staging: string
  /** Writes the manifest, last, and gives the folder its name. The manifest says whether the test is complete. */
  commit(repeat: string, complete: boolean): Promise<void>
  discard(): void
}

/** What a result folder is asked for: whose result it is, and where it goes. */
export interface LoadFolderRequest {
  readonly out: string | undefined
  readonly force: boolean
  readonly path: string
  readonly read: { readonly scenario: { readonly name: string }; readonly hash: string }
  readonly sets: readonly string[]
  readonly seed: string
}

/** Claims the folder of the request. Throws InputError where it is taken. */
export function claimLoadFolder(request: LoadFolderRequest): LoadFolder {
  if (request.out === undefined) {
    const { path: staging, remove } = scratchFolder('marketsim-load-')
    return { staging, commit: async () => remove(), discard: remove }
  }
  const folder = claimRunFolder(request.out, request.force)
  return {
    staging: folder.staging,
    async commit(repeat, complete) {
      const { path, read, sets, seed } = request
      const { name } = read.scenario
      const facts = { path, name, hash: read.hash, sets, seed, repeat, complete }
      await writeResultManifest(folder.staging, { kind: 'load-test', ...facts })
      folder.commit()
    },
    discard: folder.discard,
  }
}
