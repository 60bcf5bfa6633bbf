/** The runs in a folder: the folder itself, or those in it, with the runs that each is compared with. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { comparedFolder, comparedNames } from '../compared-runs.ts'
import { MANIFEST_FILE } from '../manifest-files.ts'
import { RECORD_FILE } from '../record-place.ts'

export interface FoundRun {
  /** What its pages are called by: the name of its folder. */
  readonly key: string
  readonly folder: string
}

/** Whether a folder has a whole run: its manifest is written last. */
const isRun = (folder: string): boolean =>
  existsSync(join(folder, RECORD_FILE)) && existsSync(join(folder, MANIFEST_FILE))

const withCompared = (folder: string): FoundRun[] => {
  const key = basename(resolve(folder))
  return [
    { key, folder },
    ...comparedNames(folder).map((name) => ({ key: `${key}.compare.${name}`, folder: comparedFolder(folder, name) })),
  ]
}

/** Whole runs of a folder, in the order of their names. */
export function runsIn(folder: string): FoundRun[] {
  if (isRun(folder)) return withCompared(folder)
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true && isRun(path))
    .flatMap(withCompared)
}
