/** Who imports whom, by path from the root. */
import { dirname, join, normalize } from 'node:path'
import { filesOf, importsOf, valueImportsOf } from './source-tree.ts'

export type ImportGraph = ReadonlyMap<string, readonly string[]>

const rooms = ['engine', 'base', 'scenarios', 'sim', 'reports', 'cli']

const target = (file: string, specifier: string): string =>
  specifier.startsWith('#') ? specifier.slice(1) : normalize(join(dirname(file), specifier))

/** All files of the rooms. `values`: only imports that load the other file when the program runs, not those of types. */
export function importGraph(what: 'all' | 'values' = 'all'): ImportGraph {
  const files = new Set(rooms.flatMap((room) => filesOf(room)))
  const importsIn = what === 'all' ? importsOf : valueImportsOf
  return new Map(
    [...files].map((file) => [
      file,
      importsIn(file)
        .map((specifier) => target(file, specifier))
        .filter((path) => files.has(path)),
    ]),
  )
}

/** The files that a folder reaches, directly or through others, outside itself; sorted. */
export function reachedFrom(folder: string, graph: ImportGraph): string[] {
  const found = new Set([...graph.keys()].filter((file) => file.startsWith(`${folder}/`)))
  for (const file of found) for (const imported of graph.get(file) as readonly string[]) found.add(imported)
  return [...found].filter((file) => !file.startsWith(`${folder}/`)).sort()
}
