/** The manifest of a result that is no run: a load test, a sweep, the answer of `size`. Written last: with it the folder is whole. */
import { type Written, writeWhole } from '#base/files.ts'
import { MANIFEST_FILE, manifestText } from '#reports/manifest-files.ts'
import { marketsimVersion } from './versions.ts'

export interface ResultOf {
  readonly kind: 'load-test' | 'load-part' | 'sweep' | 'size'
  readonly path: string
  /** Name of the scenario, and the hash of what it says. */
  readonly name: string
  readonly hash: string
  readonly sets: readonly string[]
  readonly seed: string
  /** The command that makes the result again. */
  readonly repeat: string
  /** False for a load test that was stopped before its end. */
  readonly complete?: boolean
  /** Files of the folder as they were written. */
  readonly written?: Written
}

export async function writeResultManifest(folder: string, result: ResultOf): Promise<void> {
  const { filesOf } = await import('./manifest.ts')
  const { kind, path, name, hash, sets, seed, repeat, complete = true, written } = result
  const manifest = {
    program: 'marketsim',
    kind,
    complete,
    scenario: { name, file: path, sets, sha256: hash },
    seed,
    versions: { marketsim: marketsimVersion(), node: process.versions.node },
    repeat,
    files: filesOf(folder, written),
  }
  writeWhole(folder, MANIFEST_FILE, manifestText(manifest))
}
