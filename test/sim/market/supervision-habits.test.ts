/** Habits of sellers, buyers and managers (L-04, L-05, S-04..S-07), each seen alone in a small run. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseScenario } from '#scenarios/reader.ts'
import { openRecord } from '#sim/record/open-record.ts'
import { simulate } from '#sim/run/simulate.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Buyers of `here`, a seller of `there`, managers of `there`: everything crosses by message, which takes 30 minutes. */
const text = `
name: habits
start: 2024-03-01T00:00:00+08:00
duration: 90d
seed: 11
messageDelay: 30min
regions:
  - { id: here, zones: [{ id: h, pools: [{ flavour: f, capacity: 1, hourly: 1 }] }] }
  - { id: there, zones: [{ id: t, pools: [{ flavour: f, capacity: 1, hourly: 1 }] }] }
operations: { region: there, managers: { handling: 3h } }
sellers: [{ segment: isv, regions: { there: 1 }, staff: 50, response: 5h }]
catalog:
  - { id: crm, kind: saas, supervised: true, seller: isv/1, category: c, specifications: [{ id: s, billing: monthly, plans: [{ months: 1, price: 31 }] }] }
buyers:
  - segment: b
    count: 5
    regions: { here: 1 }
    wallet: { opening: 900000 }
    load: { poisson: { total: 1/d } }
    buys: [{ product: crm, specification: s }]
    habits: { supervision: { request: 1h, acceptance: 2h } }
`

/** Runs the scenario with changes; `ask` answers the first column. */
async function withRun(sets: readonly string[], use: (ask: (sql: string) => unknown[]) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-habits-'))
  try {
    const scenario = parseScenario(text, 'habits.yaml', { sets })
    const { record, differences } = await simulate({
      scenario,
      traces: {},
      seed: scenario.seed,
      threads: 1,
      folder,
      inThisThread: true,
    })
    expect(differences).toBe(0)
    const database = openRecord(record)
    use((sql) => database.prepare(sql).pluck().all())
    database.close()
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const isv = 'sellers.isv'
const supervision = 'buyers.b.habits.supervision'

test('the plain case: 1 h, a message, 5 h of work, a message, 2 h, and three hours until completion', async () => {
  await withRun([], (ask) => {
    const early = "begun < (SELECT value FROM meta WHERE key = 'end') - 86400000"
    expect(ask(`SELECT DISTINCT delivered - begun FROM supervision_flows WHERE ${early}`)).toEqual([7 * HOUR])
    expect(ask(`SELECT DISTINCT accepted - delivered FROM supervision_flows WHERE ${early}`)).toEqual([2 * HOUR])
    expect(ask(`SELECT DISTINCT completed - accepted FROM supervision_flows WHERE ${early}`)).toEqual([3 * HOUR])
    expect(ask('SELECT COUNT(*) FROM appeals')).toEqual([0])
    expect(ask('SELECT DISTINCT at - started FROM seller_cases')).toEqual([5 * HOUR])
  })
})

test('L-04: a seller who always goes silent answers nothing before returning', async () => {
  await withRun([`${isv}.silence={ probability: 1, for: 10d }`], (ask) => {
    // The first case of each silence waits for all of it, and then for the work; others that come meanwhile wait less.
    const [longest] = ask('SELECT MAX(started - arrived) FROM seller_cases') as number[]
    expect(longest).toBe(10 * DAY)
    const gaps = `SELECT MIN(gap) FROM (SELECT started - LAG(started) OVER (ORDER BY started) AS gap FROM seller_cases)
      WHERE gap > 0`
    expect((ask(gaps) as number[])[0]).toBeGreaterThanOrEqual(10 * DAY)
    expect((ask("SELECT COUNT(*) FROM v_silence_breaches WHERE by = 'seller'") as number[])[0]).toBeGreaterThan(0)
  })
})

test('L-04: one at work takes one case at a time, and the others wait', async () => {
  await withRun([`${isv}.staff=1`, `${isv}.response=20h`], (ask) => {
    const overlap = 'SELECT COUNT(*) FROM seller_cases a JOIN seller_cases b ON a.rowid < b.rowid AND b.started < a.at'
    expect(ask(overlap)).toEqual([0])
    expect((ask('SELECT MAX(started - arrived) FROM seller_cases') as number[])[0]).toBeGreaterThan(5 * HOUR)
  })
})

test('S-04: a seller who always rejects does so until reject.cap', async () => {
  await withRun([`${isv}.rejectRequest=1`, 'policies.reject.cap=3'], (ask) => {
    const done = 'SELECT DISTINCT request_rejections FROM supervision_flows WHERE delivered IS NOT NULL'
    expect(ask(done)).toEqual([3])
  })
})

test('S-06: a buyer who appeals does so on the third rejection of the request', async () => {
  await withRun([`${isv}.rejectRequest=1`, `${supervision}.appeal={ probability: 1, after: 1h }`], (ask) => {
    expect(ask('SELECT DISTINCT ground FROM v_appeals')).toEqual(['request-rejections'])
    const first = `SELECT DISTINCT (SELECT COUNT(*) FROM v_supervision_steps s WHERE s.order_id = a.order_id
      AND s.event = 'reject-request' AND s.at <= a.at) FROM v_appeals a GROUP BY order_id HAVING MIN(a.id)`
    expect(ask(first)).toEqual([3])
  })
})

test('S-05: what is rejected goes back to the seller; a reminder is sent when the law says so', async () => {
  const sets = [`${supervision}.reject=0.5`, `${supervision}.remind={ probability: 1, after: 4h }`]
  await withRun(sets, (ask) => {
    expect((ask('SELECT SUM(product_rejections) FROM supervision_flows') as number[])[0]).toBeGreaterThan(20)
    const turns = `SELECT COUNT(*) FROM v_supervision_steps WHERE to_state = 'awaiting-seller' AND event <> 'remind'`
    const reminders = ask("SELECT COUNT(*) FROM v_supervision_steps WHERE event = 'remind'") as number[]
    expect(Math.abs(reminders[0] - (ask(turns) as number[])[0])).toBeLessThan(3)
    expect(ask('SELECT COUNT(*) FROM appeals')).toEqual([0])
  })
})

test.each([
  ['complete', 'completed'],
  ['cancel', 'cancelled'],
])('S-07, L-05: where managers only %s, what they decide is %s, 3 h and two messages later', async (outcome, state) => {
  const sets = [
    `${isv}.silence={ probability: 0.2, for: 30d }`,
    `${supervision}.appeal={ probability: 1, after: 0s }`,
    `policies.appeal.outcomes={ ${outcome}: 1 }`,
    'operations.managers.staff=50',
  ]
  await withRun(sets, (ask) => {
    expect(ask("SELECT DISTINCT outcome FROM v_appeal_steps WHERE event = 'decide'")).toEqual([outcome])
    expect(ask(`SELECT DISTINCT to_state FROM v_supervision_steps WHERE by = 'manager'`)).toEqual([state])
    const frozen = `SELECT DISTINCT frozen_ms FROM supervision_flows WHERE ${state} IS NOT NULL AND frozen_ms > 0`
    expect(ask(frozen)).toEqual([4 * HOUR])
  })
})

test('S-06: a seller whose buyer is silent appeals after more than five days; never, where the policy says so', async () => {
  const sets = [`${isv}.appeal=1`, `${supervision}.acceptance=20d`]
  await withRun(sets, (ask) => {
    expect(ask('SELECT DISTINCT by || ground FROM v_appeals')).toEqual(['sellersilence'])
    const waited = `SELECT MIN(a.at - f.delivered) FROM appeals a JOIN supervision_flows f ON f.order_id = a.order_id`
    // The message to the seller, 5 hours of work, and the message back.
    expect(ask(waited)).toEqual([5 * DAY + 1 + 6 * HOUR])
  })
  await withRun([...sets, 'policies.appeal.seller=never'], (ask) => {
    expect(ask('SELECT COUNT(*) FROM appeals')).toEqual([0])
  })
})
