/** SHA-256 of our own against that of Node. */
import { hash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sha256Words } from '#engine/random/sha256.ts'

const expected = (text: string): number[] => {
  const bytes = hash('sha256', text, 'buffer')
  return [0, 4, 8, 12].map((at) => bytes.readUInt32BE(at))
}

test('the hash of "abc" is that of FIPS 180-4', () => {
  expect(sha256Words('abc').map((word) => word.toString(16))).toEqual(['ba7816bf', '8f01cfea', '414140de', '5dae2223'])
})

test('texts of every length about one, two and three blocks', () => {
  const text = 'buyer/start-ups/1742/order/3/creation '.repeat(6)
  for (let length = 0; length <= 200; length++)
    expect(sha256Words(text.slice(0, length)), `${length} characters`).toEqual(expected(text.slice(0, length)))
})

test('any text, ASCII or not', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'grapheme' })), (text) => {
      expect(sha256Words(text)).toEqual(expected(text))
    }),
  )
})
