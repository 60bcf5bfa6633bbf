/** E-01, E-02: the auditor judges every refusal and every wait by what the pool held just then. What is planted, it finds. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { withChange } from '../../sim/audit/small-record.ts'
import { type WholeRun, wholeRun } from './whole-run.ts'

const text = readFileSync(new URL('../../mutants/refusals.yaml', import.meta.url), 'utf8')

let run: WholeRun
beforeAll(async () => {
  run = await wholeRun(text)
})
afterAll(() => run.remove())

test('a record of refusals, waits and outages agrees', () => {
  expect(run.outcome.differences).toBe(0)
})

const refused = (code: string, place: number): string =>
  `(SELECT id FROM refusals WHERE code = word('${code}') AND order_id = 0 ORDER BY id LIMIT 1 OFFSET ${place})`

const wait = (event: string, place: number): string =>
  `(SELECT rowid FROM pool_waits WHERE event = word('${event}') ORDER BY rowid LIMIT 1 OFFSET ${place})`

const planted: readonly (readonly [what: string, sql: string, kind: string])[] = [
  [
    'sold out, but there was room before the first server',
    `UPDATE refusals SET at = at('03-01 00:00') WHERE id = ${refused('capacity-sold-out', 0)}`,
    'pool turn',
  ],
  [
    'sold out for one unit, which there was',
    `UPDATE refusals SET quantity = 1 WHERE pool = 1 AND quantity > 1 AND code = word('capacity-sold-out')`,
    'pool turn',
  ],
  [
    'sold out in another pool, which had room',
    `UPDATE refusals SET pool = 2 WHERE id = ${refused('capacity-sold-out', 1)}`,
    'pool turn',
  ],
  [
    'the zone is down, a day early',
    `UPDATE refusals SET at = at - 86400000 WHERE id = ${refused('zone-down', 0)}`,
    'pool turn',
  ],
  [
    'sold out while the zone is down',
    `UPDATE refusals SET code = word('capacity-sold-out') WHERE id = ${refused('zone-down', 0)}`,
    'pool turn',
  ],
  [
    'abandoned, which no flavour is',
    `UPDATE refusals SET code = word('flavour-abandoned') WHERE id = ${refused('capacity-sold-out', 2)}`,
    'pool turn',
  ],
  [
    'refused when it could wait',
    `UPDATE refusals SET at = at('03-07 12:00') WHERE id = ${refused('capacity-sold-out', 3)}`,
    'pool turn',
  ],
  [
    'a server is admitted by a pool that is sold out',
    `UPDATE instance_steps SET at = at('03-02 12:00') WHERE rowid = (SELECT s.rowid FROM instance_steps s JOIN instances i
      ON i.id = s.instance_id WHERE i.pool = 2 AND s.to_state = word('creating') AND s.at < at('03-02 08:00') ORDER BY s.at DESC LIMIT 1)`,
    'pool turn',
  ],
  [
    'an order waits longer than it had to, and its servers come later',
    `UPDATE pool_waits SET at = at + 7200000, waited = waited + 7200000 WHERE rowid = ${wait('admit', 0)}`,
    'numbering',
  ],
  [
    'an order waits although there is room',
    `INSERT INTO pool_waits (order_id, at, event, pool, quantity, waited, hourly, rule)
      VALUES (1, at('03-08 12:00'), word('wait'), 2, 1, 0, 0, word('E-02'))`,
    'pool turn',
  ],
  ['a refusal is missing', `DELETE FROM refusals WHERE id = ${refused('capacity-sold-out', 2)}`, 'numbering'],
  [
    'the refusal of an order that waited in vain is missing',
    `DELETE FROM refusals WHERE code = word('patience-exhausted')`,
    'numbering',
  ],
  [
    'a server that failed was not refused',
    `UPDATE refusals SET order_id = 0 WHERE code = word('provisioning-failed')`,
    'numbering',
  ],
  ['all refusals are missing', 'DELETE FROM refusals', 'numbering'],
  ['an order is missing', 'DELETE FROM orders WHERE id = 7', 'numbering'],
]

test.each(planted)('planted: %s', (_, sql, kind) => {
  expect(withChange(run.whole, sql).kinds).toContain(kind)
})
