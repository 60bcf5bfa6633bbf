/** Notes of work that is under way: each program writes one next to its unfinished result, and `open` shows them. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

/** In the folder `unfinished` of a result that is being made. */
export const NOTE_FILE = 'live.json'
const UNFINISHED = 'unfinished'

export interface LiveNote {
  /** The folder that the result will have. */
  readonly target: string
  /** Milliseconds of the wall clock: when the work began, and of this note. */
  readonly began: number
  readonly at: number
  /** From 0 to 1; null where the extent of the work is not known. */
  readonly fraction: number | null
  /** How far it is, the most telling words first. */
  readonly words: readonly string[]
  /** What is drawn over time, such as events a second. */
  readonly rate: number | null
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

/** A note as it was written; undefined where it is none. */
function noteOf(text: string): LiveNote | undefined {
  const { target, began, at, fraction, words, rate } = JSON.parse(text) as Record<string, unknown>
  if (typeof target !== 'string' || !isNumber(began) || !isNumber(at) || !Array.isArray(words)) return undefined
  return {
    target: basename(target),
    began,
    at,
    fraction: isNumber(fraction) ? Math.min(1, Math.max(0, fraction)) : null,
    words: words.map(String),
    rate: isNumber(rate) ? rate : null,
  }
}

function noteIn(staging: string): LiveNote[] {
  try {
    const note = noteOf(readFileSync(join(staging, UNFINISHED, NOTE_FILE), 'utf8'))
    return note === undefined ? [] : [note]
  } catch {
    // It has no note yet, or its work has just ended.
    return []
  }
}

/** Notes of the work whose result will be this folder, or in it. */
export function liveNotes(folder: string): LiveNote[] {
  const place = resolve(folder)
  const isFolder = statSync(place, { throwIfNoEntry: false })?.isDirectory() === true
  const within = isFolder ? readdirSync(place).map((name) => join(place, name)) : []
  const parent = dirname(place)
  const siblings = existsSync(parent)
    ? readdirSync(parent)
        .filter((name) => name.startsWith(`${basename(place)}.partial-`))
        .map((name) => join(parent, name))
    : []
  return [place, ...within, ...siblings]
    .filter((path) => existsSync(join(path, UNFINISHED)))
    .flatMap(noteIn)
    .sort((a, b) => a.began - b.began)
}
