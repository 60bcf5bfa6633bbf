/** Every figure of summary.json asked again in plain SQL over the records of real runs. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { explain } from '#reports/explain/explain.ts'
import type { Subject } from '#reports/explain/subjects.ts'
import { figures, knownFigure } from '#reports/figures/catalogue.ts'
import { type Figure, type Label, measure, measureBy } from '#reports/figures/figure.ts'
import { reconcile } from '#reports/reconciliation.ts'
import { accountReconciliation } from '#reports/reconciliation-accounts.ts'
import type { ReportTable } from '#reports/report-table.ts'
import { sellerSettlement, sellerTie } from '#reports/revenue/sellers.ts'
import { poolService, provisioningTimes } from '#reports/sla/provisioning.ts'
import { supervisionTimes } from '#reports/sla/supervision.ts'
import { type Summary, summarise } from '#reports/summary.ts'
import { poolHalves } from '#reports/sweep/halves.ts'
import { openRecord } from '#sim/record/open-record.ts'
import { writeWholeRecord } from '#sim/record/whole-record.ts'
import { type ShortRun, shortRun } from '../../reports/short-run.ts'
import { makeAttributed } from './figures/attributed.ts'
import { capacityQuestions, makeCapacity } from './figures/capacity.ts'
import { moneyQuestions } from './figures/money.ts'
import { orderQuestions } from './figures/orders.ts'
import { peopleQuestions } from './figures/people.ts'
import { gathering, type PlainFigure, question } from './figures/plain-sql.ts'
import { serverQuestions } from './figures/servers.ts'
import { settlementQuestions } from './figures/settlement.ts'
import { recomputeTaxes } from './figures/taxes.ts'

const questions: Readonly<Record<string, PlainFigure>> = {
  ...orderQuestions,
  ...serverQuestions,
  ...capacityQuestions,
  ...moneyQuestions,
  ...peopleQuestions,
  ...settlementQuestions,
}

const scenario = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const scenarios = {
  bazaar: scenario('figures/bazaar.yaml'),
  taxed: scenario('figures/taxed.yaml'),
  servers: scenario('../../golden/scenarios/servers.yaml'),
  disputes: scenario('../../../scenarios/supervision-dispute.yaml'),
  reactions: scenario('figures/reactions.yaml'),
} as const
type Name = keyof typeof scenarios
/** A third of the orders of more than a year is enough. */
const fewer = ['patient=0.3/d', 'quarrelsome=0.2/d', 'absent-minded=0.1/d'].map(
  (rate) => `buyers.${rate.replace('=', '.load.poisson.total=')}`,
)

/** Figures that are 0 or nothing in every one of these runs, and why that is as it should be. */
const neverSeen = {
  'ledger.sum': 'anything but 0 is an error, and the run would not end',
  'reconciliation.differences': 'likewise; planted differences have tests of their own',
  'ecs.monthsWithoutRefusal': 'no run here has a whole month; test/reports/clear-months.test.ts has three',
  'orders.pendingApproval': 'resellers decide immediately, so nothing is pending at the end of a run',
} as const

interface Asked {
  readonly run: ShortRun
  readonly summary: Summary
  readonly plain: Sqlite.Database
  /** Tables of facts gathered so far, by their text. */
  readonly tables: Map<string, string>
}
const asked = {} as Record<Name, Asked>

beforeAll(async () => {
  for (const name of Object.keys(scenarios) as Name[]) {
    const run = await shortRun(name === 'disputes' ? fewer : [], scenarios[name])
    const plain = openRecord(run.record.path).defaultSafeIntegers(true)
    plain.function('part_of', { safeIntegers: true, deterministic: true }, (tax, part, whole) => (tax * part) / whole)
    makeAttributed(plain)
    makeCapacity(plain)
    asked[name] = { run, summary: summarise(run.record), plain, tables: new Map() }
  }
})

afterAll(() => {
  for (const { run, plain } of Object.values(asked)) {
    plain.close()
    run.remove()
  }
})

interface Answer {
  readonly label: string | null
  readonly value: bigint | null
  readonly per: bigint | null
}

/** Pairs of labels by which a figure is asked; each is a query of its own. */
const PAIRS = 4

/** At most so many of the values, spread over all of them. */
const spread = <T>(values: readonly T[], most: number): T[] =>
  values.length <= most
    ? [...values]
    : Array.from({ length: most }, (_, index) => values[Math.floor((index * values.length) / most)])

/** The answers by label as exact fractions in text; a label that has none, or nothing to measure, is left out. */
function plainly({ plain, tables }: Asked, figure: Figure, labels: readonly Label[]): Map<string, string> {
  const asks = questions[figure.name]
  let table = tables.get(asks.facts)
  if (table === undefined) {
    table = `facts_${tables.size}`
    plain.exec(gathering(table, asks.facts))
    tables.set(asks.facts, table)
  }
  const rows = plain.prepare(question(asks, table, labels)).all() as Answer[]
  const found = new Map<string, { numerator: bigint; denominator: bigint }>()
  for (const { label, value, per } of rows) {
    if (value === null || !per) continue
    const isNone = labels.length > 0 && (label === null || label === '')
    // What has no such label is a part of a sum, and of nothing else.
    if (isNone && (asks.empty === null || labels.length > 1)) continue
    const key = isNone ? '(none)' : (label as string)
    found.set(key, { numerator: value + (found.get(key)?.numerator ?? 0n), denominator: per })
  }
  return new Map([...found].map(([key, fraction]) => [key, shown(fraction)]))
}

/** A fraction in its lowest terms. */
function shown({ numerator, denominator }: { numerator: bigint; denominator: bigint }): string {
  let [a, b] = [numerator < 0n ? -numerator : numerator, denominator]
  while (b !== 0n) [a, b] = [b, a % b]
  const whole = a === 0n ? 1n : a
  return `${numerator / whole}/${numerator === 0n ? 1n : denominator / whole}`
}

/** Figures of a label without data: sums are 0, the rest is left out. */
const without = (empty: 0 | null, values: ReadonlyMap<string, string>) =>
  new Map([...values].filter(([, value]) => !(empty === 0 && value === '0/1')).sort(([a], [b]) => (a < b ? -1 : 1)))

/** What summary.json should hold of a fraction: money as decimal text, a number else, null of nothing. */
function written(unit: Figure['unit'], fraction: string | null): string | number | null {
  if (fraction === null) return null
  const [value, per] = fraction.split('/')
  if (unit !== 'money') return Number(value) / Number(per)
  const [, sign, digits] = /^(-?)(\d+)$/.exec(value) ?? []
  const [whole, cents] = [digits.padStart(9, '0').slice(0, -8), digits.padStart(9, '0').slice(-8)]
  return `${sign}${whole}.${cents.slice(0, 2)}${cents.slice(2).replace(/0+$/, '')}`
}

const figuresBy = (record: ShortRun['record'], figure: Figure, label: Label): Map<string, string> =>
  new Map(
    [...measureBy(record, figure, label)].flatMap(([key, value]) => (value === null ? [] : [[key, shown(value)]])),
  )

test('every figure has its question, and every question its figure', () => {
  expect(Object.keys(questions).sort()).toEqual(figures.map(({ name }) => name))
})

describe.each(Object.keys(scenarios) as Name[])('%s', (name) => {
  test.each(figures.map((figure) => [figure.name]))('%s', (figureName) => {
    const figure = knownFigure(figureName)
    const { record } = asked[name].run
    const { empty } = questions[figureName]
    const total = measure(record, figure)
    const expected = plainly(asked[name], figure, []).get('') ?? (empty === 0 ? '0/1' : null)
    expect(total === null ? null : shown(total)).toBe(expected)
    const reported = asked[name].summary.figures[figureName]
    expect(reported.value).toBe(written(figure.unit, expected))
    for (const label of figure.source.labels)
      expect(without(empty, figuresBy(record, figure, label)), `by ${label}`).toEqual(
        without(empty, plainly(asked[name], figure, [label])),
      )
    for (const label of figure.by)
      for (const [key, value] of without(empty, plainly(asked[name], figure, [label])))
        expect(reported.by[label][key], `${label} ${key}`).toBe(written(figure.unit, value))
    const pair = figure.source.labels.slice(0, 2)
    for (const [keys, value] of pair.length < 2 ? [] : spread([...plainly(asked[name], figure, pair)], PAIRS)) {
      const [first, second] = keys.split('\n')
      const part = measure(record, figure, { [pair[0]]: first, [pair[1]]: second })
      expect(part === null ? null : shown(part), keys).toBe(value)
    }
  })
})

test('hours that were never charged are reported, and leave no gap in the reconciliation', () => {
  const { record } = asked.bazaar.run
  const { rows, total } = reconcile(record)
  const rejected = rows.filter(({ unit }) => unit === 'rejected seconds')
  const [{ amount }] = record.rows('SELECT sum(amount) AS amount FROM usage_rejected')
  expect(rejected.reduce((sum, { rated }) => sum - rated, 0n)).toBe(amount)
  expect(amount).toBeGreaterThan(0n)
  expect([total.charged, total.posted, total.audited]).toEqual(Array(3).fill(total.rated))
  for (const row of accountReconciliation(record).rows) expect(row.at(-1), String(row[0])).toBe(0n)
})

test('percentiles of the tables are those of the figures', () => {
  const { record } = asked.bazaar.run
  const { rows, columns } = provisioningTimes(record)
  const at = columns.findIndex(({ key }) => key === 'p95')
  for (const [, pool, ...cells] of rows.filter(([what]) => what === 'server'))
    expect(Number(cells[at - 2]) / 1000, String(pool)).toBe(
      asked.bazaar.summary.figures['ecs.creationP95'].by.pool[String(pool)],
    )
})

/** Wilson's score interval, as the roots of its quadratic: |x - k/n| = z sqrt(x (1 - x) / n). */
function wilsonBounds(successes: number, trials: number): readonly [number, number] {
  const z = 1.959963984540054
  const [a, b, c] = [trials + z * z, -(2 * successes + z * z), (successes * successes) / trials]
  const root = Math.sqrt(b * b - 4 * a * c)
  return [Math.max(0, (-b - root) / (2 * a)), Math.min(1, (-b + root) / (2 * a))]
}

const cellOf = ({ columns }: ReportTable, row: ReportTable['rows'][number], key: string) =>
  row[columns.findIndex((each) => each.key === key)]

test('servers are created independently of one another: the share within the target has the interval of Wilson', () => {
  let met = 0
  for (const { run } of Object.values(asked)) {
    const table = provisioningTimes(run.record)
    for (const row of table.rows) {
      const [low, high] = ['within_low', 'within_high'].map((key) => cellOf(table, row, key))
      // Orders with one seller and waits in one queue are not independent.
      if (row[0] !== 'server') expect([low, high]).toEqual([null, null])
      if (low === null) continue
      const bounds = wilsonBounds(Number(cellOf(table, row, 'within')), Number(cellOf(table, row, 'count')))
      expect(Number(low)).toBeCloseTo(bounds[0], 9)
      expect(Number(high)).toBeCloseTo(bounds[1], 9)
      met++
    }
  }
  expect(met).toBeGreaterThan(1)
})

test('refusal rates have an interval that holds them, or the reason why there is none', () => {
  const methods = new Set<unknown>()
  for (const { run } of Object.values(asked)) {
    const table = poolService(run.record)
    for (const row of table.rows) {
      const [rate, low, high, method] = ['refusal_rate', 'refusal_low', 'refusal_high', 'refusal_interval'].map((key) =>
        cellOf(table, row, key),
      )
      methods.add(method)
      expect(low === null).toBe(String(method).startsWith('none') || method === '')
      if (low !== null) expect(Number(low) <= Number(rate) && Number(rate) <= Number(high)).toBe(true)
    }
  }
  expect(methods.size).toBeGreaterThan(1)
})

test('the two halves of a run make up its refusals and its use', () => {
  for (const { run, summary } of Object.values(asked)) {
    const halves = poolHalves(run.record)
    for (const { pool, refused, use } of halves) {
      const [held, room] = [0, 1].map((part) => use[0][part] + use[1][part])
      if (room > 0) expect(held / room).toBeCloseTo(summary.figures['pool.use'].by.pool[pool] as number, 6)
      expect(refused[0][0] + refused[1][0]).toBe(summary.figures['ecs.refused'].by.pool[pool] ?? 0)
      expect(refused[0][1] + refused[1][1]).toBe(summary.figures['ecs.requests'].by.pool[pool] ?? 0)
    }
    expect(halves.length).toBeGreaterThan(0)
  }
})

test('times of supervision: sellers are the independent units, so that one seller alone has no interval', () => {
  let met = 0
  for (const { run } of Object.values(asked)) {
    const table = supervisionTimes(run.record)
    for (const row of table.rows) {
      const [share, low, high] = ['within_share', 'within_low', 'within_high'].map((key) => cellOf(table, row, key))
      if (row[1] === 'seller') expect(low).toBeNull()
      if (low === null) continue
      expect(Number(low) <= Number(share) && Number(share) <= Number(high)).toBe(true)
      met++
    }
  }
  expect(met).toBeGreaterThan(0)
})

test('what sellers are owed is what the ledger holds, and the fee what the policy says', () => {
  const { record } = asked.bazaar.run
  const { billed, paid, ledger } = sellerTie(record)
  expect(billed - paid).toBe(ledger)
  const { rows, total } = sellerSettlement(record)
  expect(total?.at(-1)).toBe(ledger)
  expect(rows.length).toBeGreaterThan(3)
  const [sold, refunded, withholding, fee] = (total ?? []).slice(2).map(Number)
  expect(fee / (sold - refunded - withholding)).toBeCloseTo(0.15, 6)
})

test('what was never seen is known and explained', () => {
  const isSeen = ({ summary }: Asked, figure: string) => Number(summary.figures[figure].value ?? 0) !== 0
  const unseen = figures
    .map(({ name }) => name)
    .filter((name) => !Object.values(asked).some((run) => isSeen(run, name)))
  expect(unseen).toEqual(Object.keys(neverSeen).sort())
})

test('M-07, M-09, I-02, I-03: taxes, bills and invoices come out by plain arithmetic', () => {
  for (const name of ['bazaar', 'taxed'] as const)
    expect(recomputeTaxes(asked[name].plain).differences, name).toEqual([])
  const { compared } = recomputeTaxes(asked.taxed.plain)
  for (const [what, least] of Object.entries({ orders: 200, lowered: 30, bills: 40, taxes: 20, invoices: 10 }))
    expect(compared[what], what).toBeGreaterThan(least)
  const refundsBy = (rule: string) =>
    asked.taxed.run.record.rows('SELECT 1 AS n FROM v_refunds WHERE rule = ?', rule).length
  for (const rule of ['N-03', 'N-05', 'N-06']) expect(refundsBy(rule), rule).toBeGreaterThan(0)
  const provisional = asked.taxed.run.record.rows('SELECT 1 AS n FROM bills WHERE final = 0').length
  expect(provisional).toBeGreaterThan(0)
})

test.each([
  ['a tax on use', 'UPDATE bill_taxes SET tax = tax + 1 WHERE rowid = 3'],
  ['what a coupon leaves to be taxed', `UPDATE order_requotes SET amount = amount + 1 WHERE rowid = 2`],
  ['a payable', 'UPDATE bills SET payable = payable + 1000000 WHERE rowid = 5'],
  ['an invoice', 'UPDATE invoice_lines SET amount = amount + 1 WHERE rowid = 1'],
  ['who is paid', "UPDATE transactions SET day = day + 1 WHERE kind = (SELECT id FROM words WHERE word = 'usage-tax')"],
])('the plain arithmetic finds a planted error: %s', (_, sql) => {
  const { folder, record } = asked.taxed.run
  const whole = join(folder, 'whole.sqlite')
  if (!existsSync(whole)) writeWholeRecord(record.path, whole)
  const copy = new Sqlite(readFileSync(whole))
  copy.exec(sql)
  expect(recomputeTaxes(copy).differences.length).toBeGreaterThan(0)
  copy.close()
})

test('M-07: the figure of tax is what the ledger owes for buyers', () => {
  for (const name of ['bazaar', 'taxed'] as const) {
    const { run, summary } = asked[name]
    const [{ owed }] =
      run.record.rows(`SELECT -sum(p.amount) AS owed FROM v_postings p JOIN v_transactions t ON t.id = p.transaction_id
      WHERE p.ledger = 'tax-payable' AND t.kind NOT IN ('seller-bill')`)
    const [{ balance }] = run.record.rows("SELECT -sum(balance) AS balance FROM balances WHERE ledger = 'tax-payable'")
    const figure = (key: string) => BigInt(Math.round(Number(summary.figures[key].value) * 1e8))
    expect(figure('revenue.tax'), name).toBe(owed)
    expect(figure('revenue.tax') + figure('sellers.taxes') + figure('sellers.withholding'), name).toBe(balance)
  }
})

test('M-04: explanations of what is taxed work every amount out again', () => {
  const { record } = asked.taxed.run
  const subjectsOf: readonly (readonly [Subject, string])[] = [
    ['order', 'SELECT DISTINCT order_id AS id FROM order_requotes'],
    ['invoice', 'SELECT id FROM invoices'],
    ['coupon', "SELECT id FROM v_coupons WHERE kind = 'discount-coupon'"],
    ['transaction', "SELECT id FROM v_transactions WHERE kind = 'usage-tax'"],
    [
      'bill',
      "SELECT name || '/2024-02' AS id FROM accounts a WHERE EXISTS (SELECT 1 FROM bill_taxes WHERE account = a.id) LIMIT 3",
    ],
  ]
  for (const [subject, sql] of subjectsOf) {
    const ids = record.rows<{ id: bigint | string }>(sql).map(({ id }) => String(id))
    expect(ids.length, subject).toBeGreaterThan(2)
    for (const id of ids)
      for (const { what, amount, recorded } of explain(record, subject, id).workings)
        expect(amount, `${subject} ${id}, ${what}`).toBe(recorded)
  }
})
