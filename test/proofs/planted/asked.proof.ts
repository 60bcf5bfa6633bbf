/** C-04, R-04, X-01, X-02, X-07: the auditor judges what was asked of subscriptions and refused. What is planted, it finds. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { withChange } from '../../sim/audit/small-record.ts'
import { type WholeRun, wholeRun } from './whole-run.ts'

const text = readFileSync(new URL('../../mutants/asked.yaml', import.meta.url), 'utf8')

let run: WholeRun
beforeAll(async () => {
  run = await wholeRun(text)
})
afterAll(() => run.remove())

test('a record of changes that were asked for and refused agrees', () => {
  expect(run.outcome.differences).toBe(0)
})

const asked = (code: string, kind: string): string =>
  `(SELECT r.id FROM refusals r JOIN refused_requests q ON q.refusal_id = r.id
    WHERE r.code = word('${code}') AND q.kind = word('${kind}') ORDER BY r.id LIMIT 1)`

const planted: readonly (readonly [what: string, sql: string, kind: string])[] = [
  [
    'what was asked for is missing',
    `DELETE FROM refused_requests WHERE refusal_id = ${asked('quantity-limit', 'expansion')}`,
    'refused request',
  ],
  [
    'more units were asked for, which was possible',
    `UPDATE refused_requests SET quantity = quantity + 1 WHERE refusal_id = ${asked('quantity-limit', 'expansion')}`,
    'refused request',
  ],
  [
    'another specification was asked for, which costs more',
    `UPDATE refused_requests SET specification = 2 WHERE refusal_id = ${asked('negative-upgrade', 'upgrade')}`,
    'refused request',
  ],
  [
    'no plan of the duration, but there is one',
    `UPDATE refused_requests SET specification = 3 WHERE refusal_id = ${asked('duration-not-sold', 'upgrade')}`,
    'refused request',
  ],
  [
    'a renewal in place of an upgrade',
    `UPDATE refused_requests SET kind = word('renewal') WHERE refusal_id = ${asked('negative-upgrade', 'upgrade')}`,
    'refused request',
  ],
  [
    'off sale, but it was frozen',
    `UPDATE refusals SET code = word('product-delisted') WHERE id = ${asked('account-frozen', 'renewal')}`,
    'refused request',
  ],
  [
    'another term of servers was asked for',
    `UPDATE refused_requests SET months = 4 - months WHERE refusal_id = ${asked('capacity-sold-out', 'purchase')}`,
    'lost sale',
  ],
  ['a request without a refusal', 'INSERT INTO refused_requests VALUES (999999, 1, 1, 1, 1, 1)', 'refused request'],
]

test.each(planted)('planted: %s', (_, sql, kind) => {
  expect(withChange(run.whole, sql).kinds).toContain(kind)
})
