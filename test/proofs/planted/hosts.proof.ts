/** E-10: the auditor follows every host by itself. What is planted into the record of a run, it finds. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { auditFile, withChange } from '../../sim/audit/small-record.ts'
import { type WholeRun, wholeRun } from './whole-run.ts'

/** Two groups of hosts, a flavour on both, a change of their number, and too little room. */
const text = `name: hosts
question: Does the auditor follow every host?
start: 2024-03-01T00:00:00+08:00
duration: 4d
seed: 4
policies: { outage.servers: resume }
regions:
  - id: here
    zones:
      - id: z
        hosts:
          - { id: rack, count: [{ from: 2024-03-01T00:00:00+08:00, count: 3 }, { from: 2024-03-03T00:00:00+08:00, count: 2 }], vcpu: 7, memory: 32, placement: best-fit, failures: { timeToFailure: { exponential: { mean: 2d } }, timeToRepair: 4h } }
          - { id: large, count: 2, vcpu: 16, memory: 64, gpu: 1, placement: spread, faultDomains: 2, overcommit: { vcpu: 1.25 } }
        pools:
          - { flavour: small, hosts: [rack, large], vcpu: 2, memory: 4, hourly: 1 }
          - { flavour: wide, hosts: rack, vcpu: 4, memory: 8, hourly: 2 }
sellers: [{ segment: isv }]
catalog: [{ id: A, kind: image, seller: isv/1, category: c, specifications: [{ id: s, billing: pay-per-use, hourly: "0.1" }] }]
buyers:
  - segment: people
    count: 12
    wallet: { opening: "9000" }
    load: { poisson: { perBuyer: 2/d } }
    buys:
      - { product: A, specification: s, flavour: small, lifetime: { exponential: { mean: 12h } }, quantity: { uniform: { min: 1, max: 3 } } }
      - { product: A, specification: s, flavour: wide, lifetime: { exponential: { mean: 12h } } }
`

let run: WholeRun
beforeAll(async () => {
  run = await wholeRun(text)
})
afterAll(() => run.remove())

test('a record of servers on hosts agrees, and has both kinds of refusal', () => {
  expect(run.outcome.differences).toBe(0)
  expect(auditFile(run.outcome.record).kinds).toEqual(new Set())
})

const first = (event: string): string =>
  `(SELECT rowid FROM host_moves WHERE event = word('${event}') ORDER BY rowid LIMIT 1 OFFSET 5)`

const planted: readonly (readonly [what: string, sql: string, kind: string])[] = [
  [
    'a server is on another host',
    `UPDATE host_moves SET host = host % 3 + 1 WHERE rowid = ${first('place')}`,
    'placement',
  ],
  [
    'a server leaves another host',
    `UPDATE host_moves SET host = host % 3 + 1 WHERE rowid = ${first('leave')}`,
    'placement',
  ],
  ['a placement is missing', `DELETE FROM host_moves WHERE rowid = ${first('place')}`, 'host held'],
  ['a server leaves late', `UPDATE host_moves SET at = at + 1 WHERE rowid = ${first('leave')}`, 'host held'],
  ['a host is drained that is to stay', `UPDATE host_moves SET host = 1 WHERE event = word('drain')`, 'host plan'],
  ['a host never joined', `DELETE FROM host_moves WHERE rowid = 2`, 'host plan'],
  ['a host is in another fault domain', `UPDATE hosts SET domain = 2 WHERE id = 4`, 'host plan'],
  ['a host has more room', `UPDATE host_groups SET vcpu = vcpu + 1 WHERE id = 1`, 'host room'],
  ['a server takes less', `UPDATE host_pools SET vcpu = vcpu - 1 WHERE pool = 2`, 'host room'],
  ['a part more is used', `UPDATE host_hours SET vcpu_ms = vcpu_ms + 1 WHERE rowid = 9`, 'host use'],
  ['less memory is free', `UPDATE host_hours SET memory_room_ms = memory_room_ms - 1 WHERE rowid = 9`, 'host use'],
  ['a host took servers for less time', `UPDATE host_hours SET open_ms = open_ms - 1 WHERE rowid = 1`, 'host use'],
  ['an hour of hosts is missing', `DELETE FROM host_hours WHERE rowid = 9`, 'host use'],
  ['a pool on hosts could hold more', `UPDATE pool_hours SET capacity = capacity + 1 WHERE rowid = 5`, 'pool capacity'],
  ['a pool on hosts held less', `UPDATE pool_hours SET held_ms = held_ms - 1 WHERE rowid = 5`, 'pool use'],
  [
    'no-host, where hosts had the room or all together had not',
    `UPDATE refusals SET code = word('no-host'), at = at - 7200000 WHERE code = word('capacity-sold-out')`,
    'pool turn',
  ],
]

const broken = "(SELECT rowid FROM instance_steps WHERE to_state = word('down') LIMIT 1)"
const failing: readonly (readonly [what: string, sql: string, kind: string])[] = [
  ['a host never failed', `DELETE FROM host_moves WHERE event = word('fail')`, 'outage'],
  ['a server broke for no reason', `UPDATE instance_steps SET at = at - 1 WHERE rowid = ${broken}`, 'outage'],
  [
    'a server is lost against the policy',
    `UPDATE instance_steps SET to_state = word('failed') WHERE rowid = ${broken}`,
    'outage',
  ],
  [
    'a server is billed while it is down',
    `UPDATE instance_steps SET at = at + 1800000 WHERE rowid = ${broken}`,
    'usage seconds',
  ],
  [
    'a host is repaired that works',
    `UPDATE host_moves SET event = word('repair') WHERE event = word('fail')`,
    'host plan',
  ],
]

test.each([...planted, ...failing])('planted: %s', (_, sql, kind) => {
  expect(withChange(run.whole, sql).kinds).toContain(kind)
})
