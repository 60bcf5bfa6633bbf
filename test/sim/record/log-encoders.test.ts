/** Amounts of the log as Parquet has them: by a list where few different ones repeat, else each with its 16 bytes. */
import { expect, test } from 'vitest'
import { encoderOf } from '#sim/record/log-encoders.ts'
import { logHigh, logLow } from '#sim/record/wide.ts'

const { encode } = encoderOf('recognitions', 'price', 0, [])

/** Amounts one after the other, as the log has them. */
const encoded = (amounts: readonly bigint[]) => {
  const numbers = Float64Array.from(amounts.flatMap((amount) => [logLow(amount), logHigh(amount)]))
  const { values } = encode({ numbers, width: 2, count: amounts.length })
  return values as Uint8Array | { readonly distinct: Uint8Array; readonly places: Int32Array }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const wide = (amount: bigint): string => BigInt.asUintN(128, amount).toString(16).padStart(32, '0')

/** The largest amount of the log that is one number. */
const LARGEST = 999_999_999_999_999n

test.each<readonly [what: string, distinct: readonly bigint[]]>([
  ['a price', [4_990_000_000n]],
  ['prices above and below 0', [4_990_000_000n, -1n, 0n]],
  ['the largest that are one number', [LARGEST, -LARGEST]],
])('%s, many times, is a place in a list', (_, distinct) => {
  const amounts = Array.from({ length: 40 }, (_each, row) => distinct[row % distinct.length])
  const values = encoded(amounts)
  if (values instanceof Uint8Array) throw new Error('there is no list')
  expect(hex(values.distinct)).toBe(distinct.map(wide).join(''))
  expect([...values.places]).toEqual(amounts.map((amount) => distinct.indexOf(amount)))
})

test.each<readonly [what: string, amounts: readonly bigint[]]>([
  ['all different', Array.from({ length: 40 }, (_, row) => BigInt(row) * 7n)],
  ['one that takes two numbers', [...Array<bigint>(39).fill(5n), LARGEST + 1n]],
  ['amounts of 30 digits', Array<bigint>(40).fill(-(10n ** 29n))],
  ['no rows', []],
])('%s: each has its bytes', (_, amounts) => {
  const values = encoded(amounts)
  if (!(values instanceof Uint8Array)) throw new Error('there is a list')
  expect(hex(values)).toBe(amounts.map(wide).join(''))
})
