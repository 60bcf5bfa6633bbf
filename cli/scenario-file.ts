/** Opening what the caller named: a scenario file, or a scenario of the library by its name. */
import { existsSync, statSync } from 'node:fs'
import { relative } from 'node:path'
import { didYouMean } from '#base/did-you-mean.ts'
import { InputError } from '#base/input-error.ts'
import { remarksOf } from '#reports/answer.ts'
import { figures } from '#reports/figures/catalogue.ts'
import type { ReadScenario } from '#scenarios/reader.ts'
import { checkInputFile } from './input-file.ts'

/** A path as short as it can be said from here. */
function shortest(path: string): string {
  const near = relative(process.cwd(), path)
  return near === '' || near.startsWith('..') ? path : near
}

/** The path of the scenario that a word on the command line means. Throws InputError. */
export async function scenarioPath(word: string): Promise<string> {
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

/** Reads a scenario and checks it against what the reports can answer. Throws ScenarioErrors with all of its errors. */
export async function openScenario(path: string, sets: readonly string[]): Promise<ReadScenario> {
  // The schema takes a moment to load; --help and the reports do without it.
  const { readScenario } = await import('#scenarios/reader.ts')
  return readScenario(path, { sets, figures, judgeThresholds: remarksOf })
}
