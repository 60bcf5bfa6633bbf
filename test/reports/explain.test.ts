import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { explain } from '#reports/explain/explain.ts'
import { type Explanation, explanationJson, explanationText } from '#reports/explain/explanation.ts'
import type { Subject } from '#reports/explain/subjects.ts'
import { movementsOf } from '#reports/exports/movements.ts'
import { balancesAt } from '#reports/ledger/chart-of-accounts.ts'
import { trialBalance } from '#reports/ledger/trial-balance.ts'
import { RunRecord } from '#reports/record.ts'
import { ruleText } from '#scenarios/rules.ts'
import { wordNumber } from '#sim/market/words.ts'
import { factColumns } from '#sim/record/columns.ts'
import { sumAgain } from '../sim/record/written-sums.ts'
import { END, HOUR, START, writeFixtureRecord } from './fixture-record.ts'
import { type ShortRun, shortRun } from './short-run.ts'

let run: ShortRun
beforeAll(async () => {
  run = await shortRun(['end=2024-03-04T09:30:00+08:00', 'buyers.start-ups.count=120'])
})
afterAll(() => run.remove())

const ids = (sql: string): string[] => run.record.rows<{ id: bigint | string }>(sql).map(({ id }) => String(id))

/** What an explanation computes and the record denies. */
const disagreements = (explanations: readonly Explanation[]): string[] =>
  explanations.flatMap(({ subject, workings }) =>
    workings
      .filter(({ amount, recorded }) => amount !== null && amount !== recorded)
      .map(
        ({ what, formula, amount, recorded }) => `${subject}, ${what}: ${formula} = ${amount}, recorded ${recorded}`,
      ),
  )

const all = (subject: Subject, sql: string): Explanation[] => ids(sql).map((id) => explain(run.record, subject, id))

test('M-04: every order, server, bill and settlement of a run is explained by what was recorded of it', () => {
  const orders = all('order', 'SELECT id FROM orders ORDER BY id LIMIT 80')
  const servers = all('instance', 'SELECT id FROM instances ORDER BY id LIMIT 60')
  const money = all('transaction', 'SELECT id FROM transactions ORDER BY id LIMIT 120')
  const bills = all(
    'bill',
    `SELECT a.name || '/2024-03' AS id FROM bills b JOIN accounts a ON a.id = b.account LIMIT 30`,
  )
  expect(disagreements([...orders, ...servers, ...money, ...bills])).toEqual([])
  // A formula for every line of an order, for every stretch of a server, for every settled hour, for every bill.
  const priced = orders.flatMap(({ workings }) => workings.filter(({ what }) => what.startsWith('line')))
  expect(priced.length).toBeGreaterThan(5)
  expect(priced.filter(({ formula }) => formula === '')).toEqual([])
  expect(servers.flatMap(({ workings }) => workings).length).toBeGreaterThan(120)
  expect(bills.every(({ workings }) => workings.at(-1)?.what === 'payable')).toBe(true)
  for (const { moments, subject } of [...orders, ...servers, ...bills])
    expect(
      moments.map(({ at }) => at),
      subject,
    ).toEqual(moments.map(({ at }) => at).toSorted((a, b) => a - b))
})

test('refusals and accounts', () => {
  const refusals = all('refusal', 'SELECT id FROM refusals ORDER BY id LIMIT 40')
  expect(disagreements(refusals)).toEqual([])
  expect(refusals.every(({ moments, particulars }) => moments.length > 0 && particulars[0][1] !== '')).toBe(true)
  const [account] = ids(
    'SELECT account AS id FROM transactions WHERE account > 0 GROUP BY 1 ORDER BY count(*) DESC LIMIT 1',
  )
  const [name] = ids(`SELECT name AS id FROM accounts WHERE id = ${account}`)
  expect(explain(run.record, 'account', name)).toEqual(explain(run.record, 'account', account))
})

test('an order reads from the scenario line to the cent', () => {
  const [id] = ids(`SELECT min(o.id) AS id FROM orders o JOIN goods g ON g.id = o.specification
    JOIN transactions t ON t.order_id = o.id WHERE g.product = 'crm' AND o.quantity > 300000000`)
  const text = explanationText(explain(run.record, 'order', id), run.record.meta.utcOffset)
  expect(text).toMatch(/Scenario +buyers\.\S+, line \d of its buys: \{"product":"crm"/)
  expect(text).toMatch(/line 1, price +P-02 +3 x 9\.5 \+ \d+(\.\d+)? x [\d.]+( \+ .*)? = \d+\.\d{8}, as recorded/)
  expect(text).toMatch(/order pay: pending-payment → processing/)
  expect(text).toMatch(/debit {2}buyer-cash of \S+ {2}\d+\.\d{8}/)
  expect(text).toMatch(/P-02 {2}tiered/)
  const json = JSON.parse(explanationJson(explain(run.record, 'order', id), run.record.meta.utcOffset))
  expect(json.workings[0].amount).toMatch(/^\d+\.\d{8}$/)
})

test('what is not there: how to fix it', () => {
  expect(() => explain(run.record, 'order', '999999')).toThrow(/there is no order 999999/)
  expect(() => explain(run.record, 'order', '1; DROP TABLE orders')).toThrow(/there is no order/)
  expect(() => explain(run.record, 'bill', 'start-ups/1')).toThrow(/there is no bill called/)
  expect(() => explain(run.record, 'bill', 'start-ups/1/1999-01')).toThrow(/no bill of 1999-01/)
  expect(() => explain(run.record, 'posting', '1.9')).toThrow(/has no posting 9/)
  expect(() => explain(run.record, 'account', 'no-one')).toThrow(/there is no account no-one/)
  expect(ruleText('Z-99')).toBe('see the rulebook')
})

test('unknown kinds, words and tables still print their lines, steps and postings', () => {
  const path = join(tmpdir(), `marketsim-explain-${process.pid}.sqlite`)
  writeFixtureRecord(path)
  const database = new Database(path)
  const insert = (table: Parameters<typeof factColumns>[0], values: Record<string, number>): void => {
    const row = factColumns(table).map((column) => values[column] ?? 0)
    const names = factColumns(table).join(', ')
    database.prepare(`INSERT INTO ${table} (${names}) VALUES (${row.map(() => '?').join(',')})`).run(...row)
  }
  database.exec(
    `INSERT INTO words VALUES (9001, 'barter'), (9002, 'barter-account'), (9003, 'swap'), (9004, 'swapped')`,
  )
  const at = START + 6 * 24 * HOUR
  insert('transactions', {
    id: 77,
    at,
    day: (at + 8 * HOUR) / (24 * HOUR),
    repeats: 1,
    kind: 9001,
    account: 2,
    order_id: 2,
    rule: wordNumber('M-05'),
  })
  insert('postings', { transaction_id: 77, ledger: 9002, owner: 2, amount: 5 })
  insert('postings', { transaction_id: 77, ledger: wordNumber('buyer-cash'), owner: 2, amount: -5 })
  insert('order_steps', { order_id: 2, at, event: 9003, from_state: wordNumber('completed'), to_state: 9004 })
  insert('supervision_steps', { order_id: 2, at, event: 9003, to_state: 9004, by: wordNumber('seller') })
  insert('order_lines', { order_id: 2, line: 3, part: 9001, amount: 100 })
  sumAgain(database)
  database.close()
  const record = new RunRecord(path)
  try {
    const text = explanationText(explain(record, 'order', '2'), 8 * HOUR)
    expect(text).toContain('transaction 77: barter')
    expect(text).toContain('debit  barter-account of companies/1  0.00000005')
    expect(text).toContain('order swap: completed → swapped')
    expect(text).toContain('supervision swap: swapped (by seller)')
    expect(text).toMatch(/line 3, barter +0\.00000100/)
    expect(explain(record, 'posting', '77').moments.some(({ what }) => what === 'transaction 77: barter')).toBe(true)
    expect(balancesAt(record).find(({ ledger }) => ledger === 'barter-account')?.balance).toBe(5n)
    for (const subject of ['instance', 'refusal', 'account'] as const)
      expect(explain(record, subject, '1').subject).toContain('1')
    expect(record.meta.end).toBe(END)
  } finally {
    record.close()
    rmSync(path)
  }
})

test('Q-01, M-09: of cash the trial balance at an instant is what moved before it, and at the end everything', () => {
  const { record } = run
  const { start, end } = record.meta
  for (const at of [start, start + 1, start + 5 * HOUR, start + 26.5 * HOUR, end - 1, end, end + 1]) {
    let cash = 0n
    for (const movement of movementsOf(record))
      if (movement.at < at || at >= end)
        for (const { ledger, amount } of movement.legs) if (ledger === 'buyer-cash') cash -= amount
    const { lines, debit, credit } = trialBalance(record, at, false)
    expect(debit).toBe(credit)
    expect(lines.find(({ ledger }) => ledger === 'buyer-cash')?.credit ?? 0n, String(at)).toBe(cash)
  }
  expect(trialBalance(record, undefined, true)).toEqual(trialBalance(record, end + 1, true))
})

test('deferred revenue by day: what was sold less what was earned is what the ledger holds', () => {
  const days = run.record.rows<Record<string, bigint>>('SELECT * FROM deferred_days')
  expect(days.length).toBeGreaterThan(2)
  let balance = 0n
  for (const day of days) {
    balance += day.deferred - day.recognised - day.returned
    expect(day.balance).toBe(balance)
  }
  const ledger = trialBalance(run.record, undefined, false).lines.find((line) => line.ledger === 'deferred-revenue')
  expect(balance).toBe(ledger?.credit)
})
