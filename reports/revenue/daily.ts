/** What buyers were charged each civil day, before tax: for the eye and for comparisons, where a float does. */
import { startOfHour } from '#base/civil-time.ts'
import { HOUR } from '#base/time.ts'
import type { FactRows } from '#sim/record/column-facts.ts'
import { amountAt, numbersOf, partsOf } from '../books/columns.ts'
import { dayNumber, prepareDays } from '../days.ts'
import { isMeasured, word } from '../figures/figure.ts'
import { isSold } from '../figures/money.ts'
import { prepareRejected } from '../metered.ts'
import { oncePerRecord } from '../once-per-record.ts'
import type { RunRecord } from '../record.ts'
import { lineKind } from '../server-lines.ts'
import { prepareOrderPayments } from '../steps/order-steps.ts'

export interface DayCharge {
  readonly day: string
  readonly kind: string
  /** Whole 1e-8 units of the currency. */
  readonly amount: number
}

const DAY = 24 * HOUR

/** Adds metered use to the days of its hours; `sums` is by item and day number. */
function addUse(record: RunRecord, sums: Map<number, Map<number, number>>): void {
  const { utcOffset: offset, end: last, measuredHour } = record.meta
  const lastDay = Math.floor((last - 1 + offset) / DAY)
  const add = (part: FactRows): void => {
    const [items, firsts, hours] = numbersOf(part, ['item', 'first_hour', 'hours'])
    const amounts = part.column('amount')
    for (let row = 0; row < part.rows; row++) {
      const charged = startOfHour(firsts[row] + HOUR - 1, offset)
      const end = charged + hours[row] * HOUR
      if (end <= measuredHour) continue
      const [item, amount, first] = [items[row], Number(amountAt(amounts, row)), Math.max(charged, measuredHour)]
      let days = sums.get(item)
      if (days === undefined) sums.set(item, (days = new Map()))
      for (let since = first; since < end; ) {
        const day = Math.min(Math.floor((since + offset) / DAY), lastDay)
        // What is still open when the run ends is charged with its last hour.
        const until = day === lastDay ? end : Math.min(end, (day + 1) * DAY - offset)
        days.set(day, (days.get(day) ?? 0) + ((until - since) / HOUR) * amount)
        since = until
      }
    }
  }
  for (const cell of record.massCells()) for (const part of partsOf(cell, 'usage_spans')) add(part)
}

/** By day and kind, in their order: metered use by the day of its hour, orders by the day of their payment. */
export const dailyCharges = oncePerRecord<readonly DayCharge[]>(readCharges)

function readCharges(record: RunRecord): DayCharge[] {
  prepareDays(record)
  prepareRejected(record)
  prepareOrderPayments(record)
  const sums = new Map<number, Map<number, number>>()
  addUse(record, sums)
  for (const [item, day, amount] of record.numbers('SELECT item, day, amount FROM rejected WHERE measured = 1')) {
    const days = sums.get(item) ?? new Map<number, number>()
    days.set(day, (days.get(day) ?? 0) - amount)
  }
  const text = (sql: string) => new Map(record.rows(sql).map(({ key, text }) => [Number(key), String(text)]))
  const [names, words] = [
    text('SELECT number AS key, day AS text FROM days'),
    text('SELECT id AS key, word AS text FROM words'),
  ]
  const use = [...sums].flatMap(([item, days]) =>
    [...days].flatMap(([number, amount]) => {
      const day = names.get(number)
      return day === undefined ? [] : [{ day, kind: words.get(item) ?? '', amount }]
    }),
  )
  const sold = record.rows(`
SELECT d.day, ${lineKind} AS kind, sum(l.amount) AS amount
FROM run CROSS JOIN order_payments s CROSS JOIN days d ON d.number = ${dayNumber('s.at')}
CROSS JOIN orders o ON o.id = s.order_id CROSS JOIN goods g ON g.id = o.specification
CROSS JOIN paid_lines l ON l.order_id = o.id AND l.part <> ${word('tax')} AND ${isSold}
WHERE ${isMeasured('s.at')} GROUP BY 1, 2`)
  return inOrder([
    ...use,
    ...sold.map(({ day, kind, amount }) => ({ day: String(day), kind: String(kind), amount: Number(amount) })),
  ])
}

/** One row a day and kind. */
function inOrder(charges: readonly DayCharge[]): DayCharge[] {
  const sums = new Map<string, DayCharge>()
  for (const { day, kind, amount } of charges) {
    const key = `${day} ${kind}`
    sums.set(key, { day, kind, amount: (sums.get(key)?.amount ?? 0) + amount })
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, charge]) => charge)
}
