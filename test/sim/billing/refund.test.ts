import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseInstant } from '#base/civil-time.ts'
import { parseDecimal } from '#base/decimal.ts'
import { formatAmount } from '#base/money.ts'
import { HOUR } from '#base/time.ts'
import { defaultPolicies } from '#scenarios/policies.ts'
import { isRefusal, sumOf } from '#sim/billing/line.ts'
import { refund, type Unsubscription, unsubscriptionRefusal } from '#sim/billing/refund.ts'
import { termEnd } from '#sim/billing/term.ts'
import { EAST_8, instant, money, runs } from './cases.ts'
import { computed, exact, refund as oracleRefund } from './oracle.ts'
import { table } from './table.ts'

const at = (text: string): number => parseInstant(`${text}+08:00`, 'time')
const units = (text: string): bigint => parseDecimal(text, 8, 'amount', 'unsigned')

/** Bought on 1 January 10:30 for a month: the term has 758 started hours. */
const january: Unsubscription = {
  cash: units('100'),
  coupon: units('20'),
  start: at('2024-01-01T10:30:00'),
  termEnd: at('2024-02-02T00:00:00'),
  termMonths: 1,
  at: at('2024-01-15T18:40:00'),
  begun: true,
}

function given(asked: Partial<Unsubscription>, policies = defaultPolicies): string {
  const result = refund({ ...january, ...asked }, policies)
  if (isRefusal(result)) return `${result.refused} ${result.rule}`
  return `${formatAmount(sumOf(result.lines))} + ${formatAmount(result.couponReturned)}`
}

test('N-03: cash paid - consumed - handling fee; both ends are floored to the hour, coupons are lost', () => {
  const cases = table(`
    at                   refund                    why
    2024-01-15T18:40:00  44.61741425 + 0.00000000  344 of 758 hours
    2024-01-15T18:00:00  44.61741425 + 0.00000000  the hour has begun
    2024-01-15T17:59:59  44.74934037 + 0.00000000  343 hours
    2024-01-01T10:30:00  90.00000000 + 0.00000000  immediately, only the fee
    2024-01-29T10:00:00  1.34564644 + 0.00000000   little is left
    2024-01-31T00:00:00  0.00000000 + 0.00000000   never below 0
    2024-02-01T23:59:59  0.00000000 + 0.00000000   the last second of the term
    2024-02-02T00:00:00  expired N-07              the term has ended
  `)
  for (const row of cases) expect(given({ at: at(row.at) }), row.why).toBe(row.refund)
  expect(given({ termEnd: at('2024-02-01T23:59:59') })).toBe('44.61741425 + 0.00000000')
  expect(() => given({ at: at('2024-01-01T10:29:59') })).toThrow(/before the start/)
})

test('N-04: the fee by term and year of use', () => {
  const cases = table(`
    months  at                   fee    why
    1       2024-01-01T12:00:00  10     a month
    9       2024-05-01T12:00:00  10     nine months
    12      2024-12-31T12:00:00  10     a year
    24      2024-01-02T12:00:00  15     two years, in the first
    24      2025-01-01T23:59:59  15     its last second (T-05)
    24      2025-01-02T00:00:00  10     in the second
    36      2025-01-01T23:59:59  15     three years, in the first
    36      2025-01-02T00:00:00  10     in the second
    36      2026-01-01T23:59:59  10     its last second
    36      2026-01-02T00:00:00  5      in the third
  `)
  for (const row of cases) {
    const months = Number(row.months)
    const asked = { ...january, termMonths: months, termEnd: termEnd(january.start, months, EAST_8), at: at(row.at) }
    const result = refund(asked, defaultPolicies)
    const fee = isRefusal(result) ? undefined : result.lines.find(({ rule }) => rule === 'N-04')
    expect(formatAmount(-(fee?.amount ?? 0n)), row.why).toBe(`${row.fee}.00000000`)
  }
  expect(() => given({ termMonths: 18 })).toThrow(/^termMonths: there is no handling fee for 18 months/)
})

test('N-05, N-06 and the switches', () => {
  const days = { ...defaultPolicies, 'refund.consumed': 'days' as const }
  const free = { ...defaultPolicies, 'refund.fee': 'none' as const }
  const fiveDay = { ...defaultPolicies, 'refund.fiveDay': 'cn' as const }
  const halfUp = { ...defaultPolicies, 'rounding.charge': 'half-up' as const }
  expect(given({ begun: false })).toBe('100.00000000 + 20.00000000')
  expect(given({ begun: false, at: at('2023-12-31T00:00:00') })).toBe('100.00000000 + 20.00000000')
  expect(given({}, days)).toBe('46.25000000 + 0.00000000')
  expect(given({}, free)).toBe('54.61741425 + 0.00000000')
  expect(given({}, halfUp)).toBe('44.61741425 + 0.00000000')
  expect(given({ at: january.start + 120 * HOUR - 1 }, fiveDay)).toBe('100.00000000 + 20.00000000')
  expect(given({ at: january.start + 120 * HOUR }, fiveDay)).toBe('74.16886544 + 0.00000000')
  expect(given({ at: january.start + HOUR, fiveDayReturns: 9 }, fiveDay)).toBe('100.00000000 + 20.00000000')
  expect(given({ at: january.start + HOUR, fiveDayReturns: 10 }, fiveDay)).toBe('89.86807388 + 0.00000000')
  expect(given({ cash: 0n })).toBe('0.00000000 + 0.00000000')
})

test('N-01, N-02, N-07: one order wrong in every way, corrected one step at a time', () => {
  const order = { kind: 'saas', billing: 'monthly', invoiced: true, trial: true, busy: true } as const
  expect(unsubscriptionRefusal(order)).toEqual({ refused: 'not-refundable', rule: 'N-01' })
  const usage = { ...order, kind: 'image', billing: 'pay-per-use' } as const
  expect(unsubscriptionRefusal(usage)).toEqual({ refused: 'not-refundable', rule: 'N-01' })
  const image = { ...order, kind: 'image' } as const
  expect(unsubscriptionRefusal(image)).toEqual({ refused: 'invoice-outstanding', rule: 'N-02' })
  expect(unsubscriptionRefusal({ ...image, invoiced: false })).toEqual({ refused: 'not-refundable', rule: 'N-07' })
  const bought = { ...image, invoiced: false, trial: false }
  expect(unsubscriptionRefusal(bought)).toEqual({ refused: 'change-in-progress', rule: 'N-07' })
  expect(unsubscriptionRefusal({ ...bought, busy: false })).toBeNull()
})

test('N-03, N-04 against the oracle; the refund never exceeds the cash and its lines explain it', () => {
  const terms = fc.constantFrom(1, 2, 3, 6, 9, 12, 24, 36)
  fc.assert(
    fc.property(
      money,
      instant,
      terms,
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      (cash, start, months, part) => {
        const end = termEnd(start, months, EAST_8)
        const when = start + Math.floor((end - start) * part)
        const result = refund(
          { cash: units(cash), coupon: 0n, start, termEnd: end, termMonths: months, at: when, begun: true },
          defaultPolicies,
        )
        if (isRefusal(result)) throw new Error(result.refused)
        expect(formatAmount(sumOf(result.lines))).toBe(
          oracleRefund(exact(cash), { start, end, at: when, months }, EAST_8),
        )
        expect(sumOf(result.lines) <= units(cash)).toBe(true)
        for (const line of result.lines.slice(1, 3))
          expect(computed(line.text).plus(formatAmount(line.amount)).abs().lt(1e-8)).toBe(true)
      },
    ),
    runs,
  )
})
