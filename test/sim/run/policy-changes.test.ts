/** A policy that changes at a date binds what is decided from then on; a phase that has begun keeps the length it began with. */
import { expect, test } from 'vitest'
import { ScenarioErrors } from '#scenarios/errors.ts'
import { fixedPolicies, policyKeys } from '#scenarios/policies.ts'
import { parseScenario } from '#scenarios/reader.ts'
import { simulated } from './inline-run.ts'

const DAY = 86_400_000

const text = (events: string) => `
name: changes
start: 2024-01-01T00:00:00+08:00
duration: 80d
regions: [{ id: r1, zones: [{ id: z1, pools: [{ flavour: f, capacity: 50, hourly: "1", plans: [{ months: 1, price: "30" }] }] }] }]
sellers: [{ segment: isv }]
catalog:
  - { id: image, kind: image, seller: isv/1, category: c, specifications: [{ id: h, billing: pay-per-use, hourly: "0.1" }, { id: m, billing: monthly, plans: [{ months: 1, price: "20" }] }] }
  - { id: app, kind: saas, seller: isv/1, category: c, specifications: [{ id: s, billing: monthly, trial: true, plans: [{ months: 1, price: "10" }] }] }
buyers:
  - { segment: broke, count: 20, wallet: { opening: 9 }, load: { poisson: { perBuyer: 0.1/d } }, buys: [{ product: image, specification: h, flavour: f, lifetime: 90d }] }
  - segment: owners
    count: 6
    wallet: { opening: 2000 }
    load: { poisson: { perBuyer: 0.2/d } }
    buys: [{ product: image, specification: m, flavour: f }, { product: app, specification: s }, { product: app, specification: s, trial: true }]
    habits: { unsubscribe: { probability: 0.5, after: { uniform: { min: 1d, max: 40d } } } }
events: ${events}
`

const change = `[{ at: 2024-01-31T00:00:00+08:00, policyChange: { grace.days: 3, retention.days: 2, trial.days: 3, refund.fee: none,
  settlement.platformFee: 50, unfreeze.payPerUse: running, renewal.alignDay: 15, autoRenew.period: 1 } }]`

test('A-04, O-12, N-04, L-03: from its date on, each by the instant of what it decides', async () => {
  await simulated(text(change), ({ outcome, ask, rows }) => {
    expect(outcome.differences).toBe(0)
    const at = Date.parse('2024-01-31T00:00:00+08:00')
    const graces = rows<{ begun: number; days: number }>(`SELECT a.at AS begun, (b.at - a.at) / ${DAY} AS days
      FROM account_steps a JOIN account_steps b ON b.account = a.account AND b.from_state = a.to_state AND b.at > a.at
      JOIN words w ON w.id = a.event WHERE w.word = 'fallDue'`)
    expect(graces.some(({ begun }) => begun < at) && graces.some(({ begun }) => begun >= at)).toBe(true)
    for (const { begun, days } of graces) expect(days).toBe(begun < at ? 15 : 3)
    const fees = `SELECT COUNT(*) FROM refunds WHERE (fee > 0) <> (at < ${at}) AND begun = 1 AND amount > 0`
    expect(ask(fees)).toBe(0)
    expect(ask(`SELECT COUNT(*) FROM refunds WHERE at >= ${at} AND begun = 1`)).toBeGreaterThan(0)
    const shares = rows<{ at: number; part: number }>(`SELECT b.at, 1.0 * SUM(l.share) / SUM(l.sales) AS part
      FROM seller_bills b JOIN seller_bill_lines l ON l.bill_id = b.id GROUP BY b.id`)
    // Made on 7 February and 7 March, so both by the new fee.
    for (const { part } of shares) expect(part).toBeCloseTo(0.5, 5)
    expect(
      ask(`SELECT COUNT(DISTINCT (s.term_end - s.at) / ${DAY}) FROM subscription_steps s JOIN orders o ON o.id = s.subscription_id
      WHERE s.from_state = 0 AND o.kind = (SELECT id FROM words WHERE word = 'trial')`),
    ).toBe(2)
  })
})

test('what would split what is under way is refused, with the reason and another way', () => {
  const faultsOf = (key: string, value: unknown) => {
    try {
      parseScenario(
        text(`[{ at: 2024-01-31T00:00:00+08:00, policyChange: { ${key}: ${JSON.stringify(value)} } }]`),
        'x.yaml',
      )
    } catch (error) {
      if (error instanceof ScenarioErrors) return error.faults
      throw error
    }
    return []
  }
  expect(faultsOf('settlement.lag', '2h')).toMatchObject([
    { what: 'a change of settlement.lag during the run', hint: 'set it under policies, and compare two runs' },
  ])
  expect(faultsOf('grace.days', 3)).toEqual([])
  expect(Object.keys(fixedPolicies).length).toBeLessThan(policyKeys.length / 2)
})
