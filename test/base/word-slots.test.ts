import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WordSlots } from '#base/word-slots.ts'

const word = fc.nat({ max: 40 })

test.each([2, 3] as const)(
  'a table with keys of %i words finds what a map finds, also after it has grown',
  (keyWords) => {
    fc.assert(
      fc.property(fc.array(fc.tuple(word, word, word), { maxLength: 3_000, size: 'max' }), (rows) => {
        const slots = new WordSlots(keyWords)
        const known = new Map<string, number>()
        for (const [a, second, third] of rows) {
          const first = a + 1
          const key = (keyWords === 2 ? [first, second] : [first, second, third]).join()
          const slot = slots.slotOf(first, second, third)
          expect(slots.isFree(slot)).toBe(!known.has(key))
          if (known.has(key)) expect(slots.thirdAt(slot)).toBe(known.get(key))
          else {
            slots.put(slot, first, second, third)
            known.set(key, third)
          }
        }
        expect(slots.count).toBe(known.size)
      }),
      { numRuns: 20 },
    )
  },
)
