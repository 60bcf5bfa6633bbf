/** Sums of more keys than are held in memory are those of a map, in the order of the keys. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KeyedSums } from '#reports/exports/keyed-sums.ts'

test('as a map sorted by key, however few keys are held', () => {
  const amounts = fc.array(
    fc.tuple(fc.string({ unit: 'grapheme', maxLength: 2 }), fc.bigInt(-(10n ** 24n), 10n ** 24n)),
  )
  fc.assert(
    fc.property(amounts, fc.integer({ min: 1, max: 5 }), (all, most) => {
      const sums = new KeyedSums(most)
      const expected = new Map<string, bigint>()
      for (const [key, amount] of all) {
        sums.add(key, amount, () => key)
        expected.set(key, (expected.get(key) ?? 0n) + amount)
      }
      const keys = [...expected.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      expect([...sums.entries()].map(({ about, sum }) => ({ about, sum }))).toEqual(
        keys.map((about) => ({ about, sum: expected.get(about) })),
      )
    }),
    { numRuns: 60 },
  )
})
