/** The FOCUS export against the published rules of the specification as data, and against the bills of the run. */
import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { Decimal } from 'decimal.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compareBills } from '#reports/against/compare-bills.ts'
import { Differences } from '#reports/against/differences.ts'
import { readInvoices } from '#reports/against/read-invoices.ts'
import { recordSource } from '#reports/against/record-source.ts'
import { exportFocus } from '#reports/exports/focus.ts'
import type { RunRecord } from '#reports/record.ts'
import { bytes } from '../sim/metering-log/rated.ts'
import { everyRuleRecord } from './every-rule-run.ts'
import { brokenRules, type FocusRow, withoutCondition } from './focus-rules.ts'

let record: RunRecord
const texts = new Map<string, string>()
beforeAll(async () => {
  record = await everyRuleRecord()
  exportFocus(record, { open: (name) => ({ write: (text) => texts.set(name, (texts.get(name) ?? '') + text) }) })
})
afterAll(() => record.close())

const rowsOf = (name: string): FocusRow[] => parse(texts.get(name) ?? '', { columns: true })

test('every row keeps every rule of FOCUS 1.2 that can be checked', () => {
  const model = JSON.parse(readFileSync(new URL('../data/focus/model-1.2.json', import.meta.url), 'utf8'))
  for (const name of ['focus.csv', 'focus-credit-notes.csv']) {
    const rows = rowsOf(name)
    expect(rows.length, name).toBeGreaterThan(0)
    const { broken, checked } = brokenRules(model, rows)
    expect(
      broken.filter(({ rule }) => !Object.hasOwn(withoutCondition, rule)),
      name,
    ).toEqual([])
    expect(checked).toBeGreaterThan(150)
  }
})

test('bills and orders that do not fit in memory are the same rows', () => {
  const few = new Map<string, string>()
  const open = (name: string) => ({ write: (text: string) => few.set(name, (few.get(name) ?? '') + text) })
  exportFocus(record, { open }, {}, 200)
  for (const [name, text] of texts) expect(few.get(name) === text, name).toBe(true)
})

test('errors that are planted are found by their rules', () => {
  const model = JSON.parse(readFileSync(new URL('../data/focus/model-1.2.json', import.meta.url), 'utf8'))
  const rows = rowsOf('focus.csv').slice(0, 50)
  const planted: readonly (readonly [column: string, value: string, rule: string])[] = [
    ['BilledCost', '1,5', 'BilledCost-C-004-M'],
    ['BillingCurrency', 'usd', 'BillingCurrency-C-006-M'],
    ['ChargeCategory', 'Use', 'ChargeCategory-C-003-M'],
    ['ListCost', '12345', 'ListUnitPrice-C-010-C'],
    ['ServiceName', '', 'ServiceName-C-003-M'],
    ['ResourceType', '', 'ResourceType-C-005-C'],
    ['BillingPeriodStart', '2024-05-01', 'BillingPeriodStart-C-002-M'],
    ['ConsumedUnit', '', 'ConsumedUnit-C-006-C'],
  ]
  for (const [column, value, rule] of planted) {
    const changed = rows.map((row, index) => (index === 3 ? { ...row, [column]: value } : row))
    expect(
      brokenRules(model, changed).broken.map((each) => each.rule),
      column,
    ).toContain(rule)
  }
  const without = rows.map(({ ProviderName: _, ...row }) => row)
  expect(brokenRules(model, without).broken.map((each) => each.rule)).toContain('CostAndUsage-D-038-M')
})

test('read back, it agrees with every bill of the run', async () => {
  const found = new Differences(20, () => {})
  const source = recordSource(record)
  const utcOffset = source.policies['time.utcOffset']
  const invoices = await readInvoices('focus.csv', () => bytes(texts.get('focus.csv') ?? ''), {
    currency: source.currency,
    utcOffset,
  })
  if (invoices.level !== 'bills') throw new Error('bills were expected')
  await compareBills(source, invoices.bills, found)
  expect(found.first).toEqual([])
  expect(found.total).toBe(0)
  expect(found.agrees).toBe(Number(record.rows<{ n: bigint }>('SELECT count(*) AS n FROM bills')[0].n))
})

test('traffic is priced and consumed in GB (E-09)', () => {
  const traffic = rowsOf('focus.csv').filter(
    (row) => row.SkuPriceId?.startsWith('traffic/') && row.PricingUnit === 'GB',
  )
  expect(traffic.length).toBeGreaterThan(0)
  for (const row of traffic) {
    expect(row).toMatchObject({
      SkuPriceId: 'traffic/c6.large/eu-1a/GB',
      ConsumedUnit: 'GB',
      ConsumedQuantity: row.PricingQuantity,
    })
    const list = new Decimal(row.ListUnitPrice).times(row.PricingQuantity)
    expect(list.toFixed(), JSON.stringify(row)).toBe(new Decimal(row.ListCost).toFixed())
    // Each hour is truncated to 8 decimals.
    expect(list.minus(row.BilledCost).abs().toNumber()).toBeLessThan(0.00001)
  }
})

test('use of what was bought is listed by civil day: its effective cost is what was earned of the orders (M-09)', () => {
  const days = rowsOf('focus.csv').filter((row) => row.ConsumedUnit === 'Days')
  const sum = days.reduce((total, row) => total.plus(row.EffectiveCost), new Decimal(0))
  const [{ amount }] = record.rows<{ amount: bigint }>(
    `SELECT coalesce(sum(p.amount), 0) AS amount FROM transactions t JOIN postings p ON p.transaction_id = t.id
     JOIN words k ON k.id = t.kind JOIN words l ON l.id = p.ledger
     WHERE k.word = 'recognition' AND l.word = 'deferred-revenue' AND p.amount > 0`,
  )
  expect(days.length).toBeGreaterThan(0)
  expect(sum.times(1e8).toFixed()).toBe(String(amount))
  for (const row of days) {
    expect(row).toMatchObject({ BilledCost: '0', ChargeCategory: 'Usage', ChargeFrequency: 'Usage-Based' })
    expect(row.ResourceType).toBe(row.PricingUnit === 'Units' ? 'Order' : 'Subscription')
    expect(Date.parse(row.ChargePeriodEnd) - Date.parse(row.ChargePeriodStart)).toBe(86_400_000)
  }
})

/** `order 12` */
const orderOf = (row: FocusRow): string => /order \d+$/.exec(row.ChargeDescription)?.[0] ?? ''

const sumsBy = (rows: readonly FocusRow[], key: (row: FocusRow) => string, column: string): Map<string, string> => {
  const sums = new Map<string, Decimal>()
  for (const row of rows) sums.set(key(row), (sums.get(key(row)) ?? new Decimal(0)).plus(row[column]))
  return new Map([...sums].map(([name, sum]) => [name, sum.toFixed()]))
}

test('a term that has ended: its days have the SKU and price of its purchase, and sum to it in cost, list cost and quantity', () => {
  const rows = rowsOf('focus.csv')
  const refunded = new Set(rowsOf('focus-credit-notes.csv').map(({ ResourceId }) => ResourceId))
  const days = rows.filter((row) => row.ConsumedUnit === 'Days')
  const ended = new Set(
    days.filter((row) => /^(all|day (\d+) of \2) of/.test(row.ChargeDescription)).map((row) => orderOf(row)),
  )
  const isEnded = (row: FocusRow): boolean =>
    ended.has(orderOf(row)) && !refunded.has(orderOf(row)) && !refunded.has(row.ResourceId)
  const bought = rows.filter((row) => row.ChargeCategory === 'Purchase' && isEnded(row))
  expect(bought.length).toBeGreaterThan(100)
  const key = (row: FocusRow): string => [row.SkuId, row.SkuPriceId, row.ResourceId, orderOf(row)].join(' ')
  const used = days.filter(isEnded)
  expect(sumsBy(used, key, 'EffectiveCost')).toEqual(sumsBy(bought, key, 'BilledCost'))
  for (const column of ['ListCost', 'PricingQuantity'])
    expect(sumsBy(used, key, column), column).toEqual(sumsBy(bought, key, column))
  const kinds = new Set(bought.map((row) => row.SkuId.split('/')[0]))
  expect([...kinds].sort()).toEqual(expect.arrayContaining(['content', 'disk', 'ecs', 'image', 'license', 'saas']))
})

test('the charge period of a purchase is its term (T-05, R-01, X-08), and purchases and renewals of terms are recurring', () => {
  const bought = rowsOf('focus.csv').filter((row) => row.ChargeCategory === 'Purchase')
  const terms = new Map(
    record
      .rows<{ id: bigint; kind: string; from: bigint; until: bigint }>(
        `SELECT o.id, k.word AS kind, coalesce(c.term_end, s.term_start) AS "from", coalesce(c.new_term_end, s.term_end) AS until
         FROM orders o JOIN words k ON k.id = o.kind LEFT JOIN order_changes c ON c.order_id = o.id
         LEFT JOIN subscription_steps s ON s.subscription_id = o.id AND s.from_state = 0 WHERE until > 0`,
      )
      .map((row) => [`order ${row.id}`, row]),
  )
  const found = new Set<string>()
  for (const row of bought) {
    const term = terms.get(orderOf(row))
    if (term === undefined) continue
    const [from, until] = [Date.parse(row.ChargePeriodStart), Date.parse(row.ChargePeriodEnd)]
    const isChange = term.kind === 'upgrade' || term.kind === 'expansion'
    expect(until, row.ChargeDescription).toBe(Number(term.until))
    if (!isChange) expect(from, row.ChargeDescription).toBe(Math.floor(Number(term.from) / 1000) * 1000)
    expect(row.ChargeFrequency, row.ChargeDescription).toBe(isChange ? 'One-Time' : 'Recurring')
    found.add(term.kind)
  }
  expect([...found].sort()).toEqual(['expansion', 'purchase', 'renewal', 'upgrade'])
})

interface Listed {
  readonly unit?: string
  readonly bands?: readonly { readonly upTo: string | number | null; readonly unit: string }[]
}

/** Prices of the scenario by the words that a `SkuPriceId` has; those of metered use change by plan. */
function listedPrices(): Map<string, string> {
  const found = new Map<string, string>()
  const months = (count: number): string => (count === 0 ? 'once' : count === 1 ? '1 month' : `${count} months`)
  for (const { regions } of [record.meta.scenario] as unknown as readonly { regions: readonly Region[] }[])
    for (const { zones } of regions)
      for (const { id: zone, pools } of zones)
        for (const { flavour, plans } of pools)
          for (const plan of plans ?? []) {
            for (const [key, item] of [
              ['price', 'ecs'],
              ['disk', 'disk'],
              ['elasticIp', 'elastic-ip'],
              ['bandwidth', 'bandwidth'],
              ['traffic', 'traffic'],
            ] as const) {
              const price = plan[key]
              if (price !== undefined && price !== null)
                found.set(`${item}/${flavour}/${zone}/${months(plan.months)}`, new Decimal(price).toFixed())
            }
          }
  const sql = `SELECT g.kind, g.product, g.specification, p.months, p.price FROM plans p JOIN goods g ON g.id = p.specification_id`
  for (const { kind, product, specification, months: count, price } of record.rows<{
    kind: string
    product: string
    specification: string
    months: bigint
    price: string
  }>(sql)) {
    const name = `${kind}/${product}/${specification}/${months(Number(count))}`
    const { unit, bands = [] }: Listed = JSON.parse(price)
    if (unit !== undefined) found.set(name, `${found.get(name) ?? ''} ${new Decimal(unit).toFixed()}`)
    for (const [index, { upTo, unit: each }] of bands.entries()) {
      const band = upTo === null ? `above ${bands[index - 1]?.upTo}` : `up to ${upTo}`
      found.set(`${name}/${band}`, `${found.get(`${name}/${band}`) ?? ''} ${new Decimal(each).toFixed()}`)
    }
  }
  return found
}

interface Region {
  readonly zones: readonly {
    readonly id: string
    readonly pools: readonly {
      readonly flavour: string
      readonly plans?: readonly {
        readonly months: number
        readonly price?: string
        readonly disk?: string | null
        readonly elasticIp?: string | null
        readonly bandwidth?: string | null
        readonly traffic?: string | null
      }[]
    }[]
  }[]
}

test('SkuPriceId names a price of the lists: no amount, date or account; ListUnitPrice is found by it', () => {
  const rows = rowsOf('focus.csv').filter((row) => row.SkuPriceId !== '')
  const parents = new Map<string, Set<string>>()
  const listed = listedPrices()
  let looked = 0
  for (const row of rows) {
    parents.set(row.SkuPriceId, (parents.get(row.SkuPriceId) ?? new Set()).add(row.SkuId))
    if (/(hour|GB)$/.test(row.SkuPriceId)) continue
    expect(listed.get(row.SkuPriceId)?.trim().split(' '), row.SkuPriceId).toContain(row.ListUnitPrice)
    looked++
  }
  expect(looked).toBeGreaterThan(1_000)
  for (const [price, skus] of parents) expect([price, skus.size]).toEqual([price, 1])
  const discounted = rows.filter((row) => row.SkuPriceId === 'image/database/metered/hour')
  expect(new Set(discounted.map((row) => row.ListUnitPrice))).toEqual(new Set(['0.18']))
  expect(new Set(rows.filter((row) => row.PricingCategory === 'Dynamic').map((row) => row.SkuPriceId))).toEqual(
    new Set(['ecs/c6.large/ap-1a/interruptible hour', 'ecs/c6.large/eu-1a/interruptible hour']),
  )
})

test('what is left over is late use and nothing else: such rows are of accounts with late records only', () => {
  const late = new Set(
    record
      .rows<{ name: string }>(`SELECT DISTINCT a.name FROM usage_faults f JOIN accounts a ON a.id = f.account`)
      .map(({ name }) => name),
  )
  const rest = rowsOf('focus.csv').filter((row) => row.ResourceId === 'late records')
  expect(rest.length).toBeGreaterThan(0)
  for (const row of rest) expect(late, JSON.stringify(row)).toContain(row.BillingAccountId)
})

test('credit notes sum to the refunds', () => {
  const sum = rowsOf('focus-credit-notes.csv').reduce((total, row) => total.plus(row.BilledCost), new Decimal(0))
  const [{ amount }] = record.rows<{ amount: bigint }>('SELECT coalesce(sum(amount), 0) AS amount FROM credit_notes')
  expect(sum.neg().times(1e8).toFixed()).toBe(String(amount))
  expect(new Set(rowsOf('focus-credit-notes.csv').map((row) => row.ChargeClass))).toEqual(new Set(['Correction']))
})
