import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { closest } from 'fastest-levenshtein'
import { UsageError } from '#cli/script.ts'
import { type Machine, machineHere } from './machine.ts'
import { commitOf, isShallow, keepTree, partsOf, root, type Tree } from './trees.ts'

/** Of what is saved: another one where figures or sources of before would be read wrongly. */
export const BASE_VERSION = 1

/** What `--save NAME` keeps in `out/bench`: the sources, which a comparison runs again, and figures of that day. */
export interface Base {
  readonly version: typeof BASE_VERSION
  readonly name: string
  /** Null outside of git. */
  readonly commit: string | null
  /** The sources are not exactly those of the commit. */
  readonly dirty: boolean
  readonly savedAt: string
  readonly machine: Machine
  readonly works: Readonly<Record<string, SavedWork>>
}

export interface SavedWork {
  readonly size: number
  /** Of the first batch. */
  readonly digest: string
  /** Of each round. */
  readonly nsPerOp: readonly number[]
}

const home = join(root, 'out/bench')
const fileOf = (store: string, name: string): string => join(store, `${name}.json`)
const sourcesOf = (store: string, name: string): string => join(store, name)

/** Names of the bases that were saved. */
function savedNames(store: string): string[] {
  if (!existsSync(store)) return []
  return readdirSync(store)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
}

/** @throws UsageError unless a base may have this name */
export function checkName(name: string): void {
  if (!/^[A-Za-z0-9][\w.-]*$/.test(name))
    throw new UsageError(`--save ${name}: a name has letters, digits, '.', '_' and '-', such as --save before`)
}

/** Makes sure that a base can be written, before anything is measured. @throws the system's error */
export function prepareStore(store = home): void {
  mkdirSync(store, { recursive: true })
  accessSync(store, constants.W_OK)
  // Root may write where the mode forbids it, but not on a disk that is read-only or full.
  const probe = join(store, `.probe-${process.pid}`)
  try {
    writeFileSync(probe, 'x')
  } finally {
    rmSync(probe, { force: true })
  }
}

/** What was measured, and where its sources are. */
export interface Fresh {
  readonly tree: Tree
  /** As git had it when the sources were copied. */
  readonly of: Pick<Base, 'commit' | 'dirty'>
  readonly works: Base['works']
}

/**
 * Saves figures with the sources that were measured, which may no longer be those on the disk. A base of that name stays
 * whole until the new one is.
 */
export function saveBase(name: string, { tree, of, works }: Fresh, store = home): Base {
  const base: Base = {
    version: BASE_VERSION,
    name,
    ...of,
    savedAt: new Date().toISOString(),
    machine: machineHere(),
    works,
  }
  const staging = join(store, `.${name}-${process.pid}`)
  try {
    mkdirSync(sourcesOf(staging, name), { recursive: true })
    keepTree(tree, sourcesOf(staging, name))
    writeFileSync(fileOf(staging, name), `${JSON.stringify(base, null, 1)}\n`)
    // The old sources go with the staging folder: to remove them here takes longer, in which there would be no base.
    if (existsSync(sourcesOf(store, name))) renameSync(sourcesOf(store, name), join(staging, 'old'))
    renameSync(sourcesOf(staging, name), sourcesOf(store, name))
    renameSync(fileOf(staging, name), fileOf(store, name))
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
  return base
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isWork = (work: unknown): boolean =>
  isObject(work) &&
  typeof work.size === 'number' &&
  typeof work.digest === 'string' &&
  Array.isArray(work.nsPerOp) &&
  work.nsPerOp.length > 0 &&
  work.nsPerOp.every((ns) => Number.isFinite(ns) && ns > 0)

/** What keeps a file from being a base, or undefined. */
function faultOf(base: Readonly<Record<string, unknown>>): string | undefined {
  if (base.commit !== null && typeof base.commit !== 'string') return 'it does not name its commit'
  if (typeof base.dirty !== 'boolean') return 'it does not say whether the sources were changed'
  if (typeof base.savedAt !== 'string') return 'it does not say when it was saved'
  if (!isObject(base.works) || Object.keys(base.works).length === 0) return 'it has no works'
  const wrong = Object.entries(base.works).find(([, work]) => !isWork(work))
  return wrong && `its work ${wrong[0]} has no size, digest or times`
}

/** @throws Error that says what is wrong with it */
function readBase(file: string): Base {
  const base: unknown = JSON.parse(readFileSync(file, 'utf8'))
  if (!isObject(base)) throw new Error('it is not an object')
  const { version, ...rest } = base
  if (version !== BASE_VERSION)
    throw new Error(
      `its version is ${version === undefined ? 'none, as before version 1' : JSON.stringify(version)}, and this program reads version ${BASE_VERSION}`,
    )
  const fault = faultOf(rest)
  if (fault !== undefined) throw new Error(fault)
  return base as unknown as Base
}

/** The command lines that make up for a base that cannot be read. */
function again(name: string, file: string): string {
  const save = `npm run bench -- --save ${name}`
  const commit = commitIn(file)
  return commit === null
    ? `make it again in the sources that it was made of: ${save}`
    : `make it again (${save}), or compare with its commit: npm run bench -- --compare ${commit.slice(0, 12)}`
}

/** The commit of a base of any version whose sources were exactly those, or null. */
function commitIn(file: string): string | null {
  try {
    const { commit, dirty } = JSON.parse(readFileSync(file, 'utf8'))
    return dirty === false && /^[0-9a-f]{40,64}$/.test(commit) ? commit : null
  } catch {
    return null
  }
}

/** What a name refers to: sources that can be run again, or figures alone. */
export type Found =
  | { readonly kind: 'sources'; readonly folder: string; readonly base: Base }
  | { readonly kind: 'commit'; readonly commit: string; readonly base: Base | null }
  | { readonly kind: 'figures'; readonly base: Base }

/** A saved base, or any commit by its name. @throws UsageError with what git says when there is neither */
export function findBase(name: string, store = home): Found {
  const isSaved = /^[\w.-]+$/.test(name) && existsSync(fileOf(store, name))
  if (!isSaved) {
    const { commit, fault } = commitOf(name)
    if (commit !== null) return { kind: 'commit', commit, base: null }
    const saved = savedNames(store)
    const hint =
      saved.length === 0
        ? 'nothing is saved yet'
        : `saved are ${saved.join(', ')}; did you mean ${closest(name, saved)}?`
    const cut = isShallow() ? '; this clone is shallow and may lack it: git fetch --unshallow' : ''
    throw new UsageError(
      `--compare ${name}: no base of that name is saved (${hint}), and git knows no such commit: ${fault}${cut}`,
    )
  }
  const [file, folder] = [fileOf(store, name), sourcesOf(store, name)]
  let base: Base
  try {
    base = readBase(file)
    // Sources that do not say what they consist of cannot be run.
    if (existsSync(join(folder, 'package.json'))) partsOf(folder)
  } catch (error) {
    throw new UsageError(`${file} is not a saved base: ${(error as Error).message}; ${again(name, file)}`)
  }
  if (existsSync(join(folder, 'package.json'))) return { kind: 'sources', folder, base }
  const { commit } = base.commit === null ? { commit: null } : commitOf(base.commit)
  return commit === null || base.dirty ? { kind: 'figures', base } : { kind: 'commit', commit, base }
}
