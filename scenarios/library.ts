/** The scenarios that come along, by name, each with the question it answers. */
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

/** The scenario files of the library, in order of their names. */
export async function libraryScenarios(): Promise<LibraryScenario[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml')).sort()
  return Promise.all(
    files.map(async (file) => {
      const path = fileURLToPath(new URL(file, folder))
      const { data } = ScenarioDocument.read(path, await readFile(path, 'utf8'))
      const name = valueAt(data, ['name'])
      const question = valueAt(data, ['question'])
      return { name: String(name ?? file.replace(/\.yaml$/, '')), question: String(question ?? ''), path }
    }),
  )
}
