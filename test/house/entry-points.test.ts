/** The API reference covers what the package exports. */
import { join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { textOf } from './source-tree.ts'

test('typedoc documents every entry point of the package, under its name', () => {
  const [, list] = /const entries[^{]*\{([^}]*)\}/.exec(textOf('cli/package/build.ts')) as RegExpExecArray
  const entries = [...list.matchAll(/'(\.[\w/]*)': '([\w/-]+)'/g)].map(([, entry, file]) => [entry, `${file}.ts`])
  expect(entries).toHaveLength(4)
  const { entryPoints } = JSON.parse(textOf('cli/package/api/typedoc.json')) as { entryPoints: string[] }
  expect(entryPoints.map((path) => normalize(join('cli/package/api', path)))).toEqual(entries.map(([, file]) => file))
  for (const [entry, file] of entries) expect(textOf(file), file).toContain(`@module marketsim${entry.slice(1)}\n`)
})
