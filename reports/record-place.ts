/** Where the record of a run is, and what an error of opening it means. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DamageError } from '#base/damage-error.ts'
import { damageOr } from '#base/databases.ts'
import { otherThanFile } from '#scenarios/file-kind.ts'
import { expectListed, MANIFEST_FILE } from './manifest-files.ts'
import { RecordError } from './record-error.ts'

/** Name of the record in a run folder. */
export const RECORD_FILE = 'run.sqlite'

/** Whether a file is where a complete run has its record: if it is not a record there, it is a damaged one. */
export const isInRunFolder = (path: string): boolean =>
  basename(path) === RECORD_FILE && existsSync(join(dirname(path), MANIFEST_FILE))

/** What an error of opening a record means. `isOurs`: its version says that it is a record of a run. */
export function openingError(error: unknown, path: string, isOurs: boolean): unknown {
  const { code, message } = error as { readonly code?: unknown; readonly message?: string }
  if (error instanceof RecordError || error instanceof DamageError) return error
  const found = damageOr(error, path)
  if (found instanceof DamageError && (isOurs || code !== 'SQLITE_NOTADB' || isInRunFolder(path))) return found
  if (isOurs && (code === 'SQLITE_ERROR' || error instanceof SyntaxError))
    return new DamageError(path, `the record is damaged: ${message}`)
  return new RecordError(
    path,
    `this is not a record of a run: ${message}`,
    'name a folder that `marketsim run` wrote, or run the scenario again',
  )
}

/** How a run is made again: by the command that its manifest keeps. */
export function againText(record: string): string {
  try {
    const { repeat } = JSON.parse(readFileSync(join(dirname(record), MANIFEST_FILE), 'utf8')) as { repeat?: unknown }
    if (typeof repeat === 'string') return `make it again: ${repeat}`
  } catch {
    // A record without its folder does not say what made it.
  }
  return 'run its scenario again'
}

export function recordPath(place: string): string {
  const hint = 'name a folder that `marketsim run` wrote, such as runs/quickstart-42'
  if (!existsSync(place)) throw new RecordError(place, 'there is no such run', hint)
  const path = statSync(place).isDirectory() ? join(place, RECORD_FILE) : place
  if (!existsSync(path)) {
    expectListed(place, RECORD_FILE, againText(path))
    throw new RecordError(place, `this folder has no ${RECORD_FILE}`, hint)
  }
  // Before it is opened: opening a pipe waits for its writer.
  const other = otherThanFile(statSync(path))
  if (other !== null) throw new RecordError(path, `this is ${other}, not a record`, hint)
  return path
}
