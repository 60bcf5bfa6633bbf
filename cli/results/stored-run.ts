/**
 * A result as every store keeps it: one line of JSON with sorted keys, and its SHA-256 on the next. Two equal results are
 * equal bytes.
 */
import { DamageError } from '#base/damage-error.ts'
import { sortedLine } from '#reports/sorted-json.ts'
import type { OneRun } from '../sweep/one-run.ts'
import { type RunPremises, runKey, sha256 } from './run-key.ts'

interface Stored {
  readonly premises: RunPremises
  readonly run: OneRun
}

export function storedText(premises: RunPremises, run: OneRun): string {
  const line = sortedLine({ premises, run } satisfies Stored)
  return `${line}\n${sha256(line)}\n`
}

/** SHA-256 of the result in a stored text. */
export const digestOfStored = (text: string): string =>
  text.slice(0, -1).slice(text.lastIndexOf('\n', text.length - 2) + 1)

const REMOVE = 'remove it; the run is made again'

/** The result of `key` in a stored text; `where` is its place. @throws DamageError where it is not what was written */
export function storedRun(text: string, key: string, where: string): OneRun {
  const end = text.indexOf('\n')
  const line = text.slice(0, end)
  if (end < 0 || text !== `${line}\n${sha256(line)}\n`) throw new DamageError(where, 'this result is damaged', REMOVE)
  const { premises, run }: Stored = JSON.parse(line)
  if (runKey(premises) !== key) throw new DamageError(where, 'this is the result of another run', REMOVE)
  return run
}
