import { readFileSync } from 'node:fs'
import { Decimal } from 'decimal.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answer, reply } from '#sim/quote/answer.ts'
import { runs } from '../billing/cases.ts'
import { table } from '../billing/table.ts'

const vectors = readFileSync(new URL('../../vectors/vectors.ndjson', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))
const vector = (id: string): Record<string, unknown> => ({ ...vectors.find((each) => each.id === id) })
// biome-ignore lint/suspicious/noExplicitAny: answers are JSON of many shapes
const ask = (request: object): any => JSON.parse(answer(JSON.stringify(request)))
/** A vector with some fields changed; undefined leaves a field out. */
const asked = (id: string, changes: object) => ask({ ...vector(id), ...changes })

test('an answer has id, amount with 8 decimals and lines that add up to it (M-04)', () => {
  expect(answer(JSON.stringify(vector('volume-765-6')))).toBe(
    '{"id":"volume-765-6","amount":"39.00000000","lines":[{"rule":"P-03","text":"6 x 6.5","amount":"39.00000000"}]}',
  )
  for (const each of vectors) {
    const found = ask(each)
    if (found.lines === undefined) continue
    const sum = (found.lines as { amount: string }[]).reduce((total, line) => total.plus(line.amount), new Decimal(0))
    expect(sum.toFixed(8), each.id).toBe(found.amount)
  }
})

test('a refusal has its rule', () => {
  expect(answer(JSON.stringify(vector('up-neg')))).toBe('{"id":"up-neg","refused":"negative-upgrade","rule":"X-07"}')
  const term = {
    remaining: undefined,
    at: '2024-01-15T00:00:00+08:00',
    termEnd: '2024-01-15T00:00:00+08:00',
    per: 'month',
  }
  expect(asked('up-half', term)).toEqual({ id: 'up-half', refused: 'out-of-term', rule: 'X-01' })
  expect(asked('exp-tiered-5-6', term)).toEqual({ id: 'exp-tiered-5-6', refused: 'out-of-term', rule: 'X-01' })
  expect(asked('exp-tiered-5-6', { to: '4' }).refused).toBe('only-upwards')
  expect(asked('ref-100', { at: '2024-02-02T00:00:00+08:00' })).toEqual({
    id: 'ref-100',
    refused: 'expired',
    rule: 'N-07',
  })
  expect(asked('ref-100', { kind: 'saas' })).toEqual({ id: 'ref-100', refused: 'not-refundable', rule: 'N-01' })
  expect(asked('ref-100', { invoiced: true }).refused).toBe('invoice-outstanding')
})

test('every wrong request is answered with what, where and how to fix it', () => {
  const cases: [string, object, RegExp][] = [
    ['step-8', { op: 'prize' }, /^op: "prize" is unknown; write one of price, remaining/],
    ['step-8', { op: undefined }, /^op: nothing is unknown/],
    ['step-8', { op: '__proto__' }, /^op: /],
    ['step-8', { plan: undefined }, /^plan: nothing is not a price plan/],
    ['step-8', { quantity: 8 }, /^quantity: 8 is not a decimal number in text; write a string/],
    ['step-8', { quantity: '-8' }, /^quantity: "-8" is negative; write 0 or more/],
    ['step-8', { quantity: '8.123456789' }, /^quantity: .* 9 decimals, more than 8/],
    ['step-8', { quantity: '1e3' }, /^quantity: /],
    ['step-8', { quantity: '9'.repeat(1000) }, /^quantity: 1000 characters/],
    ['step-8', { quantity: undefined }, /^quantity: is missing/],
    ['step-8', { discount: null }, /^discount: null is not a discount/],
    ['step-8', { discount: {} }, /^discount: a discount without a kind/],
    ['step-8', { discount: { percentOff: '10', amountOff: '1' } }, /^discount: 2 discounts/],
    ['step-8', { policies: null }, /^policies: null is not an object/],
    [
      'step-8',
      { policies: { 'rounding.charg': 'truncate' } },
      /^policies: "rounding.charg" is not a switch .*; did you mean rounding.charge\?/,
    ],
    ['step-8', { policies: { 'rounding.charge': 'up' } }, /^policies.rounding.charge: /],
    [
      'up-half',
      { remaining: 0.5 },
      /^remaining: 0.5 is not a factor in text; write a decimal from 0 to 1000000 with at most 60 decimals/,
    ],
    ['up-half', { remaining: '-0.5' }, /^remaining: "-0.5" is below 0; .* from 0 to 1000000/],
    ['up-half', { remaining: '1/0' }, /^remaining: "1\/0" divides by zero/],
    ['up-half', { remaining: '1/-2' }, /^remaining: "1\/-2" is not a factor/],
    ['up-half', { remaining: '1000000.1' }, /^remaining: "1000000.1" is above 1000000; write a decimal from 0 to/],
    ['up-half', { remaining: '30000001/30' }, /^remaining: "30000001\/30" is above 1000000; .* "20\/30"/],
    ['up-half', { remaining: 'half' }, /^remaining: "half" is not a factor in text; .* at most 60 decimals/],
    ['up-half', { remaining: `0.${'1'.repeat(61)}` }, /^remaining: .* has 61 decimals; .* at most 60 decimals/],
    ['up-half', { termStart: '2024-01-01T00:00:00Z' }, /^remaining: both a factor and times/],
    ['up-half', { remaining: '1/2/3' }, /^remaining: /],
    ['up-half', { remaining: undefined }, /^remaining: is missing/],
    ['up-half', { per: 'month' }, /^remaining: both a factor and times/],
    ['up-half', { newPrice: '20.00000000001' }, /^newPrice: .* more than 10/],
    ['up-half', { oldPrice: undefined }, /^oldPrice: nothing/],
    ['up-half', { remaining: undefined, at: '2024-01-01T00:00:00Z', per: 'month' }, /^termEnd: nothing is not a time/],
    ['rem-sep', { from: '2021-10-09T00:00:01+08:00' }, /^remaining: the term ends at .* before/],
    ['rem-sep', { per: 'week' }, /^per: "week" is unknown; write month, year/],
    ['rem-sep', { to: '2021-10-09' }, /^to: "2021-10-09" is not a time with an offset/],
    ['exp-tiered-5-6', { createdAt: undefined }, /^createdAt: nothing/],
    ['term-jan1', { months: 0 }, /^months: 0 is not a whole number/],
    ['term-jan1', { months: 1.5 }, /^months: 1.5/],
    ['term-jan1', { months: '1' }, /^months: "1"/],
    ['term-jan1', { renewals: [1, -1] }, /^renewals\[1\]: -1/],
    ['term-jan1', { renewals: 1 }, /^renewals: 1 is not a list/],
    ['term-jan1', { start: '9999-12-15T00:00:00+08:00', months: 12 }, /^time: the year 10000 is beyond/],
    ['ref-100', { begun: 'true' }, /^begun: "true" is neither true nor false/],
    ['ref-100', { termMonths: 18 }, /^termMonths: there is no handling fee/],
    ['ref-100', { termEnd: '2024-01-01T10:30:00+08:00', at: '2024-01-01T10:00:00+08:00' }, /^at: .* before the start/],
    ['ref-100', { cash: '-1' }, /^cash: "-1" is negative/],
    ['met-AB', { resource: 'ram' }, /^resource: "ram" is unknown; write ecs, image/],
    ['met-AB', { prices: undefined }, /^prices: nothing is not an object/],
    ['met-AB', { prices: { A: '0.1' } }, /^events\[1\].product: "B" has no price; add it to prices/],
    ['met-AB', { prices: { A: '0.1', B: -1 } }, /^prices.B: -1/],
    ['met-AB', { prices: { A: '0.1', B: [] } }, /^prices.B: prices are not in time order/],
    ['met-AB', { hourly: '1' }, /^prices: both hourly and prices/],
    ['met-AB', { events: {} }, /^events: .* is not a list/],
    ['met-AB', { events: [null] }, /^events\[0\]: null is not an object/],
    [
      'met-AB',
      { events: [{ at: '2024-05-06T09:00:00+08:00', do: 'begin' }] },
      /^events\[0\].do: "begin" is unknown; write start/,
    ],
    [
      'met-AB',
      { events: [{ at: '2024-05-06T09:00:00+08:00', do: 'start', product: 1 }] },
      /^events\[0\].product: 1 is not a name/,
    ],
    ['met-AB', { until: undefined }, /^until: nothing/],
    ['met-AB', { until: '2094-01-01T00:00:00Z' }, /^until: more than 100000 hours/],
    ['met-ecs-600', { hourly: undefined }, /^hourly: nothing/],
    [
      'met-ecs-600',
      { events: [{ at: '2024-05-06T09:00:00+08:00', do: 'stop' }] },
      /^events\[0\]: stop of a resource that was never started/,
    ],
    ['ar-short', { fundedAt: undefined }, /^fundedAt: nothing/],
    ['ar-short', { daysBefore: 8 }, /^daysBefore: 8/],
    ['ar-short', { policies: { tiers: 'cn' } }, /^tier: nothing is unknown; write V0/],
    ['mt-1', { charges: '1' }, /^charges: "1" is not a list/],
    ['mt-1', { charges: ['1', 2] }, /^charges\[1\]: 2 is not a decimal/],
    ['app-119h', { kind: 'image' }, /^kind: "image" is unknown/],
    ['app-119h', { by: 'system' }, /^by: "system" is unknown; write buyer, seller/],
    [
      'app-119h',
      { events: [{ at: '2024-03-01T09:00:00+08:00', by: 'buyer', do: 'constructor' }] },
      /^events\[0\].do: "constructor"/,
    ],
    [
      'app-119h',
      { events: [{ at: '2024-03-01T09:00:00+08:00', by: 'seller', do: 'submit-request' }] },
      /^events\[0\]: submit-request by the seller/,
    ],
  ]
  for (const [id, changes, message] of cases) {
    const found = asked(id, changes)
    expect(found.error, JSON.stringify(changes)).toMatch(message)
    expect(found.id).toBe(id)
    expect(found.error).toMatch(/^\S+: .+; .+/)
  }
})

test('a line that is no request is an error, and its number is named where it is known', () => {
  for (const line of ['', '{', 'null', '[]', '"price"', '7', '{"id":1,}', '[{}]', '\u0000', '{"a":'.repeat(1e5)]) {
    const found = reply(line, 3)
    expect(found.isError).toBe(true)
    expect(JSON.parse(found.text)).toEqual({ id: null, error: expect.stringMatching(/^line 3: /) })
  }
  expect(ask({ id: { a: 1 }, op: 'price' })).toEqual({ id: null, error: expect.stringMatching(/^id: /) })
  expect(ask({ id: 7, op: 'no' }).id).toBe(7)
  expect(ask({ op: 'no' }).id).toBeNull()
})

test('switches: tax is a line of its own, the civil offset moves days, unknown products have no price', () => {
  const found = asked('volume-765-6', { policies: { 'tax.percent': '9' } })
  expect(found.amount).toBe('42.51000000')
  expect(found.lines[1]).toEqual({ rule: 'M-07', text: '39 x 9%', amount: '3.51000000' })
  expect(asked('up-half', { policies: { 'tax.percent': '10%' } }).amount).toBe('5.50000000')
  expect(asked('exp-tiered-5-6', { policies: { 'tax.percent': 10 } }).amount).toBe('2.20000000')
  expect(asked('mt-1', { policies: { 'tax.percent': '10' } }).payable).toBe('0.51')
  expect(asked('mt-1', { policies: { 'rounding.monthTotal': 'truncate' } }).payable).toBe('0.45')
  expect(asked('term-jan1', { policies: { 'time.utcOffset': '-07:00' } }).ends).toEqual(['2024-02-01T00:00:00-07:00'])
  expect(asked('term-jan1', { renewals: [1], policies: { 'renewal.alignDay': 15 } }).ends[1]).toBe(
    '2024-03-16T00:00:00+08:00',
  )
  expect(asked('up-2months', { policies: { 'rounding.charge': 'half-up' } }).amount).toBe('88.83870968')
  expect(
    asked('exp-volume-old-5-6', { paidAt: '2023-06-12T00:00:00+08:00', policies: { 'expansion.ruleKey': 'paid' } })
      .amount,
  ).toBe('3.25000000')
  expect(asked('exp-volume-old-5-6', { policies: { 'expansion.cutover': '2023-06-11T00:00:00+08:00' } }).amount).toBe(
    '3.25000000',
  )
  expect(asked('ar-short', { tier: 'V3', policies: { tiers: 'cn' } }).graceEnds).toBe('2024-02-09T00:00:00+08:00')
  expect(asked('app-119h', { policies: { 'appeal.silence': '100h' } }).allowed).toBe(true)
})

test('remaining, settle and meter in full', () => {
  expect(ask(vector('rem-sep'))).toEqual({
    id: 'rem-sep',
    factor: '0.658064516129032258064516129032',
    fraction: '102/155',
    text: '12/30 + 8/31',
  })
  const sale = { id: 's', op: 'settle', price: '106', tax: '6', withholding: '10', platformFee: '15', sellerTax: '2.5' }
  expect(ask(sale)).toEqual({
    id: 's',
    amount: '74.00000000',
    lines: [{ rule: 'L-03', text: '(106 - 6 - 10) x (1 - 15%) - 2.5', amount: '74.00000000' }],
  })
  for (const platformFee of ['15%', '15 %', '15.00', undefined])
    expect(ask({ ...sale, platformFee }).amount).toBe('74.00000000')
  expect(ask({ ...sale, platformFee: '100.1' }).error).toMatch(/^platformFee: .* more than the price/)
  expect(ask(vector('met-AB')).hours).toEqual([
    { hour: '2024-05-06T09:00:00+08:00', product: 'A', seconds: 1800, amount: '0.10000000' },
    { hour: '2024-05-06T09:00:00+08:00', product: 'B', seconds: 1740, amount: '0.30000000' },
  ])
  expect(ask(vector('met-ecs-600')).hours).toEqual([
    { hour: '2024-05-06T08:00:00+08:00', seconds: 600, amount: '0.60000000' },
  ])
  const repriced = [
    { from: '2024-01-01T00:00:00+08:00', hourly: '0.1' },
    { from: '2024-05-06T10:00:00+08:00', hourly: '0.2' },
  ]
  expect(asked('met-img-ceil', { prices: { A: repriced } }).amount).toBe('0.30000000')
  expect(asked('met-img-ceil', { expiry: '2024-05-06T10:00:00+08:00' }).amount).toBe('0.10000000')
  expect(
    asked('met-img-ceil', { expiry: '2024-05-06T10:00:00+08:00', policies: { 'image.inYearlyGrace': 'billed' } })
      .amount,
  ).toBe('0.20000000')
  const unnamed = [
    { at: '2024-05-06T09:59:30+08:00', do: 'start' },
    { at: '2024-05-06T10:45:46+08:00', do: 'delete' },
  ]
  expect(asked('met-img-ceil', { prices: undefined, hourly: '0.10', events: unnamed }).hours[0].product).toBeUndefined()
  expect(asked('met-img-ceil', { events: unnamed }).hours[0].product).toBe('A')
  expect(asked('met-AB', { events: unnamed }).error).toMatch(/^events\[0\]: start without a product/)
  expect(asked('met-img-ceil', { events: [] })).toEqual({
    id: 'met-img-ceil',
    amount: '0.00000000',
    lines: [],
    hours: [],
  })
})

test('L-03: a platform fee is a percentage, as a field, with its sign, and as a policy', () => {
  const cases = table(`
    fee    share of 100
    0      100.00000000
    0.15    99.85000000
    0.5     99.50000000
    0.99    99.01000000
    1       99.00000000
    15      85.00000000
    99.5     0.50000000
    100      0.00000000
  `)
  const sale = { op: 'settle', price: '100', tax: '0', withholding: '0', sellerTax: '0' }
  for (const { fee, 'share of 100': share } of cases) {
    for (const platformFee of [fee, `${fee}%`]) expect(ask({ ...sale, platformFee }).amount, fee).toBe(share)
    for (const value of [fee, `${fee}%`, Number(fee)])
      expect(ask({ ...sale, policies: { 'settlement.platformFee': value } }).amount, fee).toBe(share)
  }
})

test('M-02, M-07, M-08: a bill is taxed once on its total and paid in the minor units of its currency', () => {
  const cases = table(`
    charges                      tax    currency  tax amount   payable  why
    1234.5678                    0      JPY       0.00000000   1235     no minor units, half-up
    1234.4999                    0      JPY       0.00000000   1234     half-up looks at the first decimal
    33.333 33.333 33.334         7.7    CHF       7.70000000   107.70   once on the total, not line by line
    60.5 -10.25                  20     EUR       10.05000000  60.30    a refund is taxed with the rest
    0.00000001                   7      USD       0.00000000   0.00     truncated to 8 decimals
    10                           .5     KWD       0.05000000   10.050   three minor units
    10.0005                      0      KWD       0.00000000   10.001   half-up
    -0.005                       0      USD       0.00000000   -0.01    the sign stays
  `)
  for (const { charges, tax, currency, 'tax amount': amount, payable, why } of cases) {
    const request = { op: 'bill', charges: charges.split(' '), currency }
    expect(ask({ ...request, tax }), why).toMatchObject({ tax: amount, payable })
    expect(ask({ ...request, tax: `${tax}%` }).payable, why).toBe(payable)
    expect(ask({ ...request, policies: { 'tax.percent': tax } }).payable, why).toBe(payable)
  }
  expect(ask({ op: 'bill', charges: ['1'], tax: '20' })).toEqual({
    id: null,
    amount: '1.20000000',
    lines: [
      { rule: 'I-02', text: '1', amount: '1.00000000' },
      { rule: 'M-07', text: '1 x 20%', amount: '0.20000000' },
      { rule: 'M-02', text: '1.2, half-up to 2 decimals', amount: '0.00000000' },
    ],
    tax: '0.20000000',
    payable: '1.20',
  })
  const wrong = { op: 'bill', charges: ['1'] }
  expect(ask({ ...wrong, currency: 'EURO' }).error).toMatch(/^currency: .+; .+/)
  expect(ask({ ...wrong, tax: 20 }).error).toMatch(/^tax: 20 is not a decimal/)
  expect(ask({ ...wrong, taxes: '20' }).error).toContain('did you mean "tax"?')
  for (const tax of ['100.00000001', '120', '120%'])
    expect(ask({ ...wrong, tax }).error, tax).toMatch(/^tax: .* is more than 100 %; write a percentage from 0 to 100/)
  expect(ask({ ...wrong, policies: { 'tax.percent': '120' } }).error).toMatch(/^policies\.tax\.percent: .*at most 100/)
  expect(ask({ ...wrong, tax: '100' }).payable).toBe('2.00')
})

test('a key that is written twice is an error that names it and its place', () => {
  const price = '"op":"price","plan":{"model":"linear","unit":"5"},"quantity":"3"'
  const cases: [request: string, where: string, key: string][] = [
    [`{${price},"quantity":"4"}`, 'request', 'quantity'],
    [`{"op":"price",${price}}`, 'request', 'op'],
    [`{${price}, "quantity" : "3"}`, 'request', 'quantity'],
    [`{${price},"qu\\u0061ntity":"3"}`, 'request', 'quantity'],
    [`{"id":"{\\"a\\":","op":"price","plan":{"model":"linear","unit":"5","unit":"4"},"quantity":"3"}`, 'plan', 'unit'],
    [`{${price},"policies":{"tax.percent":"6","tax.percent":"7"}}`, 'policies', 'tax.percent'],
    [
      `{"op":"price","plan":{"model":"tiered","bands":[{"upTo":"5","unit":"7"},{"upTo":null,"upTo":"6"}]},"quantity":"1"}`,
      'plan.bands[1]',
      'upTo',
    ],
    [`{"op":"bill","charges":["1"],"__proto__":1,"__proto__":2}`, 'request', '__proto__'],
  ]
  for (const [request, where, key] of cases) {
    const { error } = JSON.parse(answer(request))
    expect(error, request).toBe(
      `${where}: the key "${key}" is written twice; keep one of them: only the last would count`,
    )
  }
  // The same key in two objects, and text that looks like a key, are none.
  for (const id of ['\\"quantity\\":', '\\\\', '{', 'a, \\"b\\": [1'])
    expect(JSON.parse(answer(`{"id":"${id}",${price}}`)).amount, id).toBe('15.00000000')
})

test('decimals may leave out the zero before the point and have more of them', () => {
  for (const unit of ['.5', '0.5', '00.50', '0.5000000000000']) {
    const plan = { model: 'linear', unit }
    expect(asked('step-8', { plan, quantity: '03.0' }).amount, unit).toBe('1.50000000')
    expect(asked('mt-1', { charges: [unit, `-${unit}`, '-.01', '.47'] }).payable, unit).toBe('0.46')
    expect(asked('up-half', { remaining: unit }).amount ?? unit, unit).toBe('5.00000000')
  }
  for (const quantity of ['.', '5.', '-', '-.', '1..5', '1.5.', '+1', ' 1', ''])
    expect(asked('step-8', { quantity }).error, quantity).toMatch(/^quantity: .*; write /)
})

test('an unknown key is an error that names the nearest known one, at every depth', () => {
  const linear = { model: 'linear', unit: '5' }
  const from = '2024-01-01T00:00:00+08:00'
  const start = { at: '2024-05-06T09:00:00+08:00', do: 'start', product: 'A' }
  const cases: [id: string, changes: object, where: string, wrong: string, nearest: string][] = [
    ['step-8', { discout: { percentOff: '10' } }, 'request', 'discout', 'discount'],
    ['step-8', { policy: { 'tax.percent': '20' } }, 'request', 'policy', 'policies'],
    ['step-8', { Quantity: '8' }, 'request', 'Quantity', 'quantity'],
    ['step-8', { plan: { ...linear, Unit: '5' } }, 'plan', 'Unit', 'unit'],
    ['step-8', { plan: { ...linear, bandz: [] } }, 'plan', 'bandz', 'bands'],
    ['step-8', { plan: { model: 'tiered', bands: [{ upTo: null, unitt: '5' }] } }, 'plan.bands[0]', 'unitt', 'unit'],
    [
      'step-8',
      {
        plan: {
          model: 'volume',
          bands: [
            { upTo: '3', unit: '5' },
            { upTo: null, unit: '4', upto: null },
          ],
        },
      },
      'plan.bands[1]',
      'upto',
      'upTo',
    ],
    ['step-8', { policies: { 'tax.percnt': '20' } }, 'policies', 'tax.percnt', 'tax.percent'],
    ['step-8', { policies: { 'usage.faults': { duplicat: 1 } } }, 'policies.usage.faults', 'duplicat', 'duplicate'],
    ['step-8', { policies: { 'appeal.buyerRejects': { sass: 1 } } }, 'policies.appeal.buyerRejects', 'sass', 'saas'],
    ['rem-sep', { form: from }, 'request', 'form', 'from'],
    ['up-half', { oldprice: '1' }, 'request', 'oldprice', 'oldPrice'],
    ['up-half', { discount: { precentOff: '10' } }, 'discount', 'precentOff', 'percentOff'],
    ['up-half', { discount: { percentOff: '10', amountOf: '1' } }, 'discount', 'amountOf', 'amountOff'],
    ['exp-tiered-5-6', { createAt: from }, 'request', 'createAt', 'createdAt'],
    ['term-jan1', { renewal: [1] }, 'request', 'renewal', 'renewals'],
    ['ref-100', { coupons: '1' }, 'request', 'coupons', 'coupon'],
    ['met-AB', { price: { A: '1' } }, 'request', 'price', 'prices'],
    ['met-AB', { events: [{ ...start, prodct: 'A' }] }, 'events[0]', 'prodct', 'product'],
    ['met-AB', { prices: { A: [{ from, hourly: '1', form: '' }] } }, 'prices.A[0]', 'form', 'from'],
    ['ar-short', { daysbefore: 1 }, 'request', 'daysbefore', 'daysBefore'],
    ['mt-1', { charge: ['1'] }, 'request', 'charge', 'charges'],
    ['app-119h', { event: [] }, 'request', 'event', 'events'],
    ['app-119h', { events: [{ at: from, by: 'buyer', do: 'remind', too: 1 }] }, 'events[0]', 'too', 'do'],
  ]
  for (const [id, changes, where, wrong, nearest] of cases) {
    const { error } = asked(id, changes)
    expect(error, JSON.stringify(changes)).toMatch(/^\S+: .+; did you mean .+/)
    expect(error.startsWith(`${where}: "${wrong}" is `), error).toBe(true)
    expect(error.replaceAll('"', ''), error).toContain(`did you mean ${nearest}?`)
  }
  expect(asked('step-8', { discout: {}, quantty: '3' }).error).toMatch(
    /^request: "discout" and "quantty" are unknown keys; did you mean "discount" and "quantity"\?/,
  )
  expect(
    answer('{"op":"price","plan":{"model":"linear","unit":"5"},"quantity":"3","__proto__":{"discount":1}}'),
  ).toMatch(/"__proto__\\" is an unknown key/)
})

test('S-06: the moves of a flow go by the words of the guide too', () => {
  const at = (day: number): string => `2024-03-0${day}T09:00:00+08:00`
  const events = [
    { at: at(1), by: 'system', do: 'paid' },
    { at: at(2), by: 'seller', do: 'deliver' },
    { at: at(3), by: 'buyer', do: 'reject' },
    { at: at(4), by: 'seller', do: 'deliver' },
    { at: at(5), by: 'buyer', do: 'reject-delivery' },
    { at: at(8), by: 'seller', do: 'deliver' },
  ]
  const flow = { id: 'l', op: 'appeal', kind: 'license', events, at: at(6) }
  expect(ask(flow)).toEqual({ id: 'l', allowed: true, rule: 'S-06', state: 'awaiting-seller' })
  expect(ask({ ...flow, at: at(4) })).toEqual({ id: 'l', allowed: false, rule: 'S-06', state: 'awaiting-acceptance' })
  const service = { ...flow, kind: 'service', events: [{ at: at(1), by: 'buyer', do: 'submit' }], at: at(7) }
  expect(ask(service)).toEqual({ id: 'l', allowed: true, rule: 'S-06', state: 'awaiting-seller' })
  expect(ask({ ...service, events: events.toReversed() }).error).toMatch(/is before the previous event; sort/)
})

test('whatever a request contains, the answer is one line of JSON and nothing is thrown', () => {
  const odd = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom('', '0', '1e9', '9'.repeat(70), -1, 0.1, [], {}, null, 'NaN'),
  )
  fc.assert(
    fc.property(fc.constantFrom(...vectors), fc.nat(12), odd, fc.boolean(), (request, pick, value, drops) => {
      const keys = Object.keys(request)
      const key = keys[pick % keys.length]
      const changed = { ...request, [key]: value }
      if (drops) delete changed[key]
      const text = answer(JSON.stringify(changed))
      expect(text).not.toMatch(/please report|\n/)
      expect(JSON.parse(text)).toHaveProperty('id')
    }),
    runs,
  )
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(JSON.parse(answer(text))).toHaveProperty('error')
    }),
    runs,
  )
})
