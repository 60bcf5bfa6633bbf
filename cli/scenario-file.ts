/** Opening what the caller named: a scenario file, or a scenario of the library by its name. */
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { didYouMean } from '#base/did-you-mean.ts'
import { InputError } from '#base/input-error.ts'
import { remarksOf } from '#reports/answer-remarks.ts'
import { figures } from '#reports/figures/catalogue.ts'
import type { ReadScenario } from '#scenarios/reader.ts'
import { checkInputFile } from './input-file.ts'
import { quoted, shortest } from './shell.ts'

/** The path of the scenario that a word on the command line means; `-` is stdin. Throws InputError. */
export async function scenarioPath(word: string): Promise<string> {
  if (word === '-') return word
  const isThere = existsSync(word)
  if (isThere && !statSync(word).isDirectory()) {
    checkInputFile(word, 'a scenario file')
    return word
  }
  const { libraryPaths } = await import('#scenarios/library.ts')
  const library = await libraryPaths()
  const path = library.get(word)
  if (path !== undefined) return shortest(path)
  if (isThere) checkInputFile(word, 'a scenario file')
  const near = didYouMean(word, [...library.keys()])
  throw new InputError(
    `there is no scenario file '${word}', and no bundled scenario has that name`,
    `${near === undefined ? '' : `did you mean ${near}? `}\`npm start -- list\` shows the bundled scenarios`,
  )
}

/** What a scenario that came from stdin is kept as, in the folder of its result. */
const KEPT = 'scenario.yaml'

/** Keeps the text of a scenario from stdin in a result folder, so that the result can be made again. */
export function keepScenario(folder: string, path: string, source: string): void {
  if (path === '-') writeFileSync(join(folder, KEPT), source)
}

/** What follows the command that repeats a result whose scenario came from stdin. */
export const feeding = (path: string, folder: string): string =>
  path === '-' ? ` < ${quoted(join(folder, KEPT))}` : ''

/** Reads a scenario and checks it against what the reports can answer. Throws ScenarioErrors with all of its errors. */
export async function openScenario(path: string, sets: readonly string[]): Promise<ReadScenario> {
  // The schema takes a moment to load; --help and the reports do without it.
  const { readScenario } = await import('#scenarios/reader.ts')
  return readScenario(path, { sets, figures, judgeThresholds: remarksOf })
}
