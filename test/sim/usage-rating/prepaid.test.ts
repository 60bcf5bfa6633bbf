/** O-05, M-10, P-08: cash coupons, prepaid balances and overdrafts pay bills before anything is invoiced. */
import { Buffer } from 'node:buffer'
import { Decimal } from 'decimal.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatMonth } from '#base/civil-time.ts'
import { decimalText } from '#base/decimal-text.ts'
import { defaultPolicies, type Policies } from '#scenarios/policies.ts'
import { readRateCard } from '#sim/usage-rating/rate-card.ts'
import { readUsage } from '#sim/usage-rating/usage-log.ts'
import { table } from '../billing/table.ts'

const offset = defaultPolicies['time.utcOffset']
const money = (amount: bigint): string => decimalText(amount, 8)
const month = (number: number): string => `2024-${String(number).padStart(2, '0')}-01T00:00:00+08:00`

async function paid(log: string, card: string, policies: Partial<Policies> = {}, until?: string) {
  const problems: string[] = []
  const end = until === undefined ? undefined : Date.parse(until)
  const { rater } = await readUsage({
    ...{ file: 'usage.csv', open: () => ReadableStream.from([Buffer.from(log)]), options: {}, until: end },
    card: readRateCard(card, 'card.yaml', offset),
    policies: { ...defaultPolicies, ...policies },
    onProblem: (line, kind, text) => problems.push(`${line} ${kind}: ${text}`),
  })
  const lines = [...rater.lines(end)]
  const { bills, movements } = rater.paid([...rater.bills(lines)], lines, end)
  return { lines, bills, movements, problems }
}

const prices = `
metrics:
  calls: { aggregate: sum, where: { metric: calls } }
  disk: { aggregate: sum, where: { metric: disk } }
prices:
  - { metric: calls, plan: { model: linear, unit: 1 } }
  - { metric: disk, plan: { model: linear, unit: 1 } }
`
const used = (rows: readonly (readonly [number, string | number, string?])[]): string =>
  `at,account,metric,value\n${rows.map(([at, value, metric = 'calls']) => `2024-${String(at).padStart(2, '0')}-10T08:00:00+08:00,acme,${metric},${value}\n`).join('')}`

test('what pays a bill: cash coupon, balances in the order of expiry, overdraft; the rest is invoiced', async () => {
  const may = `from: ${month(5)}`
  const balance = (name: string, text: string) => `{ account: acme, name: ${name}, ${text} }`
  const [early, late] = [
    balance('early', `amount: 30, ${may}, until: ${month(7)}`),
    balance('late', `amount: 50, ${may}, until: ${month(12)}`),
  ]
  const cases = table(`
    card                                                                                   used   pays                                   closing  invoiced
    prepaid: [${late}]                                                                     20     late 20                                30       0
    prepaid: [${late}, ${early}]                                                           40     early 30 late 10                       40       0
    prepaid: [${late}, ${early}]                                                           100    early 30 late 50                       0        20
    prepaid: [${balance('o', `amount: 10, overdraft: 15, ${may}`)}]                        20     o 10 o 10                              -10      0
    prepaid: [${balance('o', `amount: 10, overdraft: 15, ${may}`)}]                        100    o 10 o 15                              -15      75
    prepaid: [${balance('d', `amount: 10, of: disk, ${may}`)}]                             20     none                                   10       20
    cashCoupons: [${balance('c', `off: 5, ${may}`)}]                                       20     c 5                                    0        15
    cashCoupons: [${balance('c', `off: 5, least: 20, ${may}`)}]                            20     c 5                                    0        15
    cashCoupons: [${balance('c', `off: 5, least: 20.00000001, ${may}`)}]                   20     none                                   0        20
    cashCoupons: [${balance('c', `off: 50, ${may}`)}]                                      20     c 20                                   0        0
    cashCoupons: [${balance('c', `off: 5, from: ${month(6)}`)}]                            20     none                                   0        20
    cashCoupons: [${balance('b', `off: 5, ${may}`)}, ${balance('a', `off: 5, ${may}, until: ${month(7)}`)}]  20  a 5                        0        15
    { cashCoupons: [${balance('c', `off: 5, ${may}`)}], prepaid: [${late}] }               20     c 5 late 15                            35       0
  `)
  for (const { card, used: value, pays, closing, invoiced } of cases) {
    const text = card.startsWith('{') ? card.slice(2, -2).replace('], prepaid', ']\nprepaid') : card
    const { bills, movements } = await paid(used([[5, value]]), `${prices}${text}\n`)
    const said = movements.filter(({ kind }) => kind !== 'bought').map(({ name, amount }) => `${name} ${money(amount)}`)
    expect([card, said.join(' ') || 'none', money(bills[0].closing), money(bills[0].invoiced)]).toEqual([
      ...[card, pays, closing, invoiced],
    ])
  }
})

test('a year: balances begin, are drawn, overdrawn, repaid, refunded and expire, with opening and closing balance', async () => {
  const card = `${prices}
prepaid:
  - { account: acme, name: first, amount: 100, price: 90, from: ${month(1)}, until: ${month(4)}, overdraft: 20 }
  - { account: acme, name: second, amount: 60, price: 54, from: ${month(3)}, refunded: ${month(6)} }
  - { account: acme, name: third, amount: 10, from: ${month(6)}, until: ${month(8)} }
`
  const log = used([
    [1, 40],
    [2, 75],
    [3, 5],
    [5, 25],
    [9, 1],
  ])
  const { bills, movements } = await paid(log, card)
  expect(
    bills.map((bill) =>
      [
        formatMonth(bill.month),
        ...[bill.payable, bill.opening, bill.bought, bill.drawn, bill.refunded, bill.expired, bill.due].map(money),
        ...[bill.closing, bill.invoiced].map(money),
      ].join(' '),
    ),
  ).toEqual([
    // month payable opening bought drawn refunded expired due closing invoiced
    '2024-01 40 0 100 40 0 0 0 60 0',
    '2024-02 75 60 0 75 0 0 0 -15 0',
    '2024-03 5 -15 60 5 0 0 0 40 0',
    '2024-05 25 40 0 25 0 0 0 15 0',
    '2024-06 0 15 10 0 15 0 0 10 0',
    '2024-08 0 10 0 0 0 10 0 0 0',
    '2024-09 1 0 0 0 0 0 0 0 1',
  ])
  expect(
    movements.map(
      ({ name, kind, amount, balance, paid: back }) =>
        `${name} ${kind} ${money(amount)} ${money(balance)}${back === undefined ? '' : ` paid ${money(back)}`}`,
    ),
  ).toEqual([
    'first bought 100 100',
    'first drawn 40 60',
    'first drawn 60 0',
    'first overdrawn 15 -15',
    'second bought 60 60',
    'first repaid 15 0',
    'second drawn 5 40',
    'second drawn 25 15',
    // 15 of 60 that cost 54.
    'second refunded 15 0 paid 13.5',
    'third bought 10 10',
    'third expired 10 0',
  ])
})

test('an overdraft that no balance repays is invoiced as its balance ends', async () => {
  const card = `${prices}\nprepaid: [{ account: acme, name: o, amount: 10, overdraft: 20, from: ${month(1)}, until: ${month(3)} }]\n`
  const { bills } = await paid(used([[1, 25]]), card, {}, month(4))
  expect(
    bills.map(({ month: of, closing, due, invoiced }) => [formatMonth(of), ...[closing, due, invoiced].map(money)]),
  ).toEqual([
    ['2024-01', '-15', '0', '0'],
    ['2024-03', '0', '15', '15'],
  ])
})

test('a balance pays tax as well; a balance of one metric pays that metric alone', async () => {
  const log = used([
    [5, 100, 'calls'],
    [5, 50, 'disk'],
  ])
  const all = `${prices}\nprepaid: [{ account: acme, name: p, amount: 500, from: ${month(5)} }]\n`
  const disk = all.replace('amount: 500', 'amount: 500, of: disk')
  const of = async (card: string) => {
    const [{ payable, drawn, invoiced }] = (await paid(log, card, { 'tax.percent': '6' } as Partial<Policies>)).bills
    return [payable, drawn, invoiced].map(money)
  }
  expect(await of(all)).toEqual(['159', '159', '0'])
  expect(await of(disk)).toEqual(['159', '50', '109'])
})

test.each([
  [
    'a balance within a month',
    `prepaid: [{ account: a, name: p, amount: 5, from: 2024-05-02T00:00:00+08:00 }]`,
    /within a month/,
  ],
  ['a balance of nothing', `prepaid: [{ account: a, name: p, amount: 0, from: ${month(5)} }]`, /a balance of 0/],
  [
    'an unknown metric',
    `prepaid: [{ account: a, name: p, amount: 5, of: call, from: ${month(5)} }]`,
    /none of its values/,
  ],
  [
    'an end before the beginning',
    `cashCoupons: [{ account: a, name: c, off: 5, from: ${month(5)}, until: ${month(5)} }]`,
    /is not after/,
  ],
  [
    'a refund before the beginning',
    `prepaid: [{ account: a, name: p, amount: 5, from: ${month(5)}, refunded: ${month(5)} }]`,
    /not within its time/,
  ],
  ['an unknown key', `cashCoupons: [{ account: a, name: c, off: 5, percent: 5, from: ${month(5)} }]`, /percent/],
])('refuses %s', (_, text, says) => {
  expect(() => readRateCard(`${prices}${text}\n`, 'card.yaml', offset)).toThrow(says)
})

const amounts = fc.integer({ min: 1, max: 9_999_999 }).map((cents) => new Decimal(cents).div(100).toFixed())
const balances = fc.array(
  fc.record({
    amount: amounts,
    from: fc.integer({ min: 1, max: 10 }),
    length: fc.integer({ min: 1, max: 6 }),
    overdraft: fc.constantFrom('0', '0', '75.5'),
    isRefunded: fc.boolean(),
  }),
  { maxLength: 4 },
)
const uses = fc.array(fc.record({ at: fc.integer({ min: 1, max: 12 }), value: amounts }), {
  minLength: 1,
  maxLength: 12,
})

test('payable = draws + coupons + invoiced less due; closing balances follow; as decimal.js has it; in any order of rows', async () => {
  await fc.assert(
    fc.asyncProperty(balances, uses, amounts, fc.boolean(), async (held, log, off, isReversed) => {
      const until = ({ from, length }: { from: number; length: number }) => from + length
      const card = `${prices}\nprepaid:\n${held
        .map(
          (each, index) =>
            `  - { account: acme, name: b${index}, amount: ${each.amount}, overdraft: ${each.overdraft}, from: ${month(each.from)}${until(each) > 12 ? '' : `, ${each.isRefunded ? 'refunded' : 'until'}: ${month(until(each))}`} }\n`,
        )
        .join(
          '',
        )}${held.length === 0 ? '  []\n' : ''}cashCoupons: [{ account: acme, name: c, off: ${off}, least: 50, from: ${month(3)} }]\n`
      const rows = log.map(({ at, value }) => [at, value] as const)
      const { bills } = await paid(used(isReversed ? rows.toReversed() : rows), card, {}, '2025-01-01T00:00:00+08:00')
      expect(
        bills.map((bill) =>
          [bill.month - 24287, bill.coupon, bill.drawn, bill.closing, bill.invoiced].map(String).join(' '),
        ),
      ).toEqual(
        naive(
          held.map((each) => ({ ...each, until: until(each) > 12 ? Infinity : until(each) })),
          log,
          off,
        ),
      )
      for (const bill of bills) {
        expect(bill.payable).toBe(bill.coupon + bill.drawn + bill.invoiced - bill.due)
        expect(bill.closing).toBe(bill.opening + bill.bought - bill.drawn - bill.refunded - bill.expired + bill.due)
      }
      for (const [index, bill] of bills.slice(1).entries()) expect(bill.opening).toBe(bills[index].closing)
    }),
    { numRuns: 60 },
  )
})

interface NaiveBalance {
  readonly amount: string
  readonly from: number
  readonly until: number
  readonly overdraft: string
  readonly isRefunded: boolean
}

/** The same month by month in decimal.js; refunded balances sort by an open end, as they have no expiry. */
function naive(held: readonly NaiveBalance[], log: readonly { at: number; value: string }[], off: string): string[] {
  const zero = new Decimal(0)
  const lots = held
    .map((each, index) => ({ ...each, index, left: zero, is: 'before' }))
    .sort((a, b) => order(a) - order(b) || a.from - b.from || a.index - b.index)
  let hasCoupon = true
  const said: string[] = []
  for (let at = 1; at <= 12; at++) {
    const own = log.filter((row) => row.at === at)
    let due = own.reduce((sum, { value }) => sum.plus(value), zero)
    let [back, isMoved] = [zero, own.length > 0]
    for (const lot of lots.filter(({ until, is }) => is === 'open' && until <= at)) {
      if (lot.left.lt(0)) back = back.plus(lot.left.neg())
      if (!lot.left.eq(0)) isMoved = true
      lot.is = 'over'
      lot.left = zero
    }
    for (const lot of lots.filter(({ from }) => from === at)) {
      lot.is = 'open'
      lot.left = new Decimal(lot.amount)
      isMoved = true
      for (const other of lots) {
        if (other.is !== 'open' || !other.left.lt(0)) continue
        const part = Decimal.min(other.left.neg(), lot.left)
        other.left = other.left.plus(part)
        lot.left = lot.left.minus(part)
      }
    }
    const coupon = hasCoupon && at >= 3 && due.gte(50) ? Decimal.min(off, due) : zero
    if (coupon.gt(0)) hasCoupon = false
    due = due.minus(coupon)
    let drawn = zero
    const take = (lot: (typeof lots)[number], room: Decimal) => {
      const part = Decimal.max(zero, Decimal.min(room, due))
      lot.left = lot.left.minus(part)
      due = due.minus(part)
      drawn = drawn.plus(part)
    }
    for (const lot of lots) if (lot.is === 'open') take(lot, lot.left)
    for (const lot of lots) if (lot.is === 'open' && lot.left.lte(0)) take(lot, lot.left.plus(lot.overdraft))
    if (!isMoved) continue
    const closing = lots.reduce((sum, { left }) => sum.plus(left), zero)
    said.push(
      [new Decimal(at), ...[coupon, drawn, closing, due.plus(back)].map((each) => each.times(1e8))]
        .map((each) => each.toFixed())
        .join(' '),
    )
  }
  return said
}

const order = ({ until, isRefunded }: NaiveBalance): number => (isRefunded || until === Infinity ? 1e9 : until)
