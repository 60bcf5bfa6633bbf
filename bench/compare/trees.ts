import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Workshop } from './workshop.ts'

/** The project's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

/** What a tree needs to run its billing core: the rooms that its package names, and the package. @throws Error where that is damaged */
export function partsOf(folder: string): string[] {
  const { imports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { imports?: object }
  if (imports === undefined) throw new Error('the package.json of its sources has no imports')
  return [...Object.keys(imports).map((name) => name.replace(/^#|\/\*$/g, '')), 'package.json']
}

function git(...words: string[]): { readonly text: string | null; readonly fault: string } {
  const { status, stdout, stderr, error } = spawnSync('git', words, { cwd: root, encoding: 'utf8' })
  return { text: status === 0 ? stdout.trim() : null, fault: (error?.message ?? stderr).trim() }
}

/** The commit a name means, or null with what git says about it. */
export function commitOf(name: string): { readonly commit: string | null; readonly fault: string } {
  const { text, fault } = git('rev-parse', '--verify', '--end-of-options', `${name}^{commit}`)
  return { commit: text, fault }
}

/** Whether the billing core on the disk is another than that of the last commit; false outside of git. */
export const isDirty = (): boolean => (git('status', '--porcelain', '--', ...partsOf(root)).text ?? '') !== ''

/** A tree that does not change while it is measured. */
export interface Tree {
  readonly folder: string
}

/** Whose works measure a tree: today's, so that it is measured like the other one, or its own. */
export type Yardstick = 'of today' | 'its own'

/** The benches of today in a tree, or only what runs the works of its own. */
function equip(folder: string, yardstick: Yardstick): void {
  const bench = join(folder, 'bench')
  if (yardstick === 'of today') {
    rmSync(bench, { recursive: true, force: true })
    copyAll(['bench'], root, folder)
  } else cpSync(join(root, 'bench/compare/side.ts'), join(bench, 'compare/side.ts'))
  if (!existsSync(join(folder, 'node_modules'))) symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
}

/** By the system's own program, in a tenth of the time of `cpSync`. @throws Error with what it says, as an error of the disk */
function copyAll(parts: readonly string[], from: string, to: string): void {
  const { status, stderr, error } = spawnSync('cp', ['-R', '-P', ...parts, to], { cwd: from, encoding: 'utf8' })
  if (status !== 0) throw Object.assign(new Error((error?.message ?? stderr).trim()), { code: 'EIO' })
}

/** The parts of a tree. */
function copied(from: string, to: string): void {
  const parts = partsOf(from).filter((part) => existsSync(join(from, part)))
  copyAll(parts, from, to)
}

/** Copies the sources of a tree into a folder, where `treeIn` finds them. */
export const keepTree = ({ folder }: Tree, to: string): void => copied(folder, to)

/** The tree whose sources are in a folder: by default that of the project. */
export function treeIn(shop: Workshop, name: string, from: string = root): Tree {
  const folder = shop.folderFor(name)
  copied(from, folder)
  equip(folder, 'of today')
  return { folder }
}

/** The tree of a commit. @throws Error with what git or tar say */
export function treeOf(shop: Workshop, name: string, commit: string, yardstick: Yardstick = 'of today'): Tree {
  const folder = shop.folderFor(name)
  const archive = execFileSync('git', ['archive', commit], {
    cwd: root,
    maxBuffer: 1 << 30,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  execFileSync('tar', ['-x', '-C', folder], { input: archive, stdio: ['pipe', 'ignore', 'pipe'] })
  equip(folder, yardstick)
  return { folder }
}
