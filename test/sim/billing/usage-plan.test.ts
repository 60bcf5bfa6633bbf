/** P-06..P-08: plans for the usage of other systems, as `quote` prices them. */
import { expect, test } from 'vitest'
import { answer } from '#sim/quote/answer.ts'
import { table } from './table.ts'

const bands = [
  { upTo: '5', unit: '7' },
  { upTo: '10', unit: '6.5' },
  { upTo: null, unit: '6' },
]

const asked = (plan: object, given: object): Record<string, unknown> =>
  JSON.parse(answer(JSON.stringify({ id: 1, op: 'price', plan, ...given })))
const linesOf = (found: Record<string, unknown>): string =>
  (found.lines as { rule: string; amount: string }[]).map(({ rule, amount }) => `${rule} ${Number(amount)}`).join(', ')

test('P-06: each started package has one price', () => {
  const cases = table(`
    size  price        quantity    lines
    100   5            0           P-06 0
    100   5            0.00000001  P-06 5
    100   5            1           P-06 5
    100   5            100         P-06 5
    100   5            100.5       P-06 10
    0.5   1            1.2         P-06 3
    100   0.333333333  250         P-06 0.99999999
  `)
  for (const { size, price, quantity, lines } of cases)
    expect(linesOf(asked({ model: 'package', size, price }, { quantity })), quantity).toBe(lines)
})

test('P-07: one fee, or a share of a value with a fixed part, within its bounds', () => {
  expect(linesOf(asked({ model: 'flat', price: '12.5' }, { quantity: '0' }))).toBe('P-07 12.5')
  expect(linesOf(asked({ model: 'flat', price: '12.5' }, {}))).toBe('P-07 12.5')
  const cases = table(`
    rate   fixed  min   max   value      lines
    2.5    0.3    -     -     0.4        P-07 0.31
    2.5    -      -     -     40         P-07 1
    2.5%   0.3    1     -     0.4        P-07 1
    2.5    0.3    1     5     1000       P-07 5
    2.5    0.3    -     25.3  1000       P-07 25.3
    3.333  0      -     -     33.333333  P-07 1.11099998
    0      0      -     -     33         P-07 0
  `)
  for (const { value, lines, ...rest } of cases) {
    const given = Object.fromEntries(Object.entries(rest).filter(([, text]) => text !== '-'))
    expect(linesOf(asked({ model: 'percentage', ...given }, { value })), JSON.stringify(rest)).toBe(lines)
  }
})

test('P-08: included units come off the quantity first; the minimum is a line of its own', () => {
  const cases = table(`
    plan                                               quantity  lines
    {"model":"linear","unit":"2","included":"3"}       3         P-01 0
    {"model":"linear","unit":"2","included":"3"}       2.5       P-01 0
    {"model":"linear","unit":"2","included":"3"}       3.5       P-01 1
    {"model":"tiered","included":"3"}                  12        P-02 61
    {"model":"volume","included":"3"}                  12        P-03 58.5
    {"model":"package","size":"10","price":"4","included":"5"}  15  P-06 4
    {"model":"package","size":"10","price":"4","included":"5"}  16  P-06 8
    {"model":"linear","unit":"1.25","minimum":"4.5"}   0         P-01 0, P-08 4.5
    {"model":"linear","unit":"1.25","minimum":"4.5"}   2         P-01 2.5, P-08 2
    {"model":"linear","unit":"1.25","minimum":"4.5"}   3.6       P-01 4.5
    {"model":"linear","unit":"1.25","minimum":"4.5"}   4         P-01 5
    {"model":"flat","price":"3","minimum":"4.5"}       1         P-07 3, P-08 1.5
    {"model":"tiered","included":"10","minimum":"1"}   4         P-02 0, P-08 1
  `)
  for (const { plan, quantity, lines } of cases) {
    const { model, ...rest } = JSON.parse(plan)
    const banded = model === 'tiered' || model === 'volume' ? { bands } : {}
    expect(linesOf(asked({ model, ...banded, ...rest }, { quantity })), plan).toBe(lines)
  }
})

test('M-06, M-07, P-08: the minimum is reached after the discount, and taxed', () => {
  const plan = { model: 'linear', unit: '2', minimum: '10' }
  const found = asked(plan, { quantity: '4', discount: { percentOff: '50' }, policies: { 'tax.percent': '10' } })
  expect(linesOf(found)).toBe('P-01 4, P-08 6, M-07 1')
})

test('the formula says what was counted', () => {
  const textOf = (plan: object, given: object) =>
    (asked(plan, given).lines as { text: string }[]).map(({ text }) => text)
  expect(textOf({ model: 'package', size: '100', price: '5', included: '20' }, { quantity: '250' })).toEqual([
    '3 x 5, packages of 100 for 230, 250 less 20 included',
  ])
  expect(textOf({ model: 'percentage', rate: '2.5', fixed: '0.3', min: '1', max: '5' }, { value: '40' })).toEqual([
    'min(5, max(1, 40 x 2.5% + 0.3))',
  ])
  expect(textOf({ model: 'linear', unit: '2', minimum: '10' }, { quantity: '4' })).toEqual(['4 x 2', '10 - 8'])
})

test('a wrong plan is refused with what, where and how to fix it', () => {
  const cases: [object, object, RegExp][] = [
    [{ model: 'package', size: '0', price: '1' }, { quantity: '1' }, /^plan\.size: a package of 0 units; /],
    [{ model: 'package', price: '1' }, { quantity: '1' }, /^plan\.size: /],
    [
      { model: 'packages', size: '1' },
      { quantity: '1' },
      /^plan\.model: "packages" is not a price model; write linear, /,
    ],
    [{ model: 'flat', prise: '1' }, { quantity: '1' }, /^plan: "prise" is an unknown key; did you mean "price"\?/],
    [{ model: 'flat', price: '1', unit: '2' }, { quantity: '1' }, /^plan: "unit" is an unknown key; /],
    [{ model: 'linear', unit: '1', includde: '2' }, { quantity: '1' }, /did you mean "included"\?/],
    [{ model: 'linear', unit: '1', included: '-2' }, { quantity: '1' }, /^plan\.included: /],
    [{ model: 'linear', unit: '1' }, {}, /^quantity: is missing; /],
    [{ model: 'percentage', rate: '1' }, { quantity: '1' }, /^value: is missing; /],
    [
      { model: 'percentage', rate: '1', min: '2', max: '1' },
      { value: '1' },
      /^plan\.max: "1" is below the minimum of "2"; /,
    ],
    [{ model: 'percentage', rate: '-1' }, { value: '1' }, /^plan\.rate: /],
  ]
  for (const [plan, given, message] of cases) expect(asked(plan, given).error, JSON.stringify(plan)).toMatch(message)
})
