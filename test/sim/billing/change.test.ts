import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseInstant } from '#base/civil-time.ts'
import { parseDecimal } from '#base/decimal.ts'
import { formatAmount } from '#base/money.ts'
import { parseFactor } from '#base/rational.ts'
import { DAY } from '#base/time.ts'
import { defaultPolicies, type Policies } from '#scenarios/policies.ts'
import { type Discount, parseDiscount } from '#sim/billing/discount.ts'
import { decidingTime, expansionFee } from '#sim/billing/expansion.ts'
import { literal, quoted } from '#sim/billing/formula.ts'
import { type Charged, isRefusal, sumOf } from '#sim/billing/line.ts'
import { compilePlan, parseQuantity } from '#sim/billing/price/plan.ts'
import { matchedPlan, upgradeFee } from '#sim/billing/upgrade.ts'
import { discount, factor, money, plan, quantityOf, runs, unitPrice } from './cases.ts'
import {
  charge,
  computed,
  discounted,
  type Exact,
  exact,
  expansion,
  type OracleDiscount,
  type OraclePlan,
  upgrade,
} from './oracle.ts'
import { table } from './table.ts'

const cutover = defaultPolicies['expansion.cutover']
const factorOf = (text: string) => quoted(parseFactor(text, 'remaining'), text)
const priceOf = (text: string) => literal(parseDecimal(text, 10, 'price', 'unsigned'), 10)
const shown = (outcome: Charged): string => (isRefusal(outcome) ? outcome.refused : formatAmount(sumOf(outcome.lines)))
const negativeOf = (policy: string): Policies => ({ ...defaultPolicies, 'change.negative': policy as 'floor' })

test('X-02, X-07: an upgrade costs the difference for what remains', () => {
  const cases = table(`
    new  old  remaining  policy           fee
    20   10   0.5        floor-or-refuse  5.00000000
    240  120  20/30      floor-or-refuse  80.00000000
    150  15   1224/1860  floor-or-refuse  88.83870967
    10   10   0.5        floor-or-refuse  0.00000000
    20   10   0          floor-or-refuse  0.00000000
    120  240  20/30      floor-or-refuse  negative-upgrade
    120  240  20/30      refuse           negative-upgrade
    120  240  20/30      floor            0.00000000
    120  240  0          floor-or-refuse  0.00000000
    10   10.0000000001  0.5  floor-or-refuse  negative-upgrade
  `)
  for (const row of cases) {
    const part = factorOf(row.remaining)
    const asked = { to: { price: priceOf(row.new), part }, from: { price: priceOf(row.old), part } }
    expect(shown(upgradeFee(asked, negativeOf(row.policy))), JSON.stringify(row)).toBe(row.fee)
  }
})

const bands = [
  { upTo: '5', unit: '7' },
  { upTo: '10', unit: '6.5' },
  { upTo: null, unit: '6' },
]
const expanded = (
  model: string,
  from: string,
  to: string,
  policies = defaultPolicies,
  decidedAt = cutover,
  discount?: Discount,
) =>
  expansionFee(
    {
      plan: compilePlan(model === 'linear' ? { model, unit: '7' } : { model, bands }),
      from: parseQuantity(from),
      to: parseQuantity(to),
      remaining: factorOf('0.5'),
      decidedAt,
      discount,
    },
    policies,
  )

test('X-03, X-04, X-05: half a month left, up to 5 at 7, up to 10 at 6.5, above at 6', () => {
  const cases = table(`
    model   from  to    until         since       why
    linear  5     6     3.50000000    3.50000000  one more at 7
    tiered  5     6     2.00000000    2.00000000  6 x 6.5 - 35
    tiered  10    11    0.00000000    0.00000000  6 x 11 - 67.5 is negative and floored
    tiered  10    20    26.25000000   26.25000000  6 x 20 - 67.5
    volume  5     6     2.00000000    3.25000000  39 - 35, or one at 6.5
    volume  10    11    0.50000000    3.00000000  66 - 65, or one at 6
    volume  4     5     3.50000000    3.50000000  within a band both rules agree
    volume  5     5.5   0.37500000    1.62500000  a fraction of a unit
    volume  0     6     19.50000000   19.50000000  from nothing
    volume  6     6     0.00000000    0.00000000  nothing more
    tiered  6     6     0.00000000    0.00000000  6.5 x 6 - 41.5 is negative and floored
    volume  6     5     only-upwards  only-upwards  less is no expansion
  `)
  for (const row of cases) {
    expect(shown(expanded(row.model, row.from, row.to, defaultPolicies, cutover - 1)), row.why).toBe(row.until)
    expect(shown(expanded(row.model, row.from, row.to)), row.why).toBe(row.since)
  }
})

test('X-07: the switches of a change', () => {
  expect(shown(expanded('tiered', '10', '11', negativeOf('refuse')))).toBe('negative-expansion')
  expect(shown(expanded('tiered', '10', '11', negativeOf('floor')))).toBe('0.00000000')
  const difference = { ...defaultPolicies, 'expansion.tiered': 'price-difference' as const }
  expect(shown(expanded('tiered', '10', '11', difference))).toBe('3.00000000')
  expect(shown(expanded('tiered', '10', '11', difference, cutover - 1))).toBe('3.00000000')
  expect(shown(expanded('volume', '10', '11', difference, cutover - 1))).toBe('0.50000000')
  const earlier = { ...defaultPolicies, 'expansion.cutover': cutover - DAY }
  expect(shown(expanded('volume', '10', '11', earlier, cutover - DAY))).toBe('3.00000000')
})

test('X-05: expansion.ruleKey says which instant decides', () => {
  const times = { created: 1, paid: 2, bought: 0 }
  expect(decidingTime(times, 'order-created')).toBe(1)
  expect(decidingTime(times, 'paid')).toBe(2)
  expect(decidingTime(times, 'originally-bought')).toBe(0)
  expect(decidingTime({ created: 1 }, 'paid')).toBe(1)
})

test('X-01: a change needs a term that has not ended, and goes upwards unless it waits for the renewal', () => {
  const end = parseInstant('2024-02-02T00:00:00+08:00', 'end')
  const down = { ...defaultPolicies, 'change.downAtRenewal': true }
  const asked = (at: number) => ({
    to: { price: priceOf('10'), part: factorOf('0.5') },
    from: { price: priceOf('20'), part: factorOf('0.5') },
    time: { at, termEnd: end },
  })
  expect(upgradeFee(asked(end), defaultPolicies)).toEqual({ refused: 'out-of-term', rule: 'X-01' })
  expect(shown(upgradeFee(asked(end - 1), defaultPolicies))).toBe('negative-upgrade')
  expect(shown(upgradeFee(asked(end - 30 * DAY), down))).toBe('0.00000000')
  expect(shown(upgradeFee(asked(end - 30 * DAY - 1), down))).toBe('negative-upgrade')
  const fewer = (at: number, policies: Policies): string =>
    shown(
      expansionFee(
        {
          plan: compilePlan({ model: 'linear', unit: '7' }),
          from: parseQuantity('6'),
          to: parseQuantity('5'),
          remaining: factorOf('0.5'),
          decidedAt: at,
          time: { at, termEnd: end },
        },
        policies,
      ),
    )
  expect([
    fewer(end - 1, down),
    fewer(end - 31 * DAY, down),
    fewer(end, down),
    fewer(end - 1, defaultPolicies),
  ]).toEqual(['0.00000000', 'only-upwards', 'out-of-term', 'only-upwards'])
})

test('X-02, upgrade.priceMatch: the plan that prices an upgrade', () => {
  const plans = [{ months: 12 }, { months: 1 }, { months: 3 }]
  const cases = table(`
    purchased  remaining  by-duration  same-plan
    12         12         12           12
    12         11.9       3            12
    3          2.5        1            3
    3          0.2        1            3
    6          6          3            none
  `)
  for (const { purchased, remaining, ...expected } of cases) {
    const months = { purchased: Number(purchased), remaining: Number(remaining) }
    for (const match of ['by-duration', 'same-plan'] as const)
      expect(String(matchedPlan(plans, months, match)?.months ?? 'none')).toBe(expected[match])
  }
})

/** X-09, of the oracle: a fixed price takes the place of the new side, any other discount is taken off the fee. */
const fixedPriceOf = (off: OracleDiscount | undefined) =>
  off !== undefined && 'fixedPrice' in off ? exact(off.fixedPrice) : undefined
const fixedOr = (off: OracleDiscount | undefined, price: Exact) => fixedPriceOf(off) ?? price
const lessened = (fee: Exact, off: OracleDiscount | undefined) =>
  fixedPriceOf(off) === undefined ? discounted(fee, off) : fee

test('X-09: the offer in force at a change discounts both sides', () => {
  const cases = table(`
    discount    of    upgrade 20 -> 10  volume 5 -> 6  linear 5 -> 6  why
    none        0     5.00000000        3.25000000     3.50000000     half a month left
    percentOff  10    4.50000000        2.92500000     3.15000000     0.9 of both sides
    percentOff  100   0.00000000        0.00000000     0.00000000     nothing of both sides
    fixedPrice  15    2.50000000        7.50000000     0.00000000     15 in place of the new side; of a volume plan, of the added units
    fixedPrice  40    15.00000000       20.00000000    2.50000000     40 less 10, 40 alone, 40 less 35
    fixedPrice  8     negative-upgrade  4.00000000     0.00000000     8 less 10, 8 alone, 8 less 35
    amountOff   2     3.00000000        1.25000000     1.50000000     2 off the fee, once
    amountOff   9     0.00000000        0.00000000     0.00000000     never below 0
  `)
  for (const row of cases) {
    const off = row.discount === 'none' ? undefined : parseDiscount({ [row.discount]: row.of })
    const part = factorOf('0.5')
    const up = upgradeFee(
      { to: { price: priceOf('20'), part }, from: { price: priceOf('10'), part }, discount: off },
      defaultPolicies,
    )
    expect(shown(up), row.why).toBe(row['upgrade 20 -> 10'])
    for (const model of ['volume', 'linear']) {
      const more = expanded(model, '5', '6', defaultPolicies, cutover, off)
      expect(shown(more), `${model}: ${row.why}`).toBe(row[`${model} 5 -> 6`])
    }
  }
})

test('X-02 against the oracle, M-03 and M-04', () => {
  fc.assert(
    fc.property(unitPrice, unitPrice, factor, discount, fc.boolean(), (newPrice, oldPrice, remaining, off, floors) => {
      const asked = {
        to: { price: priceOf(newPrice), part: factorOf(remaining) },
        from: { price: priceOf(oldPrice), part: factorOf(remaining) },
        discount: off && parseDiscount(off),
      }
      const found = upgradeFee(asked, negativeOf(floors ? 'floor' : 'floor-or-refuse'))
      const difference = upgrade(fixedOr(off, exact(newPrice)), exact(oldPrice), computed(remaining))
      if (difference.lt(0) && !floors) {
        expect(found).toEqual({ refused: 'negative-upgrade', rule: 'X-07' })
        return
      }
      const expected = charge(lessened(difference.lt(0) ? exact(0) : difference, off))
      expect(shown(found)).toBe(expected)
      if (!isRefusal(found)) expect(charge(computed(found.lines[0].text))).toBe(expected)
    }),
    runs,
  )
})

const change = plan.chain((text) => fc.tuple(fc.constant(text), quantityOf(text), quantityOf(text)))
const ordered = (text: OraclePlan, a: string, b: string) =>
  exact(a).lte(b) ? { text, from: a, to: b } : { text, from: b, to: a }

test('X-03 and X-04 against the oracle, M-03 and M-04', () => {
  fc.assert(
    fc.property(change, factor, discount, fc.boolean(), ([planText, a, b], remaining, off, isNew) => {
      const { text, from, to } = ordered(planText, a, b)
      const found = expansionFee(
        {
          plan: compilePlan(text),
          from: parseQuantity(from),
          to: parseQuantity(to),
          remaining: factorOf(remaining),
          decidedAt: isNew ? cutover : cutover - 1,
          discount: off && parseDiscount(off),
        },
        defaultPolicies,
      )
      const difference = expansion(text, exact(from), exact(to), computed(remaining), isNew, fixedPriceOf(off))
      const expected = charge(lessened(difference.lt(0) ? exact(0) : difference, off))
      expect(shown(found)).toBe(expected)
      if (!isRefusal(found)) {
        expect(found.lines[0].rule).toBe(isNew ? 'X-04' : 'X-03')
        expect(charge(computed(found.lines[0].text))).toBe(expected)
      }
    }),
    runs,
  )
})

test('X-04: under the new rule a volume expansion in steps within one band costs what one step costs', () => {
  fc.assert(
    fc.property(
      money,
      fc.integer({ min: 0, max: 500 }),
      fc.integer({ min: 0, max: 500 }),
      fc.integer({ min: 0, max: 500 }),
      (unit, from, first, second) => {
        const of = compilePlan({ model: 'volume', bands: [{ upTo: null, unit }] })
        const fee = (less: number, more: number): bigint => {
          const outcome = expansionFee(
            {
              plan: of,
              from: parseQuantity(String(less)),
              to: parseQuantity(String(more)),
              remaining: factorOf('1'),
              decidedAt: cutover,
            },
            defaultPolicies,
          )
          return isRefusal(outcome) ? -1n : sumOf(outcome.lines)
        }
        expect(fee(from, from + first) + fee(from + first, from + first + second)).toBe(
          fee(from, from + first + second),
        )
      },
    ),
    runs,
  )
})
