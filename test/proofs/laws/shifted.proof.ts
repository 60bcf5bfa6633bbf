/** Laws of whole runs: a change of the scenario whose consequence for every row of the record is known exactly. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { factColumns, type TableName, unitOf } from '#sim/record/columns.ts'
import { isShort } from '../effort.ts'
import { type Rows, rowsOfRun } from './rows-of-run.ts'

const textOf = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../scenarios/${name}.yaml`, import.meta.url)), 'utf8')

const scenarios = isShort ? ['every-rule'] : ['every-rule', 'quickstart', 'supervision-dispute', 'pricing-rule-change']

/** An instant may differ by one, and a sum of times of several servers by as many. */
const MOST_MS = 4

/** The Gregorian calendar repeats after 400 years: dates, weekdays and leap days. */
const CYCLE_DAYS = 146_097
const CYCLE_MS = CYCLE_DAYS * 86_400_000

describe.each(scenarios)('%s', (name) => {
  const text = textOf(name)
  let before: Promise<Rows> | undefined
  const original = () => {
    before ??= rowsOfRun(text)
    return before
  }

  // To a millisecond: arrivals are sums of fractions of milliseconds in float64, which has fewer of them in later centuries.
  test('400 years later, everything happens 400 years later', async () => {
    const later = text
      .replaceAll(/\b20(\d\d-)/g, '24$1')
      .replace(/^policies:$/m, 'policies:\n  expansion.cutover: 2423-06-12T00:00:00+08:00')
    const shifted = await rowsOfRun(later)
    const unit = (table: TableName, column: string) =>
      factColumns(table).includes(column as never) ? unitOf(table, column) : undefined
    const isTime = (table: TableName, column: string) =>
      ['instant', 'day', 'milliseconds'].includes(unit(table, column) ?? '')
    const shift = (table: TableName, column: string, value: number): number =>
      value === 0 || unit(table, column) === 'milliseconds'
        ? value
        : value + (unit(table, column) === 'day' ? CYCLE_DAYS : CYCLE_MS)
    for (const [table, rows] of Object.entries(await original())) {
      const others = (row: Readonly<Record<string, unknown>>) =>
        Object.fromEntries(Object.entries(row).filter(([column]) => !isTime(table as TableName, column)))
      expect(shifted[table].map(others), table).toEqual(rows.map(others))
      for (const [index, row] of rows.entries())
        for (const [column, value] of Object.entries(row))
          if (isTime(table as TableName, column))
            expect(
              Math.abs(Number(shifted[table][index][column]) - shift(table as TableName, column, Number(value))),
              `${table}.${column} of row ${index}`,
            ).toBeLessThanOrEqual(MOST_MS)
    }
  })

  test.runIf(name === 'every-rule')('a buyer who never buys changes nothing for the others', async () => {
    const idle = `  - segment: idle
    count: 1
    regions: { ap-1: 1 }
    wallet: { opening: "1" }
    load: { poisson: { total: 0.000001/d } }
    buys: [{ product: mail-relay, specification: mailboxes, quantity: 1 }]

`
    expect(text).toMatch(/^events:/m)
    const joined = await rowsOfRun(text.replace(/^events:/m, `${idle}events:`))
    const added = joined.orders.length - (await original()).orders.length
    expect(added).toBe(0)
    const isIdle = (row: Readonly<Record<string, unknown>>): boolean => row.account === idleAccount
    const idleAccount = Math.max(...joined.transactions.map(({ account }) => Number(account)))
    // Without the numbers of rows, and in no order: one more account is one more row in between.
    const isNumber = (table: TableName, column: string) =>
      column !== 'account' && factColumns(table).includes(column as never) && unitOf(table, column) === 'id'
    const withoutNumbers = (table: string, rows: Rows[string]) =>
      rows
        .map((row) => JSON.stringify(Object.entries(row).filter(([name]) => !isNumber(table as TableName, name))))
        .sort()
    for (const [table, rows] of Object.entries(await original()))
      if ('account' in (rows[0] ?? {}) && !('transaction_id' in rows[0]))
        expect(
          withoutNumbers(
            table,
            joined[table].filter((row) => !isIdle(row)),
          ),
          table,
        ).toEqual(withoutNumbers(table, rows))
  })
})
