/** What a command loads before it does anything: each module costs every call a part of its start. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { importGraph } from './import-graph.ts'
import { root, valueImportsOf } from './source-tree.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-start-up-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Our own modules that a call loads, and the packages. */
function loadedBy(words: readonly string[]): { own: string[]; packages: string[] } {
  const file = join(folder, words.join('-').replaceAll(/[^\w-]/g, '_'))
  const hook = join(root, 'test/house/loaded-modules.ts')
  const { status } = spawnSync(process.execPath, ['--import', hook, join(root, 'cli/main.ts'), ...words], {
    env: { ...process.env, LOADED_MODULES: file },
  })
  expect(status).toBe(0)
  const paths = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((path) => relative(root, path))
  const packageOf = (path: string) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]
  return {
    own: paths.filter((path) => packageOf(path) === undefined && !path.startsWith('test/')),
    packages: [...new Set(paths.flatMap((path) => packageOf(path) ?? []))].sort(),
  }
}

/** Packages that a module loads, with those of the modules that it imports. */
function packagesOf(module: string): string[] {
  const graph = importGraph('values')
  const reached = new Set([module])
  for (const file of reached) for (const imported of graph.get(file) ?? []) reached.add(imported)
  const bare = [...reached].flatMap(valueImportsOf).filter((name) => !/^[.#]|^node:/.test(name))
  return [...new Set(bare)].sort()
}

test('a thread that simulates loads neither schemas nor a database', () => {
  expect(packagesOf('sim/run/cell.ts')).toEqual(['fastest-levenshtein'])
})

/** What measures wide characters. */
const columns = ['ansi-regex', 'get-east-asian-width', 'string-width', 'strip-ansi']
test('`--help` loads no command, and of the packages only those for near words and wide characters', () => {
  const { own, packages } = loadedBy(['--help'])
  expect(own.filter((path) => path.startsWith('cli/commands/'))).toEqual([])
  expect(own.length).toBeLessThanOrEqual(22)
  expect(packages).toEqual([...columns, 'fastest-levenshtein'].sort())
})

test('`run --help` loads one command more', () => {
  const { own, packages } = loadedBy(['run', '--help'])
  expect(own.filter((path) => path.startsWith('cli/commands/'))).toEqual(['cli/commands/run.ts'])
  expect(own.length).toBeLessThanOrEqual(24)
  expect(packages).toEqual([...columns, 'fastest-levenshtein'].sort())
})

test('`check` loads neither the simulation nor SQLite nor what draws charts', () => {
  const { own, packages } = loadedBy(['check', 'quickstart'])
  expect(
    own.filter((path) => /^sim\/(?!record\/(cut-off|keyed-sums|number-order))|^reports\/html\//.test(path)),
  ).toEqual([])
  // Neither what reads traces, which it has none of, nor what reads any command line, which this one does not need.
  expect(packages).toEqual([...columns, 'fastest-levenshtein', 'yaml', 'zod'].sort())
})

test('a sweep without a pool loads nothing of pools', () => {
  const { packages } = loadedBy(['sweep', '--help'])
  expect(packages.filter((name) => ['bullmq', 'ioredis', 'pg'].includes(name))).toEqual([])
})
