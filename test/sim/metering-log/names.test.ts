/** Names by number, in memory as in temporary files. */
import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Names } from '#sim/metering-log/names.ts'

const name = fc.oneof(
  fc.nat(300).map((number) => `line-${number}`),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.nat(20).map((number) => `${'long'.repeat(240)}${number}`),
)

test.each([1, 50, 1_000_000])('with %i names in memory, each has the number of its first coming', (mostHeld) => {
  fc.assert(
    fc.property(fc.array(name, { maxLength: 600, size: 'max' }), (texts) => {
      const names = new Names(mostHeld)
      const expected = new Map<string, number>()
      for (const text of texts) {
        const number = expected.get(text) ?? expected.size
        expected.set(text, number)
        expect(names.numberOf(text)).toBe(number)
      }
      expect(names.count).toBe(expected.size)
      for (const [text, number] of expected) {
        expect(names.text(number)).toBe(text)
        const bytes = Buffer.from(`-${text}-`)
        expect(names.find(bytes, 1, bytes.length - 1)).toBe(number)
      }
      const other = Buffer.from('no such name')
      expect(names.find(other, 0, other.length)).toBe(-1)
      names.close()
    }),
    { numRuns: 10 },
  )
})

test.each([1, 1_000_000])('with %i names in memory, one of more than 1,000 bytes is refused', (mostHeld) => {
  const names = new Names(mostHeld)
  names.numberOf('first')
  expect(() => names.numberOf('x'.repeat(1_001))).toThrow('has 1001 bytes')
  names.close()
})
