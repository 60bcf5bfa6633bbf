/** The auditor finds what is planted into a record of interruptible servers (E-11). */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { auditFile, withChange } from '../../sim/audit/small-record.ts'
import { type WholeRun, wholeRun } from './whole-run.ts'

const text = `
name: spot
question: Is a wrong interruption found?
start: 2024-01-01T00:00:00+08:00
duration: 20d
seed: 7
regions: [{ id: r, zones: [{ id: z, pools: [{ flavour: f, capacity: 6, hourly: "1", interruptible: { random: { percentOff: { uniform: { min: 20, max: 80 } }, every: 6h }, notice: 10min } }] }] }]
sellers: [{ segment: isv }]
catalog: [{ id: A, kind: image, seller: isv/1, category: c, specifications: [{ id: s, billing: pay-per-use, hourly: "0.1" }] }]
buyers:
  - segment: spot
    count: 6
    interruptible: true
    wallet: { opening: 10000 }
    load: { poisson: { total: 6/d } }
    buys: [{ product: A, specification: s, flavour: f, lifetime: { exponential: { mean: 20h } } }]
    habits: { interrupted: { resume: 1, restart: 1, give-up: 1 } }
  - segment: full
    count: 4
    wallet: { opening: 10000 }
    load: { poisson: { total: 5/d } }
    buys: [{ product: A, specification: s, flavour: f, lifetime: { exponential: { mean: 10h } } }]
`

let run: WholeRun
beforeAll(async () => {
  run = await wholeRun(text)
})
afterAll(() => run.remove())

test('a record of interruptible servers agrees', () => {
  expect(run.outcome.differences).toBe(0)
  expect(auditFile(run.outcome.record).kinds).toEqual(new Set())
})

const first = (event: string): string =>
  `(SELECT rowid FROM interruptions WHERE event = word('${event}') ORDER BY rowid LIMIT 1 OFFSET 2)`

const planted: readonly (readonly [what: string, sql: string, kind: string])[] = [
  [
    'an interruption comes early',
    `UPDATE interruptions SET at = at - 60000 WHERE rowid = ${first('interrupt')}`,
    'interruption',
  ],
  ['a notice is missing', `DELETE FROM interruptions WHERE rowid = ${first('notice')}`, 'interruption'],
  ['an interruption is missing', `DELETE FROM interruptions WHERE rowid = ${first('interrupt')}`, 'interruption'],
  [
    'a server is taken back for a buyer of interruptible servers',
    `UPDATE interruptions SET wanted_by = (SELECT min(id) FROM accounts WHERE segment = 'spot') WHERE rowid = ${first('notice')}`,
    'interruption',
  ],
  [
    'a server is taken back when nothing was requested',
    `UPDATE interruptions SET at = at + 1 WHERE rowid = ${first('notice')}`,
    'interruption',
  ],
  [
    'a discount is not a whole percentage',
    `UPDATE interruptible_prices SET percent_off = percent_off + 1 WHERE rowid = 9`,
    'discount',
  ],
  ['a discount holds late', `UPDATE interruptible_prices SET at = at + 1 WHERE rowid = 9`, 'discount'],
  [
    'another discount was charged',
    `UPDATE interruptible_prices SET percent_off = percent_off + 100000000 WHERE rowid = 9`,
    'usage price',
  ],
  [
    'an interrupted server is charged',
    `UPDATE instance_steps SET at = at - 1800000 WHERE rowid = (SELECT rowid FROM instance_steps WHERE event = word('interrupt') LIMIT 1)`,
    'usage seconds',
  ],
]

test.each(planted)('planted: %s', (_, sql, kind) => {
  expect(withChange(run.whole, sql).kinds).toContain(kind)
})
