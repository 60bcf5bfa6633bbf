/** The FOCUS 1.4 export against the column tables of the specification, its sentences about the datasets, and the run. */
import { parse } from 'csv-parse/sync'
import { Decimal } from 'decimal.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exportFocus } from '#reports/exports/focus.ts'
import type { RunRecord } from '#reports/record.ts'
import { currencyCodes } from '#scenarios/currencies.ts'
import { everyRuleRecord } from './every-rule-run.ts'
import { brokenColumns } from './focus-columns.ts'
import type { FocusRow } from './focus-rules.ts'

let record: RunRecord
const texts = new Map<string, string>()
beforeAll(async () => {
  record = await everyRuleRecord()
  const open = (name: string) => ({ write: (text: string) => texts.set(name, (texts.get(name) ?? '') + text) })
  exportFocus(record, { open }, { focusVersion: '1.4' })
})
afterAll(() => record.close())

const read = new Map<string, FocusRow[]>()
function rowsOf(name: string): FocusRow[] {
  const rows = read.get(name) ?? (parse(texts.get(name) ?? '', { columns: true }) as FocusRow[])
  read.set(name, rows)
  return rows
}
const charges = () => [...rowsOf('focus.csv'), ...rowsOf('focus-credit-notes.csv')]
const details = () => rowsOf('focus-invoice-detail.csv')
const periods = () => rowsOf('focus-billing-period.csv')

const datasets = [
  ['CostAndUsage', charges],
  ['InvoiceDetail', details],
  ['BillingPeriod', periods],
] as const

test.each(datasets)('%s has the columns of FOCUS 1.4, with their types, nulls and values', (dataset, rows) => {
  expect(rows().length).toBeGreaterThan(2)
  expect(brokenColumns(dataset, rows())).toEqual([])
  const currencies = new Set(rows().map(({ BillingCurrency = 'USD' }) => BillingCurrency))
  for (const currency of currencies) expect(currencyCodes).toContain(currency)
})

test('planted errors are found in their column', () => {
  const planted: readonly (readonly [dataset: number, column: string, value: string])[] = [
    [0, 'ServiceProviderName', ''],
    [0, 'ChargeClass', 'Refund'],
    [0, 'BilledCost', '1,5'],
    [1, 'InvoiceIssueStatus', 'Final'],
    [1, 'ReferenceInvoiceId', ''],
    [1, 'InvoiceIssueDate', '2024-05-01'],
    [2, 'BillingPeriodStatus', 'open'],
  ]
  for (const [at, column, value] of planted) {
    const [dataset, rows] = datasets[at]
    const changed = rows()
      .slice(0, 50)
      .map((row, index) => (index === 1 ? { ...row, [column]: value } : row))
    expect(brokenColumns(dataset, changed)).toEqual([`${column}: '${value}'`])
  }
  const renamed = charges()
    .slice(0, 50)
    .map(({ ServiceProviderName, ...row }) => ({ ...row, ProviderName: ServiceProviderName }))
  expect(brokenColumns('CostAndUsage', renamed as FocusRow[])).toEqual([
    'ServiceProviderName: missing',
    'ProviderName: unknown',
  ])
})

const sumBy = (rows: readonly FocusRow[], ...columns: readonly string[]): Map<string, string> => {
  const sums = new Map<string, Decimal>()
  for (const row of rows) {
    const key = columns.map((column) => row[column]).join(' ')
    sums.set(key, (sums.get(key) ?? new Decimal(0)).plus(row.BilledCost))
  }
  return new Map([...sums].filter(([, sum]) => !sum.isZero()).map(([key, sum]) => [key, sum.toFixed()]))
}

test('BilledCost of each invoice and line is that of its charges, with no rounding between them', () => {
  const columns = [
    'InvoiceIssuerName',
    'InvoiceId',
    'InvoiceDetailId',
    'ChargeCategory',
    'BillingAccountId',
    'BillingPeriodStart',
  ]
  expect(sumBy(details(), ...columns)).toEqual(sumBy(charges(), ...columns))
  expect(charges().filter((row) => (row.InvoiceDetailId === '') !== (row.InvoiceId === ''))).toEqual([])
})

test('I-02, I-04: each bill sums to its payable and each credit note to what went back', () => {
  const sums = sumBy(details(), 'InvoiceId')
  const recorded = new Map<string, string>()
  for (const { number, payable } of record.rows<{ number: string; payable: bigint }>(
    'SELECT n.number, b.payable FROM bills b JOIN bill_numbers n ON n.account = b.account AND n.month = b.month',
  ))
    if (payable !== 0n) recorded.set(number, new Decimal(String(payable)).div(1e8).toFixed())
  for (const { number, amount } of record.rows<{ number: string; amount: bigint }>(
    'SELECT number, amount FROM credit_notes',
  ))
    if (amount !== 0n) recorded.set(number, new Decimal(String(-amount)).div(1e8).toFixed())
  expect(sums).toEqual(recorded)
})

test('lines are unique in their invoice, tax is apart, and dates and references are those of the specification', () => {
  const keys = details().map(({ InvoiceId, InvoiceDetailId }) => `${InvoiceId} ${InvoiceDetailId}`)
  expect(new Set(keys).size).toBe(keys.length)
  const invoices = new Set(details().map(({ InvoiceId }) => InvoiceId))
  const statuses = new Set(details().map(({ InvoiceIssueStatus }) => InvoiceIssueStatus))
  expect(statuses).toEqual(new Set(['Issued', 'Open']))
  for (const row of details()) {
    expect(row.InvoiceDetailLastUpdated >= row.InvoiceDetailCreated).toBe(true)
    expect(row.InvoiceIssueDate === '').toBe(row.InvoiceIssueStatus === 'Open')
    expect(invoices).toContain(row.ReferenceInvoiceId)
    // A credit note refers to the bill that it corrects, a bill to itself.
    if (row.InvoiceId.startsWith('B')) expect(row.ReferenceInvoiceId).toBe(row.InvoiceId)
    else expect(row.ReferenceInvoiceId).toMatch(/^B-/)
  }
})

test('ChargeClass is Correction where the billing period it corrects was closed, and nowhere else', () => {
  const closed = new Map(
    record
      .rows<{ number: string; at: bigint; bill_month: bigint }>('SELECT number, at, bill_month FROM credit_notes')
      .map(({ number, at, bill_month: month }) => {
        const start = new Date(Number(month) + record.meta.utcOffset)
        const final = Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 3, 10) - record.meta.utcOffset
        return [number, Number(at) >= final ? 'Correction' : ''] as const
      }),
  )
  expect(new Set(closed.values())).toEqual(new Set(['Correction', '']))
  for (const { InvoiceId, ChargeClass } of rowsOf('focus-credit-notes.csv'))
    expect(ChargeClass).toBe(closed.get(InvoiceId))
  const late = rowsOf('focus.csv').filter(({ ChargeClass }) => ChargeClass !== '')
  expect(late.length).toBeGreaterThan(0)
  for (const { ResourceId, ChargeDescription } of late) {
    expect(ResourceId).toBe('late records')
    expect(ChargeDescription).toContain('of earlier months')
  }
})

test('each month is a billing period, which is closed once its bills are final (I-02)', () => {
  const known = new Map(periods().map((row) => [row.BillingPeriodStart, row]))
  expect(known.size).toBe(periods().length)
  for (const row of [...charges(), ...details()]) {
    const period = known.get(row.BillingPeriodStart)
    if (period?.BillingPeriodEnd !== row.BillingPeriodEnd) expect(row).toBe(period)
    if (row.InvoiceId.startsWith('B') && row.InvoiceIssueStatus !== undefined)
      expect(row.InvoiceIssueStatus === 'Issued').toBe(period?.BillingPeriodStatus === 'Closed')
  }
  expect(new Set(periods().map(({ BillingPeriodStatus }) => BillingPeriodStatus))).toEqual(new Set(['Open', 'Closed']))
})

test('the seller is the service provider, and the cloud hosts servers and their images', () => {
  const of = (sku: RegExp) => [
    ...new Set(
      rowsOf('focus.csv')
        .filter(({ SkuId }) => sku.test(SkuId))
        .map(({ ServiceProviderName, HostProviderName }) => `${ServiceProviderName} on ${HostProviderName}`),
    ),
  ]
  expect(of(/^(ecs|disk|elastic-ip|bandwidth)\//)).toEqual(['marketsim on marketsim'])
  for (const pair of of(/^image\//)) expect(pair).toMatch(/^[a-z]+\/\d+ on marketsim$/)
  for (const pair of of(/^saas\//)) expect(pair).toMatch(/^([a-z]+\/\d+) on \1$/)
  for (const pair of of(/^(license|professional-service)\//)) expect(pair).toMatch(/^[a-z]+\/\d+ on Not Applicable$/)
  for (const sku of [/^image\//, /^saas\//, /^license\//]) expect(of(sku).length).toBeGreaterThan(0)
})
