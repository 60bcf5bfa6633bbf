/** Subscriptions next to usage: terms, renewals, changes, trials, coupons, refunds, commitments, late and corrected rows. */
import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatInstant, formatMonth } from '#base/civil-time.ts'
import { decimalText } from '#base/decimal-text.ts'
import { DAY, HOUR } from '#base/time.ts'
import { defaultPolicies, type Policies } from '#scenarios/policies.ts'
import { readRateCard } from '#sim/usage-rating/rate-card.ts'
import { readUsage } from '#sim/usage-rating/usage-log.ts'

const offset = defaultPolicies['time.utcOffset']
const head = 'at,account,subscription,do,offer,quantity,months,coupon'

interface Asked {
  readonly policies?: Partial<Policies>
  readonly until?: string
  readonly usage?: string
}

async function rated(log: string, card: string, { policies, until, usage }: Asked = {}) {
  const problems: string[] = []
  const source = (text: string, file: string) => ({
    ...{ file, options: {} },
    open: () => ReadableStream.from([Buffer.from(text)]),
  })
  const end = until === undefined ? undefined : Date.parse(`${until}T00:00:00+08:00`)
  const { rater, ...read } = await readUsage({
    ...source(usage ?? log, usage === undefined ? 'log.csv' : 'usage.csv'),
    subscriptions: usage === undefined ? undefined : source(log, 'subs.csv'),
    card: readRateCard(card, 'card.yaml', offset),
    policies: { ...defaultPolicies, ...policies },
    until: end,
    onProblem: (line, kind, text) => problems.push(`${line} ${kind}: ${text}`),
  })
  const all = [...rater.lines(end)]
  const day = (at: number) => formatInstant(at, offset).slice(0, 10)
  const lines = all.map(
    ({ account, bill, month, metric, rule, text, amount, currency, part }) =>
      `${account} ${formatMonth(bill)}${bill === month ? '' : ` of ${formatMonth(month)}`} ${metric}${part === undefined ? '' : ` ${part.subscription} ${part.kind} ${day(part.from)}..${day(part.until)}`} ${rule} ${text} = ${decimalText(amount, 8)}${currency.code === 'USD' ? '' : ` ${currency.code}`}`,
  )
  const bills = [...rater.bills(all)].map(
    ({ account, month, currency, charges, tax, payable }) =>
      `${account} ${formatMonth(month)} ${decimalText(charges, 8)} ${decimalText(tax, 8)} ${decimalText(payable, 8)}${currency.code === 'USD' ? '' : ` ${currency.code}`}`,
  )
  return { all, lines, bills, problems, ...read }
}

const rows = (...texts: string[]): string => `${head}\n${texts.map((text) => `${text}\n`).join('')}`

const seats = `
offers:
  seats:
    prices:
      - { months: 1, plan: { model: linear, unit: 10 } }
      - { months: 12, plan: { model: linear, unit: 100 } }
`

test('T-04, T-05, R-03: a term is charged when it is bought, and renewed at 03:00 seven days before its last day', async () => {
  const { lines, bills, problems } = await rated(rows('2024-01-31T10:30:00+08:00,acme,s-1,start,seats,5,,'), seats, {
    until: '2024-05-01',
  })
  expect(problems).toEqual([])
  expect(lines).toEqual([
    'acme 2024-01 seats s-1 purchase 2024-01-31..2024-03-01 P-01 5 x 10 = 50',
    // The last day is 29 February, so that the first try is on the 22nd; terms are anchored on the 31st.
    'acme 2024-02 seats s-1 renewal 2024-03-01..2024-04-01 P-01 5 x 10 = 50',
    'acme 2024-03 seats s-1 renewal 2024-04-01..2024-05-01 P-01 5 x 10 = 50',
    'acme 2024-04 seats s-1 renewal 2024-05-01..2024-06-01 P-01 5 x 10 = 50',
  ])
  expect(bills).toEqual([
    'acme 2024-01 50 0 50',
    'acme 2024-02 50 0 50',
    'acme 2024-03 50 0 50',
    'acme 2024-04 50 0 50',
  ])
})

test('R-01, R-08: cancel, keep, and renewal by hand, in the term and after it', async () => {
  const { lines, problems } = await rated(
    rows(
      '2024-01-01T10:00:00+08:00,acme,a,start,seats,1,,',
      '2024-01-10T10:00:00+08:00,acme,a,cancel,,,,',
      '2024-02-10T10:00:00+08:00,acme,a,renew,,,,',
      '2024-01-01T10:00:00+08:00,acme,b,start,seats,1,,',
      '2024-01-10T10:00:00+08:00,acme,b,cancel,,,,',
      '2024-01-30T10:00:00+08:00,acme,b,keep,,,,',
      '2024-02-05T10:00:00+08:00,acme,b,cancel,,,,',
      '2024-01-01T10:00:00+08:00,acme,c,start,seats,1,,',
      '2024-01-10T10:00:00+08:00,acme,c,cancel,,,,',
      // 30 days after 2 February it is released.
      '2024-03-03T00:00:00+08:00,acme,c,renew,,,,',
      '2024-03-03T00:00:00+08:00,acme,d,cancel,,,,',
    ),
    seats,
    { until: '2024-04-01' },
  )
  expect(lines).toEqual([
    'acme 2024-01 seats a purchase 2024-01-01..2024-02-02 P-01 1 x 10 = 10',
    'acme 2024-01 seats b purchase 2024-01-01..2024-02-02 P-01 1 x 10 = 10',
    'acme 2024-01 seats c purchase 2024-01-01..2024-02-02 P-01 1 x 10 = 10',
    'acme 2024-01 seats b renewal 2024-02-02..2024-03-02 P-01 1 x 10 = 10',
    'acme 2024-02 seats a renewal 2024-02-02..2024-03-02 P-01 1 x 10 = 10',
  ])
  expect(problems).toEqual([
    '11 refused: refused: not-renewable (R-01)',
    '12 refused: no such subscription was started before; add a row with do = start',
  ])
})

test('a price that changes is that of the renewal, a contract is of its account, in its currency', async () => {
  const card = `
offers:
  seats:
    renewalDays: 0
    prices:
      - { plan: { model: linear, unit: 10 } }
      - { plan: { model: linear, unit: 12 }, from: 2024-02-01T03:00:00+08:00 }
      - { plan: { model: linear, unit: 9 }, account: zeta, currency: EUR, discount: { percentOff: 50 } }
`
  const { lines, bills } = await rated(
    rows('2024-01-01T10:00:00+08:00,acme,a,start,seats,3,,', '2024-01-01T10:00:00+08:00,zeta,z,start,seats,3,,'),
    card,
    { until: '2024-02-02', policies: { 'tax.percent': '19' } },
  )
  expect(lines).toEqual([
    'acme 2024-01 seats a purchase 2024-01-01..2024-02-02 P-01 3 x 10 = 30',
    'acme 2024-02 seats a renewal 2024-02-02..2024-03-02 P-01 3 x 12 = 36',
    'zeta 2024-01 seats z purchase 2024-01-01..2024-02-02 P-01 3 x 9 x (1 - 50%) = 13.5 EUR',
    'zeta 2024-02 seats z renewal 2024-02-02..2024-03-02 P-01 3 x 9 x (1 - 50%) = 13.5 EUR',
  ])
  expect(bills).toEqual([
    'acme 2024-01 30 5.7 35.7',
    'acme 2024-02 36 6.84 42.84',
    'zeta 2024-01 13.5 2.565 16.07 EUR',
    'zeta 2024-02 13.5 2.565 16.07 EUR',
  ])
})

const bands = '[{ upTo: 5, unit: 7 }, { upTo: 10, unit: 6.5 }, { upTo: null, unit: 6 }]'
const plans = `
offers:
  volume: { prices: [{ plan: { model: volume, bands: ${bands} } }] }
  tiered: { prices: [{ plan: { model: tiered, bands: ${bands} } }] }
  basic: { prices: [{ plan: { model: linear, unit: 10 } }, { months: 12, plan: { model: linear, unit: 100 } }] }
  pro: { prices: [{ plan: { model: linear, unit: 25 } }, { months: 12, plan: { model: linear, unit: 240 } }] }
`

test('X-02..X-09: changes are prorated by the days that are left, by the rules in force', async () => {
  // Bought on 17 September for a month: the last day is 17 October; a change on the 17th leaves 13/30 + 17/31.
  const cases: [offer: string, change: string, policies: Partial<Policies>, line: string][] = [
    ['volume,5', ',8', {}, 'expansion X-04 6.5 x 3 x (13/30 + 17/31) = 19.14354838'],
    [
      'volume,5',
      ',8',
      { 'expansion.cutover': Number.MAX_SAFE_INTEGER },
      'expansion X-03 (6.5 x 8 - 5 x 7) x (13/30 + 17/31) = 16.68924731',
    ],
    ['tiered,10', ',11', {}, 'expansion X-04 max(0, (6 x 11 - (5 x 7 + 5 x 6.5)) x (13/30 + 17/31)) = 0'],
    [
      'tiered,10',
      ',11',
      { 'expansion.tiered': 'price-difference' },
      'expansion X-04 (5 x 7 + 5 x 6.5 + 1 x 6 - (5 x 7 + 5 x 6.5)) x (13/30 + 17/31) = 5.89032258',
    ],
    ['basic,2', 'pro,', {}, 'upgrade X-02 2 x 25 x (13/30 + 17/31) - 2 x 10 x (13/30 + 17/31) = 29.4516129'],
    ['basic,2', 'pro,3', { 'change.price': 'full-difference' }, 'upgrade X-02 3 x 25 x 1 - 2 x 10 x 1 = 55'],
    ['pro,2', 'basic,', {}, 'refused: negative-upgrade (X-07)'],
    ['basic,2', ',1', {}, 'refused: only-upwards (X-01)'],
    ['basic,2', ',2', {}, 'refused: quantity-limit (C-04)'],
  ]
  for (const [offer, change, policies, expected] of cases) {
    const { all, problems } = await rated(
      rows(`2024-09-17T08:00:00+08:00,acme,s,start,${offer},,`, `2024-09-17T20:00:00+08:00,acme,s,change,${change},,`),
      plans,
      { policies, until: '2024-09-20' },
    )
    const [, line] = all
    const found =
      line === undefined
        ? problems[0].split('refused: ').slice(1).join('refused: ')
        : `${line.part?.kind} ${line.rule} ${line.text} = ${decimalText(line.amount, 8)}`
    expect(`${offer} to ${change}: ${found}`).toBe(`${offer} to ${change}: ${expected}`)
  }
})

test('X-02: an upgrade of a year takes the plan that the remaining months still fill', async () => {
  const { lines } = await rated(
    rows('2024-01-01T08:00:00+08:00,acme,s,start,basic,1,12,', '2024-07-01T08:00:00+08:00,acme,s,change,pro,,,'),
    plans,
    { until: '2024-07-02' },
  )
  expect(lines[1]).toBe(
    'acme 2024-07 pro s upgrade 2024-07-01..2025-01-02 X-02 1 x 25 x (30/31 + 5 + 1/31) - 1 x 100 x 184/365 = 99.58904109',
  )
})

test('X-01: a smaller configuration takes effect at the renewal, where the rules allow it', async () => {
  const { lines, problems } = await rated(
    rows('2024-01-01T08:00:00+08:00,acme,s,start,basic,3,,', '2024-01-20T08:00:00+08:00,acme,s,change,,1,,'),
    plans,
    { policies: { 'change.downAtRenewal': true }, until: '2024-02-01' },
  )
  expect(problems).toEqual([])
  expect(lines).toEqual([
    'acme 2024-01 basic s purchase 2024-01-01..2024-02-02 P-01 3 x 10 = 30',
    'acme 2024-01 basic s down-at-renewal 2024-02-02..2024-02-02 X-01 0 now, the smaller configuration starts with the renewal = 0',
    'acme 2024-01 basic s renewal 2024-02-02..2024-03-02 P-01 1 x 10 = 10',
  ])
})

test('O-12, M-06: a trial is free once per account and offer, and a coupon lowers the first periods', async () => {
  const card = `
offers: { app: { trial: 14d, prices: [{ plan: { model: linear, unit: 10 } }] } }
coupons:
  HALF: { percentOff: 50, periods: 2, until: 2024-02-01T00:00:00+08:00 }
`
  const { lines, problems } = await rated(
    rows(
      '2024-01-01T08:00:00+08:00,acme,a,start,app,2,,HALF',
      '2024-01-02T08:00:00+08:00,acme,b,start,app,1,,',
      '2024-01-03T08:00:00+08:00,acme,b,cancel,,,,',
      '2024-01-02T08:00:00+08:00,zeta,c,start,app,1,,',
      '2024-01-10T08:00:00+08:00,zeta,c,change,,4,,',
      '2024-01-12T08:00:00+08:00,zeta,c,cancel,,,,',
      '2024-02-01T00:00:00+08:00,zoo,d,start,app,1,,HALF',
    ),
    card,
    { until: '2024-03-20' },
  )
  expect(lines).toEqual([
    'acme 2024-01 app a trial 2024-01-01..2024-01-15 O-12 free until 2024-01-15T08:00:00+08:00 = 0',
    'acme 2024-01 app b purchase 2024-01-02..2024-02-03 P-01 1 x 10 = 10',
    'acme 2024-01 app a purchase 2024-01-15..2024-02-16 P-01 2 x 10 x (1 - 50%) = 10',
    'acme 2024-02 app a renewal 2024-02-16..2024-03-16 P-01 2 x 10 x (1 - 50%) = 10',
    'acme 2024-03 app a renewal 2024-03-16..2024-04-16 P-01 2 x 10 = 20',
    'zeta 2024-01 app c trial 2024-01-02..2024-01-16 O-12 free until 2024-01-16T08:00:00+08:00 = 0',
    'zoo 2024-02 app d trial 2024-02-01..2024-02-15 O-12 free until 2024-02-15T00:00:00+08:00 = 0',
    'zoo 2024-02 app d purchase 2024-02-15..2024-03-16 P-01 1 x 10 = 10',
    'zoo 2024-03 app d renewal 2024-03-16..2024-04-16 P-01 1 x 10 = 10',
  ])
  expect(problems).toEqual(['8 refused: the coupon HALF is over, or not of app; charged without it'])
})

test('N-01..N-05: what is left is refunded where the offer says so; a renewal that has not begun in full', async () => {
  const card = `
offers:
  image: { refundable: true, prices: [{ plan: { model: linear, unit: 100 } }] }
  app: { prices: [{ plan: { model: linear, unit: 100 } }] }
`
  const { lines, problems, bills } = await rated(
    rows(
      '2024-01-01T00:00:00+08:00,acme,i,start,image,1,,',
      '2024-01-17T00:00:00+08:00,acme,i,unsubscribe,,,,',
      '2024-01-01T00:00:00+08:00,zeta,j,start,image,1,,',
      '2024-01-30T00:00:00+08:00,zeta,j,unsubscribe,,,,',
      '2024-01-01T00:00:00+08:00,acme,s,start,app,1,,',
      '2024-01-02T00:00:00+08:00,acme,s,unsubscribe,,,,',
      '2024-01-02T00:00:00+08:00,acme,s,cancel,,,,',
    ),
    card,
    { until: '2024-03-01', policies: { 'tax.percent': '10' } },
  )
  expect(problems).toEqual(['7 refused: refused: not-refundable (N-01)'])
  expect(lines).toEqual([
    'acme 2024-01 image i purchase 2024-01-01..2024-02-02 P-01 1 x 100 = 100',
    'acme 2024-01 image i refund 2024-01-17..2024-02-02 N-03 cash paid 100; consumed: 100 x 384/768; handling fee: 100 x 10% = -40',
    'acme 2024-01 app s purchase 2024-01-01..2024-02-02 P-01 1 x 100 = 100',
    'zeta 2024-01 image j purchase 2024-01-01..2024-02-02 P-01 1 x 100 = 100',
    'zeta 2024-01 image j renewal 2024-02-02..2024-03-02 P-01 1 x 100 = 100',
    'zeta 2024-01 image j refund 2024-01-30..2024-02-02 N-03 cash paid 100; consumed: 100 x 696/768; handling fee: 100 x 10%; never below 0 0.625 = 0',
    'zeta 2024-01 image j refund 2024-02-02..2024-03-02 N-05 paid, not begun 100 = -100',
  ])
  expect(bills).toEqual(['acme 2024-01 160 16 176', 'zeta 2024-01 100 10 110'])
})

test('R-07: renewals that end on a day of the month pay the days up to it', async () => {
  const { lines } = await rated(rows('2024-01-10T00:00:00+08:00,acme,s,start,basic,1,,'), plans, {
    until: '2024-03-16',
    policies: { 'renewal.alignDay': 15 },
  })
  expect(lines.slice(1)).toEqual([
    'acme 2024-02 basic s renewal 2024-02-11..2024-03-16 R-07 1 x 10 x (1 + 5/31) = 11.61290322',
    'acme 2024-03 basic s renewal 2024-03-16..2024-04-16 P-01 1 x 10 = 10',
  ])
})

const usageCard = `
metrics: { calls: { aggregate: sum } }
prices: [{ metric: calls, plan: { model: linear, unit: 2 } }]
commitments:
  - { account: acme, least: 100, from: 2024-01-01T00:00:00+08:00, until: 2024-04-01T00:00:00+08:00 }
  - { account: acme, least: 400, per: quarter, from: 2024-01-01T00:00:00+08:00, of: [calls] }
${seats.trim()}
`

test('P-08: commitments charge what is missing, also in months without any use; late use changes it', async () => {
  const usage = `at,account,value,received
2024-01-05T08:00:00+08:00,acme,20,2024-01-05T08:00:00+08:00
2024-01-06T08:00:00+08:00,acme,5,2024-02-20T08:00:00+08:00
`
  const subscriptions = rows('2024-03-01T00:00:00+08:00,acme,s,start,seats,12,,')
  const { lines } = await rated(subscriptions, usageCard, {
    usage,
    until: '2024-04-01',
    policies: { 'usage.late': 'next-bill' },
  })
  expect(lines).toEqual([
    'acme 2024-01 calls P-01 20 x 2 = 40',
    'acme 2024-01 commitment P-08 100 committed less 40 charged = 60',
    'acme 2024-02 of 2024-01 calls I-04 correction of 2024-01: 50 instead of 40 = 10',
    'acme 2024-02 of 2024-01 commitment I-04 correction of 2024-01: 50 instead of 60 = -10',
    'acme 2024-02 commitment P-08 100 committed less 0 charged = 100',
    'acme 2024-03 seats s purchase 2024-03-01..2024-04-02 P-01 12 x 10 = 120',
    'acme 2024-03 seats s renewal 2024-04-02..2024-05-02 P-01 12 x 10 = 120',
    'acme 2024-03 commitment P-08 400 committed less 50 charged = 350',
  ])
})

test('I-04: what becomes known of a subscription after the bill is a correction of the next one', async () => {
  const log = `id,${head},received,corrects
a,2024-01-01T10:00:00+08:00,acme,s,start,seats,5,,,2024-01-01T10:00:00+08:00,
b,2024-01-01T10:00:00+08:00,acme,s,start,seats,7,,,2024-02-10T10:00:00+08:00,a
c,2024-01-01T10:00:00+08:00,acme,t,start,seats,1,,,2024-02-10T10:00:00+08:00,
d,2024-01-05T10:00:00+08:00,acme,t,cancel,,,,,2024-02-10T10:00:00+08:00,
`
  const { lines, corrections, problems } = await rated(log, seats, {
    until: '2024-03-01',
    policies: { 'usage.late': 'next-bill' },
  })
  expect(problems).toEqual([])
  expect(corrections).toBe(1)
  expect(lines).toEqual([
    'acme 2024-01 seats s purchase 2024-01-01..2024-02-02 P-01 5 x 10 = 50',
    'acme 2024-01 seats s renewal 2024-02-02..2024-03-02 P-01 5 x 10 = 50',
    'acme 2024-02 of 2024-01 seats s correction 2024-02-02..2024-03-02 I-04 correction of 2024-01: 140 instead of 100 = 40',
    'acme 2024-02 of 2024-01 seats t correction 2024-01-01..2024-02-02 I-04 correction of 2024-01: 10 instead of 0 = 10',
    'acme 2024-02 seats s renewal 2024-03-02..2024-04-02 P-01 7 x 10 = 70',
  ])
})

test('U-09: late and corrected levels change the time that they held, on the bill that knows them', async () => {
  const card = `
metrics: { disk: { aggregate: time-weighted, per: hour } }
prices: [{ metric: disk, plan: { model: linear, unit: 1 } }]
`
  const log = `id,at,account,resource,value,received,corrects
a,2024-01-31T22:00:00+08:00,acme,d,100,2024-01-31T22:00:00+08:00,
b,2024-01-31T23:00:00+08:00,acme,d,40,2024-02-09T00:00:00+08:00,
c,2024-02-01T01:00:00+08:00,acme,d,0,2024-02-01T01:00:00+08:00,
e,2024-01-31T22:00:00+08:00,acme,d,90,2024-03-09T00:00:00+08:00,a
`
  const { lines, bills } = await rated(log, card, { until: '2024-03-01', policies: { 'usage.late': 'next-bill' } })
  expect(lines).toEqual([
    // Two hours of 100, as was known on 3 February; an hour of 40 in place of the second; then 90 in place of 100.
    'acme 2024-01 disk P-01 200 x 1 = 200',
    'acme 2024-02 of 2024-01 disk I-04 correction of 2024-01: 140 instead of 200 = -60',
    'acme 2024-02 disk P-01 40 x 1 = 40',
    'acme 2024-03 of 2024-01 disk I-04 correction of 2024-01: 130 instead of 140 = -10',
  ])
  expect(bills).toEqual(['acme 2024-01 200 0 200', 'acme 2024-02 -20 0 -20', 'acme 2024-03 -10 0 -10'])
})

test('a wrong card of offers says where', () => {
  const wrong: [card: string, error: string][] = [
    ['offers: { a: { prices: [] } }', 'no price of a'],
    [
      'offers: { a: { prices: [{ months: 0, plan: { model: linear, unit: 1 } }] } }',
      '"0" is not a whole number from 1 to 36',
    ],
    ['offers: { a: { prices: [{ plan: { model: flat, price: 1 } }] } }', '"flat" is not a price model'],
    [
      'offers: { a: { prices: [{ plan: { model: linear, unit: 1 } }, { plan: { model: linear, unit: 2 } }] } }',
      'the same term, account and time as prices[0]',
    ],
    ['offers: { a: { trial: soon, prices: [{ plan: { model: linear, unit: 1 } }] } }', '"soon" is not a duration'],
    ['offers: { a: { renewalDays: 8, prices: [{ plan: { model: linear, unit: 1 } }] } }', 'from 0 to 7'],
    ['offers: { a: { price: 1 } }', '"price" is an unknown key'],
    [
      '{ offers: { a: { prices: [{ plan: { model: linear, unit: 1 } }] } }, coupons: { C: { percentOff: 5, offers: [b] } } }',
      '"b" is none of its values',
    ],
    [
      '{ offers: { a: { prices: [{ plan: { model: linear, unit: 1 } }] } }, coupons: { C: { periods: 5 } } }',
      'a discount without a kind',
    ],
    [
      '{ offers: { a: { prices: [{ plan: { model: linear, unit: 1 } }] } }, commitments: [{ account: x, least: 5, from: 2024-01-02T00:00:00+08:00 }] }',
      'is within a month',
    ],
    [
      '{ offers: { a: { prices: [{ plan: { model: linear, unit: 1 } }] } }, commitments: [{ account: x, least: 5, per: year, from: 2024-01-01T00:00:00+08:00, until: 2024-03-01T00:00:00+08:00 }] }',
      'the last period is cut short',
    ],
  ]
  for (const [card, error] of wrong) expect(() => readRateCard(card, 'card.yaml', offset), card).toThrow(error)
})

// A second calculation, with arithmetic of its own: whole numbers, and the calendar of Date in UTC+08:00.

/** A whole number of months of 28 to 31 days is a whole number of these. */
const PARTS = 28n * 29n * 30n * 31n
const utc = (day: Date) => day.getTime() - offset
const civil = (at: number) => new Date(at + offset)

/** The midnight after the last day of a term of n months from an anchor. */
function endAfter(anchor: number, months: number): number {
  const from = civil(anchor)
  const [year, month] = [from.getUTCFullYear(), from.getUTCMonth() + months]
  const days = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return utc(new Date(Date.UTC(year, month, Math.min(from.getUTCDate(), days) + 1)))
}

/** Days left over the days of their month, day by day, in PARTS of a month; the day of the change not. */
function partsLeft(at: number, end: number): bigint {
  let sum = 0n
  for (let day = Math.floor((at + offset) / DAY) * DAY - offset + DAY; day < end; day += DAY) {
    const [year, month] = [civil(day).getUTCFullYear(), civil(day).getUTCMonth()]
    sum += PARTS / BigInt(new Date(Date.UTC(year, month + 1, 0)).getUTCDate())
  }
  return sum
}

/** `unit` as whole 1e-10, times units, times a part of a month, cut to 1e-8. */
const truncated = (unit: bigint, units: number, parts: bigint): bigint => (unit * BigInt(units) * parts) / PARTS / 100n

interface Life {
  readonly start: number
  readonly quantity: number
  readonly changes: readonly { readonly at: number; readonly more: number }[]
  readonly cancelledAt: number | undefined
}

/** Amounts by month of a linear price, of a life with growing quantities. */
function expectedCharges(
  { start, quantity, changes, cancelledAt }: Life,
  unit: bigint,
  until: number,
): Map<string, bigint> {
  const sums = new Map<string, bigint>()
  const add = (at: number, amount: bigint) => {
    const month = civil(at).toISOString().slice(0, 7)
    sums.set(month, (sums.get(month) ?? 0n) + amount)
  }
  let [units, total, end] = [quantity, 1, endAfter(start, 1)]
  add(start, truncated(unit, units, PARTS))
  const acts = [...changes.map((each) => ({ ...each })), { at: until, more: 0 }].sort((a, b) => a.at - b.at)
  for (const { at, more } of acts) {
    for (;;) {
      const tryAt = Math.max(end - 8 * DAY + 3 * HOUR, start)
      if (tryAt > at || tryAt >= until || (cancelledAt !== undefined && cancelledAt < tryAt)) break
      total++
      end = endAfter(start, total)
      add(tryAt, truncated(unit, units, PARTS))
    }
    if (more === 0 || at >= end || at >= until) continue
    add(at, truncated(unit, more, partsLeft(at, end)))
    units += more
  }
  return sums
}

const firstDay = Date.parse('2024-01-01T00:00:00+08:00')
const lives = fc.record({
  start: fc.integer({ min: 0, max: 70 * 24 }),
  quantity: fc.integer({ min: 1, max: 9 }),
  changes: fc.array(fc.record({ after: fc.integer({ min: 1, max: 100 * 24 }), more: fc.integer({ min: 1, max: 5 }) }), {
    maxLength: 3,
  }),
  cancelled: fc.option(fc.integer({ min: 1, max: 120 * 24 }), { nil: undefined }),
})
const unitPrices = fc.constantFrom('10', '3.3333333333', '0.01', '19.99')
const text = (at: number) => formatInstant(at, offset)

function rowsOf(name: string, { start, quantity, changes, cancelledAt }: Life): string[] {
  let units = quantity
  return [
    `${text(start)},acme,${name},start,s,${quantity},,`,
    ...changes.map(({ at, more }) => {
      units += more
      return `${text(at)},acme,${name},change,,${units},,`
    }),
    ...(cancelledAt === undefined ? [] : [`${text(cancelledAt)},acme,${name},cancel,,,,`]),
  ]
}

/** Acts of one subscription are at different hours, no change follows the end, and none is in an hour of a renewal. */
function lifeOf({ start, quantity, changes, cancelled }: typeof lives extends fc.Arbitrary<infer T> ? T : never): Life {
  const begun = firstDay + start * HOUR + 30 * 60_000
  const times = new Map(changes.map(({ after, more }) => [begun + after * HOUR, more]))
  const cancelledAt = cancelled === undefined ? undefined : begun + cancelled * HOUR + 60_000
  return {
    ...{ start: begun, quantity, cancelledAt },
    changes: [...times]
      .map(([at, more]) => ({ at, more }))
      .filter(({ at }) => cancelledAt === undefined || at < cancelledAt)
      .sort((a, b) => a.at - b.at),
  }
}

test('whole lives cost what a second calculation finds; order and repetition of rows change nothing', async () => {
  const until = '2024-06-01'
  await fc.assert(
    fc.asyncProperty(
      fc.array(lives, { minLength: 1, maxLength: 3 }),
      unitPrices,
      fc.infiniteStream(fc.nat(1000)),
      async (drawn, unit, order) => {
        const all = drawn.map(lifeOf)
        const card = `offers: { s: { prices: [{ plan: { model: linear, unit: ${unit} } }] } }`
        const log = all.flatMap((life, index) => rowsOf(`s-${index}`, life))
        const { bills, problems } = await rated(rows(...log), card, { until })
        expect(problems).toEqual([])
        const sums = new Map<string, bigint>()
        const [whole, fraction = ''] = unit.split('.')
        const exact = BigInt(whole + fraction.padEnd(10, '0'))
        for (const life of all)
          for (const [month, amount] of expectedCharges(life, exact, Date.parse(`${until}T00:00:00+08:00`)))
            sums.set(month, (sums.get(month) ?? 0n) + amount)
        const found = bills.map((bill) => bill.split(' ').slice(1, 3).join(' '))
        expect(found).toEqual(
          [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([month, amount]) => `${month} ${decimalText(amount, 8)}`),
        )
        const shuffled = [...log, ...log.slice(0, 2)]
          .map((row) => [order.next().value, row] as const)
          .sort(([a], [b]) => a - b)
          .map(([, row]) => row)
        const again = await rated(rows(...shuffled), card, { until })
        expect([again.bills, again.repeats]).toEqual([bills, Math.min(2, log.length)])
      },
    ),
    { numRuns: 60 },
  )
})

test('a log that is cut at an instant bills the same up to the last whole month before it', async () => {
  await fc.assert(
    fc.asyncProperty(lives, fc.integer({ min: 1, max: 4 }), async (drawn, months) => {
      const card = 'offers: { s: { prices: [{ plan: { model: linear, unit: 7.77 } }] } }'
      const log = rows(...rowsOf('s-0', lifeOf(drawn)))
      const cut = `2024-0${months + 1}-01`
      const whole = await rated(log, card, { until: '2024-06-01' })
      const part = await rated(log, card, { until: cut })
      expect(part.bills).toEqual(whole.bills.filter((bill) => bill.split(' ')[1] < cut.slice(0, 7)))
    }),
    { numRuns: 30 },
  )
})

test('levels that come late cost what the same levels cost in time', async () => {
  const card = `
metrics: { disk: { aggregate: time-weighted, per: hour } }
prices: [{ metric: disk, plan: { model: linear, unit: 0.01 } }]
`
  const level = fc.record({
    at: fc.integer({ min: 0, max: 80 * 24 }),
    value: fc.integer({ min: 0, max: 50 }),
    delay: fc.constantFrom(0, 0, 10, 40),
    resource: fc.constantFrom('d-1', 'd-2'),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(level, { minLength: 1, maxLength: 8, selector: ({ at }) => at }),
      async (levels) => {
        const body = (withDelay: boolean) =>
          levels
            .map(({ at, value, delay, resource }) => {
              const when = firstDay + at * HOUR
              return `${text(when)},acme,${resource},${value},${withDelay ? text(when + delay * DAY) : ''}\n`
            })
            .join('')
        const asked: Asked = { until: '2024-04-01', policies: { 'usage.late': 'next-bill' } }
        const inTime = await rated(`at,account,resource,value,received\n${body(false)}`, card, asked)
        const late = await rated(`at,account,resource,value,received\n${body(true)}`, card, asked)
        const sum = (all: typeof late.all) => all.reduce((total, { amount }) => total + amount, 0n)
        for (const month of new Set(inTime.all.map((each) => each.month)))
          expect(sum(late.all.filter((each) => each.month === month))).toBe(
            sum(inTime.all.filter((each) => each.month === month)),
          )
      },
    ),
    { numRuns: 60 },
  )
})
