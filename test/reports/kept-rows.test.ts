import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KeptRows } from '#reports/exports/kept-rows.ts'

test('values are found, changed and listed as in a map, in memory and on the disk', () => {
  const steps = fc.array(fc.tuple(fc.nat({ max: 30 }), fc.integer({ min: 1, max: 9 })), { maxLength: 200 })
  fc.assert(
    fc.property(steps, fc.constantFrom(1, 3, 1000), (all, most) => {
      const kept = new KeptRows<{ sum: number }>(JSON.stringify, JSON.parse, most)
      const known = new Map<string, number>()
      for (const [number, amount] of all) {
        const key = `k${number}`
        const value = kept.get(key)
        expect(value?.sum).toBe(known.get(key))
        if (value === undefined) kept.set(key, { sum: amount })
        else value.sum += amount
        known.set(key, (known.get(key) ?? 0) + amount)
      }
      const keys: string[] = []
      for (const key of kept.keys()) {
        expect(kept.get(key)?.sum).toBe(known.get(key))
        keys.push(key)
      }
      expect(keys).toEqual([...known.keys()])
      kept.close()
    }),
    { numRuns: 30 },
  )
})
