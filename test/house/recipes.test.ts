/** The recipes of CONTRIBUTING.md name what is there, and each of their lists is whole. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { exportNames } from '#reports/exports/formats.ts'
import { policyKeys } from '#scenarios/policies.ts'
import { filesOf, root, textOf } from './source-tree.ts'

const page = textOf('CONTRIBUTING.md')
const [, ...recipes] = page.split('\n### ').map((text) => text.split('\n## ')[0])
const scripts = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts as Record<string, string>

test('there is a recipe for each thing that is added often', () => {
  expect(recipes.map((recipe) => recipe.split('\n')[0])).toEqual([
    'A policy switch',
    'A rule',
    'A lifecycle',
    'A product kind',
    'A distribution',
    'A figure',
    'A command',
    'A script',
    'An export',
    'A field or error of a scenario',
  ])
})

describe.each(recipes.map((recipe) => [recipe.split('\n')[0], recipe]))('%s', (_, recipe) => {
  test('every path and script that it names is there', () => {
    const paths = [...recipe.matchAll(/`([a-z]+\/[\w./-]+|[A-Z]+\.md)`/g)].map(([, path]) => path)
    expect(paths.length).toBeGreaterThan(1)
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([])
    const named = [...recipe.matchAll(/`npm run ([\w:]+)`/g)].map(([, name]) => name)
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([])
  })
})

test('a command is a file of cli/commands, an entry of cli/commands.ts and a row of docs/cli.md', () => {
  const list = textOf('cli/commands.ts')
  const docs = textOf('docs/cli.md')
  const files = filesOf('cli/commands').filter((file) => /: Command = \{/.test(textOf(file)))
  expect(files.length).toBeGreaterThan(15)
  for (const file of files) {
    const [, name] = /name: '([\w -]+)'/.exec(textOf(file)) as RegExpExecArray
    expect(list, name).toContain(`import('./${file.slice('cli/'.length)}')`)
    expect(new RegExp(`^(\\| |## )\`${name}[ \`]`, 'm').test(docs), `a row or section for ${name}`).toBe(true)
  }
})

test('an export is an entry of the formats, tested and on the page of finance', () => {
  const tests = textOf('test/reports/exports.test.ts')
  const docs = textOf('docs/finance.md')
  for (const name of exportNames) {
    expect(tests.toLowerCase(), name).toContain(name)
    expect(docs, name).toContain(`--format ${name}`)
  }
})

test('a distribution is a file, a name and a row of parameters', () => {
  const names = textOf('engine/random/distribution.ts')
  const rows = textOf('engine/random/parameters.ts')
  const made = filesOf('engine/random/distributions').flatMap((file) =>
    [...textOf(file).matchAll(/^export function (\w+)\([^)]*\): Distribution/gm)].map(([, name]) => name),
  )
  expect(made.length).toBeGreaterThan(15)
  for (const name of made) {
    expect(names, name).toMatch(new RegExp(`\\b${name}\\b`))
    expect(rows, name).toMatch(new RegExp(`^  ${name}: \\{`, 'm'))
  }
})

test('a check of the auditor is a file, and the auditor calls it', () => {
  const list = ['sim/audit/checks.ts', ...filesOf('sim/audit')].map(textOf).join('\n')
  for (const file of filesOf('sim/audit/checks')) expect(list, file).toContain(`/${file.split('/').at(-1)}'`)
})

/** Switches that decide whether something happens, not what it costs: the auditor takes from the record what happened. */
const happenings: readonly string[] = ['quick.insufficient', 'appeal.outcomes', 'auto365.invoice', 'autoRenew.times']

test('the auditor asks for every switch that decides an amount', () => {
  const judge = filesOf('sim/audit').map(textOf).join('\n')
  const asked = policyKeys.filter((key) => judge.includes(`'${key}'`) || judge.includes(`.${key}`))
  expect(policyKeys.filter((key) => !asked.includes(key)).toSorted()).toEqual(happenings.toSorted())
})
