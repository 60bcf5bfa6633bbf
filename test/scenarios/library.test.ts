import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { jsonSchemaText } from '#scenarios/json-schema.ts'
import { libraryScenarios } from '#scenarios/library.ts'
import { policyKeys } from '#scenarios/policies.ts'
import { parseScenario, readScenario } from '#scenarios/reader.ts'
import { marketplace } from './marketplace.ts'

const schemaFile = new URL('../../scenarios/scenario.schema.json', import.meta.url)
const library = await libraryScenarios()

test('the library has its scenarios, each with a name and a question', () => {
  expect(library.map(({ name }) => name)).toEqual(expect.arrayContaining(['nasa-ipsc', 'quickstart']))
  for (const { name, question, path } of library) {
    expect(path.endsWith(`/${name}.yaml`), path).toBe(true)
    expect(question).toMatch(/\?$/)
  }
})

test.each(library)('$name is read, and names the schema and its question to the reader', async ({ path }) => {
  const { scenario, source, hash } = await readScenario(path)
  expect(scenario.end).toBeGreaterThan(scenario.start)
  expect(hash).toMatch(/^[0-9a-f]{64}$/)
  expect(source).toMatch(/^# yaml-language-server: \$schema=\.\/scenario\.schema\.json\n# Question: /)
})

test('scenario.schema.json is what `node scenarios/json-schema.ts` prints', () => {
  expect(readFileSync(schemaFile, 'utf8')).toBe(jsonSchemaText())
})

const validate = new Ajv2020({ strict: false }).compile(JSON.parse(jsonSchemaText()))

test.each(library)('$name is valid for an editor', ({ path }) => {
  expect(validate(parse(readFileSync(path, 'utf8'))), JSON.stringify(validate.errors)).toBe(true)
})

test('an editor refuses unknown keys and wrong forms', () => {
  expect(validate(parse(marketplace))).toBe(true)
  for (const [instead, written] of [
    ['capacity: 60', 'capactiy: 60'],
    ['provisioning: 90s', 'provisioning: 90'],
    ['poisson:', 'possion:'],
    ['seed: 7', 'seed: [7]'],
    ['perBuyer: 3/week', 'perBuyer: 3'],
  ])
    expect(validate(parse(marketplace.replace(instead, written))), written).toBe(false)
})

const whole = readFileSync(new URL('whole.yaml', import.meta.url), 'utf8')

test('a scenario of the whole marketplace is read', () => {
  expect(validate(parse(whole)), JSON.stringify(validate.errors)).toBe(true)
  const scenario = parseScenario(whole, 'whole.yaml')
  const kinds = ['profile', 'closed', 'spike', 'stages', 'poisson', 'profile', 'renewal', 'markov', 'trace', 'trace']
  expect(scenario.buyers.map(({ load }) => load.kind)).toEqual(kinds)
  expect(scenario.end - scenario.start).toBe(92 * 86_400_000)
  expect(scenario.arrivalsUntil).toBe(scenario.start + 90 * 86_400_000)
  expect(scenario.events).toContainEqual({
    at: Date.parse('2023-05-14T00:00:00+08:00'),
    kind: 'outage',
    zone: 'ap-1a',
    flavour: 'c6.large',
    for: 3 * 3_600_000,
    breaks: 0.5,
  })
})

/** Names of keys written anywhere in plain data. */
function* keysIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    yield key
    yield* keysIn(inner)
  }
}

test('the scenario of the whole marketplace writes every key there is', () => {
  const written = new Set([...keysIn(parse(whole)), ...policyKeys, 'end'])
  const missing = [...properties(JSON.parse(jsonSchemaText()))].map(([path]) => path.replace(/^.*\./, ''))
  const policyEnds = policyKeys.map((key) => key.replace(/^.*\./, ''))
  expect([...new Set(missing)].filter((key) => !written.has(key) && !policyEnds.includes(key))).toEqual([])
})

/** Every schema below `properties`, with its path. */
function* properties(schema: unknown, path = ''): Generator<[path: string, schema: Record<string, unknown>]> {
  if (typeof schema !== 'object' || schema === null) return
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties')
      for (const [name, inner] of Object.entries(value as Record<string, Record<string, unknown>>)) {
        yield [`${path}.${name}`, inner]
        yield* properties(inner, `${path}.${name}`)
      }
    else yield* properties(value, path)
  }
}

test('every key has a description', () => {
  const bare = [...properties(JSON.parse(jsonSchemaText()))].filter(([, schema]) => !schema.description && !schema.$ref)
  expect(bare.map(([path]) => path)).toEqual([])
})
