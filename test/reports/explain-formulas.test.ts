/** M-04, line by line: whatever an explanation works out, its formula computes, in every kind of order and bill. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { explain } from '#reports/explain/explain.ts'
import type { Explanation, Working } from '#reports/explain/explanation.ts'
import type { Subject } from '#reports/explain/subjects.ts'
import { charge, computed } from '../sim/billing/oracle.ts'
import { libraryFile, type ShortRun, shortRun } from './short-run.ts'

/** Three months that meet nearly every rule: the rule change of June, aligned renewals, refunds, resellers, late records. */
let run: ShortRun
beforeAll(async () => {
  run = await shortRun(['duration=96d'], libraryFile('every-rule'))
})
afterAll(() => run.remove())

const ids = (sql: string): string[] => run.record.rows<{ id: bigint | string }>(sql).map(({ id }) => String(id))
const all = (subject: Subject, sql: string): Explanation[] => ids(sql).map((id) => explain(run.record, subject, id))

/** Money that was moved as it was, which only the record knows. */
const movedAsItWas = ['opening', 'top-up', 'coupon-grant', 'arrears-paid', 'credit-repaid']

/** The value of a formula in whole 1e-8, truncated; null where it tells of a sum of other lines. */
const evaluated = (formula: string): bigint | null =>
  /^(sum|charges|its line)/.test(formula) || formula.includes('(sum')
    ? null
    : BigInt(charge(computed(formula)).replace('.', ''))

function faultsOf({ what, formula, amount, recorded }: Working): string[] {
  if (amount === null) return movedAsItWas.includes(what) ? [] : [`${what}: no formula for ${recorded}`]
  if (amount !== recorded) return [`${what}: ${formula} = ${amount}, recorded ${recorded}`]
  const value = evaluated(formula)
  return value === null || value === amount ? [] : [`${what}: ${formula} is ${value} and not ${amount}`]
}

const faults = (explanations: readonly Explanation[]): string[] =>
  explanations.flatMap(({ subject, workings }) => workings.flatMap(faultsOf).map((fault) => `${subject}, ${fault}`))

test('orders of every kind', () => {
  const kinds = `SELECT DISTINCT o.id FROM orders o JOIN order_lines l ON l.order_id = o.id WHERE (SELECT count(*)
    FROM orders e JOIN order_lines m ON m.order_id = e.id
    WHERE e.kind = o.kind AND e.specification = o.specification AND m.rule = l.rule AND e.id < o.id) < 3 ORDER BY o.id`
  const orders = all('order', kinds)
  expect(faults(orders)).toEqual([])
  const rules = new Set(orders.flatMap(({ workings }) => workings.map(({ rule }) => rule)))
  for (const rule of ['P-01', 'P-02', 'P-03', 'P-05', 'X-02', 'X-03', 'X-04', 'R-07', 'N-03', 'N-04', 'N-06', 'M-07'])
    expect([...rules], rule).toContain(rule)
})

test('movements of money of every kind, the earnings of each kind of order among them', () => {
  const money = all(
    'transaction',
    `SELECT min(t.id) AS id FROM transactions t LEFT JOIN orders o ON o.id = t.order_id
     GROUP BY t.kind, o.kind, o.specification, t.account % 2`,
  )
  expect(faults(money)).toEqual([])
  expect(money.length).toBeGreaterThan(30)
})

test('bills, those of resold customers and of late records too', () => {
  const bills = all(
    'bill',
    `SELECT a.name || '/' || strftime('%Y-%m', (b.month + 28800000) / 1000, 'unixepoch') AS id
     FROM bills b JOIN accounts a ON a.id = b.account WHERE b.account % 4 = 0 OR a.name LIKE 'resold%'`,
  )
  expect(faults(bills)).toEqual([])
  expect(bills.some(({ workings }) => workings.some(({ rule }) => rule === 'O-06'))).toBe(true)
})

test('servers', () => {
  expect(faults(all('instance', 'SELECT id FROM instances WHERE id % 3 = 0'))).toEqual([])
})
