import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SeenWords } from '#base/seen-words.ts'

const few = fc.nat({ max: 40 })
/** Words as hashes have them, and some that share their first bits. */
const word = fc.oneof(few, fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.constantFrom(2 ** 31, 2 ** 32 - 2, 2 ** 32 - 1))

test.each([2, 3] as const)('keys of %i words are found as a map finds them, in memory and in the file', (keyWords) => {
  const rows = fc.array(fc.tuple(word, few, few), { maxLength: 3_000, size: 'max' })
  fc.assert(
    fc.property(rows, fc.constantFrom(1, 7, 300, 10_000), (all, mostRecent) => {
      const seen = new SeenWords(keyWords, mostRecent)
      const known = new Map<string, number>()
      for (const [a, second, third] of all) {
        const first = a || 1
        const key = (keyWords === 2 ? [first, second] : [first, second, third]).join()
        expect(seen.find(first, second, third)).toBe(known.get(key))
        if (known.has(key)) continue
        seen.add(first, second, third)
        known.set(key, third)
      }
      expect(seen.count).toBe(known.size)
      seen.close()
    }),
    { numRuns: 12 },
  )
})
