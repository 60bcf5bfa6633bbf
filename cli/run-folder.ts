/**
 * The folder of a run. Everything is written into a folder next to it, which takes its name when it is complete: a
 * folder with a manifest is a whole run, and nothing else ever looks like one.
 */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { makeFolder, renameSynced, syncPath, syncTree } from '#base/files.ts'
import { InputError } from '#base/input-error.ts'
import { COMPARE } from '#reports/compared-runs.ts'
import { MANIFEST_FILE } from '#reports/manifest-files.ts'
import { beginNotes } from './live-note.ts'
import { runsFolder } from './settings.ts'
import { removeIfEnded, sayIfStopped } from './supervision.ts'
import { isInUse, lockStaging, removeUnfinished, UNFINISHED, unfinishedFolder } from './unfinished.ts'

export interface RunFolder {
  /** Where to write while the run is not complete. */
  readonly staging: string
  /** Its place when it is complete, as the caller named it. */
  readonly target: string
  /** Gives the complete run its name; an earlier run that was to be replaced goes. */
  commit(): void
  /** Removes what was written; the target stays as it was. */
  discard(): void
  /** Leaves what was written for `resume`. */
  leave(): void
  /** From here on also a forced end leaves it for `resume`; until then the launcher removes it. */
  keep(): void
}

const reason = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error)

/** Files and folders an earlier run wrote, by its manifest; undefined when the folder is no run of ours. */
function writtenBy(folder: string): Set<string> | undefined {
  const path = join(folder, MANIFEST_FILE)
  try {
    const { program, files, comparisons = {} } = JSON.parse(readFileSync(path, 'utf8'))
    if (program !== 'marketsim') return undefined
    const ofComparisons = Object.keys(comparisons).length === 0 ? [] : [COMPARE]
    return new Set([MANIFEST_FILE, ...ofComparisons, ...Object.keys(files).map((file) => file.split('/')[0])])
  } catch {
    return undefined
  }
}

/** Throws InputError unless the target is free, or holds nothing but an earlier run and may be replaced. */
function checkTarget(target: string, force: boolean): void {
  if (!existsSync(target)) return
  if (!lstatSync(target).isDirectory())
    throw new InputError('there is a file where the run folder should be', 'choose another folder with --out', target)
  const entries = readdirSync(target)
  if (entries.length === 0) return
  const written = writtenBy(target)
  if (written === undefined)
    throw new InputError(
      'this folder is not empty and has no run of marketsim, so it is never replaced',
      'choose another folder with --out',
      target,
    )
  if (!force)
    throw new InputError(
      'this folder has an earlier run',
      'add --force to replace it, or choose another folder with --out',
      target,
    )
  const foreign = entries.filter((entry) => !written.has(entry) && !/^run\.sqlite-(wal|shm|journal)$/.test(entry))
  if (foreign.length > 0)
    throw new InputError(
      `this run folder also has ${foreign.slice(0, 3).join(', ')}, which is not part of a run`,
      'move it elsewhere, or choose another folder with --out',
      target,
    )
}

/**
 * Makes a folder next to the target. A process ID may repeat, after a run was interrupted or in another container,
 * so a folder of its name may be there already.
 */
function makeSibling(target: string, kind: 'partial' | 'reports'): Sibling {
  const first = join(dirname(target), `${basename(target)}.${kind}-${process.pid}`)
  for (let turn = 1; ; turn++) {
    const folder = turn === 1 ? first : `${first}-${turn}`
    if (existsSync(folder)) continue
    // Announced first: a signal may come before the next line.
    const keep = removeIfEnded(folder)
    try {
      mkdirSync(folder)
      return { folder, keep }
    } catch (error) {
      keep()
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

interface Sibling {
  readonly folder: string
  /** Takes back that it is removed when the program is ended by force. */
  readonly keep: () => void
}

function makeStaging(target: string): Sibling {
  try {
    makeFolder(dirname(target))
    return makeSibling(target, 'partial')
  } catch (error) {
    throw new InputError(
      `cannot create a folder for the run (${reason(error)})`,
      'check its path and permissions, or choose another with --out',
      dirname(target),
    )
  }
}

/**
 * Claims the place of a run folder. Throws InputError when it is taken, foreign or cannot be written; with `force` an
 * earlier run gives way, but only when the new one is complete.
 */
export function claimRunFolder(target: string, force: boolean): RunFolder {
  const place = existsSync(target) ? realpathSync(target) : resolve(target)
  checkTarget(place, force)
  const { folder, keep } = makeStaging(place)
  return folderOf(folder, place, target, force, keep)
}

/** Claims the staging folder of a run that was interrupted. Throws InputError as `claimRunFolder`, or while it is in use. */
export function adoptRunFolder(staging: string, force: boolean): RunFolder {
  const target = staging.replace(stagingPattern, '')
  checkTarget(target, force)
  return folderOf(staging, target, target, force)
}

function folderOf(staging: string, place: string, target: string, force: boolean, keep = () => {}): RunFolder {
  const release = lockStaging(staging)
  const endNotes = beginNotes(unfinishedFolder(staging), target)
  const unlock = (): void => {
    endNotes()
    release()
  }
  return {
    staging,
    target,
    commit() {
      // Checked again: a folder may have appeared there during the run.
      checkTarget(place, force)
      unlock()
      removeUnfinished(staging)
      syncTree(staging)
      const aside = `${staging}.replaced`
      const earlier = existsSync(place)
      if (earlier && readdirSync(place).length === 0) rmdirSync(place)
      else if (earlier) renameSync(place, aside)
      renameSynced(staging, place)
      keep()
      // Forced from here on, the program does not live to say what it has made.
      sayIfStopped(`interrupted after ${target} was written`)
      rmSync(aside, { recursive: true, force: true })
    },
    discard() {
      unlock()
      rmSync(staging, { recursive: true, force: true, maxRetries: 3 })
      keep()
    },
    leave() {
      keep()
      unlock()
    },
    keep,
  }
}

const stagingPattern = /\.partial-\d+(-\d+)?$/

/** Whether a run of this folder was interrupted after it was complete, so that only its name is missing. */
export const isComplete = (staging: string): boolean => writtenBy(staging) !== undefined

/**
 * The staging folder that is meant by the name of a run or by itself. Throws InputError where no run was interrupted, or
 * more than one.
 */
export function findUnfinished(word: string): string {
  const places = [resolve(word), resolve(runsFolder(), word)]
  const staging = places.find((place) => stagingPattern.test(place) && existsSync(place))
  if (staging !== undefined) return staging
  const found = [...new Set(places.flatMap(stagingOf))]
  const idle = found.filter((folder) => !isInUse(folder))
  if (idle.length === 1) return idle[0]
  if (idle.length > 1)
    throw new InputError(
      `${idle.length} runs of that name were interrupted`,
      `name the one to resume: ${idle.map((folder) => basename(folder)).join(', ')}`,
      dirname(idle[0]),
    )
  if (found.length > 0)
    throw new InputError('this run is still running in another process', 'wait for its end, or stop it first', found[0])
  const complete = places.find((place) => writtenBy(place) !== undefined)
  throw complete === undefined
    ? new InputError(
        `no interrupted run has that name: there is no folder '${basename(word)}.partial-…'`,
        'name the folder of a run that was interrupted',
      )
    : new InputError('this run is already complete; there is nothing to resume', 'look at its report', complete)
}

function stagingOf(target: string): string[] {
  const folder = dirname(target)
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => stagingPattern.test(name) && name.replace(stagingPattern, '') === basename(target))
    .map((name) => join(folder, name))
}

/** The folder of a run that was given no other: its name and seed, in characters that every file system takes. */
export const defaultFolder = (name: string, seed: string): string =>
  join(runsFolder(), `${name}-${seed}`.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 120))

/**
 * Lets `write` fill a folder next to the run folder, then moves what it wrote into the run folder, each file and folder
 * in one step: a concurrent reader finds the earlier one or the new one, and after a failure the earlier ones.
 */
export async function withReplacement<T>(folder: string, write: (staging: string) => Promise<T>): Promise<T> {
  const target = resolve(folder)
  let sibling: Sibling
  try {
    sibling = makeSibling(target, 'reports')
  } catch (error) {
    throw new InputError(
      `cannot write next to the run (${reason(error)})`,
      'check the permissions of its folder',
      target,
    )
  }
  const { folder: staging, keep } = sibling
  const unlock = lockStaging(staging)
  try {
    removeStale(target)
    const result = await write(staging)
    syncTree(staging)
    for (const name of readdirSync(staging)) {
      if (name === UNFINISHED) continue
      const place = join(target, name)
      // A folder with something in it gives its place to no other.
      if (existsSync(place) && lstatSync(place).isDirectory()) renameSync(place, join(staging, `earlier-${name}`))
      renameSync(join(staging, name), place)
    }
    syncPath(target)
    return result
  } finally {
    unlock()
    rmSync(staging, { recursive: true, force: true })
    keep()
  }
}

/** Removes what reports that were ended by force left next to the run. */
function removeStale(target: string): void {
  const stale = readdirSync(dirname(target)).filter(
    (name) => /\.reports-\d+(-\d+)?$/.test(name) && name.replace(/\.reports-[\d-]+$/, '') === basename(target),
  )
  for (const name of stale) {
    const folder = join(dirname(target), name)
    // One without a lock was just made, or is of an older version: only what was abandoned certainly goes.
    if (existsSync(join(folder, UNFINISHED)) && !isInUse(folder)) rmSync(folder, { recursive: true, force: true })
  }
}
