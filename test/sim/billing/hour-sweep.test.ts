import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MONEY_LIMIT } from '#base/money.ts'
import { collectOwed, sweepHour } from '#sim/billing/metering/hour-sweep.ts'
import { runs } from './cases.ts'

test('each account owes what its instances cost', () => {
  const row = fc.tuple(fc.nat(9), fc.integer({ min: 0, max: 1e12 }))
  fc.assert(
    fc.property(fc.array(row, { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (rows, hours) => {
      const columns = {
        account: Int32Array.from(rows, ([account]) => account),
        hourAmount: Float64Array.from(rows, ([, amount]) => amount),
      }
      const owed = new Float64Array(10)
      for (let hour = 0; hour < hours; hour++) sweepHour(columns, rows.length, owed)
      const expected = new Map<number, number>()
      for (const [account, amount] of rows)
        if (amount > 0) expected.set(account, (expected.get(account) ?? 0) + amount * hours)
      const found = new Map<number, number>()
      expect(collectOwed(owed, (account, amount) => found.set(account, amount))).toBe(expected.size)
      expect(new Map([...found].toSorted(([a], [b]) => a - b))).toEqual(found)
      expect(found).toEqual(new Map([...expected].toSorted(([a], [b]) => a - b)))
      expect(owed.every((amount) => amount === 0)).toBe(true)
    }),
    runs,
  )
})

test('rows beyond the count are not swept', () => {
  const owed = new Float64Array(2)
  sweepHour({ account: Int32Array.of(0, 1), hourAmount: Float64Array.of(5, 7) }, 1, owed)
  expect([...owed]).toEqual([5, 0])
})

test('M-01: the limit itself is billed, one unit more is an error and nothing is handed out', () => {
  const columns = { account: Int32Array.of(1, 1, 0), hourAmount: Float64Array.of(MONEY_LIMIT - 1, 1, 3) }
  const owed = new Float64Array(2)
  const taken: [number, number][] = []
  sweepHour(columns, 3, owed)
  collectOwed(owed, (account, amount) => taken.push([account, amount]))
  expect(taken).toEqual([
    [0, 3],
    [1, MONEY_LIMIT],
  ])
  taken.length = 0
  owed[1] = 1
  sweepHour(columns, 3, owed)
  sweepHour({ account: Int32Array.of(1), hourAmount: Float64Array.of(1) }, 1, owed)
  expect(() => collectOwed(owed, (account, amount) => taken.push([account, amount]))).toThrow(
    /^account 1: owes more than/,
  )
  expect(taken).toEqual([])
})
