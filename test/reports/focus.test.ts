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
import { brokenRules, type FocusRow } from './focus-rules.ts'

let record: RunRecord
const texts = new Map<string, string>()
beforeAll(async () => {
  record = await everyRuleRecord()
  exportFocus(record, { open: (name) => ({ write: (text) => texts.set(name, (texts.get(name) ?? '') + text) }) })
})
afterAll(() => record.close())

const rowsOf = (name: string): FocusRow[] => parse(texts.get(name) ?? '', { columns: true })

/**
 * Rules of the published model that say less or more than the sentence of the specification that they express: a condition is
 * missing, so that a complete file cannot keep them. Each is listed with what the sentence says.
 */
const withoutCondition = {
  'InvoiceId-C-004-C': 'null when the charge is not associated with an invoice',
  'PricingCategory-C-007-M': 'one of the allowed values, where it is not null',
  'PricingQuantity-C-008-M': 'a valid decimal, where it is not null',
  'ConsumedQuantity-C-006-C': 'not null when ChargeClass is not "Correction": the model asks it of corrections',
}

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
  const traffic = rowsOf('focus.csv').filter((row) => row.SkuId?.startsWith('traffic/'))
  expect(traffic.length).toBeGreaterThan(0)
  for (const row of traffic) {
    expect(row).toMatchObject({ PricingUnit: 'GB', ConsumedUnit: 'GB', ConsumedQuantity: row.PricingQuantity })
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
    expect(row).toMatchObject({ BilledCost: '0', ChargeCategory: 'Usage', ResourceType: 'Order' })
    expect(Date.parse(row.ChargePeriodEnd) - Date.parse(row.ChargePeriodStart)).toBe(86_400_000)
  }
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
