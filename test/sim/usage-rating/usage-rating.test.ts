/** P-06, P-07, P-08: usage of any metric, rated by a rate card; late and corrected events; contracts, currencies, dates. */
import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatInstant, formatMonth, monthOf, startOfMonth } from '#base/civil-time.ts'
import { decimalText } from '#base/decimal-text.ts'
import { DAY, HOUR } from '#base/time.ts'
import { defaultPolicies, type Policies } from '#scenarios/policies.ts'
import { compileUsagePlan, usageLines } from '#sim/billing/price/usage-plan.ts'
import { answer } from '#sim/quote/answer.ts'
import { readRateCard } from '#sim/usage-rating/rate-card.ts'
import { readUsage } from '#sim/usage-rating/usage-log.ts'
import { table } from '../billing/table.ts'

const offset = defaultPolicies['time.utcOffset']

async function rated(log: string, card: string, policies: Partial<Policies> = {}, until?: number) {
  const problems: string[] = []
  const { rater, ...read } = await readUsage({
    file: 'usage.csv',
    open: () => ReadableStream.from([Buffer.from(log)]),
    options: {},
    card: readRateCard(card, 'card.yaml', offset),
    policies: { ...defaultPolicies, ...policies },
    onProblem: (line, kind, text) => problems.push(`${line} ${kind}: ${text}`),
  })
  const all = [...rater.lines(until)]
  const lines = all.map(
    ({ account, bill, month, metric, dimensions, quantity, rule, currency, amount }) =>
      `${account} ${formatMonth(bill)}${bill === month ? '' : ` of ${formatMonth(month)}`} ${[metric, ...dimensions.values()].join('/')} ${decimalText(quantity, 8)} ${rule} ${decimalText(amount, 8)}${currency.code === 'USD' ? '' : ` ${currency.code}`}`,
  )
  const bills = [...rater.bills(all)].map(
    ({ account, month, currency, tax, payable }) =>
      `${account} ${formatMonth(month)} ${decimalText(tax, 8)} ${decimalText(payable, 8)} ${currency.code}`,
  )
  return { lines, bills, problems, unmeasured: rater.unmeasured, ...read }
}

const plan = (text: string) => `metrics: { calls: { aggregate: sum } }\nprices: [{ metric: calls, plan: ${text} }]\n`
const used = (value: string) => `at,account,value\n2024-05-06T08:00:00+08:00,acme,${value}\n`

test('P-01..P-03, P-06..P-08: a month of usage costs what the calculator says', async () => {
  const bands = '[{ upTo: 5, unit: 7 }, { upTo: 10, unit: 6.5 }, { upTo: null, unit: 6 }]'
  const cases = table(`
    plan                                                                        value      amount
    { model: linear, unit: 1.25 }                                               3          3.75
    { model: tiered, bands: ${bands} }                                          12         79.5
    { model: volume, bands: ${bands} }                                          12         72
    { model: package, size: 100, price: 0.333333333 }                           250        0.99999999
    { model: tiered, bands: ${bands}, included: 3 }                             12         61
    { model: volume, bands: ${bands}, included: 3 }                             12         58.5
    { model: linear, unit: 1.25, minimum: 4.5 }                                 2          4.5
    { model: flat, price: 9.99 }                                                12         9.99
    { model: percentage, rate: 2.5, fixed: 0.3 }                                0.4        0.31
    { model: percentage, rate: 3.333, fixed: 0 }                                33.333333  1.11099998
    { model: percentage, rate: 2.5, fixed: 0.3, min: 1, max: 25 }               2000       25
  `)
  for (const { plan: text, value, amount } of cases) {
    const { lines } = await rated(used(value), plan(text))
    const sum = lines.map((line) => Number(line.split(' ').at(-1))).reduce((a, b) => a + b, 0)
    expect(`${text} ${value}: ${sum.toFixed(8)}`).toBe(`${text} ${value}: ${Number(amount).toFixed(8)}`)
    const quoted = { op: 'price', plan: quotable(text), quantity: value, value }
    expect(JSON.parse(answer(JSON.stringify(quoted))).amount, text).toBe(Number(amount).toFixed(8))
  }
})

/** A plan of a card as JSON with its numbers as text. */
function quotable(text: string): unknown {
  const json = text
    .replace(/([{,]\s*)(\w+):/g, '$1"$2":')
    .replace(/: ([\w.]+)/g, (_, value) => (value === 'null' ? ': null' : `: "${value}"`))
  return JSON.parse(json)
}

const metrics = `
metrics:
  requests: { aggregate: count, where: { event: request } }
  bytes: { aggregate: sum, of: size, where: { event: request }, by: region }
  peak: { aggregate: max, of: seats, where: { event: seats } }
  seats: { aggregate: last, of: seats, where: { event: seats } }
  users: { aggregate: unique, of: user, where: { event: request } }
  storage: { aggregate: time-weighted, of: gib, per: hour, where: { event: disk } }
prices:
`
const each = (unit: string) =>
  ['requests', 'bytes', 'peak', 'seats', 'users', 'storage']
    .map((metric) => `  - { metric: ${metric}, plan: { model: linear, unit: ${unit} } }`)
    .join('\n')

test('counts, sums by dimension, maxima, last values, unique counts and levels over time', async () => {
  const log = `at,account,event,size,region,seats,user,gib,resource
2024-05-06T08:00:00+08:00,acme,request,10,eu,,ann,,
2024-05-07T08:00:00+08:00,acme,request,2.5,us,,bob,,
2024-05-08T08:00:00+08:00,acme,request,4,eu,,ann,,
2024-05-06T08:00:00+08:00,acme,seats,,,5,,,
2024-05-09T08:00:00+08:00,acme,seats,,,9,,,
2024-05-20T08:00:00+08:00,acme,seats,,,7,,,
2024-05-31T22:00:00+08:00,acme,disk,,,,,100,d-1
2024-05-31T23:30:00+08:00,acme,disk,,,,,40,d-1
2024-05-31T23:00:00+08:00,acme,disk,,,,,1,d-2
2024-06-01T01:00:00+08:00,acme,disk,,,,,0,d-1
2024-06-01T01:00:00+08:00,acme,disk,,,,,0,d-2
2024-06-01T02:00:00+08:00,acme,other,,,,,,
`
  const { lines, bills, unmeasured, problems } = await rated(log, metrics + each('2'))
  expect(problems).toEqual([])
  expect(lines).toEqual([
    'acme 2024-05 requests 3 P-01 6',
    'acme 2024-05 bytes/eu 14 P-01 28',
    'acme 2024-05 bytes/us 2.5 P-01 5',
    'acme 2024-05 peak 9 P-01 18',
    'acme 2024-05 seats 7 P-01 14',
    'acme 2024-05 users 2 P-01 4',
    // 100 GiB for 1.5 hours, 40 for half an hour, 1 for an hour.
    'acme 2024-05 storage 171 P-01 342',
    'acme 2024-06 storage 41 P-01 82',
  ])
  expect(bills).toEqual(['acme 2024-05 0 417 USD', 'acme 2024-06 0 82 USD'])
  expect(unmeasured).toBe(1)
})

test('contracts of an account, conditions, prices by date, and bills in the currency of the contract', async () => {
  const card = `
metrics: { gb: { aggregate: sum } }
prices:
  - { metric: gb, plan: { model: linear, unit: 1 } }
  - { metric: gb, plan: { model: linear, unit: 3 }, where: { region: [us, ca] } }
  - { metric: gb, plan: { model: linear, unit: 2 }, from: 2024-05-15T12:00:00+08:00 }
  - { metric: gb, account: zeta, currency: JPY, plan: { model: volume, bands: [{ upTo: 10, unit: 7 }, { upTo: null, unit: 5 }] } }
  - { metric: gb, account: zeta, currency: JPY, from: 2024-06-01T00:00:00+08:00, plan: { model: flat, price: 30 } }
`
  const log = `at,account,value,region
2024-05-06T08:00:00+08:00,acme,10,eu
2024-05-15T12:00:00+08:00,acme,10,eu
2024-05-20T08:00:00+08:00,acme,1,us
2024-05-06T08:00:00+08:00,zeta,8,eu
2024-05-07T08:00:00+08:00,zeta,8.5,eu
2024-06-07T08:00:00+08:00,zeta,100,eu
`
  const { lines, bills } = await rated(log, card)
  expect(lines).toEqual([
    'acme 2024-05 gb/eu 10 P-01 10',
    'acme 2024-05 gb/eu 10 P-01 20',
    'acme 2024-05 gb/us 1 P-01 3',
    'zeta 2024-05 gb/eu 16.5 P-03 82.5 JPY',
    'zeta 2024-06 gb/eu 100 P-07 30 JPY',
  ])
  expect(bills).toEqual(['acme 2024-05 0 33 USD', 'zeta 2024-05 0 83 JPY', 'zeta 2024-06 0 30 JPY'])
})

test('an event is charged once; what is received after the bill, and what replaces, is a correction of the next bill', async () => {
  const late = { 'usage.late': 'next-bill' } as const
  const card = plan('{ model: volume, bands: [{ upTo: 10, unit: 2 }, { upTo: null, unit: 1 }] }')
  const log = `id,at,account,value,received,corrects
a,2024-05-06T08:00:00+08:00,acme,8,2024-05-06T08:00:10+08:00,
a,2024-05-06T08:00:00+08:00,acme,8,2024-05-06T09:00:00+08:00,
a,2024-05-06T08:00:00+08:00,acme,9,2024-05-06T09:00:00+08:00,
b,2024-05-07T08:00:00+08:00,acme,4,2024-06-03T10:00:00+08:00,
c,2024-06-07T08:00:00+08:00,acme,1,2024-06-07T08:00:00+08:00,
d,2024-05-06T08:00:00+08:00,acme,6,2024-07-04T08:00:00+08:00,a
e,,acme,,2024-06-08T08:00:00+08:00,c
`
  const { lines, bills, problems, repeats } = await rated(log, card, late)
  expect(lines).toEqual([
    'acme 2024-05 calls 8 P-03 16',
    // 12 units cost 12: the late event makes the month cheaper.
    'acme 2024-06 of 2024-05 calls 12 I-04 -4',
    // 6 + 4 units at 2.
    'acme 2024-07 of 2024-05 calls 10 I-04 8',
  ])
  expect(bills).toEqual(['acme 2024-05 0 16 USD', 'acme 2024-06 0 -4 USD', 'acme 2024-07 0 8 USD'])
  expect(repeats).toBe(1)
  expect(problems).toEqual(['4 conflict: "a" was sent before with other content; name it in a column corrects'])
  const strict = await rated(log, card)
  expect(strict.problems[1]).toContain('5 late: received 2024-06-03T10:00:00+08:00, after usage.lateWindow')
})

test('JSON lines and events that are priced one by one', async () => {
  const card = `
metrics: { payments: { aggregate: sum, of: data.amount, where: { type: payment } } }
prices: [{ metric: payments, per: event, plan: { model: percentage, rate: 2.9, fixed: 0.3, max: 5 } }]
`
  const log = `{"at":"2024-05-06T08:00:00+08:00","account":"acme","type":"payment","data":{"amount":10.01}}
{"at":"2024-05-06T09:00:00+08:00","account":"acme","type":"payment","data":{"amount":"1000"}}
{"at":"2024-05-06T09:00:00+08:00","account":"acme","type":"payment","data":{"amount":"-10.01"}}
not json
`
  const { lines, problems } = await rated(log, card)
  expect(lines).toEqual(['acme 2024-05 payments 1000 P-07 5'])
  expect(problems).toEqual(['4 row: json: not a JSON value'])
})

test('a wrong card says where', () => {
  const read = (text: string) => () => readRateCard(text, 'card.yaml', offset)
  const wrong = table(`
    card                                                                                                                        error
    metrics: {}                                                                                                                 -
    metrics: { a: { aggregate: mean } }                                                                                         "mean" is none of its values
    metrics: { a: { aggregate: sum } }                                                                                          no price of a
    metrics: { a: { aggregate: sum, off: x } }                                                                                  "off" is an unknown key
    { metrics: { a: { aggregate: sum } }, prices: [{ metric: b, plan: { model: flat, price: 1 } }] }                            "b" is none of its values
    { metrics: { a: { aggregate: sum } }, prices: [{ metric: a, plan: { model: linear, unit: 1x } }] }                          "1x" is not a decimal
    { metrics: { a: { aggregate: max } }, prices: [{ metric: a, per: event, plan: { model: linear, unit: 1 } }] }               no single event of a max has a price
    { metrics: { a: { aggregate: max } }, prices: [{ metric: a, from: 2024-05-02T00:00:00+08:00, plan: { model: linear, unit: 1 } }] }   are priced by the whole month
    { metrics: { a: { aggregate: sum } }, prices: [{ metric: a, plan: { model: flat, price: 1 } }, { metric: a, plan: { model: flat, price: 2 } }] }   the same as prices[0]
  `)
  for (const { card, error } of wrong)
    if (error === '-') expect(read(card)).not.toThrow()
    else expect(read(card), card).toThrow(error)
})

test('rows that cannot be rated are problems: the rest is', async () => {
  const card =
    'metrics: { disk: { aggregate: time-weighted } }\nprices: [{ metric: disk, from: 2024-05-01T00:00:00+08:00, plan: { model: linear, unit: 1 } }]\n'
  const log = `at,account,value,id,corrects
2024-04-30T23:00:00+08:00,acme,1,,
2024-05-01T01:00:00+08:00,acme,2,,
2024-05-01T00:30:00+08:00,acme,3,,
2024-05-01T02:00:00+08:00,acme,x,,
2024-05-01T02:00:00+08:00,,1,,
2024-05-01T03:00:00+08:00,acme,0,f,zz
`
  const { lines, problems } = await rated(log, card)
  // Levels need not be sorted: 1 for half an hour, 3 for half an hour, 2 for two hours.
  expect(lines).toEqual(['acme 2024-05 disk 6 P-01 6'])
  expect(problems.map((each) => each.split(':')[0])).toEqual(['5 row', '6 row', '7 row', '2 price'])
})

/** The same by hand: which events a bill knows, and what their month costs. */
test('every bill is what the events known at its closing cost, less what was billed before', async () => {
  const start = startOfMonth(2024 * 12 + 4, offset)
  const event = fc.record({
    day: fc.integer({ min: 0, max: 70 }),
    delay: fc.constantFrom(0, 0, 0, 5, 20, 40),
    value: fc.integer({ min: 0, max: 30 }),
    account: fc.constantFrom('a', 'b'),
    replaces: fc.option(fc.nat(20), { freq: 3 }),
  })
  const plans = [
    '{ model: linear, unit: 2 }',
    '{ model: volume, bands: [{ upTo: 20, unit: 3 }, { upTo: null, unit: 1 }], minimum: 10 }',
    '{ model: package, size: 7, price: 5, included: 4 }',
  ]
  const closing = (bill: number) => startOfMonth(bill + 1, offset) + 2 * DAY + 10 * HOUR
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { minLength: 1, maxLength: 12 }),
      fc.constantFrom(...plans),
      fc.constantFrom('sum', 'count', 'max', 'last', 'unique'),
      async (events, text, aggregate) => {
        const taken = new Set<number>()
        const rows = events.map(({ day, delay, value, account, replaces }, index) => {
          const isFree = replaces !== null && replaces < index && !taken.has(replaces)
          if (isFree) taken.add(replaces)
          const at = start + day * DAY + index * 60_000
          const received = at + delay * DAY
          return { at, received, value, account, corrects: isFree ? replaces : undefined }
        })
        const log = `id,at,account,value,received,corrects\n${rows
          .map(({ at, received, value, account, corrects }, id) =>
            [
              `e${id}`,
              formatInstant(at, offset),
              account,
              value,
              formatInstant(received, offset),
              corrects === undefined ? '' : `e${corrects}`,
            ].join(','),
          )
          .join('\n')}\n`
        const card = `metrics: { m: { aggregate: ${aggregate} } }\nprices: [{ metric: m, plan: ${text} }]\n`
        const { bills } = await rated(log, card, { 'usage.late': 'next-bill' })
        const expected = new Map<string, bigint>()
        const compiled = compileUsagePlan(quotable(text))
        for (const account of ['a', 'b'])
          for (let month = 2024 * 12 + 4; month < 2024 * 12 + 8; month++) {
            let before = 0n
            for (let bill = month; bill < 2024 * 12 + 12; bill++) {
              const isKnown = ({ at, received }: { at: number; received: number }) =>
                received < closing(bill) && monthOf(at, offset) <= bill
              const known = rows.filter(
                (row, id) =>
                  row.account === account &&
                  monthOf(row.at, offset) === month &&
                  isKnown(row) &&
                  // What replaces an event takes it off the bill of its own month as soon as it is received.
                  !rows.some((other) => other.corrects === id && other.received < closing(bill)),
              )
              const values = known.toSorted((x, y) => x.at - y.at).map(({ value }) => value)
              const quantity = {
                sum: values.reduce((a, b) => a + b, 0),
                count: values.length,
                max: Math.max(0, ...values),
                last: values.at(-1) ?? 0,
                unique: new Set(values).size,
              }[aggregate as 'sum']
              const units = BigInt(quantity) * 100_000_000n
              const lines = values.length === 0 ? [] : usageLines(compiled, { quantity: units }, undefined, 'truncate')
              const amount = lines.reduce((sum, line) => sum + line.amount, 0n)
              if (amount !== before)
                expected.set(
                  `${account} ${formatMonth(bill)}`,
                  (expected.get(`${account} ${formatMonth(bill)}`) ?? 0n) + amount - before,
                )
              before = amount
            }
          }
        const found = new Map(bills.map((each) => [each.split(' ').slice(0, 2).join(' '), each.split(' ')[3]]))
        for (const [key, amount] of expected)
          if (amount !== 0n) expect(`${key} ${found.get(key)}`).toBe(`${key} ${decimalText(amount, 8)}`)
        for (const [key, amount] of found)
          expect(`${key} ${decimalText(expected.get(key) ?? 0n, 8)}`).toBe(`${key} ${amount}`)
      },
    ),
    { numRuns: 300 },
  )
})
