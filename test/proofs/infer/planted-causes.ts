/**
 * Bills of another program with known causes, which can be put together: a log is rated by other prices and rules, then its rows are
 * changed by hand.
 */
import seedrandom from 'seedrandom'
import { formatInstant, formatMonth } from '#base/civil-time.ts'
import { decimalText } from '#base/decimal-text.ts'
import { formatAmount } from '#base/money.ts'
import { HOUR } from '#base/time.ts'
import { compareBills } from '#reports/against/compare-bills.ts'
import { compareLines } from '#reports/against/compare-lines.ts'
import { Differences } from '#reports/against/differences.ts'
import { inferred } from '#reports/against/infer.ts'
import { logSource } from '#reports/against/log-source.ts'
import { readInvoices } from '#reports/against/read-invoices.ts'
import type { Reason } from '#reports/against/reason.ts'
import { defaultPolicies, type Policies } from '#scenarios/policies.ts'
import { monthTotal } from '#sim/billing/month-total.ts'
import { readPrices } from '#sim/metering-log/price-list.ts'
import { rateLog } from '#sim/metering-log/rate-log.ts'
import { bytes } from '../../sim/metering-log/rated.ts'

/** Draws whole numbers from 0 to `most` - 1. */
export class Draws {
  readonly #next: () => number

  constructor(seed: string) {
    this.#next = seedrandom(seed)
  }

  below(most: number): number {
    return Math.floor(this.#next() * most)
  }
}

export const offset = 8 * HOUR
const start = Date.parse('2024-05-10T00:00:00+08:00')

export interface Log {
  readonly events: string
  readonly prices: string
}

/** Six to ten servers of three accounts, in May and June, with a price list that changes on 1 June or in May. */
export function logOf(random: Draws): Log {
  const rows: { at: number; text: string }[] = []
  const count = 6 + random.below(5)
  for (let index = 0; index < count; index++) {
    const account = ['acme', 'beta', 'zeta'][index % 3]
    const at = start + random.below(20 * 24 * 3600) * 1000
    const until = at + (3600 + random.below(12 * 24 * 3600)) * 1000
    const flavour = ['c6', 'c7', 'm5'][random.below(3)]
    const product = ['web', 'sql', ''][random.below(3)]
    const line = (time: number, what: string, more: string) =>
      rows.push({ at: time, text: `${formatInstant(time, offset)},${account},i-${index},${what},${more}` })
    line(at, 'start', `${product},${flavour}`)
    const middle = at + Math.floor((until - at) / 2000) * 1000
    line(middle, 'stop', ',')
    line(middle + 5_000_000, 'start', ',')
    line(Math.max(until, middle + 9_000_000), 'delete', ',')
  }
  rows.sort((a, b) => a.at - b.at)
  const price = () => decimalText(1_000 + random.below(900_000), 7)
  const changed = random.below(2) === 0 ? '2024-06-01T00:00:00+08:00' : '2024-05-20T00:00:00+08:00'
  const prices = ['ecs,c6', 'ecs,c7', 'ecs,m5', 'image,web', 'image,sql'].flatMap((name) => [
    `${name},${price()},`,
    ...(name.startsWith('ecs') ? [`${name},${price()},${changed}`] : []),
  ])
  return {
    events: `at,account,resource,do,product,flavour\n${rows.map(({ text }) => text).join('\n')}\n`,
    prices: `kind,name,hourly,from\n${prices.join('\n')}\n`,
  }
}

export interface Charge {
  account: string
  resource: string
  hour: number
  kind: string
  product: string
  amount: bigint
  readonly month: number
}

export async function charges({ events, prices }: Log, policies: Partial<Policies> = {}): Promise<Charge[]> {
  const found: Charge[] = []
  await rateLog({
    file: 'events.csv',
    input: bytes(events),
    prices: await readPrices('prices.csv', bytes(prices)),
    policies: { ...defaultPolicies, ...policies },
    onHour: ({ account, resource, hour, kind, product, amount, month }) =>
      found.push({ account, resource, hour, kind, product, amount: BigInt(amount), month }),
  })
  return found
}

export type Level = 'lines' | 'bills'

/** How rows are changed: to other rows. */
type Rows = (rows: Charge[], random: Draws) => Charge[]

export interface Planted {
  /** Two of one family are no pair: they change the same thing. */
  readonly family: string
  /** Texts of which the reason has to have one. */
  readonly expected: readonly string[]
  readonly levels: readonly Level[]
  readonly policies?: Partial<Policies>
  readonly prices?: (prices: string) => string
  readonly rows?: Rows
  readonly swap?: boolean
}

/** What rating with some causes makes of a log. */
export async function made(log: Log, causes: readonly Planted[], random: Draws) {
  let { prices } = log
  const policies: Partial<Policies> = Object.assign({}, ...causes.map((each) => each.policies ?? {}))
  for (const each of causes) prices = each.prices?.(prices) ?? prices
  let rows = await charges({ ...log, prices }, policies)
  // Roundings come last, as they would in another program; two digits are transposed when all else is done.
  const order = ['factor', 'rounded', 'row', 'transposed']
  const place = ({ family }: Planted): number => order.findIndex((each) => family.startsWith(each))
  for (const each of causes.toSorted((a, b) => place(a) - place(b))) rows = each.rows?.(rows, random) ?? rows
  return { rows, policies, swap: causes.some(({ swap }) => swap === true) }
}

const both: readonly Level[] = ['lines', 'bills']

const switched = (policies: Partial<Policies>, ...expected: string[]): Planted => ({
  family: Object.keys(policies)[0],
  ...{ expected, levels: both, policies },
})

const rounded = (amount: bigint, decimals: number): bigint => {
  const unit = 10n ** BigInt(8 - decimals)
  return ((amount + unit / 2n) / unit) * unit
}

const times = (numerator: bigint, denominator: bigint, ...expected: string[]): Planted => ({
  ...{ family: 'factor', expected, levels: ['lines'] },
  rows: (rows) => rows.map((row) => ({ ...row, amount: (row.amount * numerator) / denominator })),
})

const pricesWith = (prices: string, change: (lines: string[]) => string[]): string => {
  const [head, ...lines] = prices.trim().split('\n')
  return `${[head, ...change(lines)].join('\n')}\n`
}

const named = (text: string, a: string, b: string) =>
  text
    .replace(new RegExp(`,${a},`), ',?,')
    .replace(new RegExp(`,${b},`), `,${a},`)
    .replace(',?,', `,${b},`)

function transposed(rows: Charge[], random: Draws): Charge[] {
  for (;;) {
    const index = random.below(rows.length)
    const digits = String(rows[index].amount)
    const at = random.below(Math.max(1, digits.length - 1))
    const swapped = digits.slice(0, at) + (digits[at + 1] ?? '') + digits[at] + digits.slice(at + 2)
    if (swapped === digits || swapped.startsWith('0')) continue
    return rows.map((row, place) => (place === index ? { ...row, amount: BigInt(swapped) } : row))
  }
}

export const causes: Readonly<Record<string, Planted>> = {
  'whenStopped=free': switched({ 'image.whenStopped': 'free' }, 'image.whenStopped=free'),
  'half-up': switched({ 'rounding.charge': 'half-up' }, 'rounding.charge=half-up', 'rounded half-up'),
  'by the second': switched({ 'image.granularity': 'second' }, 'image.granularity=second'),
  'whole hours': switched({ 'ecs.granularity': 'hour-ceil' }, 'ecs.granularity=hour-ceil'),
  'another zone': switched({ 'time.utcOffset': 5.5 * HOUR }, '+05:30'),
  // Months alone differ: the hours are the same.
  UTC: { ...switched({ 'time.utcOffset': 0 }, '+00:00'), levels: ['bills'] },
  tax: { family: 'tax', expected: ['tax.percent 20'], levels: ['bills'], policies: { 'tax.percent': '20' } },
  'a discount': times(9n, 10n, '10 %', '0.9'),
  'a factor': times(5n, 4n, '25 %', '1.25', 'divided by 0.8'),
  'a discount of one account': {
    ...{ family: 'factor of one', expected: ['0.85 times ours', 'every line of acme'], levels: both },
    rows: (rows) => rows.map((row) => (row.account === 'acme' ? { ...row, amount: (row.amount * 85n) / 100n } : row)),
  },
  'old list': {
    ...{ family: 'list', expected: ['the price list before'], levels: both },
    prices: (prices) => pricesWith(prices, (lines) => lines.filter((line) => line.endsWith(','))),
  },
  'new list from the beginning': {
    ...{ family: 'list', expected: ['from the beginning'], levels: both },
    prices: (prices) =>
      pricesWith(prices, (lines) => {
        const last = new Map(lines.map((line) => [line.split(',').slice(0, 2).join(), line.replace(/[^,]*$/, '')]))
        return [...last.values()]
      }),
  },
  'swapped prices': {
    ...{ family: 'products', expected: ['and the other way round'], levels: both },
    prices: (prices) => pricesWith(prices, (lines) => lines.map((line) => named(line, 'c6', 'c7'))),
  },
  'swapped names': {
    ...{ family: 'products', expected: ['is called'], levels: ['lines'] },
    rows: (rows) =>
      rows.map((row) => {
        const other = { c6: 'c7', c7: 'c6' }[row.product]
        return other === undefined ? row : { ...row, product: other }
      }),
  },
  'swapped accounts': { family: 'accounts', expected: ['are swapped'], levels: ['bills'], swap: true },
  'a missing resource': {
    ...{ family: 'row missing', expected: ['no charge of i-'], levels: both },
    rows: (rows, random) => {
      const { resource } = rows[random.below(rows.length)]
      return rows.filter((row) => row.resource !== resource)
    },
  },
  'a resource twice': {
    ...{ family: 'row twice', expected: ['twice'], levels: both },
    rows: (rows, random) => {
      const { resource } = rows[random.below(rows.length)]
      return [...rows, ...rows.filter((row) => row.resource === resource)]
    },
  },
  'an hour twice': {
    ...{ family: 'row twice', expected: ['twice'], levels: both },
    rows: (rows, random) => {
      const { hour } = rows[random.below(rows.length)]
      return [...rows, ...rows.filter((row) => row.hour === hour)]
    },
  },
  'rounded lines': {
    ...{ family: 'rounded', expected: ['rounded to 4 decimals'], levels: both },
    rows: (rows) => rows.map((row) => ({ ...row, amount: rounded(row.amount, 4) })),
  },
  'transposed digits': { family: 'transposed', expected: ['two digits'], levels: ['lines'], rows: transposed },
}

export function fileOf(rows: readonly Charge[], level: Level, policies: Partial<Policies>, swap = false): string {
  if (level === 'lines') {
    const zone = policies['time.utcOffset'] ?? offset
    const lines = rows.map(
      ({ account, resource, hour, kind, product, amount }) =>
        `${account},${resource},${formatInstant(hour, zone)},${kind},${product},${formatAmount(amount)}`,
    )
    return `account,resource,hour,kind,product,amount\n${lines.join('\n')}\n`
  }
  const sums = new Map<string, bigint>()
  for (const { account, month, amount } of rows) {
    const name = swap ? ({ acme: 'beta', beta: 'acme' }[account] ?? account) : account
    const key = `${name},${formatMonth(month)}`
    sums.set(key, (sums.get(key) ?? 0n) + amount)
  }
  const all = { ...defaultPolicies, ...policies }
  const lines = [...sums].map(([key, sum]) => {
    const { payable } = monthTotal([sum], all, 2)
    return policies['tax.percent'] === undefined
      ? `${key},${formatAmount(sum)}`
      : `${key},${decimalText(payable, 8, 2)}`
  })
  return `account,month,${policies['tax.percent'] === undefined ? 'charges' : 'payable'}\n${lines.join('\n')}\n`
}

export async function namedCause(log: Log, invoices: string): Promise<Reason | undefined | 'agrees'> {
  const source = logSource({
    file: 'events.csv',
    prices: await readPrices('prices.csv', bytes(log.prices)),
    policies: defaultPolicies,
    until: undefined,
    events: () => bytes(log.events),
  })
  const read = await readInvoices('invoices.csv', () => bytes(invoices), { utcOffset: offset })
  const found = new Differences(1, () => {})
  if (read.level === 'lines') await compareLines(source, read.lines, found)
  else await compareBills(source, read.bills, found)
  if (found.total === 0) return 'agrees'
  return inferred(source, read, found.oneCause)
}
