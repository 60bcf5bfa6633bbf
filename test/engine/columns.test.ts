/** Tables as columns: rows are reused and zeroed, growth keeps values, a snapshot restores them, and access stays fast. */
import { setFlagsFromString } from 'node:v8'
import { runInThisContext } from 'node:vm'
import { expect, test } from 'vitest'
import { type ColumnKind, columns } from '#engine/columns.ts'

setFlagsFromString('--allow-natives-syntax')
const hasFastProperties: (table: object) => boolean = runInThisContext('(table) => %HasFastProperties(table)')

const kinds: readonly Exclude<ColumnKind, 'wide'>[] = ['f64', 'i32', 'u32', 'u8']
const wide = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`column${index}`, kinds[index % 4]]))

test('a table of sixty columns has fast properties, also after it grew and was restored', () => {
  const table = columns(wide, 2)
  expect(hasFastProperties(table)).toBe(true)
  for (let value = 0; value < 100; value++) {
    const row = table.add()
    table.column0[row] = value
  }
  table.restore(table.save())
  expect(hasFastProperties(table)).toBe(true)
  expect([...table.column0.slice(0, 100)]).toEqual(Array.from({ length: 100 }, (_, row) => row))
})

test('a link is empty in a new row, in one that was removed, and after growth and a snapshot', () => {
  const table = columns({ next: 'link' }, 1)
  const [first, second] = [table.add(), table.add()]
  expect([table.next[first], table.next[second]]).toEqual([-1, -1])
  table.next[first] = second
  table.remove(first)
  const other = columns({ next: 'link' }, 1)
  other.restore(table.save())
  const rows = [other.add(), second, other.add()]
  expect(rows.map((row) => other.next[row])).toEqual([-1, -1, -1])
})

test('a removed row is zeroed in every column, and given out again', () => {
  const table = columns({ amount: 'f64', link: 'i32', state: 'u8' }, 1)
  const [first, second] = [table.add(), table.add()]
  table.amount[first] = 1.5
  table.link[first] = -1
  table.state[first] = 7
  table.amount[second] = 2.5
  table.remove(first)
  expect(table.add()).toBe(first)
  expect([table.amount[first], table.link[first], table.state[first], table.amount[second]]).toEqual([0, 0, 0, 2.5])
})

test.each([0n, 1n, -1n, 2n ** 52n - 1n, 2n ** 52n, 2n ** 53n, 10n ** 20n, -(10n ** 20n), 10n ** 23n + 1n])(
  'a wide column holds %s exactly, through growth, a snapshot and removal',
  (value) => {
    const table = columns({ amount: 'wide' }, 1)
    const [first, second] = [table.add(), table.add()]
    table.amount.put(first, value)
    table.amount.put(second, 7n)
    table.amount.add(second, value)
    const other = columns({ amount: 'wide' }, 1)
    other.restore(table.save())
    expect([other.amount.at(first), other.amount.at(second)]).toEqual([value, value + 7n])
    other.amount.addSafe(second, -7)
    expect(other.amount.at(second)).toBe(value)
    // What hot code relies on: of a vast amount 2^52 may be drawn from `low` alone.
    if (value >= 2n ** 52n) expect(other.amount.low[first]).toBeGreaterThanOrEqual(2 ** 52)
    other.remove(first)
    expect(other.amount.at(other.add())).toBe(0n)
  },
)

test('a snapshot holds free rows, and is no view of the table', () => {
  const table = columns({ amount: 'f64' }, 1)
  for (let value = 1; value <= 3; value++) {
    const row = table.add()
    table.amount[row] = value
  }
  table.remove(1)
  const saved = table.save()
  table.amount[0] = 99
  const other = columns({ amount: 'f64' }, 1)
  other.restore(saved)
  expect([other.rows, other.amount[0], other.amount[2], other.add(), other.add()]).toEqual([3, 1, 3, 1, 3])
})

test('sums of numbers that float64 holds carry into the high word: every one is exact, beyond 2^53 and below -2^53', () => {
  const table = columns({ sum: 'wide' })
  const row = table.add()
  for (const sign of [1, -1]) {
    table.sum.put(row, 0n)
    let expected = 0n
    for (const value of [2 ** 52 - 1, 1, 2 ** 52 + 1, 3, 2 ** 53 - 1, 1, 7, 2 ** 53 - 1]) {
      table.sum.addSafe(row, sign * value)
      expected += BigInt(sign * value)
      expect(table.sum.at(row)).toBe(expected)
    }
  }
})
