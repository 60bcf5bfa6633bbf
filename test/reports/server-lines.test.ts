/**
 * Server lines are under `ecs` and image lines under `image`, whichever door they are asked at: figures of orders, revenue
 * and the ledger, tables, reconciliation and exports.
 *
 * Two orders of a server with an image for a year: 1 server and 2 servers at 732, 366 for the image of each, and 10 % of
 * tax on the whole. 366 days: 2 a day and server, 1 a day and image.
 */
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exportTables } from '#reports/exports/tables.ts'
import { knownFigure } from '#reports/figures/catalogue.ts'
import { measure, measureBy } from '#reports/figures/figure.ts'
import { reconcile } from '#reports/reconciliation.ts'
import { accountNamed, resourceReconciliation } from '#reports/reconciliation-accounts.ts'
import type { RunRecord } from '#reports/record.ts'
import { dailyCharges } from '#reports/revenue/daily.ts'
import { revenueLines } from '#reports/revenue/lines.ts'
import { sellerRevenue } from '#reports/revenue/sellers.ts'
import { type ShortRun, shortRun } from './short-run.ts'

let run: ShortRun
/** The same, all subscriptions refunded after a while. */
let returned: ShortRun

beforeAll(async () => {
  const path = fileURLToPath(new URL('server-lines.yaml', import.meta.url))
  run = await shortRun([], path)
  returned = await shortRun(
    ['buyers.firms.habits.unsubscribe.probability=1', 'buyers.firms.habits.unsubscribe.after.constant=10d'],
    path,
  )
})

afterAll(() => {
  run?.remove()
  returned?.remove()
})

type Sums = Record<string, number>

/** Sums by name in whole units of the currency; those of nothing are left out. */
function sums(rows: Iterable<readonly [name: unknown, amount: unknown]>): Sums {
  const found = new Map<string, bigint>()
  for (const [name, amount] of rows) found.set(String(name), (found.get(String(name)) ?? 0n) + BigInt(amount as bigint))
  return Object.fromEntries(
    [...found]
      .filter(([, sum]) => sum !== 0n)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, sum]) => [name, Number(sum) / 1e8]),
  )
}

const figure =
  (name: string, label: 'kind' | 'product' | 'seller' = 'kind') =>
  (record: RunRecord) =>
    sums([...measureBy(record, knownFigure(name), label)].map(([key, value]) => [key, value?.numerator ?? 0n]))

const reconciled = (amount: 'rated' | 'charged' | 'posted' | 'audited') => (record: RunRecord) =>
  sums(reconcile(record).rows.map((row) => [row.kind, row[amount]]))

/** The lines of a CSV export as sums by one of its columns. */
const exported = (file: string, by: string) => (record: RunRecord) => {
  let text = ''
  exportTables(record, { open: (name) => ({ write: (part) => void (text += name === file ? part : '') }) })
  const [head, ...lines] = text
    .trim()
    .split('\n')
    .map((line) => line.split(','))
  const cell = (line: readonly string[], name: string) => line[head.indexOf(name)]
  return sums(lines.map((line) => [cell(line, by), cell(line, 'amount').replace('.', '')]))
}

const account = (record: RunRecord) => {
  const [{ name }] = record.rows<{ name: string }>('SELECT min(name) AS name FROM accounts')
  const { rows } = resourceReconciliation(record, accountNamed(record, name) ?? 0n, name)
  return sums(rows.map(([, item, , , , , , , rated]) => [item, rated]))
}

const lines = (record: RunRecord) => {
  const { columns, rows } = revenueLines(record)
  const at = (key: string) => columns.findIndex((each) => each.key === key)
  return sums(rows.map((row) => [`${row[at('kind')]} of ${row[at('product')]}`, row[at('gross')]]))
}

// Three servers and three images. Tax is of an order as a whole, and follows what it taxes: 10 % of each.
const doors: readonly (readonly [door: string, ask: (record: RunRecord) => Sums, right: Sums])[] = [
  ['revenue.gross', figure('revenue.gross'), { ecs: 2196, image: 1098 }],
  ['revenue.net', figure('revenue.net'), { ecs: 2196, image: 1098 }],
  ['revenue.tax', figure('revenue.tax'), { ecs: 219.6, image: 109.8 }],
  ['revenue.gross by product', figure('revenue.gross', 'product'), { '(none)': 2196, stack: 1098 }],
  ['revenue.gross by seller', figure('revenue.gross', 'seller'), { '(none)': 2196, 'isv/1': 1098 }],
  ['orders.amount', figure('orders.amount'), { ecs: 2415.6, image: 1207.8 }],
  ['ledger.cloudResourceRevenue', figure('ledger.cloudResourceRevenue'), { ecs: 378 }],
  ['ledger.deferredRevenue', figure('ledger.deferredRevenue'), { ecs: 1818, image: 909 }],
  ['the table revenue', lines, { 'ecs of ': 2196, 'image of stack': 1098 }],
  [
    'charges by day',
    (record) => sums(dailyCharges(record).map(({ kind, amount }) => [kind, BigInt(amount)])),
    { ecs: 2196, image: 1098 },
  ],
  ['reconciliation, rated', reconciled('rated'), { ecs: 2415.6, image: 1207.8 }],
  ['reconciliation, charged', reconciled('charged'), { ecs: 2415.6, image: 1207.8 }],
  ['reconciliation, posted', reconciled('posted'), { ecs: 2415.6, image: 1207.8 }],
  ['reconciliation, audited', reconciled('audited'), { ecs: 2415.6, image: 1207.8 }],
  ['reconciliation of the account', account, { ecs: 2196, price: 1098, tax: 329.4 }],
  ['revenue.tax by product', figure('revenue.tax', 'product'), { '(none)': 219.6, stack: 109.8 }],
  ['charges.csv by kind', exported('charges.csv', 'kind'), { ecs: 2415.6, image: 1207.8 }],
  ['order-lines.csv by kind', exported('order-lines.csv', 'kind'), { ecs: 2196, image: 1098, tax: 329.4 }],
  ['order-lines.csv by product', exported('order-lines.csv', 'product'), { 'c6.large': 2415.6, stack: 1207.8 }],
]

test.each(doors)('servers and images of yearly orders: %s', (_, ask, right) => {
  expect(ask(run.record)).toEqual(right)
})

/** What is left of the price when a refund has been given is all earned: revenue net is what the ledger recognised. */
test('refunds of servers leave kind ecs, and nothing stays deferred', () => {
  const { record } = returned
  const refunds = figure('revenue.refunds')(record)
  const [{ cloud, all }] = record.rows(
    'SELECT sum(cloud) AS cloud, sum(amount + coupon_returned - tax) AS "all" FROM refunds',
  )
  expect(Number(cloud)).toBeGreaterThan(0)
  const [{ tax }] = record.rows('SELECT sum(tax) AS tax FROM refunds')
  const kept = figure('revenue.tax')(record)
  expect(kept.ecs + kept.image).toBeCloseTo(329.4 - Number(tax) / 1e8, 8)
  expect(kept.ecs / kept.image).toBeCloseTo(2, 6)
  expect(refunds).toEqual({ ecs: Number(cloud) / 1e8, image: Number(BigInt(all ?? 0) - BigInt(cloud ?? 0)) / 1e8 })
  expect(figure('ledger.deferredRevenue')(record)).toEqual({})
  expect(figure('ledger.cloudResourceRevenue')(record)).toEqual({ ecs: figure('revenue.net')(record).ecs })
  const { rows, total } = reconcile(record)
  expect([total.charged, total.posted, total.audited]).toEqual(Array(3).fill(total.rated))
  for (const { kind, rated, charged, posted } of rows) expect([charged, posted], kind).toEqual([rated, rated])
})

// The sale of March is billed on 7 April: 1098 less the fee of 15 %. The bill of an order of April would come in May.
test('revenue by seller: billed, not yet billed, and their sum', () => {
  for (const { record } of [run, returned]) {
    const { columns, rows, total = [] } = sellerRevenue(record)
    expect(columns.slice(-3).map(({ key }) => key)).toEqual(['billed', 'unbilled', 'earned'])
    const of = (name: string) => measure(record, knownFigure(name))?.numerator
    const names = ['revenue.gross', 'sellers.share', 'ledger.unbilledPayable', 'sellers.earned']
    const [gross, billed, unbilled, earned] = [1, 5, 6, 7].map((at) => total[at])
    expect([BigInt(gross ?? 0), billed, unbilled, earned]).toEqual([109_800_000_000n, ...names.slice(1).map(of)])
    for (const row of rows) expect(row.at(-1)).toBe(BigInt(row.at(-2) ?? 0) + BigInt(row.at(-3) ?? 0))
  }
})
