import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatInstant, parseInstant } from '#base/civil-time.ts'
import { DAY, HOUR } from '#base/time.ts'
import { defaultPolicies } from '#scenarios/policies.ts'
import { renewalAttempts } from '#sim/billing/auto-renewal.ts'
import { patience, patienceEnds, tiers } from '#sim/billing/grace.ts'
import { EAST_8, instant, runs } from './cases.ts'
import { table } from './table.ts'

const at = (text: string): number => parseInstant(`2024-${text}+08:00`, 'time')
/** Ends with 1 February. */
const expiry = at('02-02T00:00:00')

test('R-03: daily at 03:00 from seven days before, until the money is there', () => {
  const week = ['01-25', '01-26', '01-27', '01-28', '01-29', '01-30', '01-31', '02-01'].map((day) => `${day}T03:00`)
  const cases = table(`
    enabled         funded          tries  renewed      why
    01-02T00:00:00  01-28T12:00:00  0-5    01-29T03:00  the vector of the calculator
    01-02T00:00:00  01-02T00:00:00  0-1    01-25T03:00  the money was there
    01-02T00:00:00  01-25T03:00:00  0-1    01-25T03:00  at the very instant
    01-02T00:00:00  01-25T03:00:01  0-2    01-26T03:00  a second late
    01-02T00:00:00  02-01T03:00:01  0-8    never        after the last try
    01-02T00:00:00  never           0-8    never        no money ever
    01-25T03:00:00  never           0-8    never        enabled with the first try
    01-25T03:00:01  never           1-8    never        enabled late: the next 03:00
    01-28T02:59:59  never           3-8    never        enabled late, before 03:00
    01-31T03:00:00  01-01T00:00:00  6-7    01-31T03:00  enabled at 03:00
    01-31T12:00:00  never           7-8    never        only the last day is left
  `)
  for (const row of cases) {
    const renewal = { expiry, enabledAt: at(row.enabled), fundedAt: row.funded === 'never' ? null : at(row.funded) }
    const { attempts, renewedAt } = renewalAttempts(renewal, EAST_8)
    const [first, last] = row.tries.split('-').map(Number)
    expect(
      attempts.map((time) => formatInstant(time, EAST_8).slice(5, 16)),
      row.why,
    ).toEqual(week.slice(first, last))
    expect(renewedAt === null ? 'never' : formatInstant(renewedAt, EAST_8).slice(5, 16), row.why).toBe(row.renewed)
  }
})

test('R-03: on the last day it is attempted immediately, never after expiry', () => {
  const cases = table(`
    enabled         funded          tries
    02-01T12:00:00  never           02-01T12:00
    02-01T12:00:00  02-01T12:00:00  02-01T12:00
    02-01T01:00:00  never           02-01T01:00,02-01T03:00
    02-01T01:00:00  01-01T00:00:00  02-01T01:00
    02-01T03:00:00  never           02-01T03:00
    02-01T23:59:59  never           02-01T23:59
    02-02T00:00:00  01-01T00:00:00  -
    02-03T00:00:00  01-01T00:00:00  -
  `)
  for (const { enabled, funded, tries } of cases) {
    const renewal = { expiry, enabledAt: at(enabled), fundedAt: funded === 'never' ? null : at(funded) }
    const { attempts, renewedAt } = renewalAttempts(renewal, EAST_8)
    const found = attempts.map((time) => formatInstant(time, EAST_8).slice(5, 16)).join(',')
    expect(found, enabled).toBe(tries === '-' ? '' : tries)
    expect(renewedAt).toBe(funded === 'never' || tries === '-' ? null : attempts.at(-1))
  }
})

test('R-03: a chosen day within the seven is the first', () => {
  const renewal = { expiry, enabledAt: at('01-02T00:00:00'), fundedAt: null }
  expect(renewalAttempts({ ...renewal, daysBefore: 1 }, EAST_8).attempts).toEqual([
    at('01-31T03:00:00'),
    at('02-01T03:00:00'),
  ])
  expect(renewalAttempts({ ...renewal, daysBefore: 7 }, EAST_8)).toEqual(renewalAttempts(renewal, EAST_8))
  expect(renewalAttempts({ ...renewal, expiry: at('02-01T23:59:59') }, EAST_8)).toEqual(
    renewalAttempts(renewal, EAST_8),
  )
})

test('R-03: every attempt is after enabling and before expiry, and only the last one may succeed', () => {
  const within = fc.integer({ min: -20 * DAY, max: 2 * DAY })
  fc.assert(
    fc.property(instant, within, fc.option(within), (time, enabled, funded) => {
      const end = (Math.floor((time + EAST_8) / DAY) + 1) * DAY - EAST_8
      const fundedAt = funded === null ? null : end + funded
      const { attempts, renewedAt } = renewalAttempts({ expiry: end, enabledAt: end + enabled, fundedAt }, EAST_8)
      expect(attempts.every((each) => each >= end + enabled && each < end)).toBe(true)
      expect(attempts.length).toBeLessThanOrEqual(9)
      expect(attempts.filter((each) => fundedAt !== null && fundedAt <= each)).toEqual(
        renewedAt === null ? [] : [renewedAt],
      )
      expect(attempts.every((each) => (each + EAST_8) % DAY === 3 * HOUR || each === end + enabled)).toBe(true)
    }),
    runs,
  )
})

test('A-04, R-02: grace and retention', () => {
  const days = (billing: 'yearly-monthly' | 'pay-per-use', level: (typeof tiers)[number]): string => {
    const { graceDays, retentionDays } = patience(billing, { ...defaultPolicies, tiers: 'cn' }, level)
    return `${graceDays} ${retentionDays}`
  }
  const cases = table(`
    tier  yearly  usage
    V5    7 15    7 15
    V4    7 15    7 15
    V3    7 7     1 7
    V2    1 7     0 7
    V1    1 7     0 7
    V0    1 1     0 1
  `)
  for (const { tier, yearly, usage } of cases) {
    const level = tiers.find((each) => each === tier) ?? 'V0'
    expect(days('yearly-monthly', level), tier).toBe(yearly)
    expect(days('pay-per-use', level), tier).toBe(usage)
  }
  const international = patience('pay-per-use', defaultPolicies, 'V0')
  expect(international).toEqual({ graceDays: 15, retentionDays: 15 })
  expect(patienceEnds(0, { graceDays: 2, retentionDays: 3 })).toEqual({ graceEnds: 2 * DAY, retentionEnds: 5 * DAY })
  const other = { ...defaultPolicies, 'grace.days': 3, 'retention.days': 0 }
  expect(patience('yearly-monthly', other, 'V5')).toEqual({ graceDays: 3, retentionDays: 0 })
})
