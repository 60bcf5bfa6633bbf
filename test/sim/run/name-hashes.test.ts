import { expect, test } from 'vitest'
import { nameHash } from '#engine/name-hash.ts'
import { words } from '#sim/market/words.ts'
import { factTableNames } from '#sim/record/columns.ts'

test('no two words and no two tables share a hash', () => {
  for (const names of [words, factTableNames]) expect(new Set(names.map(nameHash)).size).toBe(names.length)
})
