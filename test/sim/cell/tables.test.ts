/** Tables of a cell: all of them stay fast, links begin empty, and one declaration says what a row means. */
import { setFlagsFromString } from 'node:v8'
import { runInThisContext } from 'node:vm'
import { expect, test } from 'vitest'
import { describe, flag, instant, money, NONE, print, row, state, table, timer } from '#sim/cell/table.ts'
import { order } from '#sim/market/orders/order.ts'
import { couponsFor } from '#sim/market/wallets/coupons.ts'
import { filesOf, root, textOf } from '../../house/source-tree.ts'
import { SmallMarket } from '../market/small-market.ts'

setFlagsFromString('--allow-natives-syntax')
const hasFastProperties: (table: object) => boolean = runInThisContext('(table) => %HasFastProperties(table)')

interface AnyTable {
  readonly rows: number
  add(): number
  save(): never
  restore(state: never): void
}

/** The makers of all tables, found in the sources by their name. */
async function makers(): Promise<[string, (count: number) => AnyTable][]> {
  const files = ['sim/cell', 'sim/market']
    .flatMap((room) => filesOf(room))
    .filter((file) => /export const \w+Table = /.test(textOf(file)))
  const modules = await Promise.all(files.map((file) => import(`${root}${file}`) as Promise<Record<string, unknown>>))
  return modules.flatMap((module) =>
    Object.entries(module).filter((entry): entry is [string, (count: number) => AnyTable] =>
      entry[0].endsWith('Table'),
    ),
  )
}

test('every table has fast properties, also after it grew and was restored', async () => {
  const all = await makers()
  expect(all.map(([name]) => name)).toEqual(
    expect.arrayContaining([
      'accountTable',
      'balanceTable',
      'orderTable',
      'instanceTable',
      'meterTable',
      'supervisionTable',
    ]),
  )
  for (const [name, make] of all) {
    const made = make(2)
    for (let count = 0; count < 50; count++) made.add()
    made.restore(made.save())
    expect(hasFastProperties(made), name).toBe(true)
  }
})

test('every table of a market is declared, and its rows can be printed', () => {
  const { market, cell } = new SmallMarket()
  const parts = [cell.accounts, ...Object.values(market).flatMap((chapter) => Object.values(chapter.parts))]
  const tables = parts.filter((part): part is AnyTable & typeof part => 'add' in part && 'rows' in part)
  expect(tables.length).toBeGreaterThanOrEqual(14)
  for (const each of tables) {
    expect(describe(each).columns.length).toBeGreaterThan(0)
    expect(print(each, each.add())).toContain(`${describe(each).name}[`)
  }
})

test('a row is printed with what its columns mean', () => {
  const made = table('things', {
    owner: row('accounts'),
    next: row('things'),
    state: state(order),
    at: instant(),
    price: money(),
    free: flag(),
    alarm: timer(),
  })
  const first = made.add()
  made.owner[first] = 3
  made.at[first] = Date.UTC(2024, 2, 1, 9, 30)
  made.price.put(first, 1_250_000_000n)
  expect(print(made, first)).toBe(
    'things[0] { owner: accounts[3], next: none, state: pending-approval, at: 2024-03-01T09:30:00+00:00, price: 12.50000000, free: no, alarm: none }',
  )
})

test('no link is missing: an account that was never opened has no coupons, and listing them ends', () => {
  const { market, cell } = new SmallMarket()
  const account = cell.openAccount(99, 0)
  const draw = couponsFor(market.wallets, account, { amount: 5n, tax: 0n, taxPercent: '0', discounted: false })
  expect([draw.cash, draw.discount]).toEqual([NONE, NONE])
  expect([market.orders.unpaid.first(account), market.servers.instanceList.first(account)]).toEqual([NONE, NONE])
})
