/** The planted errors still have a place to be planted. */
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { engineMutants } from './engine.ts'
import { mutants } from './list.ts'
import { occurrences } from './plant.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

const all = [...mutants, ...engineMutants]

test.each(all)('$breaks: its line is unique in $file', (mutant) => {
  expect(occurrences(root, mutant)).toBe(1)
})

test('there are at least 25 of the market and 30 of the engine, no two alike', () => {
  expect(new Set(all.map(({ file, text, instead }) => `${file}: ${text} -> ${instead}`)).size).toBe(all.length)
  expect(engineMutants.length).toBeGreaterThanOrEqual(30)
  expect(mutants.length).toBeGreaterThanOrEqual(25)
})
