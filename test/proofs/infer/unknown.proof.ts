/**
 * Bill files of another program with a cause that `reconcile --infer` has no name for: it names none, or one that is the same thing
 * in other words, and never a wrong one.
 */
import { expect, test } from 'vitest'
import { monthOf } from '#base/civil-time.ts'
import { divideRounded } from '#base/decimal.ts'
import { DAY } from '#base/time.ts'
import { isShort } from '../effort.ts'
import { type Charge, Draws, fileOf, type Level, logOf, made, namedCause, offset } from './planted-causes.ts'

interface Unknown {
  readonly rows: (rows: Charge[]) => Charge[]
  /** Other words for the same thing. */
  readonly same?: RegExp
  readonly levels?: readonly Level[]
}

const CENT = 1_000_000n

const each = (change: (row: Charge, index: number) => bigint) => (rows: Charge[]) =>
  rows.map((row, index) => ({ ...row, amount: change(row, index) }))

/** The sum of each account or of each account's month so far, before a row. */
const running = (rows: Charge[], keyOf: (row: Charge) => string, change: (row: Charge, before: bigint) => bigint) => {
  const sums = new Map<string, bigint>()
  return rows.map((row) => {
    const before = sums.get(keyOf(row)) ?? 0n
    sums.set(keyOf(row), before + row.amount)
    return { ...row, amount: change(row, before) }
  })
}

const monthly = ({ account, month }: Charge): string => `${account} ${month}`

const unknown: Readonly<Record<string, Unknown>> = {
  'bills by the month of UTC': {
    rows: (rows) => rows.map((row) => ({ ...row, month: monthOf(row.hour, 0) })),
    // With the hour and the lag after which ours are settled, months that end two hours later are those of -02:00; other zones
    // come to the same where nothing was used in between, and are named with it.
    same: /-02:00/,
    levels: ['bills'],
  },
  'a month that ends 26 hours late': {
    rows: (rows) => rows.map((row) => ({ ...row, month: monthOf(row.hour - 26 * 3_600_000, offset) })),
    levels: ['bills'],
  },
  'a free tier of the first 5.00 of each account and month': {
    rows: (rows) =>
      running(rows, monthly, ({ amount }, before) => {
        const free = 500n * CENT - before
        return free <= 0n ? amount : amount > free ? amount - free : 0n
      }),
    // Of bills that is what they come to.
    same: /^5\.0+ taken off every bill/,
  },
  'the first 40 hours of each server free': {
    // Of a server and its image together: what has no image has 40 hours.
    same: /^the first 40 hours of each server/,
    rows: (rows) => {
      const counts = new Map<string, number>()
      return rows.filter(({ resource }) => {
        counts.set(resource, (counts.get(resource) ?? 0) + 1)
        return (counts.get(resource) ?? 0) > 40
      })
    },
  },
  'at least a cent for each charge': {
    rows: each(({ amount }) => (amount < CENT ? CENT : amount)),
    same: /at least 0\.01/,
  },
  'half price above 20.00 of each account and month': {
    rows: (rows) => running(rows, monthly, ({ amount }, before) => (before > 2_000n * CENT ? amount / 2n : amount)),
  },
  'half price above 60.00 of all accounts together': {
    rows: (rows) =>
      running(
        rows,
        ({ month }) => String(month),
        ({ amount }, before) => (before > 6_000n * CENT ? amount / 2n : amount),
      ),
  },
  'whole days: a started day is charged as 24 hours': {
    same: /by the started day/,
    rows: (rows) => {
      const days = Map.groupBy(rows, ({ resource, kind, product, hour }) =>
        [resource, kind, product, Math.floor((hour + offset) / DAY)].join(' '),
      )
      return [...days.values()].flatMap((all) => {
        const most = all.reduce((found, { amount }) => (amount > found ? amount : found), 0n)
        return all.map((row, index) => ({ ...row, amount: index === 0 ? most * BigInt(24 - all.length + 1) : most }))
      })
    },
  },
  'prices of a month of 30 days in 31 days': {
    rows: each(({ amount }) => (amount * 30n) / 31n),
    same: /times ours|divided by|tax|all lines of|720 \/ 744/,
  },
  'a rate of exchange': {
    rows: each(({ amount }) => divideRounded(amount * 108_374n, 100_000n, 'half-up')),
    same: /1\.08374/,
  },
  'a rate of exchange that changes from day to day': {
    rows: each(({ amount, hour }) => (amount * BigInt(10_000 + (Math.floor(hour / DAY) % 17) * 13)) / 10_000n),
  },
  'each account rounded up to a cent in its last charge': {
    // Of bills that is what they come to.
    same: /^the sum of each bill rounded to 2 decimals, (half-up or )?up/,
    rows: (rows) => {
      const sums = new Map<string, bigint>()
      for (const row of rows) sums.set(monthly(row), (sums.get(monthly(row)) ?? 0n) + row.amount)
      const last = new Map(rows.map((row, index) => [monthly(row), index]))
      return each((row, index) => {
        const sum = sums.get(monthly(row)) ?? 0n
        return last.get(monthly(row)) === index ? row.amount + ((CENT - (sum % CENT)) % CENT) : row.amount
      })(rows)
    },
  },
  'charges carried to the next resource': {
    rows: (rows) => rows.map((row, index) => ({ ...row, amount: rows[(index + 7) % rows.length].amount })),
  },
}

const both: readonly Level[] = ['lines', 'bills']

test('a cause without a name is left unexplained, or named in other words', async () => {
  const logs = isShort ? 1 : 10
  const wrong: string[] = []
  let files = 0
  for (let log = 0; log < logs; log++)
    for (const [name, { rows: change, same, levels = both }] of Object.entries(unknown))
      for (const level of levels) {
        const random = new Draws(`${process.env.MARKETSIM_DRAWS ?? 'unknown'} ${log}`)
        const own = logOf(random)
        const { rows } = await made(own, [], random)
        const cause = await namedCause(own, fileOf(change(rows), level, {}))
        if (cause === 'agrees') continue
        files++
        const text = cause === undefined || cause.cause === 'unexplained' ? undefined : cause.text
        if (text !== undefined && same?.test(text) !== true) wrong.push(`${log} ${name} (${level}): ${text}`)
      }
  process.stdout.write(`${files} files: ${wrong.length} wrong\n${wrong.join('\n')}\n`)
  expect(wrong.length / files, wrong.join('\n')).toBeLessThanOrEqual(0.01)
})
