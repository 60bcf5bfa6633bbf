/** M-01: every amount at its bound comes out to the last unit, in each place that shows it; beyond it `check` says so. */
import { fileURLToPath } from 'node:url'
import type Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseDecimal } from '#base/decimal.ts'
import { compareBills } from '#reports/against/compare-bills.ts'
import { compareLines } from '#reports/against/compare-lines.ts'
import { type Difference, Differences } from '#reports/against/differences.ts'
import { readInvoices } from '#reports/against/read-invoices.ts'
import { recordSource } from '#reports/against/record-source.ts'
import { explain } from '#reports/explain/explain.ts'
import { exportTables } from '#reports/exports/tables.ts'
import { balancesAt } from '#reports/ledger/chart-of-accounts.ts'
import { type Summary, summarise } from '#reports/summary.ts'
import { reportTables } from '#reports/tables.ts'
import { ScenarioErrors } from '#scenarios/errors.ts'
import { parseScenario } from '#scenarios/reader.ts'
import { refuseLargeAccounts } from '#sim/load-test/largest-account.ts'
import { openRecord } from '#sim/record/open-record.ts'
import { views } from '#sim/record/views.ts'
import { type ShortRun, shortRun } from '../../reports/short-run.ts'
import { table } from '../../sim/billing/table.ts'
import { recomputeTaxes } from './figures/taxes.ts'

let run: ShortRun
let plain: Sqlite.Database
let summary: Summary
const files = new Map<string, string>()
beforeAll(async () => {
  run = await shortRun([], fileURLToPath(new URL('limits.yaml', import.meta.url)))
  plain = openRecord(run.record.path).defaultSafeIntegers(true)
  summary = summarise(run.record)
  exportTables(run.record, {
    open: (name) => ({ write: (text) => files.set(name, (files.get(name) ?? '') + text) }),
  })
})
afterAll(() => {
  plain.close()
  run.remove()
})

const whole = (text: string): bigint => parseDecimal(text, 8, 'amount', 'signed')
const fields = (name: string): string[][] =>
  (files.get(name) ?? '')
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => row.split(','))

/** The books in bigint, leg by leg and turn by turn. */
function booked(): Map<string, bigint> {
  const sums = new Map<string, bigint>()
  const legs = plain
    .prepare(
      `SELECT w.word AS ledger, t.repeats * 1 AS times, p.amount, p.amount_high FROM postings p
       JOIN transactions t ON t.id = p.transaction_id JOIN words w ON w.id = p.ledger`,
    )
    .all() as { ledger: string; times: bigint; amount: bigint; amount_high: bigint }[]
  for (const { ledger, times, amount, amount_high: high } of legs)
    sums.set(ledger, (sums.get(ledger) ?? 0n) + times * (high * 10n ** 18n + amount))
  return sums
}
const nonZero = (sums: ReadonlyMap<string, bigint>) =>
  Object.fromEntries([...sums].filter(([, sum]) => sum !== 0n).sort())

test('Q-08: the auditor agrees, and plain arithmetic does, on amounts beyond float64 and beyond an INTEGER', () => {
  expect(run.record.rows('SELECT kind, subject, recorded, audited FROM audit_differences')).toEqual([])
  const { differences, compared } = recomputeTaxes(plain)
  expect(differences).toEqual([])
  expect(
    Math.min(...['orders', 'lowered', 'bills', 'taxes', 'invoices'].map((what) => compared[what])),
  ).toBeGreaterThan(0)
  const largest = plain.prepare('SELECT max(amount_high) FROM bills, orders').pluck().get()
  expect(largest).toBeGreaterThan(50n)
})

test('M-09: exports, trial balance, figures and the views of the record have one balance of each ledger account', () => {
  const books = booked()
  expect([...books.values()].reduce((sum, each) => sum + each, 0n)).toBe(0n)
  expect(Math.max(...[...books.values()].map((each) => Number(each) / 1e8))).toBeGreaterThan(1e13)
  const posted = new Map<string, bigint>()
  const add = (sums: Map<string, bigint>, name: string, amount: bigint) =>
    sums.set(name, (sums.get(name) ?? 0n) + amount)
  for (const row of fields('postings.csv')) add(posted, row[7], whole(row[9]))
  const exported = new Map<string, bigint>()
  for (const row of fields('balances.csv')) add(exported, row[0], whole(row[3]))
  const shown = new Map<string, bigint>()
  for (const { ledger, balance } of balancesAt(run.record)) add(shown, ledger, balance)
  const viewed = new Map<string, bigint>()
  type Balance = { ledger: string; balance: bigint; balance_high: bigint }
  for (const { ledger, balance, balance_high: high } of plain.prepare('SELECT * FROM balances').all() as Balance[])
    add(viewed, ledger, high * 10n ** 18n + balance)
  const monthEnds = new Map<string, bigint>()
  const last = `SELECT * FROM month_ends WHERE month = (SELECT max(month) FROM month_ends)`
  for (const { ledger, balance, balance_high: high } of plain.prepare(last).all() as Balance[])
    add(monthEnds, ledger, high * 10n ** 18n + balance)
  for (const [where, sums] of Object.entries({ posted, exported, shown, viewed, monthEnds }))
    expect(nonZero(sums), where).toEqual(nonZero(books))
  const figure = (name: string) => whole(String(summary.figures[name].value))
  expect(figure('ledger.deferredRevenue')).toBe(-(books.get('deferred-revenue') ?? 0n))
  expect(figure('ledger.buyerCash')).toBe(-(books.get('buyer-cash') ?? 0n))
  expect(figure('ledger.cloudResourceRevenue')).toBe(-(books.get('cloud-resource-revenue') ?? 0n))
  expect(figure('revenue.tax') + figure('sellers.withholding') + figure('sellers.taxes')).toBe(
    -(books.get('tax-payable') ?? 0n),
  )
  expect(figure('ledger.sum')).toBe(0n)
})

test('no view of the record overflows', () => {
  for (const { name } of views) expect(() => plain.prepare(`SELECT * FROM ${name}`).all(), name).not.toThrow()
})

test('every table of the reports is made, and months sum to the total', () => {
  expect(Object.keys(reportTables(run.record)).length).toBeGreaterThan(10)
  for (const name of ['revenue.gross', 'revenue.refunds', 'revenue.net', 'revenue.tax', 'orders.amount']) {
    const { value, by } = summary.figures[name]
    const months = Object.values(by.month).reduce((sum: bigint, each) => sum + whole(String(each)), 0n)
    expect(months, name).toBe(whole(String(value)))
  }
})

async function found(text: string): Promise<Differences & { all: Difference[] }> {
  async function* bytes() {
    yield new TextEncoder().encode(text)
  }
  const all: Difference[] = []
  const differences = new Differences(20, (each) => all.push(each))
  const invoices = await readInvoices('theirs.csv', bytes)
  if (invoices.level === 'lines') await compareLines(recordSource(run.record), invoices.lines, differences)
  else await compareBills(recordSource(run.record), invoices.bills, differences)
  return Object.assign(differences, { all })
}

test('reconcile: exported charges and bills agree, and one unit of 1e-8 beyond 2^53 is a difference', async () => {
  const charges = files.get('charges.csv') ?? ''
  expect((await found(charges)).total).toBe(0)
  const [order] = fields('charges.csv').filter((row) => whole(row[8]) > 10n ** 20n)
  const more = charges.replace(
    order.join(','),
    order
      .with(
        8,
        order[8].replace(/.$/, (digit) => String((Number(digit) + 1) % 10)),
      )
      .join(','),
  )
  const [difference, second] = (await found(more)).all
  expect(second).toBeUndefined()
  expect([difference.ours, difference.resource]).toEqual([whole(order[8]), order[1]])
  expect(Math.abs(Number((difference.theirs ?? 0n) - whole(order[8])))).toBeLessThan(10)
  expect((await found(files.get('bills.csv') ?? '')).total).toBe(0)
})

test('M-07: reconcile knows the tax on use: a bill without it, and one that lacks an hour, whose tax is missing too', async () => {
  const source = recordSource(run.record)
  const bills = await source.each(() => {})
  const bill = bills.find(({ taxable = 0n, taxPercent }) => taxable > 0n && taxPercent !== '0')
  if (bill === undefined) throw new Error('no bill has tax on use')
  const cents = (amount: bigint): bigint => ((amount + 500_000n) / 1_000_000n) * 1_000_000n
  const text = (of: typeof bill, amount: bigint): string =>
    `${of.account},2024-${String((of.month % 12) + 1).padStart(2, '0')},${amount / 10n ** 8n}.${String(amount % 10n ** 8n).padStart(8, '0')}\n`
  const withTotal = (amount: bigint) =>
    found(`account,month,payable\n${bills.map((each) => text(each, each === bill ? amount : each.payable)).join('')}`)
  expect((await withTotal(cents(bill.charges))).all).toMatchObject([{ rule: 'M-07', cause: 'other switch' }])
  let hour = 0n
  await source.each((line) => {
    if (hour === 0n && line.account === bill.account && line.month === bill.month && line.kind === 'ecs')
      hour = line.amount
  })
  const less = cents(source.totalOf(bill, { use: -hour, orders: 0n }))
  expect(less).toBeLessThan(bill.payable - hour)
  expect((await withTotal(less)).all).toMatchObject([{ cause: 'missing hour', rule: 'Q-02' }])
})

test('M-04: explanations work amounts beyond 2^53 out again', () => {
  for (const [subject, sql] of [
    ['order', 'SELECT id FROM orders ORDER BY id LIMIT 8'],
    ['invoice', 'SELECT id FROM invoices LIMIT 2'],
    ['bill', "SELECT name || '/2024-03' AS id FROM accounts LIMIT 1"],
  ] as const)
    for (const { id } of run.record.rows<{ id: bigint | string }>(sql))
      for (const { what, amount, recorded } of explain(run.record, subject, String(id)).workings)
        expect(amount, `${subject} ${id}, ${what}`).toBe(recorded)
})

test('the books of a load test are float64: a history of larger accounts is refused by name', () => {
  const record = openRecord(run.record.path)
  expect(() => refuseLargeAccounts(record)).toThrow(/moves about \d{13,} units .*90071992\.54740991/)
  record.close()
})

const scenario = (changed: { hourly?: string; price?: string; seats?: string; wallet?: string }) => `
name: bounds
start: 2024-03-01T00:00:00+08:00
end: 2024-03-02T00:00:00+08:00
seed: 1
regions: [{ id: r, zones: [{ id: z, pools: [{ flavour: f, capacity: 1, hourly: "${changed.hourly ?? '1'}" }] }] }]
sellers: [{ segment: isv }]
catalog:
  - { id: a, kind: saas, seller: isv/1, category: c, specifications: [{ id: s, billing: monthly, quantity: { attribute: seats, min: 1, max: ${changed.seats ?? '1'} }, plans: [{ months: 1, price: "${changed.price ?? '1'}" }] }] }
buyers: [{ segment: b, count: 1, wallet: ${changed.wallet ?? '{}'}, load: { poisson: { perBuyer: 1/d } }, buys: [{ product: a, specification: s }] }]
`

test.each(
  table(`
    what                changed                                                                 at its bound         beyond it
    a metered hour      {"hourly":"#"}                                                          90071992.54740991    90071992.5474099101
    a plan price        {"price":"#"}                                                           1000000000000        1000000000000.0000000001
    an order            {"price":"#","seats":"4"}                                               250000000000         250000000000.0000000001
    a top-up            {"wallet":"{ topUp: { below: 1, amount: \\"#\\" } }"}                     1000000000000        1000000000000.00000001
    an opening balance  {"wallet":"{ opening: \\"#\\" }"}                                         1000000000000        1000000000000.00000001
    a coupon            {"wallet":"{ coupons: [{ amount: \\"#\\" }] }"}                           1000000000000        1000000000000.00000001
    a credit limit      {"wallet":"{ credit: { limit: \\"#\\" } }"}                               1000000000000        1000000000000.00000001
  `),
)(
  'M-01: check takes $what at its bound, and names what is beyond it',
  ({ changed, 'at its bound': most, 'beyond it': more }) => {
    const read = (amount: string) => parseScenario(scenario(JSON.parse(changed.replace('#', amount))), 'bounds.yaml')
    expect(() => read(most)).not.toThrow()
    try {
      read(more)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(ScenarioErrors)
      expect(String(error)).toMatch(/bounds\.yaml:\d+:\d+: .*M-01/s)
    }
  },
)
