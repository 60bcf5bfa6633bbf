/** FOCUS of a rated log of usage and subscriptions: the rules of the specification, and its sums next to the bills. */
import { Buffer } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { expect, test } from 'vitest'
import { parseDecimal } from '#base/decimal.ts'
import { type FocusCharge, focusHead, focusLine } from '#reports/exports/focus-rows.ts'
import { usageCharges } from '#reports/exports/focus-usage.ts'
import { defaultPolicies } from '#scenarios/policies.ts'
import { readRateCard } from '#sim/usage-rating/rate-card.ts'
import { readUsage } from '#sim/usage-rating/usage-log.ts'
import { brokenRules, type FocusRow } from './focus-rules.ts'

const card = `
metrics: { calls: { aggregate: sum, by: region } }
prices: [{ metric: calls, plan: { model: tiered, bands: [{ upTo: 10, unit: 0.07 }, { upTo: null, unit: 0.05 }], minimum: 2 } }]
offers:
  seats: { trial: 7d, refundable: true, prices: [{ plan: { model: linear, unit: 9.99 } }] }
commitments: [{ account: acme, least: 500, from: 2024-01-01T00:00:00+08:00, until: 2024-03-01T00:00:00+08:00 }]
`
const log = `at,account,value,region,subscription,do,offer,quantity,received
2024-01-01T08:00:00+08:00,acme,12.5,eu,,,,,2024-01-01T08:00:00+08:00
2024-01-02T08:00:00+08:00,acme,3,us,,,,,2024-02-20T08:00:00+08:00
2024-01-01T10:00:00+08:00,acme,,,s,start,seats,3,2024-01-01T10:00:00+08:00
2024-01-20T10:00:00+08:00,acme,,,s,change,,4,2024-01-20T10:00:00+08:00
2024-02-02T10:00:00+08:00,acme,,,s,unsubscribe,,,2024-02-02T10:00:00+08:00
2024-02-02T10:00:00+08:00,zeta,,,z,start,seats,1,2024-02-02T10:00:00+08:00
`

const policies = { ...defaultPolicies, 'tax.percent': '19', 'usage.late': 'next-bill' } as const
const offset = policies['time.utcOffset']
const until = Date.parse('2024-03-01T00:00:00+08:00')

/** Of a rated log, as in focus.test.ts; it has no invoices. */
const withoutCondition = [
  'InvoiceId-C-005-C',
  'InvoiceId-C-004-C',
  'PricingCategory-C-007-M',
  'PricingQuantity-C-008-M',
  'ConsumedQuantity-C-006-C',
]

async function exported(cardText: string, hasPayments: boolean) {
  const { rater } = await readUsage({
    ...{ file: 'log.csv', options: {}, card: readRateCard(cardText, 'card.yaml', offset), policies, until },
    open: () => ReadableStream.from([Buffer.from(log)]),
    onProblem: (line, _, text) => {
      throw new Error(`${line}: ${text}`)
    },
  })
  const lines = [...rater.lines(until)]
  const unpaid = [...rater.bills(lines)]
  const bills = hasPayments ? rater.paid(unpaid, lines, until).bills : unpaid
  let text = focusHead('1.2')
  for (const [charge, { code }] of usageCharges(lines, bills, offset, until)) text += focusLine(charge, code, offset)
  const rows: FocusRow[] = parse(text, { columns: true })
  const model = JSON.parse(readFileSync(new URL('../data/focus/model-1.2.json', import.meta.url), 'utf8'))
  const { broken } = brokenRules(model, rows)
  expect(broken.filter(({ rule }) => !withoutCondition.includes(rule))).toEqual([])
  return { bills, rows }
}

/** What the rows of a bill come to, whole 1e-8. */
function billedOf(rows: readonly FocusRow[], account: string, month: number): bigint {
  const start = new Date(Date.UTC(Math.floor(month / 12), month % 12) - offset).toISOString().slice(0, 10)
  return rows
    .filter((row) => row.BillingAccountId === account && row.BillingPeriodStart.startsWith(start))
    .reduce((total, row) => total + parseDecimal(row.BilledCost, 8, 'BilledCost', 'signed'), 0n)
}

test('O-05: with coupons, balances and overdrafts the rows of a bill sum to what is invoiced', async () => {
  const { bills, rows } = await exported(
    `${card}prepaid: [{ account: acme, name: p, amount: 100, overdraft: 20, from: 2024-01-01T00:00:00+08:00, until: 2024-02-01T00:00:00+08:00 }]
cashCoupons: [{ account: acme, name: c, off: 5, from: 2024-01-01T00:00:00+08:00 }]
`,
    true,
  )
  for (const bill of bills)
    expect(billedOf(rows, bill.account, bill.month)).toBe('invoiced' in bill ? bill.invoiced : bill.payable)
  expect(
    rows
      .filter((row) => row.ChargeCategory === 'Credit')
      .map((row) => [row.ChargeDescription, row.BilledCost, row.EffectiveCost]),
  ).toEqual([
    ['cash coupon (O-05)', '-5', '-5'],
    ['paid by prepaid balances (O-05)', '-120', '0'],
    ['overdraft of balances that ended (O-05)', '20', '0'],
  ])
})

test('every row keeps the rules of FOCUS 1.2, and the rows of a bill sum to it; terms are recurring purchases', async () => {
  const { bills, rows } = await exported(card, false)
  for (const { account, month, payable } of bills) expect(billedOf(rows, account, month)).toBe(payable)
  const kinds = rows.map((row) => `${row.ChargeCategory} ${row.ChargeFrequency} ${row.ChargeClass} ${row.SkuId}`.trim())
  expect([...new Set(kinds)].sort()).toEqual(
    [
      'Adjustment One-Time',
      'Purchase One-Time  seats',
      'Purchase One-Time Correction seats',
      'Usage One-Time  commitment',
      'Purchase Recurring  seats',
      'Usage One-Time Correction commitment',
      'Tax One-Time',
      'Usage Usage-Based  calls/eu',
      'Usage Usage-Based Correction calls/us',
      'Usage Usage-Based  seats',
    ].sort(),
  )
})

/** What rows come to, whole 1e-8. */
const sumOf = (rows: readonly FocusRow[], column: string): bigint =>
  rows.reduce((total, row) => total + parseDecimal(row[column], 8, column, 'signed'), 0n)

test('M-09: terms are used by civil day as those of a run are; what is billed for whole terms is what their days come to', async () => {
  const { rows } = await exported(card, false)
  const days = rows.filter((row) => row.ConsumedUnit === 'Days')
  const bought = rows.filter((row) => row.ResourceType === 'Subscription' && row.ConsumedUnit === '')
  for (const row of days)
    expect(row).toMatchObject({
      BilledCost: '0',
      ChargeClass: '',
      SkuId: 'seats',
      SkuPriceId: 'seats',
      ResourceType: 'Subscription',
    })
  for (const row of bought) expect([row.EffectiveCost, row.ChargeDescription]).toEqual(['0', row.ChargeDescription])
  // Terms that end before the log does.
  const ended = bought.filter((row) => Date.parse(row.ChargePeriodEnd) <= until)
  expect(ended.length).toBeGreaterThan(1)
  for (const row of ended) {
    const own = days.filter((day) => day.ChargeDescription.endsWith(` of ${row.ChargeDescription}`))
    expect([row.ChargeDescription, sumOf(own, 'EffectiveCost')]).toEqual([
      row.ChargeDescription,
      sumOf([row], 'BilledCost'),
    ])
    const start = Date.parse(own[0].ChargePeriodStart)
    expect(start).toBeLessThanOrEqual(Date.parse(row.ChargePeriodStart))
    expect(own.length).toBe((Date.parse(row.ChargePeriodEnd) - start) / 86_400_000)
  }
  // A commitment that was missed is of a time that is over.
  const [missed] = rows.filter((row) => row.SkuId === 'commitment')
  expect(missed.EffectiveCost).toBe(missed.BilledCost)
})

test('E-09: a disk whose size a log says has its type and size as details, any other its flavour', () => {
  const of = (sku: string): string => {
    const charge: FocusCharge = {
      ...{ account: 'a', month: 24_292, category: 'Usage', frequency: 'Usage-Based', sku, from: 0, until: 1 },
      ...{ description: '', billed: 1n, service: ['', '', ''], publisher: '', region: '', invoice: '' },
    }
    const [row] = parse(focusHead('1.2') + focusLine(charge, 'USD', 0), { columns: true }) as FocusRow[]
    return row.SkuPriceDetails
  }
  expect(of('disk/40.5 GB ssd')).toBe('{"DiskType":"ssd","x_Gigabytes":40.5,"x_Kind":"disk"}')
  expect(of('disk/c6.large')).toBe('{"InstanceType":"c6.large","x_Kind":"disk"}')
})
