import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatAmount, formatMoney, parseUnitPrice } from '#base/money.ts'
import { discountedHour, parseDiscount } from '#sim/billing/discount.ts'
import { compilePlan, listPrice, parseQuantity, priceLine } from '#sim/billing/price/plan.ts'
import { WholePrices } from '#sim/billing/price/whole-prices.ts'
import { decimal, discount, money, plan, quantity, quantityOf, runs, unitPrice } from './cases.ts'
import { charge, computed, discounted, exact, price } from './oracle.ts'
import { table } from './table.ts'

const three = (model: 'tiered' | 'volume') =>
  compilePlan({
    model,
    bands: [
      { upTo: '5', unit: '7' },
      { upTo: '10', unit: '6.5' },
      { upTo: null, unit: '6' },
    ],
  })
const amountOf = (of: ReturnType<typeof three>, text: string): string =>
  formatAmount(priceLine(of, parseQuantity(text), undefined, 'truncate').amount)

test('P-01..P-03: up to 5 at 7, up to 10 at 6.5, above at 6', () => {
  const linear = compilePlan({ model: 'linear', unit: '7' })
  const cases = table(`
    quantity    linear        tiered       volume        why
    0           0.00000000    0.00000000   0.00000000    nothing bought
    0.00000001  0.00000007    0.00000007   0.00000007    the least quantity there is
    5           35.00000000   35.00000000  35.00000000   the limit belongs to the lower band
    5.00000001  35.00000007   35.00000006  32.50000006   P-02 truncates the hundred-millionth at 6.5
    6           42.00000000   41.50000000  39.00000000   P-02 reprices one unit, P-03 all six
    10          70.00000000   67.50000000  65.00000000   limits are inclusive
    11          77.00000000   73.50000000  66.00000000   the open band
    20          140.00000000  127.50000000  120.00000000  well within it
  `)
  for (const row of cases) {
    expect(amountOf(linear, row.quantity), row.why).toBe(row.linear)
    expect(amountOf(three('tiered'), row.quantity), row.why).toBe(row.tiered)
    expect(amountOf(three('volume'), row.quantity), row.why).toBe(row.volume)
  }
})

test('P-04: a table that is no full and ordered one is refused, with the place and a hint', () => {
  const open = { upTo: null, unit: '1' }
  const cases: [unknown, RegExp][] = [
    [null, /^plan: null is not a price plan; write/],
    [[], /^plan: \[\] is not a price plan/],
    [{}, /^plan.model: nothing is not a price model; write linear, tiered or volume/],
    [{ model: 'step', bands: [open] }, /^plan.model: "step"/],
    [{ model: 'linear' }, /^plan.unit: nothing is not a decimal/],
    [{ model: 'linear', unit: 5 }, /^plan.unit: 5 is not a decimal/],
    [{ model: 'linear', unit: '-5' }, /^plan.unit: "-5" is negative/],
    [{ model: 'linear', unit: '5', bands: [open] }, /^plan.bands: a linear plan has no bands/],
    [{ model: 'tiered', unit: '5', bands: [open] }, /^plan.unit: a tiered plan/],
    [{ model: 'tiered' }, /^plan.bands: nothing is not a table/],
    [{ model: 'tiered', bands: [] }, /^plan.bands: \[\] is not a table/],
    [{ model: 'tiered', bands: ['5'] }, /^plan.bands\[0\]: "5" is not a band/],
    [{ model: 'tiered', bands: [{ upTo: '5', unit: '7' }] }, /^plan.bands\[0\].upTo: no band is open above "5"/],
    [
      { model: 'tiered', bands: [open, { upTo: '5', unit: '7' }] },
      /^plan.bands\[0\].upTo: an open band before the last/,
    ],
    [{ model: 'tiered', bands: [open, open] }, /^plan.bands\[0\].upTo: an open band/],
    [{ model: 'volume', bands: [{ unit: '7' }, open] }, /^plan.bands\[0\].upTo: nothing is not a decimal/],
    [{ model: 'volume', bands: [{ unit: '7' }] }, /^plan.bands\[0\].upTo: no band is open above nothing/],
    [{ model: 'volume', bands: [{ upTo: '0', unit: '7' }, open] }, /is not above 0/],
    [
      { model: 'volume', bands: [{ upTo: '5', unit: '7' }, { upTo: '5.0', unit: '6' }, open] },
      /bands\[1\].upTo: .* above 5/,
    ],
    [
      { model: 'volume', bands: [{ upTo: '5', unit: '7' }, { upTo: '4', unit: '6' }, open] },
      /bands\[1\].upTo: .* above 5/,
    ],
    [{ model: 'volume', bands: [{ upTo: 5, unit: '7' }, open] }, /^plan.bands\[0\].upTo: 5 is not a decimal/],
    [{ model: 'volume', bands: [{ upTo: null, unit: '0.00000000001' }] }, /11 decimals, more than 10/],
  ]
  for (const [text, message] of cases) expect(() => compilePlan(text), JSON.stringify(text)).toThrow(message)
})

test('M-06: one discount of three kinds, after everything else and before the rounding (M-03)', () => {
  const cases = table(`
    discount                         amount
    {"percentOff":"10"}              37.35000000
    {"percentOff":"0"}               41.50000000
    {"percentOff":"100"}             0.00000000
    {"percentOff":"33.33333333"}     27.66666666
    {"fixedPrice":"80"}              80.00000000
    {"fixedPrice":"0"}               0.00000000
    {"amountOff":"1.5"}              40.00000000
    {"amountOff":"41.50000001"}      0.00000000
  `)
  for (const { discount: text, amount } of cases) {
    const line = priceLine(three('tiered'), parseQuantity('6'), parseDiscount(JSON.parse(text)), 'truncate')
    expect(formatAmount(line.amount), text).toBe(amount)
  }
  for (const wrong of [
    {},
    [],
    null,
    '10',
    { percentOff: '10', amountOff: '5' },
    { off: '5' },
    { percentOff: 10 },
    { percentOff: '100.1' },
    { amountOff: '-1' },
  ])
    expect(() => parseDiscount(wrong), JSON.stringify(wrong)).toThrow(/^discount/)
})

const planAndQuantity = plan.chain((text) => fc.tuple(fc.constant(text), quantityOf(text)))

test('P-01..P-03, M-02, M-03, M-04 against the oracle, and the text of the line computes its amount', () => {
  const rounding = fc.constantFrom('truncate' as const, 'half-up' as const)
  fc.assert(
    fc.property(planAndQuantity, discount, rounding, ([text, units], off, mode) => {
      const line = priceLine(compilePlan(text), parseQuantity(units), off && parseDiscount(off), mode)
      expect(formatAmount(line.amount)).toBe(charge(discounted(price(text, exact(units)), off), mode))
      expect(charge(computed(line.text), mode)).toBe(formatAmount(line.amount))
    }),
    runs,
  )
})

test('the fast price of whole quantities is the exact one, on both sides of each limit', () => {
  const rounding = fc.constantFrom('truncate' as const, 'half-up' as const)
  fc.assert(
    fc.property(plan, fc.integer({ min: 0, max: 8_000 }), rounding, (text, some, mode) => {
      const limits = text.model === 'linear' ? [] : text.bands.map(({ upTo }) => Math.floor(Number(upTo)))
      for (const units of [some, ...limits.flatMap((limit) => [limit - 1, limit, limit + 1])].filter(
        (each) => each >= 0,
      ))
        expect(formatMoney(new WholePrices(compilePlan(text)).price(units, mode))).toBe(
          charge(price(text, exact(units)), mode),
        )
    }),
    runs,
  )
  const dear = new WholePrices(compilePlan({ model: 'linear', unit: '90071992.5474099102' }))
  expect(formatMoney(dear.price(1, 'truncate'))).toBe('90071992.54740991')
  expect(() => dear.price(2, 'truncate')).toThrow(/largest exact amount/)
})

test('M-06 order of discount: percent off a sum is the sum of percents off, and never above the price', () => {
  fc.assert(
    fc.property(unitPrice, quantity, fc.integer({ min: 0, max: 100 }), money, (unit, units, percent, off) => {
      const of = compilePlan({ model: 'linear', unit })
      const amount = (value?: object) =>
        priceLine(of, parseQuantity(units), value && parseDiscount(value), 'truncate').amount
      expect(amount({ percentOff: String(percent) }) <= amount()).toBe(true)
      expect(amount({ amountOff: off }) >= 0n).toBe(true)
      expect(amount({ percentOff: '0' })).toBe(amount())
    }),
    runs,
  )
})

test('a linear and a tiered price never fall as the quantity grows; a volume price may where a band begins', () => {
  fc.assert(
    fc.property(plan, quantity, decimal(100, 8), (text, units, more) => {
      const of = compilePlan(text)
      const [less, greater] = [parseQuantity(units), parseQuantity(units) + parseQuantity(more)]
      const rises = listPrice(of, greater).numerator >= listPrice(of, less).numerator
      const isCrossing =
        text.model === 'volume' &&
        text.bands.some(
          ({ upTo }) => upTo !== null && exact(upTo).gte(units) && exact(upTo).lt(exact(units).plus(more)),
        )
      expect(rises || isCrossing).toBe(true)
    }),
    runs,
  )
  expect(amountOf(three('volume'), '5.1') < amountOf(three('volume'), '5')).toBe(true)
})

test('ten times the price is ten times the exact amount', () => {
  const tenfold = (unit: string): string => exact(unit).times(10).toFixed()
  fc.assert(
    fc.property(planAndQuantity, ([text, units]) => {
      const scaled =
        text.model === 'linear'
          ? { ...text, unit: tenfold(text.unit) }
          : { ...text, bands: text.bands.map((band) => ({ ...band, unit: tenfold(band.unit) })) }
      const [one, ten] = [text, scaled].map((each) => listPrice(compilePlan(each), parseQuantity(units)))
      expect(ten.numerator * one.denominator).toBe(one.numerator * 10n * ten.denominator)
    }),
    runs,
  )
})

test('M-06: a discount of a pay-per-use image makes another price of an hour, exactly', () => {
  const hour = (hourly: string, discount: unknown) => discountedHour(parseUnitPrice(hourly), parseDiscount(discount))
  expect(hour('0.18', { percentOff: '12.5' })).toBe(parseUnitPrice('0.1575'))
  expect(hour('0.18', { fixedPrice: '0.1' })).toBe(parseUnitPrice('0.1'))
  expect(hour('0.18', { amountOff: '0.08' })).toBe(parseUnitPrice('0.1'))
  expect(hour('0.18', { amountOff: '0.2' })).toBe(0)
  expect(discountedHour(parseUnitPrice('0.18'), undefined)).toBe(parseUnitPrice('0.18'))
  expect(() => hour('0.0000000001', { percentOff: '50' })).toThrow(/not a price of 10 decimals/)
})
