import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's root folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

/** Files of a room by their path from the root. */
export function filesOf(room: string, ending = '.ts'): string[] {
  return readdirSync(join(root, room), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !path.includes('node_modules'))
    .sort()
}

export const textOf = (path: string): string => readFileSync(join(root, path), 'utf8')

/** The text without comments and with the insides of plain strings emptied, so that words in them do not count. */
export function codeOf(path: string): string {
  return textOf(path)
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|[^:])\/\/.*$/gm, '$1')
    .replace(/'(?:[^'\\\n]|\\.)*'/g, "''")
}

/** What a file imports, as written. */
export const importsOf = (path: string): string[] =>
  [
    ...textOf(path).matchAll(
      /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s+'([^']+)'|(?:^|\n)\s*import\s+'([^']+)'|import\('([^']+)'\)/g,
    ),
  ].map((match) => match[1] ?? match[2] ?? match[3])

/** What a file imports and thereby loads: all but `import type` and `export type`. */
export const valueImportsOf = (path: string): string[] => {
  const types = [
    ...textOf(path).matchAll(/(?:^|\n)\s*(?:import|export)\s+type\s+(?:\*|\{)[^'"]*?from\s+'([^']+)'/g),
  ].map((match) => match[1])
  const left = importsOf(path)
  for (const type of types) left.splice(left.indexOf(type), 1)
  return left
}
