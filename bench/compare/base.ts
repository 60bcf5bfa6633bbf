import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { closest } from 'fastest-levenshtein'
import { UsageError } from '#cli/script.ts'
import type { Machine } from './machine.ts'
import { commitOf, isDirty, keepTree, root } from './trees.ts'

/** What `--save NAME` keeps in `out/bench`: the sources, which a comparison runs again, and figures of that day. */
export interface Base {
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

const store = join(root, 'out/bench')
const fileOf = (name: string): string => join(store, `${name}.json`)
const sourcesOf = (name: string): string => join(store, name)

/** Names of the bases that were saved. */
function savedNames(): string[] {
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
export function prepareStore(): void {
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

/** Saves figures with the sources they belong to. */
export function saveBase(name: string, machine: Machine, works: Base['works']): Base {
  const base: Base = {
    name,
    commit: commitOf('HEAD').commit,
    dirty: isDirty(),
    savedAt: new Date().toISOString(),
    machine,
    works,
  }
  rmSync(sourcesOf(name), { recursive: true, force: true })
  mkdirSync(sourcesOf(name), { recursive: true })
  keepTree(sourcesOf(name))
  writeFileSync(fileOf(name), `${JSON.stringify(base, null, 1)}\n`)
  return base
}

/** What a name refers to: sources that can be run again, or figures alone. */
export type Found =
  | { readonly kind: 'sources'; readonly folder: string; readonly base: Base }
  | { readonly kind: 'commit'; readonly commit: string; readonly base: Base | null }
  | { readonly kind: 'figures'; readonly base: Base }

/** A saved base, or any commit by its name. @throws UsageError with what git says when there is neither */
export function findBase(name: string): Found {
  const isSaved = /^[\w.-]+$/.test(name) && existsSync(fileOf(name))
  if (!isSaved) {
    const { commit, fault } = commitOf(name)
    if (commit !== null) return { kind: 'commit', commit, base: null }
    const saved = savedNames()
    const hint =
      saved.length === 0
        ? 'nothing is saved yet'
        : `saved are ${saved.join(', ')}; did you mean ${closest(name, saved)}?`
    throw new UsageError(
      `--compare ${name}: no base of that name is saved (${hint}), and git knows no such commit: ${fault}`,
    )
  }
  let base: Base
  try {
    base = JSON.parse(readFileSync(fileOf(name), 'utf8'))
    if (typeof base.works !== 'object' || base.works === null) throw new Error('it has no works')
  } catch (error) {
    throw new UsageError(
      `${fileOf(name)} is not a saved base: ${(error as Error).message}; save it again with --save ${name}`,
    )
  }
  if (existsSync(join(sourcesOf(name), 'package.json'))) return { kind: 'sources', folder: sourcesOf(name), base }
  const { commit } = base.commit === null ? { commit: null } : commitOf(base.commit)
  return commit === null || base.dirty ? { kind: 'figures', base } : { kind: 'commit', commit, base }
}
