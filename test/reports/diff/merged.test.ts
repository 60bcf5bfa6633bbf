import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HOUR } from '#base/time.ts'
import { type OtherRow, otherRows, type TimedRow } from '#reports/diff/merged.ts'
import type { Source } from '#reports/diff/rows.ts'

const source = (compared: number, repeats = -1, when: Source['when'] = 'event') =>
  ({ compared, repeats, when }) as Source
const found = (from: Source, a: readonly TimedRow[], b: readonly TimedRow[]): OtherRow[] => [
  ...otherRows(from, a[Symbol.iterator](), b[Symbol.iterator]()),
]

test('rows without an equal on the other side, whatever their numbers are', () => {
  const [a, b] = [
    [
      [1n, 'x', 7n],
      [1n, 'x', 8n],
      [2n, null, 9n],
    ],
    [
      [1n, 'x', 3n],
      [3n, 'y', 4n],
    ],
  ]
  expect(found(source(1), a, b)).toEqual([
    { side: 'a', at: 1, row: [1n, 'x', 8n] },
    { side: 'a', at: 2, row: [2n, null, 9n] },
    { side: 'b', at: 3, row: [3n, 'y', 4n] },
  ])
})

test('rows of other numbers of hours differ where the shorter one ends', () => {
  const [long, short] = [
    [0n, 'use', 5n],
    [0n, 'use', 2n],
  ]
  expect(found(source(2, 1), [long], [short]).map(({ side, at }) => [side, at])).toEqual([
    ['a', 2 * HOUR],
    ['b', 2 * HOUR],
  ])
  // What a whole hour says is known when it is over.
  expect(found(source(2, 1, 'hour'), [long], [short])[0].at).toBe(3 * HOUR)
  expect(found(source(2, 1, 'hour'), [long], [])[0].at).toBe(HOUR)
})

test('the same rows as the difference of two bags', () => {
  const row = fc.tuple(fc.bigInt(0n, 3n), fc.constantFrom(null, 'a', 'b'), fc.bigInt(-1n, 1n))
  const order = (x: TimedRow, y: TimedRow) => {
    const key = ([time, word, number]: TimedRow) => `${time}/${word ?? ''}/${Number(number) + 1}`
    return key(x) < key(y) ? -1 : 1
  }
  const bag = (rows: readonly TimedRow[]) => {
    const counts = new Map<string, number>()
    for (const each of rows) counts.set(String(each), (counts.get(String(each)) ?? 0) + 1)
    return counts
  }
  fc.assert(
    fc.property(fc.array(row), fc.array(row), (a, b) => {
      const others = found(source(2), a.toSorted(order), b.toSorted(order))
      const [bagA, bagB] = [bag(a), bag(b)]
      for (const key of new Set([...bagA.keys(), ...bagB.keys()])) {
        const extra = (bagA.get(key) ?? 0) - (bagB.get(key) ?? 0)
        const sides = others.filter(({ row: each }) => String(each) === key).map(({ side }) => side)
        expect(sides).toEqual(new Array(Math.abs(extra)).fill(extra > 0 ? 'a' : 'b'))
      }
    }),
  )
})
