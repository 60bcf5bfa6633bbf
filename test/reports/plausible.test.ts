/** `reconcile --infer`: which rates and factors are claimed, and when charges leave no two causes possible. */
import { expect, test } from 'vitest'
import { factorReason, ONE } from '#reports/against/factor-range.ts'
import type { EqualCharges } from '#reports/against/gathered-lines.ts'
import type { InvoiceBill, Invoices } from '#reports/against/invoices.ts'
import { mayHaveCauses } from '#reports/against/line-causes.ts'
import { hasFineRate, isPlausible } from '#reports/against/plausible.ts'
import { because, together } from '#reports/against/reason.ts'
import { causes, Draws, fileOf, logOf, made, namedCause } from '../proofs/infer/planted-causes.ts'

const bills = (figures: InvoiceBill['figures']): Invoices =>
  ({ level: 'bills', bills: new Map([['1', { figures } as InvoiceBill]]) }) as Invoices
const payables = bills({ payable: 12_000_000_000n })
const charges = bills({ charges: 12_345_678_901n })

test.each([
  ['20', false, true],
  ['8.5', false, true],
  ['19 or 19.5', false, true],
  ['9.975', true, false],
  ['19.96', true, false],
  ['8.25', true, true],
  ['8.875', true, true],
  ['20.0312', true, false],
  ['20.02 or 20.03 or 20.04', true, false],
])('M-07: a tax of %s percent: fine %s, claimed %s', (rates, isFine, isClaimed) => {
  const reason = because('tax rate', 'M-07', 'another rate', { rates: rates.split(' or ') })
  expect(hasFineRate(reason)).toBe(isFine)
  expect(isPlausible(reason, payables)).toBe(isClaimed)
  const pair = together(because('other switch', 'U-02', 'as with image.whenStopped=free'), reason)
  expect([hasFineRate(pair), isPlausible(pair, payables)]).toEqual([isFine, isClaimed])
})

test.each([
  [900_000n, true, true],
  [875_000n, true, true],
  [1_083_740n, true, false],
  [967_742n, true, false],
])('a factor of %s millionths: claimed of charges %s, of payables %s', (millionths, ofCharges, ofPayables) => {
  const reason = factorReason({ value: (ONE / 1_000_000n) * millionths, isDivisor: false }, 'every bill', '0')
  expect(isPlausible(reason, charges)).toBe(ofCharges)
  expect(isPlausible(reason, payables)).toBe(ofPayables)
})

test('two rates, one of them on a part of the use, are claimed of charges and not of payables', () => {
  const pair = together(
    because('tax rate', 'M-07', 'tax.percent 20.5 instead of 0', { rates: ['20.5'] }),
    because('tax rate', 'M-07', 'tax.percent 20 instead of 20.5 on c7', { rates: ['20'] }),
  )
  expect([isPlausible(pair, charges), isPlausible(pair, payables)]).toEqual([true, false])
})

test('tax on rounded lines is a tax of 20 %, never of 20.03 %', async () => {
  const random = new Draws('16 pairs')
  let both = 0
  for (let file = 0; file < 4; file++) {
    const log = logOf(random)
    const { rows, policies, swap } = await made(log, [causes.tax, causes['rounded lines']], random)
    const cause = await namedCause(log, fileOf(rows, 'bills', policies, swap))
    if (cause === undefined || cause === 'agrees' || cause.cause === 'unexplained') continue
    // Of few lines the rounding may change no payable.
    expect(cause.text).toMatch(/tax\.percent 20( |$)/)
    if (cause.text.includes('rounded to 4 decimals')) both++
  }
  expect(both).toBeGreaterThan(0)
})

const charge = (account: string, ours: bigint, theirs: bigint): EqualCharges => ({
  ...{ account, ours, theirs, numerator: ours, denominator: 1n },
  ...{ resource: 'i-1', product: 'c6', times: 1 },
})
const amounts = [5_000_010n, 8_119_330n, 1_000_030n, 1_234_570n, 3_421_110n, 9_900_010n]
const of = (theirs: (ours: bigint, index: number) => bigint, account = 'a'): EqualCharges[] =>
  amounts.map((ours, index) => charge(account, ours, theirs(ours, index)))

test.each([
  ['as they are', of((ours) => ours), true],
  ['one of another amount', of((ours, index) => (index === 2 ? 7n : ours)), true],
  ['a discount', of((ours) => (ours * 9n) / 10n), true],
  [
    'a discount, rounded',
    of((ours) => (ours * 9n) / 100_000n).map((each) => ({ ...each, theirs: each.theirs * 10_000n })),
    true,
  ],
  ['a discount of one account', [...of((ours) => ours, 'b'), ...of((ours) => (ours * 17n) / 20n)], true],
  ['amounts that have nothing in common', of((ours, index) => ours + BigInt((index * 7_919) % 6) * 123_457n), false],
  ['of one account only', [...of((ours) => ours, 'b'), ...of((ours, index) => ours + BigInt(index) * 123_457n)], false],
])('charges leave causes possible: %s', (_, given, expected) => {
  expect(mayHaveCauses(given)).toBe(expected)
})
