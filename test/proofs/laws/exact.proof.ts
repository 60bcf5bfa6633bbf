/** Laws of whole runs of a scenario in which nothing is random and nothing is rounded (`plain.ts`): each exact to the last row. */
import { beforeAll, describe, expect, test } from 'vitest'
import { parseScenario } from '#scenarios/reader.ts'
import { words } from '#sim/market/words.ts'
import { factColumns, type TableName, unitOf } from '#sim/record/columns.ts'
import { plain, type Said } from './plain.ts'
import { type Rows, rowsOfRun } from './rows-of-run.ts'

const known = new Map<string, Promise<Rows>>()
function run(said: Said): Promise<Rows> {
  const text = plain(said)
  const found = known.get(text) ?? rowsOfRun(text)
  known.set(text, found)
  return found
}

const unit = (table: string, column: string): string | undefined =>
  factColumns(table as TableName).includes(column as never) ? unitOf(table as TableName, column) : undefined

/** Whether a column has money in it: an amount, a charge, or the price of a unit. */
const isAmount = (table: string, column: string): boolean =>
  ['money', 'charge', 'price'].includes(unit(table, column) ?? '')

type Row = Rows[string][number]

/** What a law says of each row; a column that it leaves out may be anything. */
type Law = (table: string, row: Row) => Record<string, unknown>

const changed =
  (law: (table: string, column: string, value: unknown, row: Row) => unknown): Law =>
  (table, row) =>
    Object.fromEntries(Object.entries(row).map(([column, value]) => [column, law(table, column, value, row)]))

/** Tables whose rows differ from what the law says, with the first of them. */
function broken(
  before: Rows,
  after: Rows,
  { expected, found }: { expected: Law; found: Law },
  isOrdered = true,
): string[] {
  return Object.entries(before).flatMap(([table, rows]) => {
    const inOrder = (texts: string[]) => (isOrdered ? texts : texts.sort())
    const wanted = inOrder(rows.map((row) => JSON.stringify(expected(table, row))))
    const given = inOrder(after[table].map((row) => JSON.stringify(found(table, row))))
    const at = wanted.findIndex((text, index) => text !== given[index])
    if (at < 0 && wanted.length === given.length) return []
    return [`${table} ${at} of ${wanted.length}: ${wanted[at]} and not ${given[at]}`]
  })
}

const same: Law = (_, row) => ({ ...row })

let before: Rows
beforeAll(async () => {
  before = await run({})
})

test('the scenario does what the laws are about', () => {
  const count = (table: string) => before[table].length
  expect(count('usage_spans')).toBeGreaterThan(100)
  expect(count('pool_waits')).toBeGreaterThan(20)
  expect(count('refusals')).toBeGreaterThan(20)
  expect(count('account_steps')).toBeGreaterThan(5)
  expect(count('supervision_steps')).toBeGreaterThan(20)
  expect(count('invoices')).toBeGreaterThan(3)
  expect(before.orders.filter(({ subject }) => subject !== 0).length).toBeGreaterThan(3)
})

// Not by more: above 2^52 whole 1e-8 an hour is booked by itself, so that rows differ and sums do not.
describe.each([3, 10])('all money is %i times as much', (scale) => {
  /** Every amount is so many times as large, and nothing else differs. */
  const scaled = changed((table, column, value) => (isAmount(table, column) ? Number(value) * scale : value))
  const law = { expected: scaled, found: same }

  test('every amount is too, and everything happens as before', async () => {
    expect(broken(before, await run({ scale }), law)).toEqual([])
  })
})

describe('a segment is split in two', () => {
  // Buyers keep their numbers, for they are numbered segment by segment.
  const law = { expected: same, found: same }

  test.each([[[1, 3]], [[2, 1, 1]]])('into %j: nothing changes but the names of segments', async (owners) => {
    expect(broken(before, await run({ owners }), law)).toEqual([])
  })

  test('the law can fail: a buyer less is seen', async () => {
    expect(broken(before, await run({ owners: [2, 1] }), law)).not.toEqual([])
  })
})

describe('lists are written backwards', () => {
  /** By number: the specification that it is, in whatever order the catalog is written. */
  const names = (said: Said): string[] =>
    parseScenario(plain(said), 'plain.yaml').catalog.flatMap(({ id, specifications }) =>
      specifications.map((specification) => `${id}/${specification.id}`),
    )
  const named = (said: Said): Law => {
    const specifications = names(said)
    return changed((table, column, value, { item }) => {
      const isImage = table === 'usage_spans' && column === 'priced' && words[Number(item)] === 'image'
      if (isImage || /^specification/.test(column)) return value === 0 ? '' : specifications[Number(value) - 1]
      // Plans are numbered in the order of the catalog.
      return /plan/.test(column) ? value !== 0 : value
    })
  }
  const law = { expected: named({}), found: named({ isReversed: true }) }

  test('products and events in another order: the same rows', async () => {
    expect(broken(before, await run({ isReversed: true }), law, false)).toEqual([])
  })
})

test('the laws can fail: one price that is not scaled with the others is seen in orders, payments and sales', async () => {
  const scaled = changed((table, column, value) => (isAmount(table, column) ? Number(value) * 3 : value))
  const tables = broken(before, await run({ scale: 3, apart: 2 }), { expected: scaled, found: same }).map(
    (text) => text.split(' ')[0],
  )
  expect(tables).toEqual(expect.arrayContaining(['orders', 'order_lines', 'transactions', 'postings']))
})
