/** One cause behind many differences is named as one cause, and computing everything by it gives the invoices. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { formatMonth } from '#base/civil-time.ts'
import { divideRounded } from '#base/decimal.ts'
import { formatAmount } from '#base/money.ts'
import { compareBills } from '#reports/against/compare-bills.ts'
import { compareLines } from '#reports/against/compare-lines.ts'
import { type Difference, Differences } from '#reports/against/differences.ts'
import { logSource } from '#reports/against/log-source.ts'
import type { RatedSource } from '#reports/against/rated-line.ts'
import { readInvoices } from '#reports/against/read-invoices.ts'
import { recordSource } from '#reports/against/record-source.ts'
import { chargedOrders } from '#reports/exports/order-charges.ts'
import { exportTables } from '#reports/exports/tables.ts'
import { proportionalShares } from '#reports/proportional-shares.ts'
import { defaultPolicies, type Policies } from '#scenarios/policies.ts'
import { readPrices } from '#sim/metering-log/price-list.ts'
import { table } from '../sim/billing/table.ts'
import { bytes, rated } from '../sim/metering-log/rated.ts'
import { type ShortRun, shortRun } from './short-run.ts'

const prices = 'ecs,c6,0.3601234567,\necs,c7,0.5,\nimage,A,0.1,\nimage,B,0.237,\n'
const events = `at,account,resource,do,product,flavour
2024-05-02T08:20:07+08:00,acme,i-1,start,A,c6
2024-05-02T11:00:00+08:00,acme,i-1,stop,,
2024-05-02T17:10:00+08:00,acme,i-1,start,,
2024-05-04T09:30:00+08:00,acme,i-1,delete,,
2024-05-04T10:00:00+08:00,beta,i-2,start,B,c7
2024-05-05T08:40:01+08:00,beta,i-2,stop,,
2024-05-05T19:40:01+08:00,beta,i-2,delete,,
2024-05-06T10:00:00+08:00,corp,i-3,start,A,c7
2024-05-07T13:47:21+08:00,corp,i-3,delete,,
2024-05-31T10:00:00+08:00,zeta,i-4,start,B,c6
2024-06-01T17:13:14+08:00,zeta,i-4,delete,,
`

async function source(policies: Partial<Policies> = {}): Promise<RatedSource> {
  const list = await readPrices('prices.csv', bytes(`kind,name,hourly,from\n${prices}`))
  const all = { ...defaultPolicies, ...policies }
  return logSource({ file: 'events.csv', prices: list, policies: all, until: undefined, events: () => bytes(events) })
}

async function found(ours: RatedSource, invoices: string): Promise<Differences & { all: Difference[] }> {
  const all: Difference[] = []
  const differences = new Differences(20, (difference) => all.push(difference))
  const read = await readInvoices('invoices.csv', () => bytes(invoices))
  if (read.level === 'lines') await compareLines(ours, read.lines, differences)
  else await compareBills(ours, read.bills, differences)
  return Object.assign(differences, { all })
}

/** What everything is put down to, once each. */
const causes = ({ all }: { all: Difference[] }): string[] => [
  ...new Set(all.map(({ cause, rule, text }) => `${cause} (${rule}): ${text}`)),
]

interface Hour {
  readonly account: string
  readonly kind: string
  readonly product: string
  amount: bigint
  readonly text: string
}

interface Bill {
  readonly account: string
  readonly month: string
  charges: bigint
  tax: bigint
  payable: bigint
}

const head = 'account,resource,hour,kind,product,seconds,hours,unit_price,amount,rule'
const cents = (amount: bigint): bigint => divideRounded(amount, 1_000_000n, 'half-up') * 1_000_000n
const percent = (amount: bigint, rate: bigint): bigint => (amount * rate) / 100n

/** The hours and bills of another system, changed by hand. */
async function theirs(policies: Partial<Policies>, change: (hours: Hour[], bills: Bill[]) => void = () => {}) {
  const { hours, log } = await rated(events, { prices, policies })
  const lines = hours.map((text): Hour => {
    const [account, , , kind, product, , , , amount] = text.split(',')
    return { account, kind, product, amount: BigInt(amount.replace('.', '')), text }
  })
  const bills = [...log.bills()].map(
    ({ account, month, charges, tax, payable }): Bill => ({
      account,
      month: formatMonth(month),
      charges,
      tax,
      payable,
    }),
  )
  change(lines, bills)
  const csv = (figures: readonly ('charges' | 'tax' | 'payable')[]): string =>
    [
      `account,month,${figures.join(',')}`,
      ...bills.map((bill) => [bill.account, bill.month, ...figures.map((each) => formatAmount(bill[each]))].join(',')),
    ].join('\n')
  return {
    lines: [head, ...lines.map(({ text, amount }) => text.replace(/[^,]+(?=,[^,]+$)/, formatAmount(amount)))].join(
      '\n',
    ),
    bills: csv(['charges', 'tax', 'payable']),
    charges: csv(['charges']),
    payables: csv(['payable']),
  }
}

const taxed =
  (rate: bigint, isTaxed: (hour: Hour) => boolean = () => true) =>
  (hours: Hour[], bills: Bill[]) => {
    for (const bill of bills) {
      if (bill.month !== '2024-05') continue
      const base = hours
        .filter((hour) => hour.account === bill.account && isTaxed(hour))
        .reduce((sum, { amount }) => sum + amount, 0n)
      bill.tax = percent(base, rate)
      bill.payable = cents(bill.charges + bill.tax)
    }
  }

test('M-07: another rate of tax is one cause, of figures of any kind', async () => {
  const cases = table(`
    ours    theirs   expected
    0       20       tax.percent 20 instead of 0
    0       7.375    tax.percent 7.375 instead of 0
    8       20       tax.percent 20 instead of 8
    20      8        tax.percent 8 instead of 20
    20      19.6     tax.percent 19.6 instead of 20
    20      0        tax.percent 0 instead of 20: none is added, or it is in the prices
  `)
  for (const each of cases) {
    const other = await theirs({ 'tax.percent': each.theirs })
    // Small payables leave room for shorter rates than 7.375.
    for (const invoices of each.theirs.length > 4 ? [other.bills] : [other.bills, other.payables]) {
      const result = await found(await source({ 'tax.percent': each.ours }), invoices)
      expect(causes(result), `${each.ours} and ${each.theirs}`).toEqual([`tax rate (M-07): ${each.expected}`])
      expect(result.oneCause?.text).toBe(each.expected)
      expect(result).toMatchObject({ agrees: 0, counts: { differs: 5, missing: 0, unknown: 0 } })
    }
  }
})

test('M-07: tax included in the prices, and tax on part of the use', async () => {
  const included = await theirs({}, (_, bills) => {
    for (const bill of bills) bill.tax = (bill.charges * 20n) / 120n
  })
  expect(causes(await found(await source(), included.bills))).toEqual([
    'tax rate (M-07): tax.percent 20 included in the prices, not 0 on top of them',
  ])
  expect((await found(await source(), included.bills)).gap).toBe(0n)
  const inPrices = await theirs({}, (_, bills) => {
    for (const bill of bills) [bill.tax, bill.payable] = [(bill.charges * 20n) / 120n, cents(bill.charges)]
  })
  expect(causes(await found(await source({ 'tax.percent': '20' }), inPrices.bills))).toEqual([
    'tax rate (M-07): tax.percent 20 included in the prices, not 20 on top of them',
  ])
  const parts: [(hour: Hour) => boolean, string][] = [
    [({ kind }) => kind === 'image', ' on use of kind image'],
    [({ kind }) => kind === 'ecs', ' on use of kind ecs'],
    [({ product }) => product !== 'c7', ' on all but c7'],
  ]
  // Only May, whose lines are all of its bills.
  const may = (text: string): string =>
    text
      .split('\n')
      .filter((line) => !line.startsWith('zeta'))
      .join('\n')
  for (const [isTaxed, expected] of parts) {
    const other = await theirs({}, taxed(20n, isTaxed))
    for (const invoices of [other.bills, other.payables]) {
      const result = await found(await source(), may(invoices))
      expect(new Set(result.all.filter(({ verdict }) => verdict === 'differs').map(({ text }) => text))).toEqual(
        new Set([`tax.percent 20 instead of 0${expected}`]),
      )
    }
  }
  const some = await theirs({}, (_, bills) => {
    for (const bill of bills)
      if (['acme', 'corp'].includes(bill.account))
        [bill.tax, bill.payable] = [percent(bill.charges, 20n), cents(bill.charges + percent(bill.charges, 20n))]
  })
  expect(causes(await found(await source(), some.bills))).toEqual([
    'tax rate (M-07): tax.percent 20 instead of 0 on the bills of 2 accounts',
  ])
})

test('one factor on every charge: of bills, lines and prices, divided or multiplied', async () => {
  const scaled = (scale: (amount: bigint) => bigint) => (hours: Hour[], bills: Bill[]) => {
    for (const hour of hours) hour.amount = scale(hour.amount)
    for (const bill of bills) {
      bill.charges = scale(bill.charges)
      bill.payable = cents(bill.charges)
    }
  }
  const ninety = await theirs(
    {},
    scaled((amount) => (amount * 9n) / 10n),
  )
  expect(causes(await found(await source(), ninety.lines))).toEqual([
    'discount (M-06): every line is 0.9 times ours, 10 % less',
  ])
  for (const invoices of [ninety.bills, ninety.charges, ninety.payables])
    expect(causes(await found(await source(), invoices))).toEqual([
      'discount (M-06): every bill is 0.9 times ours, 10 % less',
    ])
  const more = await theirs(
    {},
    scaled((amount) => (amount * 6n) / 5n),
  )
  expect(causes(await found(await source(), more.lines))).toEqual([
    'surcharge (M-07): every line is 1.2 times ours, 20 % on top: tax on each, or other prices',
  ])
  expect(causes(await found(await source({ 'tax.percent': '20' }), more.lines))).toEqual([
    'tax rate (M-07): the tax of 20 % is in every line already',
  ])
  const less = await theirs(
    {},
    scaled((amount) => (amount * 5n) / 6n),
  )
  expect(causes(await found(await source(), less.lines))).toEqual([
    'tax rate (M-07): every line is ours divided by 1.2, as if a tax of 20 % were in our prices',
  ])
  const twice = 'ecs,c6,0.7202469134,\necs,c7,1,\nimage,A,0.2,\nimage,B,0.474,\n'
  const dearer = (await rated(events, { prices: twice })).hours.join('\n')
  expect(causes(await found(await source(), `${head}\n${dearer}`))).toEqual([
    'surcharge (M-07): every line is 2 times ours, 100 % on top: tax on each, or other prices',
  ])
  const part = await theirs({}, (hours) => {
    for (const hour of hours) if (hour.account === 'beta') hour.amount = (hour.amount * 17n) / 20n
  })
  expect(causes(await found(await source(), part.lines))).toEqual([
    'discount (M-06): every line of beta is 0.85 times ours, 15 % less',
  ])
})

test('another rate of tax with a second cause: a switch, a discount, a missing hour', async () => {
  const free = { 'image.whenStopped': 'free', 'tax.percent': '20' } as const
  for (const invoices of [(await theirs(free)).bills, (await theirs(free)).payables])
    expect(causes(await found(await source(), invoices))).toEqual([
      'other switch (U-06, M-07): as with image.whenStopped=free; and tax.percent 20 instead of 0',
    ])
  const lines = await theirs({ 'image.whenStopped': 'free' }, (hours) => {
    for (const hour of hours) hour.amount = (hour.amount * 6n) / 5n
  })
  expect(causes(await found(await source(), lines.lines))).toEqual([
    'other switch (U-06, M-07): as with image.whenStopped=free; and every line is 1.2 times ours, 20 % on top: tax on each, or other prices',
  ])
  const discount = await theirs({}, (_, bills) => {
    for (const bill of bills) {
      bill.charges = (bill.charges * 9n) / 10n
      bill.tax = percent(bill.charges, 20n)
      bill.payable = cents(bill.charges + bill.tax)
    }
  })
  expect(causes(await found(await source(), discount.bills))).toEqual([
    'discount (M-06, M-07): every bill is 0.9 times ours, 10 % less; and tax.percent 20 instead of 0',
  ])
  const hour = await theirs({}, (hours, bills) => {
    const lost = hours.find(({ account, kind }) => account === 'corp' && kind === 'ecs')?.amount ?? 0n
    for (const bill of bills) {
      if (bill.account === 'corp') bill.charges -= lost
      bill.tax = percent(bill.charges, 20n)
      bill.payable = cents(bill.charges + bill.tax)
    }
  })
  for (const invoices of [hour.bills, hour.payables]) {
    const result = await found(await source(), invoices)
    expect(Object.fromEntries(result.causes)).toEqual({ 'tax rate': 4, 'missing hour': 1 })
    const [corp] = result.all.filter(({ account }) => account === 'corp')
    expect(corp.text).toMatch(/^such as i-3, c7, 2024-05-0[67]T\d\d:00 not charged; and tax.percent 20 instead of 0$/)
  }
})

test('a single payable that anything could explain is not put down to tax', async () => {
  const one = await theirs({}, (_, bills) => {
    bills[1].payable += 3_000_000n
  })
  const [difference] = (await found(await source(), one.payables)).all
  expect(difference.cause).not.toBe('tax rate')
})

let run: ShortRun
beforeAll(async () => {
  run = await shortRun(['end=2024-03-02T00:00:00+08:00', 'policies.tax.percent="10"', 'buyers.start-ups.count=160'])
})
afterAll(() => run.remove())

test('a run: orders and bills by another rate of tax, as a whole and line by line', async () => {
  const files = new Map<string, string>()
  exportTables(run.record, {
    open: (name) => ({ write: (text) => void files.set(name, (files.get(name) ?? '') + text) }),
  })
  const ours = recordSource(run.record)
  const orders = [...chargedOrders(run.record)]
  expect(orders.length).toBeGreaterThan(10)
  for (const { lines, tax, amount } of orders) {
    expect(lines.reduce((sum, each) => sum + each.tax, 0n)).toBe(tax)
    expect(lines.reduce((sum, each) => sum + each.net + each.tax, 0n)).toBe(amount)
  }
  const atTwenty = orders.map((order) => ({ ...order, other: percent(order.amount - order.tax, 20n) }))
  const whole = atTwenty.map(({ id, account, product, amount, tax, other }) =>
    [account, `order ${id}`, '', 'order', product, formatAmount(amount - tax + other)].join(','),
  )
  const wholes = await found(ours, `account,resource,hour,kind,product,amount\n${whole.join('\n')}\n`)
  const differing = wholes.all.filter(({ verdict }) => verdict === 'differs')
  expect(differing).toHaveLength(orders.length)
  expect(new Set(differing.map(({ text }) => text))).toEqual(new Set(['tax.percent 20 instead of 10']))
  const charges = (files.get('charges.csv') ?? '').trim().split('\n')
  const byOrder = new Map(atTwenty.map((order) => [`order ${order.id}`, order]))
  const changed = charges.map((line) => {
    const cells = line.split(',')
    const order = byOrder.get(cells[1])
    if (order === undefined) return line
    const shares = proportionalShares(
      order.lines.map(({ net }) => net),
      order.other,
    )
    const at = order.lines.findIndex(({ kind, product }) => kind === cells[3] && product === cells[4])
    return cells.with(8, formatAmount(order.lines[at].net + shares[at])).join(',')
  })
  const lines = await found(ours, changed.join('\n'))
  expect(lines.oneCause).toMatchObject({ cause: 'tax rate', rule: 'M-07', text: 'tax.percent 20 instead of 10' })
  const more = new Map<string, bigint>()
  for (const { account, tax, other } of atTwenty) more.set(account, (more.get(account) ?? 0n) + other - tax)
  const bills = (files.get('bills.csv') ?? '')
    .trim()
    .split('\n')
    .map((line, index) => {
      if (index === 0) return line
      const [account, month, count, charged, tax] = line.split(',')
      const [charge, onUse] = [charged, tax].map((text) => BigInt(text.replace('.', '')))
      const sum = charge + (more.get(account) ?? 0n)
      const [row] = run.record.rows<{ taxable: bigint }>(
        'SELECT x.taxable FROM bill_taxes x JOIN accounts a ON a.id = x.account WHERE a.name = ?',
        account,
      )
      const other = row === undefined ? onUse : percent(row.taxable, 20n)
      return [account, month, count, formatAmount(sum), formatAmount(other), formatAmount(cents(sum + other))].join(',')
    })
  const result = await found(ours, bills.join('\n'))
  expect(result.counts.differs).toBe(bills.length - 1)
  expect(causes(result)).toEqual(['tax rate (M-07): tax.percent 20 instead of 10'])
})
