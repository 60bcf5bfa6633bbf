/** Planting an error of one line into a tree. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Mutant {
  readonly file: string
  /** Is in the file exactly once. */
  readonly text: string
  readonly instead: string
  /** The promise it breaks. */
  readonly breaks: string
  /** A scenario that shows it, by its path from the library without its ending; without one the month of `scenario.yaml`. */
  readonly scenario?: string
  /** Unit tests that are asked where the run shows nothing. */
  readonly tests?: readonly string[]
}

/** How often a mutant's text is in the tree below `root`. */
export const occurrences = (root: string, { file, text }: Mutant): number =>
  readFileSync(join(root, file), 'utf8').split(text).length - 1

/** Plants the error; returns how to take it out again. */
export function plant(root: string, { file, text, instead }: Mutant): () => void {
  const path = join(root, file)
  const sound = readFileSync(path, 'utf8')
  writeFileSync(
    path,
    sound.replace(text, () => instead),
  )
  return () => writeFileSync(path, sound)
}
