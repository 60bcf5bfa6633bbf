/** What the project depends on: exact versions, checked by hash, under licences that allow its use, without install scripts. */
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { textOf } from './source-tree.ts'

interface Locked {
  readonly version: string
  readonly license?: string
  readonly integrity?: string
  readonly dev?: boolean
  readonly devOptional?: boolean
  readonly hasInstallScript?: boolean
}

const manifest = JSON.parse(textOf('package.json')) as {
  readonly allowScripts: Readonly<Record<string, boolean>>
} & Readonly<Record<string, Readonly<Record<string, string>>>>
const { packages } = JSON.parse(textOf('package-lock.json')) as { readonly packages: Readonly<Record<string, Locked>> }
const locked = Object.entries(packages).filter(([path]) => path !== '')
/** Only tests, types and builds need it. */
const isForDevelopment = ({ dev, devOptional }: Locked): boolean => dev === true || devOptional === true

/** They ask for no more than a notice. */
const permissive = [
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'MIT OR Apache-2.0',
  'Unlicense',
  '0BSD',
]
/** Changed files stay under their licence; nothing of them is distributed. */
const forDevelopment = [...permissive, 'MPL-2.0', 'CC0-1.0']

test('every licence is allowed', () => {
  const others = locked.filter(
    ([, each]) => !(isForDevelopment(each) ? forDevelopment : permissive).includes(each.license ?? 'none'),
  )
  expect(others.map(([path, { license }]) => `${path}: ${license}`)).toEqual([])
})

test('every package is locked by a SHA-512', () => {
  expect(locked.filter(([, { integrity }]) => !/^sha512-/.test(integrity ?? '')).map(([path]) => path)).toEqual([])
})

test('every version is exact', () => {
  for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies'])
    for (const [name, version] of Object.entries(manifest[kind]))
      expect(version, name).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/)
})

test('nothing of a package runs when it is installed', () => {
  expect(textOf('.npmrc')).toContain('ignore-scripts=true')
  const running = locked.filter(
    ([path, { hasInstallScript }]) =>
      hasInstallScript && !Object.keys(manifest.allowScripts).some((name) => path.endsWith(name)),
  )
  expect(running.map(([path]) => path)).toEqual([])
  expect(Object.values(manifest.allowScripts)).not.toContain(true)
})

test('every data file from elsewhere has its source and licence next to it', () => {
  const folder = 'scenarios/data'
  const provenance = textOf(`${folder}/README.md`)
  const files = readdirSync(fileURLToPath(new URL(`../../${folder}`, import.meta.url))).filter((file) =>
    /\.(csv|gz|json)$/.test(file),
  )
  expect(files.length).toBeGreaterThan(0)
  for (const file of files) expect(provenance).toContain(file)
  expect(provenance).toMatch(/licen[cs]e|public domain|terms/i)
})
