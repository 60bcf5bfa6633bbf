/** A-01..A-06 for pay-per-use servers, in whole runs that the auditor agrees with. */
import { expect, test } from 'vitest'
import { table } from '../billing/table.ts'
import { simulated } from '../run/inline-run.ts'
import { serverWorld } from './server-world.ts'

const DAY = 86_400_000

/** Days from one step of an account's standing to the next, as they were all alike. */
const daysBetween = (from: string, to: string): string => `
  SELECT group_concat(DISTINCT printf('%g', (b.at - a.at) / ${DAY}.0)) FROM account_steps a
  JOIN account_steps b ON b.account = a.account AND b.rowid = (SELECT min(rowid) FROM account_steps c WHERE c.account = a.account AND c.rowid > a.rowid)
  WHERE a.event = (SELECT id FROM words WHERE word = '${from}') AND b.event = (SELECT id FROM words WHERE word = '${to}')`

test('A-04: days of grace and of retention, by policy or by customer tier', async () => {
  const cases = table(`
    policies                               tier  grace  retention
    grace.days: 3, retention.days: 4       V5    3      4
    tiers: cn                              V0    0      1
    tiers: cn                              V1    0      7
    tiers: cn                              V2    0      7
    tiers: cn                              V3    1      7
    tiers: cn                              V4    7      15
    tiers: cn                              V5    7      15
  `)
  for (const { policies, tier, grace, retention } of cases) {
    const buyer = `tier: ${tier}\n    wallet: { opening: "20" }`
    await simulated(serverWorld({ policies, buyer, days: 50 }), ({ ask, outcome }) => {
      const found = [ask(daysBetween('fallDue', 'graceEnds')), ask(daysBetween('graceEnds', 'retentionEnds'))]
      expect([policies, tier, ...found]).toEqual([policies, tier, grace, retention])
      expect(outcome.differences).toBe(0)
    })
  }
})

test('A-03: frozen servers are not charged, released ones are gone and their units free; the debt stays', async () => {
  const world = serverWorld({ policies: 'grace.days: 1, retention.days: 1', buyer: 'wallet: { opening: "20" }' })
  await simulated(world, ({ ask, outcome }) => {
    const state = (word: string) => `(SELECT id FROM words WHERE word = '${word}')`
    expect(ask(`SELECT count(*) FROM instance_steps WHERE event = ${state('release')}`)).toBeGreaterThan(0)
    expect(
      ask(`SELECT count(*) FROM usage_hours u JOIN instance_steps s USING (instance_id) WHERE s.to_state = ${state('suspended')}
        AND u.hour >= s.at AND NOT EXISTS (SELECT 1 FROM instance_steps n WHERE n.instance_id = s.instance_id AND n.rowid > s.rowid
          AND n.to_state IN (${state('stopped')}, ${state('running')}))`),
    ).toBe(0)
    expect(ask(`SELECT sum(balance) FROM balances WHERE ledger = 'buyer-receivable'`)).toBeGreaterThan(0)
    expect(outcome.differences).toBe(0)
  })
})

test('A-05: settled, frozen servers come back stopped and are started; by policy they run again if they ran', async () => {
  const buyer = `wallet: { opening: "20", topUp: { below: "0", amount: "60", reaction: { exponential: { mean: 3d } } } }
    habits: { stopStart: { probability: 0.5, after: 9h, pause: 9h } }`
  const policies = 'grace.days: 1, retention.days: 9'
  for (const [unfreeze, events] of [
    ['stopped', ['unfreeze']],
    ['running', ['resume', 'unfreeze']],
  ] as const)
    await simulated(
      serverWorld({ policies: `${policies}, unfreeze.payPerUse: ${unfreeze}`, buyer, days: 30 }),
      ({ rows, outcome }) => {
        const back = rows<{ event: string }>(
          `SELECT DISTINCT event FROM v_instance_steps WHERE from_state = 'suspended' AND to_state IN ('stopped', 'running') ORDER BY 1`,
        )
        expect(back.map(({ event }) => event)).toEqual(events)
        expect(outcome.differences).toBe(0)
      },
    )
})

test('A-02: grace is billed, or by policy it is not: all else is charged alike', async () => {
  const hours = (billed: boolean) =>
    simulated(
      serverWorld({ policies: `grace.payPerUseBilled: ${billed}`, buyer: 'wallet: { opening: "20" }' }),
      ({ ask, outcome }) => {
        expect(outcome.differences).toBe(0)
        const inGrace = `EXISTS (SELECT 1 FROM account_steps s JOIN words w ON w.id = s.event
          WHERE s.account = u.account AND w.word = 'fallDue' AND s.at <= u.hour)`
        const sum = (where: string) => ask(`SELECT coalesce(sum(u.amount), 0) FROM usage_hours u WHERE ${where}`)
        return { grace: sum(inGrace), otherwise: sum(`NOT ${inGrace}`) }
      },
    )
  const billed = await hours(true)
  expect(billed.grace).toBeGreaterThan(0)
  expect(billed.otherwise).toBeGreaterThan(0)
  expect(await hours(false)).toEqual({ grace: 0, otherwise: billed.otherwise })
})
