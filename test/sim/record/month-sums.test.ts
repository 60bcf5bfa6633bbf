/** Sums by month against a count of every single repetition. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dayOf, monthOf, startOfMonth } from '#base/civil-time.ts'
import { DAY, HOUR } from '#base/time.ts'
import { dictionary, wordNumber } from '#sim/market/words.ts'
import { factColumns, factTableNames, type SumTableName, sumTableNames, unitOf } from '#sim/record/columns.ts'
import { logWidth } from '#sim/record/log-layout.ts'
import { MonthSums, type SumClock } from '#sim/record/month-sums.ts'
import { fromLog, logHigh, logLow } from '#sim/record/wide.ts'

const offset = 8 * HOUR
const start = startOfMonth(2024 * 12 + 0, offset) + 3 * DAY
const end = start + 75 * DAY

const log = (
  table: 'instances' | 'usage_spans' | 'transactions' | 'postings',
  row: Record<string, number | bigint>,
) => {
  const numbers = factColumns(table).flatMap((name) => {
    const value = row[name] ?? 0
    return unitOf(table, name) === 'money' ? [logLow(BigInt(value)), logHigh(BigInt(value))] : [Number(value)]
  })
  return [factTableNames.indexOf(table), ...numbers]
}

/** Rows of a table of sums: its numbers as text, an amount as one. */
function rowsOf(sums: MonthSums, wanted: SumTableName): Map<string, string> {
  const numbers = sums.numbers()
  const rows = new Map<string, string>()
  for (let at = 0; at < numbers.length; ) {
    const table = sumTableNames[numbers[at]]
    const width = logWidth(table)
    const cells = [...numbers.subarray(at + 1, at + width - 2)]
    const amount = fromLog(numbers[at + width - 2], numbers[at + width - 1])
    const counts = table === 'ledger_months' ? 1 : 2
    if (table === wanted) rows.set(cells.slice(0, -counts).join(' '), [...cells.slice(-counts), amount].join(' '))
    at += width
  }
  return rows
}

const clockOf = (measureFrom: number): SumClock => ({ start, end, measureFrom, offset })
const monthStart = (at: number): number => startOfMonth(monthOf(Math.min(at, end - 1), offset), offset)
const instant = fc.integer({ min: 0, max: 74 * 24 }).map((hours) => start + hours * HOUR)
const amount = fc.oneof(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), fc.bigInt({ min: 1n, max: 10n ** 24n }))
const measureFrom = fc.oneof(fc.constant(start), instant, fc.constant(start + 40 * DAY + 1234))

test('M-09: each repetition of a leg counts once, in its month, and what is paid later is unbilled between', () => {
  const movement = fc.record({
    hour: fc.oneof(fc.constant(0), instant),
    at: instant,
    repeats: fc.integer({ min: 1, max: 900 }),
    amount,
    order: fc.constantFrom(0, 5),
    ledger: fc.constantFrom('buyer-cash', 'marketplace-revenue', 'seller-payable'),
    later: fc.integer({ min: 0, max: 40 }),
  })
  fc.assert(
    fc.property(fc.array(movement, { maxLength: 6 }), measureFrom, (movements, from) => {
      const sums = new MonthSums(clockOf(from), dictionary)
      const counted = new Map<string, { times: number; amount: bigint }>()
      const add = (key: string, times: number, sum: bigint): void => {
        const known = counted.get(key) ?? { times: 0, amount: 0n }
        counted.set(key, { times: known.times + times, amount: known.amount + sum })
      }
      for (const { hour, at: due, repeats, amount: each, order, ledger, later } of movements) {
        // An hour is settled after it; all else is made on its day or later.
        const at = Math.min(hour > 0 ? hour + (1 + later) * HOUR : due + later * HOUR, end)
        const day = dayOf(Math.min(hour > 0 ? hour : due, end - 1), offset)
        const row = { id: 1, at, repeats, kind: wordNumber('usage'), account: 3, order_id: order, hour, day, rule: 0 }
        const facts = [
          ...log('transactions', row),
          ...log('postings', { transaction_id: 1, ledger: wordNumber(ledger), owner: 3, amount: each }),
        ]
        sums.take(Float64Array.from(facts), facts.length)
        const when = (moment: number): string => {
          const instant = Math.min(moment, end - 1)
          return `${monthStart(instant)} ${from <= start || instant >= from ? 1 : 0} ${order > 0 ? 1 : 0}`
        }
        const key = (name: string, moment: number): string =>
          `3 3 ${wordNumber(name)} ${wordNumber('usage')} ${when(moment)}`
        const isPaid = ledger === 'buyer-cash'
        for (let turn = 0; turn < repeats; turn++) {
          const made = at + turn * HOUR
          const about = hour > 0 ? hour + turn * HOUR : day * DAY - offset
          add(key(ledger, isPaid ? made : about), 1, each)
          if (!isPaid || when(made) === when(about)) continue
          add(key('unbilled-receivable', about), 0, each)
          add(key('unbilled-receivable', made), 0, -each)
        }
      }
      const rows = rowsOf(sums, 'ledger_months')
      for (const [key, { times, amount: sum }] of counted) {
        const [said, of] = (rows.get(key) ?? 'none none').split(' ')
        if (!key.startsWith(`3 3 ${wordNumber('unbilled-receivable')} `))
          expect([key, said]).toEqual([key, String(times)])
        expect([key, of === 'none' ? '0' : of]).toEqual([key, String(sum)])
        rows.delete(key)
      }
      // What is left are unbilled amounts of nothing, of hours that are drawn on a later day of the month.
      for (const [key, row] of rows) expect([key, row]).toEqual([key, '0 0'])
    }),
  )
})

test('U-01, U-02: each metered hour counts once, in the month of the clock hour in which it ends', () => {
  const spans = fc.array(
    fc.record({
      first: instant,
      hours: fc.integer({ min: 1, max: 1500 }),
      seconds: fc.integer({ min: 1, max: 3600 }),
      amount: fc.integer({ min: 0, max: 2 ** 52 }),
    }),
    { maxLength: 6 },
  )
  fc.assert(
    fc.property(spans, measureFrom, (list, from) => {
      const sums = new MonthSums(clockOf(from), dictionary)
      const counted = new Map<string, [number, number, bigint]>()
      const facts = log('instances', { id: 8, pool: 2 })
      const firstCounted = Math.ceil((from + offset) / HOUR) * HOUR - offset
      for (const { first, hours, seconds, amount: each } of list) {
        facts.push(
          ...log('usage_spans', {
            instance_id: 8,
            account: 3,
            item: 1,
            priced: 4,
            first_hour: first,
            hours,
            seconds,
            amount: each,
            rule: 9,
          }),
        )
        for (let turn = 0; turn < hours; turn++) {
          const ends = first + turn * HOUR + HOUR - 1
          const hour = Math.floor((ends + offset) / HOUR) * HOUR - offset
          const key = `3 1 4 2 9 ${monthStart(hour)} ${from <= start || Math.min(hour, end - 1) >= firstCounted ? 1 : 0}`
          const [lines, used, sum] = counted.get(key) ?? [0, 0, 0n]
          counted.set(key, [lines + 1, used + seconds, sum + BigInt(each)])
        }
      }
      sums.take(Float64Array.from(facts), facts.length)
      expect(rowsOf(sums, 'metered_months')).toEqual(new Map([...counted].map(([key, row]) => [key, row.join(' ')])))
    }),
  )
})
