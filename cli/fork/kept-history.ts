/** What `run --until` keeps in its folder for `fork`: the history up to an instant, and how it was made. */
import { cpSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { DamageError } from '#base/damage-error.ts'
import { makeFolder, syncTree, writeWhole } from '#base/files.ts'
import { InputError } from '#base/input-error.ts'
import { expectListed, manifestIn } from '#reports/manifest-files.ts'
import type { ReadScenario } from '#scenarios/reader.ts'
import { programDigest } from '../results/program-digest.ts'
import { type RunRequest, unfinishedFolder } from '../unfinished.ts'
import { marketsimVersion } from '../versions.ts'

/** Folder in the folder of a run. */
const FORK = 'fork'
const HISTORY = 'history.bin'
const FACTS = 'facts'

/** How a history was made, and how far it goes. */
export interface KeptHistory {
  /** The scenario file as the caller named it. */
  readonly path: string
  /** The scenario to its own end, without comparisons. */
  readonly read: ReadScenario
  readonly seed: string
  readonly sets: readonly string[]
  /** Virtual ms; the checkpoint is at `at`, the last moment before at which the state is whole. */
  readonly until: number
  readonly at: number
}

interface Kept extends KeptHistory {
  readonly version: string
  readonly program: string
}

const checkpointName = (at: number): string => `checkpoint-${at}`

/** Whether the staging folder of an interrupted `run --until` has its history already. */
export const hasHistory = (folder: string): boolean => existsSync(join(folder, FORK, HISTORY))

/** Keeps the checkpoint at `at` and the facts up to it, both in `staging`, for forks. */
export function keepHistory(staging: string, { path, read, seed, sets }: RunRequest, at: number, until: number): void {
  const folder = join(staging, FORK)
  makeFolder(folder)
  cpSync(join(staging, FACTS), join(folder, FACTS), { recursive: true })
  cpSync(join(unfinishedFolder(staging), checkpointName(at)), join(folder, checkpointName(at)))
  syncTree(folder)
  const kept: Kept = { version: marketsimVersion(), program: programDigest(), path, read, seed, sets, until, at }
  writeWhole(folder, HISTORY, serialize(kept))
}

/**
 * The history that a run keeps for forks.
 * @throws InputError where it keeps none, or another program made it; DamageError where a file of it is damaged
 */
export function keptHistory(run: string): KeptHistory {
  const manifest = manifestIn(run)
  if (manifest?.files === undefined)
    throw new InputError('this folder has no run of marketsim', 'name the folder of a `run --until`', run)
  if (!Object.hasOwn(manifest.files, `${FORK}/${HISTORY}`))
    throw new InputError(
      'this run keeps no history to continue from',
      'make it with `npm start -- run FILE --until INSTANT`, and fork that',
      run,
    )
  for (const name of Object.keys(manifest.files))
    if (name.startsWith(`${FORK}/`)) expectListed(run, name, 'make the run again', manifest.files)
  const path = join(run, FORK, HISTORY)
  let kept: Kept
  try {
    kept = deserialize(readFileSync(path))
  } catch (error) {
    throw new DamageError(path, `the history is damaged: ${(error as Error).message}`, 'make the run again')
  }
  const own = { version: marketsimVersion(), program: programDigest() }
  if (kept.version === own.version && kept.program === own.program) return kept
  const by = (made: Pick<Kept, 'version' | 'program'>) => `marketsim ${made.version} (program ${made.program})`
  throw new InputError(
    `this history was made by ${by(kept)}, and this is ${by(own)}: its state may mean something else`,
    'make the run again with this version, or fork it with that one',
    run,
  )
}

/** Puts the history of a run into the staging folder of another one, which then continues from it. */
export function continueFrom(run: string, staging: string, { at }: KeptHistory): void {
  const folder = join(run, FORK)
  cpSync(join(folder, FACTS), join(staging, FACTS), { recursive: true })
  makeFolder(unfinishedFolder(staging))
  cpSync(join(folder, checkpointName(at)), join(unfinishedFolder(staging), checkpointName(at)))
}
