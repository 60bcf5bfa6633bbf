/**
 * M-09: one figure has one value, whichever door it is asked at: trial balance, exports, views of the record, auditor,
 * report tables and figures, at every month end, within months and at the end of the run.
 */
import { afterAll, describe, expect, test } from 'vitest'
import { figures, knownFigure } from '#reports/figures/catalogue.ts'
import { isSum, measure, measureBy, NO_LABEL } from '#reports/figures/figure.ts'
import { trialBalance } from '#reports/ledger/trial-balance.ts'
import type { RunRecord } from '#reports/record.ts'
import { recognition } from '#reports/revenue/lines.ts'
import { dateOf, doors, monthly } from '../../reports/doors.ts'
import { everyRuleRecord } from '../../reports/every-rule-run.ts'
import { libraryFile, shortRun } from '../../reports/short-run.ts'

const DAY = 86_400_000

interface Opened {
  readonly record: RunRecord
  remove(): void
}
const everyRule = async (): Promise<Opened> => {
  const record = await everyRuleRecord()
  return { record, remove: () => record.close() }
}
const few = ['buyers.start-ups.count=6', 'buyers.companies.count=3']
const within = 'end=2024-04-03T13:20:30+08:00'
const cases: readonly (readonly [string, () => Promise<Opened>])[] = [
  ['quickstart', () => shortRun(few)],
  ['quickstart, ended within a day', () => shortRun([...few, within])],
  ['pricing-rule-change', () => shortRun(['buyers.teams.count=25'], libraryFile('pricing-rule-change'))],
  ['every-rule', everyRule],
]

const opened: Opened[] = []
afterAll(() => {
  for (const each of opened) each.remove()
})

describe.each(cases)('%s', (_name, make) => {
  let record: RunRecord | undefined
  const open = async (): Promise<RunRecord> => {
    if (record === undefined) {
      const made = await make()
      opened.push(made)
      record = made.record
    }
    return record
  }

  test('every door has the same balances at every month end, within months and at the end', async () => {
    const record = await open()
    const { start, end } = record.meta
    const firsts = record.rows<{ next: bigint }>('SELECT next FROM months').map(({ next }) => Number(next))
    const within = [10, 17].map(
      (days) => Math.floor((start + record.meta.utcOffset) / DAY) * DAY - record.meta.utcOffset + days * DAY,
    )
    const [first, ...others] = Object.entries(doors)
    for (const at of [...firsts, ...within]) {
      const expected = first[1](record, at)
      expect(Object.keys(expected).length).toBeGreaterThan(2)
      expect(Object.values(expected).reduce((sum, amount) => sum + amount, 0n)).toBe(0n)
      for (const [name, door] of firsts.includes(at) ? [...others, ...Object.entries(monthly)] : others)
        expect(door(record, at), `${name} before ${dateOf(record, at)}`).toEqual(expected)
    }
    expect(trialBalance(record, end, true)).toEqual(trialBalance(record, undefined, true))
  })

  test('the auditor comes to them as well, and finds no difference', async () => {
    const record = await open()
    expect(record.rows('SELECT * FROM audit_differences')).toEqual([])
    const ends = record.rows<{ at: bigint; ledger: string; recorded: bigint; audited: bigint }>(
      'SELECT m.next AS at, a.ledger, a.recorded, a.audited FROM audit_month_ends a JOIN months m ON m.first = a.month',
    )
    expect(ends.length).toBeGreaterThan(3)
    for (const { at, ledger, recorded, audited } of ends) {
      expect(recorded).toBe(audited)
      expect(
        doors['trial balance'](record, Number(at))[ledger] ?? 0n,
        `${ledger} before ${dateOf(record, Number(at))}`,
      ).toBe(audited)
    }
  })

  test('figures and tables say what the books hold at the end', async () => {
    const record = await open()
    const books = doors['trial balance'](record, record.meta.end)
    for (const [name, ledger] of [
      ['ledger.marketplaceRevenue', 'marketplace-revenue'],
      ['ledger.cloudResourceRevenue', 'cloud-resource-revenue'],
      ['ledger.deferredRevenue', 'deferred-revenue'],
      ['ledger.buyerCash', 'buyer-cash'],
    ])
      expect(measure(record, knownFigure(name))?.numerator, name).toBe(-(books[ledger] ?? 0n))
    expect(measure(record, knownFigure('arrears.due'))?.numerator).toBe(books['buyer-receivable'] ?? 0n)
    for (const { balance } of record.rows(
      `SELECT sum(balance) AS balance FROM month_ends WHERE ledger = 'marketplace-revenue' GROUP BY month`,
    ))
      expect(balance, 'L-06: no payment to a seller makes revenue negative').toBeLessThan(0n)
    for (const [name, ledger] of [
      ['ledger.deferredSellerCost', 'deferred-seller-cost'],
      ['ledger.sellerCost', 'seller-cost'],
      ['ledger.promotionExpense', 'promotion-expense'],
    ])
      expect(measure(record, knownFigure(name))?.numerator, name).toBe(books[ledger] ?? 0n)
    const days = record.rows<{ balance: bigint }>('SELECT balance FROM deferred_days')
    expect(days.at(-1)?.balance).toBe(-(books['deferred-revenue'] ?? 0n))
  })

  test('a figure that is a sum is the sum of its parts by each label', async () => {
    const record = await open()
    const sums = figures.filter(isSum)
    expect(sums.length).toBeGreaterThan(60)
    for (const figure of sums) {
      const total = measure(record, figure)?.numerator ?? 0n
      for (const label of figure.source.labels) {
        const parts = [...measureBy(record, figure, label)]
        const sum = parts.reduce((whole, [, part]) => whole + (part?.numerator ?? 0n), 0n)
        expect(sum, `${figure.name} by ${label}`).toBe(total)
        const none = parts.find(([key]) => key === NO_LABEL)
        if (none !== undefined) expect(measure(record, figure, { [label]: NO_LABEL })).toEqual(none[1])
      }
      if (!figure.name.startsWith('ledger.')) continue
      // Everything in the books has an owner.
      for (const label of ['region', 'segment'] as const)
        expect([...measureBy(record, figure, label).keys()], figure.name).not.toContain(NO_LABEL)
    }
    for (const label of ['region', 'segment'] as const)
      for (const [key, sum] of measureBy(record, knownFigure('ledger.sum'), label)) expect(sum?.numerator, key).toBe(0n)
  })

  test('deferred_days has every civil day, and its months are those of the table of recognised revenue', async () => {
    const record = await open()
    const { start, end } = record.meta
    const days = record.rows<{ day: string; recognised: bigint; deferred: bigint; returned: bigint }>(
      'SELECT * FROM deferred_days',
    )
    const [from, to] = [start, end - 1].map((at) => Math.floor((at + record.meta.utcOffset) / DAY))
    expect(days.map(({ day }) => Date.parse(day) / DAY)).toEqual(
      Array.from({ length: to - from + 1 }, (_, index) => from + index),
    )
    const ofMonth = (month: string, name: 'recognised' | 'deferred' | 'returned'): bigint =>
      days.filter(({ day }) => day.startsWith(month)).reduce((sum, row) => sum + row[name], 0n)
    for (const [month, deferred, earned, returned] of recognition(record).rows)
      expect([
        month,
        ofMonth(String(month), 'deferred'),
        ofMonth(String(month), 'recognised'),
        ofMonth(String(month), 'returned'),
      ]).toEqual([month, deferred, earned, returned])
  })
})
