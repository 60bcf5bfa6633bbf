import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Sample } from './compare-sample.ts'

/** The project's folder. */
export const root = fileURLToPath(new URL('..', import.meta.url))
/** What a tree needs to run its billing core. */
const parts = ['engine', 'scenarios', 'sim', 'reports', 'package.json']

const git = (...words: string[]): string | null => {
  const { status, stdout } = spawnSync('git', words, { cwd: root, encoding: 'utf8' })
  return status === 0 ? stdout.trim() : null
}

/** The commit a name stands for, or null where there is none. */
export const commitOf = (name: string): string | null => git('rev-parse', '--verify', '--quiet', `${name}^{commit}`)

/** Whether the billing core on the disk is another than that of the last commit. */
export const isDirty = (): boolean => (git('status', '--porcelain', '--', ...parts) ?? '') !== ''

/** A tree that nobody changes while it is measured. Ends with `remove`. */
export interface Tree {
  readonly folder: string
  remove(): void
}

/** Whose benches measure a tree: today's, so that it is measured like every other, or its own. */
export type Yardstick = 'of today' | 'its own'

/** A folder for a tree, with a yardstick in it. */
function lay(fill: (folder: string) => void, yardstick: Yardstick): Tree {
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-tree-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    fill(folder)
    if (yardstick === 'of today') {
      rmSync(join(folder, 'bench'), { recursive: true, force: true })
      cpSync(join(root, 'bench'), join(folder, 'bench'), { recursive: true })
    }
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  } catch (error) {
    remove()
    throw error
  }
  return { folder, remove }
}

/** The tree as it lies on the disk. */
export const treeOnDisk = (): Tree =>
  lay((folder) => {
    for (const part of parts)
      if (existsSync(join(root, part))) cpSync(join(root, part), join(folder, part), { recursive: true })
  }, 'of today')

/** The tree of a commit. Throws when git cannot give it. */
export const treeOf = (commit: string, yardstick: Yardstick = 'of today'): Tree =>
  lay((folder) => {
    const archive = execFileSync('git', ['archive', commit], { cwd: root, maxBuffer: 1 << 30 })
    execFileSync('tar', ['-x', '-C', folder], { input: archive })
  }, yardstick)

/** One round of a tree in a process of its own. Throws what the process said when it fails. */
export function sample({ folder }: Tree, only: string | undefined, time: number): Sample[] {
  const words = ['--expose-gc', join(folder, 'bench/compare-sample.ts'), '--time', String(time)]
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...words, ...(only === undefined ? [] : ['--only', only])],
    { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 24 },
  )
  if (status !== 0) throw new Error(`a round of measuring ended with ${status}: ${stderr.trim().slice(-2000)}`)
  return JSON.parse(stdout)
}

/** The tree of a commit with today's benches where they fit its interfaces, else with its own. Throws as `treeOf` does. */
export function measurableTreeOf(commit: string, only: string | undefined): { tree: Tree; yardstick: Yardstick } {
  const tree = treeOf(commit)
  try {
    sample(tree, only, 1)
    return { tree, yardstick: 'of today' }
  } catch {
    tree.remove()
    return { tree: treeOf(commit, 'its own'), yardstick: 'its own' }
  }
}
