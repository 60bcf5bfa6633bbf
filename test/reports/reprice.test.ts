/** Shadow billing: one log under two price lists or rate cards. */
import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatInstant } from '#base/civil-time.ts'
import { formatAmount, moneyText } from '#base/money.ts'
import { MINUTE } from '#base/time.ts'
import {
  byAccount,
  type Group,
  moversOf,
  PriceDifference,
  sumsBy,
  totalsOf,
} from '#reports/reprice/price-difference.ts'
import { priceServers, priceUsage } from '#reports/reprice/priced-log.ts'
import { repriceTables } from '#reports/reprice/tables.ts'
import { defaultPolicies, type Policies } from '#scenarios/policies.ts'
import { readPrices } from '#sim/metering-log/price-list.ts'
import { readRateCard } from '#sim/usage-rating/rate-card.ts'
import { table } from '../sim/billing/table.ts'
import { bytes, rated } from '../sim/metering-log/rated.ts'

const offset = defaultPolicies['time.utcOffset']
const head = 'at,account,resource,do,product,flavour\n'

interface Sides {
  readonly old: string
  readonly new: string
  readonly policies?: Partial<Policies>
  readonly changed?: Partial<Policies>
}

async function servers(log: string, { old, new: now, policies, changed }: Sides): Promise<Group[]> {
  const difference = new PriceDifference()
  for (const [side, prices] of [
    ['old', old],
    ['new', now],
  ] as const)
    await priceServers(difference, side, {
      file: 'events.csv',
      input: bytes(log),
      prices: await readPrices('prices.csv', bytes(`kind,name,hourly,from\n${prices}`)),
      policies: { ...defaultPolicies, ...policies, ...(side === 'new' ? changed : {}) },
    })
  return difference.groups()
}

const shown = (groups: readonly Group[]): string[] =>
  groups.map(
    ({ account, kind, product, rule, ...group }) =>
      `${[account, kind, product, rule].filter((text) => text !== '').join(' ')}: ${moneyText(group.old)} -> ${moneyText(group.new)}`,
  )

const day = `${head}2024-05-06T08:00:00+08:00,acme,i-1,start,A,c6
2024-05-06T09:30:00+08:00,acme,i-1,delete,,
2024-05-06T08:00:00+08:00,zeta,i-2,start,,c6
2024-05-06T10:00:00+08:00,zeta,i-2,delete,,
`

describe('the difference that a price or a rule makes', () => {
  const cases = table(`
    case                old                       new                      changed                                    lines
    dearer servers      ecs,c6,0.1 image,A,0.5    ecs,c6,0.2 image,A,0.5   {}                                         acme ecs c6 U-01: 0.15 -> 0.30; acme image A U-02: 1.00 -> 1.00; zeta ecs c6 U-01: 0.20 -> 0.40
    cheaper images      ecs,c6,0.1 image,A,0.5    ecs,c6,0.1 image,A,0.4   {}                                         acme ecs c6 U-01: 0.15 -> 0.15; acme image A U-02: 1.00 -> 0.80; zeta ecs c6 U-01: 0.20 -> 0.20
    U-01 by the hour    ecs,c6,0.1 image,A,0.5    ecs,c6,0.1 image,A,0.5   {"ecs.granularity": "hour-ceil"}           acme ecs c6 U-01: 0.15 -> 0.20; acme image A U-02: 1.00 -> 1.00; zeta ecs c6 U-01: 0.20 -> 0.20
    U-02 by the second  ecs,c6,0.1 image,A,0.5    ecs,c6,0.1 image,A,0.5   {"image.granularity": "second"}            acme ecs c6 U-01: 0.15 -> 0.15; acme image A U-02: 1.00 -> 0.75; zeta ecs c6 U-01: 0.20 -> 0.20
    M-07 tax            ecs,c6,0.1 image,A,0.5    ecs,c6,0.1 image,A,0.5   {"tax.percent": "10"}                      acme ecs c6 U-01: 0.15 -> 0.15; acme image A U-02: 1.00 -> 1.00; acme rounding M-08: 0.00 -> 0.005; acme tax M-07: 0.00 -> 0.115; zeta ecs c6 U-01: 0.20 -> 0.20; zeta tax M-07: 0.00 -> 0.02
  `)
  test.each(cases)('$case', async ({ old, new: now, changed, lines }) => {
    const list = (text: string) =>
      text
        .split(' ')
        .map((each) => `${each},\n`)
        .join('')
    const groups = await servers(day, { old: list(old), new: list(now), changed: JSON.parse(changed) })
    expect(shown(groups)).toEqual(lines.split('; '))
  })
})

const minute = fc.integer({ min: 0, max: 40 * 24 * 60 })
const lives = fc.array(
  fc.record({
    account: fc.constantFrom('acme', 'zeta', 'yota'),
    start: minute,
    minutes: fc.integer({ min: 0, max: 3000 }),
    product: fc.constantFrom('', 'A', 'B'),
    flavour: fc.constantFrom('c6', 'c7'),
  }),
  { minLength: 1, maxLength: 6 },
)
const price = fc.integer({ min: 0, max: 99_999_999 }).map((units) => (units / 1e7).toFixed(7))
const priceList = fc
  .tuple(price, price, price, price, price)
  .map(([c6, c7, a, b, june]) =>
    [
      `ecs,c6,${c6},`,
      `ecs,c7,${c7},`,
      `image,A,${a},`,
      `image,B,${b},`,
      `ecs,c6,${june},2024-06-01T00:00:00+08:00`,
      '',
    ].join('\n'),
  )
const rules = fc.record({
  'tax.percent': fc.constantFrom('0', '7.5', '19'),
  'rounding.charge': fc.constantFrom('truncate' as const, 'half-up' as const),
  'ecs.granularity': fc.constantFrom('second' as const, 'hour-ceil' as const),
})

const began = Date.parse('2024-05-10T00:00:00+08:00')

function logOf(
  resources: readonly { account: string; start: number; minutes: number; product: string; flavour: string }[],
): string {
  const at = (minutes: number) => formatInstant(began + minutes * MINUTE, offset)
  return (
    head +
    resources
      .map(
        ({ account, start, minutes, product, flavour }, index) =>
          `${at(start)},${account},i-${index},start,${product},${flavour}\n${at(start + minutes)},${account},i-${index},delete,,\n`,
      )
      .join('')
  )
}

const payableOf = (groups: readonly Group[], side: 'old' | 'new'): string[] =>
  sumsBy(
    groups,
    ({ account, month }) => `${account} ${month}`,
    ({ account, month }) => ({ account, month }),
  ).map((sum) => `${sum.account} ${sum.month} ${formatAmount(sum[side])}`)

describe('laws of shadow billing', () => {
  test('the same prices and rules make no difference', async () => {
    await fc.assert(
      fc.asyncProperty(lives, priceList, rules, async (resources, prices, policies) => {
        const groups = await servers(logOf(resources), { old: prices, new: prices, policies })
        expect(groups.filter((group) => group.old !== group.new || group.lines.old !== group.lines.new)).toEqual([])
      }),
      { numRuns: 25 },
    )
  })

  test('each side is what meter makes of the log with its prices alone', async () => {
    await fc.assert(
      fc.asyncProperty(lives, priceList, priceList, rules, rules, async (resources, old, now, policies, changed) => {
        const log = logOf(resources)
        const groups = await servers(log, { old, new: now, policies, changed })
        for (const [side, prices, own] of [
          ['old', old, policies],
          ['new', now, { ...policies, ...changed }],
        ] as const) {
          const { log: alone } = await rated(log, { prices, policies: own })
          const bills = [...alone.bills()].map((bill) => `${bill.account} ${bill.month} ${formatAmount(bill.payable)}`)
          expect(payableOf(groups, side).sort()).toEqual(bills.sort())
        }
      }),
      { numRuns: 25 },
    )
  })

  test('the sums by account, product, rule, month and bill are the sum of all lines', async () => {
    await fc.assert(
      fc.asyncProperty(lives, priceList, priceList, rules, async (resources, old, now, changed) => {
        const groups = await servers(logOf(resources), { old, new: now, changed })
        // Uses of no length make no lines.
        fc.pre(groups.length > 0)
        const [whole] = totalsOf(groups)
        for (const { rows, total, columns } of repriceTables(groups)) {
          const at = columns.findIndex(({ key }) => key === 'old')
          const sums = [at, at + 1, at + 2].map((place) => rows.reduce((sum, row) => sum + BigInt(row[place] ?? 0), 0n))
          expect(sums).toEqual([whole.old, whole.new, whole.difference])
          expect(total?.slice(at)).toEqual(sums)
        }
        const { winners, losers, unchanged } = moversOf(byAccount(groups))
        expect(winners.length + losers.length + unchanged).toBe(byAccount(groups).length)
        expect([...winners, ...losers].reduce((sum, { difference }) => sum + difference, 0n)).toBe(whole.difference)
      }),
      { numRuns: 25 },
    )
  })
})

const usage = `at,account,value,region
2024-05-06T08:00:00+08:00,acme,512,eu
2024-05-06T08:00:02+08:00,acme,20,us
2024-06-06T09:00:00+08:00,zeta,300,eu
`
const card = (unit: string, zeta = '') => `
metrics: { traffic: { aggregate: sum, by: region } }
prices:
  - { metric: traffic, plan: { model: tiered, bands: [{ upTo: 100, unit: 0.09 }, { upTo: null, unit: ${unit} }] } }
  - { metric: traffic, where: { region: us }, plan: { model: linear, unit: 0.08 } }
${zeta}`

async function usages(old: string, now: string): Promise<string[]> {
  const difference = new PriceDifference()
  for (const [side, text] of [
    ['old', old],
    ['new', now],
  ] as const)
    await priceUsage(difference, side, {
      file: 'usage.csv',
      open: () => ReadableStream.from([Buffer.from(usage)]),
      options: {},
      card: readRateCard(text, 'card.yaml', offset),
      policies: defaultPolicies,
      onProblem: () => {},
    })
  return difference.groups().map((group) => `${shown([group])} ${group.currency}`)
}

test('P-02: two rate cards, by metric with what splits it', async () => {
  expect(await usages(card('0.05'), card('0.04'))).toEqual([
    'acme usage traffic eu P-02: 29.60 -> 25.48 USD',
    'acme usage traffic us P-01: 1.60 -> 1.60 USD',
    'zeta usage traffic eu P-02: 19.00 -> 17.00 USD',
  ])
})

test('M-08: an account that a card moves to another currency is on both sides, and nothing is converted', async () => {
  const moved = '  - { metric: traffic, account: zeta, currency: EUR, plan: { model: linear, unit: 0.06 } }\n'
  expect(await usages(card('0.05'), card('0.05', moved))).toEqual([
    'zeta usage traffic eu P-01: 0.00 -> 18.00 EUR',
    'acme usage traffic eu P-02: 29.60 -> 29.60 USD',
    'acme usage traffic us P-01: 1.60 -> 1.60 USD',
    'zeta usage traffic eu P-02: 19.00 -> 0.00 USD',
  ])
})

test('sums are exact beyond float64', () => {
  const difference = new PriceDifference()
  const key = { account: 'a', month: 1, kind: 'ecs', product: 'p', rule: 'U-01', currency: 'USD' }
  for (let each = 0; each < 5; each++) difference.add('old', key, Number.MAX_SAFE_INTEGER)
  difference.addAmount('new', key, 10n ** 30n)
  expect(difference.groups()).toEqual([
    { ...key, lines: { old: 5, new: 1 }, old: 5n * BigInt(Number.MAX_SAFE_INTEGER), new: 10n ** 30n },
  ])
})
