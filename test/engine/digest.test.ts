import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Digest } from '#engine/digest.ts'

/** The digest of numbers and texts in their order. */
function folded(...parts: readonly (number | string)[]): string {
  const digest = new Digest()
  for (const part of parts) {
    if (typeof part === 'string') digest.foldText(part)
    else digest.fold(part)
  }
  return digest.hex()
}

test('32 hexadecimal digits, the same each time it is asked', () => {
  const empty = new Digest()
  expect(empty.hex()).toMatch(/^[0-9a-f]{32}$/)
  expect(empty.hex()).toBe(empty.hex())
})

test('one history is fixed forever: a change here changes every published fingerprint', () => {
  expect(folded(0, 1, -1, 0.1, 1.7e12, Number.POSITIVE_INFINITY, Number.NaN, 'marketsim')).toMatchInlineSnapshot(
    `"a37cae2518bdf669efb9a26ebeabde38"`,
  )
})

test('what differs: order, number of zeros, text and its parts, sign, the last bit', () => {
  const cases = [
    folded(0),
    folded(0, 0),
    folded(1, 2),
    folded(2, 1),
    folded(-1),
    folded(0.1),
    folded(0.1 + 2 ** -56),
    folded(''),
    folded('ab'),
    folded('a', 'b'),
    folded(2 ** 31),
    folded(-(2 ** 31)),
  ]
  expect(new Set(cases).size).toBe(cases.length)
})

test('what is the same: -0 and 0, every NaN', () => {
  expect(folded(-0)).toBe(folded(0))
  const payload = new Float64Array(new BigUint64Array([0x7ff8000000000001n]).buffer)[0]
  expect(folded(payload)).toBe(folded(Number.NaN))
})

test('one flipped bit anywhere changes about half of the digest', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 5, maxLength: 30 }), fc.nat(), fc.nat(31), (words, at, bit) => {
      const changed = [...words]
      changed[at % words.length] ^= 1 << bit
      const [x, y] = [words, changed].map((list) => folded(...list))
      let flipped = 0
      for (let i = 0; i < 32; i++) {
        let difference = Number.parseInt(x[i], 16) ^ Number.parseInt(y[i], 16)
        for (; difference > 0; difference &= difference - 1) flipped++
      }
      expect(flipped).toBeGreaterThan(30)
      expect(flipped).toBeLessThan(98)
    }),
  )
})

test('save and restore continue where they were; combine keeps the order', () => {
  const whole = folded(1, 2.5, 3)
  const first = new Digest()
  first.fold(1)
  const second = new Digest()
  second.restore(first.save())
  second.fold(2.5)
  second.fold(3)
  expect(second.hex()).toBe(whole)
  expect(Digest.combine(['aa', 'bb'])).not.toBe(Digest.combine(['bb', 'aa']))
  expect(Digest.combine(['aabb'])).not.toBe(Digest.combine(['aa', 'bb']))
})
