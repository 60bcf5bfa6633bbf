/**
 * Notes how far a command is, next to its unfinished result, for `marketsim open`. What shows progress calls `note`, whether or
 * not anything is shown on the terminal. A command makes one result at a time.
 */
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type LiveNote, NOTE_FILE } from '#reports/pages/live-notes.ts'

const EVERY_MS = 500

interface Noting {
  readonly path: string
  readonly target: string
  readonly began: number
  notedAt: number
}

let noting: Noting | undefined

/** From here on notes are of the result `target`, which is made in a folder; returns what ends that. */
export function beginNotes(folder: string, target: string): () => void {
  const now = Date.now()
  const mine: Noting = { path: join(folder, NOTE_FILE), target, began: now, notedAt: now }
  noting = mine
  return () => {
    if (noting === mine) noting = undefined
  }
}

type Progress = Pick<LiveNote, 'fraction' | 'words'> & { readonly rate?: number }

/** Notes progress at most twice a second; `progress` is made only then. */
export function note(progress: () => Progress): void {
  if (noting === undefined) return
  const at = Date.now()
  if (at - noting.notedAt < EVERY_MS) return
  noting.notedAt = at
  const { path, target, began } = noting
  const text: LiveNote = { target, began, at, rate: null, ...progress() }
  try {
    writeFileSync(`${path}.new`, JSON.stringify(text))
    renameSync(`${path}.new`, path)
  } catch {
    // A note that is missing hides nothing: the work itself reports what the disk does not take.
  }
}
