/** The planted errors still have a place to be planted. */
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { mutants } from './list.ts'
import { occurrences } from './plant.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

test.each(mutants)('$breaks: its line stands once in $file', (mutant) => {
  expect(occurrences(root, mutant)).toBe(1)
})

test('there are at least 25 of them, no two alike', () => {
  expect(new Set(mutants.map(({ file, text, instead }) => `${file}: ${text} -> ${instead}`)).size).toBe(mutants.length)
  expect(mutants.length).toBeGreaterThanOrEqual(25)
})
