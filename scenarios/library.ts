/** The bundled scenarios by name, each with the question it answers. */
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { ScenarioDocument, valueAt } from './document.ts'

export interface LibraryScenario {
  readonly name: string
  readonly question: string
  /** Absolute path of the file. */
  readonly path: string
}

const folder = new URL('./', import.meta.url)

/** The scenario files of the library by their names, in order. Reads no file: a scenario has the name of its file. */
export async function libraryPaths(): Promise<Map<string, string>> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml')).sort()
  return new Map(files.map((file) => [file.replace(/\.yaml$/, ''), fileURLToPath(new URL(file, folder))]))
}

/** The scenarios of the library with what they say of themselves, in order of their names. */
export async function libraryScenarios(): Promise<LibraryScenario[]> {
  return Promise.all(
    Array.from(await libraryPaths(), async ([name, path]) => {
      const { data } = ScenarioDocument.read(path, await readFile(path, 'utf8'))
      return {
        name: String(valueAt(data, ['name']) ?? name),
        question: String(valueAt(data, ['question']) ?? ''),
        path,
      }
    }),
  )
}
