/** Charges of the other side are found by resource, product and hour, in memory as in a temporary file. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HOUR, MINUTE } from '#base/time.ts'
import { ChargeTable } from '#reports/against/charge-table.ts'
import { RowSet } from '#reports/against/row-set.ts'

const start = Date.parse('2024-03-01T00:00:00Z')
/** Hours in turn, hours of another zone, orders (which have none), and times before 1970. */
const hours = fc.oneof(
  fc.nat(200).map((hour) => start + hour * HOUR),
  fc.nat(200).map((half) => start + 30 * MINUTE * half),
  fc.constant(0),
  fc.integer({ min: 1, max: 9 }).map((hour) => -hour * HOUR),
)
const charge = fc.record({
  resource: fc.nat(30),
  product: fc.nat(2),
  hour: hours,
  account: fc.integer({ min: -1, max: 5 }),
  amount: fc.oneof(fc.bigInt({ min: -3n, max: 3n }), fc.bigInt({ min: -(10n ** 23n), max: 10n ** 23n })),
})

test.each([1, 200, 100_000])('what %i charges in memory hold is what a map holds', (mostHeld) => {
  fc.assert(
    fc.property(fc.array(charge, { minLength: 1, maxLength: 1_500, size: 'max' }), (charges) => {
      const table = new ChargeTable(mostHeld)
      const expected = new Map<string, { row: number; amount: bigint; count: number; line: number; account: number }>()
      for (const [line, { resource, product, hour, account, amount }] of charges.entries()) {
        table.add({ resource, product, hour, account, at: hour + 1 }, amount, line)
        const key = `${resource} ${product} ${hour}`
        const known = expected.get(key) ?? { row: expected.size, amount: 0n, count: 0, line, account }
        expected.set(key, { ...known, amount: known.amount + amount, count: known.count + 1 })
      }
      expect(table.rows).toBe(expected.size)
      for (const [key, { row, amount, count, line, account }] of expected) {
        const [resource, product, hour] = key.split(' ').map(Number)
        expect(table.find(resource, product, hour)).toBe(row)
        const found = [table.resource(row), table.product(row), table.hour(row), table.at(row), table.account(row)]
        expect(found).toEqual([resource, product, hour, hour + 1, account])
        expect([table.amount(row), table.count(row), table.line(row)]).toEqual([amount, count, line])
      }
      expect(table.find(31, 0, start)).toBe(-1)
      const seen = new RowSet(table.rows)
      const some = [...expected.values()].filter(({ row }) => row % 3 === 0)
      for (const { row } of some) seen.add(row)
      const rest = [...expected.values()].filter(({ row, amount }) => row % 3 !== 0 && amount !== 0n)
      expect([...table.besides(seen)]).toEqual(rest.map(({ row }) => row))
      expect([seen.count, table.areAll(seen)]).toEqual([some.length, rest.length === 0])
      table.close()
    }),
    { numRuns: 4 },
  )
})
