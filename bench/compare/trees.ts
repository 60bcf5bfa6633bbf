import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UsageError } from '#cli/script.ts'
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
  const missing = (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT'
  const fault = missing ? 'git is not installed' : (error?.message ?? stderr)
  return { text: status === 0 ? stdout.trim() : null, fault: fault.trim() }
}

/** The commit a name means, or null with what git says about it. */
export function commitOf(name: string): { readonly commit: string | null; readonly fault: string } {
  const { text, fault } = git('rev-parse', '--verify', '--end-of-options', `${name}^{commit}`)
  return { commit: text, fault }
}

/** Whether git was given only the last commits of the history. */
export const isShallow = (): boolean => git('rev-parse', '--is-shallow-repository').text === 'true'

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

/**
 * Runs one of the system's programs, whose failure is one of the disk.
 * @throws UsageError where it is not installed, otherwise Error with what it says, as an error of the disk
 */
export function runOnDisk(program: string, words: readonly string[], cwd: string): void {
  const { status, signal, stderr, error } = spawnSync(program, words, { cwd, encoding: 'utf8' })
  if (status !== 0) throw diskError(program, error, stderr, signal)
}

function diskError(program: string, error: Error | undefined, stderr: string, signal: NodeJS.Signals | null): Error {
  if ((error as NodeJS.ErrnoException)?.code === 'ENOENT') return new UsageError(`${program} is not installed`)
  const said = error?.message ?? (firstOf(stderr) || `${program} was ended by ${signal ?? 'a signal'}`)
  return Object.assign(new Error(said), { code: 'EIO' })
}

/** The first line, and how many follow: on a full disk cp and tar have one for each file. */
function firstOf(stderr: string): string {
  const [first, ...others] = stderr.trim().split('\n')
  return others.length === 0 ? first : `${first} (and ${others.length} more lines)`
}

/** By the system's own program, in a tenth of the time of `cpSync`. @throws Error with what it says, as an error of the disk */
const copyAll = (parts: readonly string[], from: string, to: string): void =>
  runOnDisk('cp', ['-R', '-P', ...parts, to], from)

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

/** What the system says, in the words of every program, where a disk takes no more. */
const fullDisk = /No space left|Disk quota|Read-only file system|Input\/output error/

/**
 * The tree of a commit. The archive is a file on its way, so that either program fails for its own reason.
 * @throws UsageError with what git says (a partial clone without the files), an error of the disk with what tar says
 */
export async function treeOf(
  shop: Workshop,
  name: string,
  commit: string,
  yardstick: Yardstick = 'of today',
): Promise<Tree> {
  const folder = shop.folderFor(name)
  const archive = `${folder}.tar`
  const place = { cwd: root, env: { ...process.env, LC_ALL: 'C' } }
  const missing = (program: string) => (error: Error) => {
    throw diskError(program, error, '', null)
  }
  const words = ['archive', '--format=tar', '-o', archive, commit]
  const git = await shop.run('git', words, place).catch(missing('git'))
  if (git.status !== 0 && fullDisk.test(git.stderr)) throw diskError('git', undefined, git.stderr, null)
  if (git.status !== 0)
    throw new UsageError(`git archive ${commit.slice(0, 12)}: ${git.stderr.trim() || 'ended by a signal'}`)
  const tar = await shop.run('tar', ['-x', '-f', archive, '-C', folder], place).catch(missing('tar'))
  if (tar.status !== 0) throw diskError('tar', undefined, tar.stderr, null)
  rmSync(archive)
  equip(folder, yardstick)
  return { folder }
}
