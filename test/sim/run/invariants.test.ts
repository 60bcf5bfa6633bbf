/** Q-01..Q-08: what must hold in every run, asked of a record by SQL that shares nothing with the simulation. */
import { expect, test } from 'vitest'
import { withRun } from './library-run.ts'

const ledgerSum =
  'SELECT COALESCE(SUM(p.amount * t.repeats), 0) FROM postings p JOIN transactions t ON t.id = p.transaction_id'

/** Each law as a query that counts its breaches, or measures its miss. */
const laws = [
  {
    law: 'Q-01: the postings of every transaction sum to zero',
    breaches: `SELECT COUNT(*) FROM (SELECT transaction_id FROM postings GROUP BY transaction_id HAVING SUM(amount) <> 0)`,
  },
  { law: 'Q-01: all books together sum to zero', breaches: ledgerSum },
  {
    law: 'Q-01: no buyer`s cash goes below nothing',
    breaches: `SELECT COUNT(*) FROM balances WHERE ledger = 'buyer-cash' AND balance > 0`,
  },
  {
    law: 'Q-02: metered use and posted use are the same sum',
    breaches: `SELECT (SELECT SUM(hours * amount) FROM usage_spans) - (SELECT SUM(-p.amount * t.repeats)
      FROM postings p JOIN transactions t ON t.id = p.transaction_id
      JOIN words k ON k.id = t.kind JOIN words l ON l.id = p.ledger
      WHERE k.word = 'usage' AND l.word IN ('cloud-resource-revenue', 'marketplace-revenue'))`,
  },
  {
    law: 'Q-02: by account and clock hour as well',
    breaches: `SELECT COUNT(*) FROM (
      SELECT account, hour, SUM(amount) AS amount FROM (
        SELECT account, hour, amount FROM usage_hours
        UNION ALL
        SELECT t.account, e.hour, e.amount FROM postings_expanded e
        JOIN transactions t ON t.id = e.transaction_id
        JOIN words k ON k.id = t.kind JOIN words l ON l.id = e.ledger
        WHERE k.word = 'usage' AND l.word IN ('cloud-resource-revenue', 'marketplace-revenue'))
      GROUP BY account, hour HAVING SUM(amount) <> 0)`,
  },
  {
    law: 'Q-03: no pool ever holds more than its capacity',
    breaches: 'SELECT COUNT(*) FROM pool_hours WHERE peak > capacity',
  },
  {
    law: 'Q-04: no charge before an instance was there or after it was gone',
    breaches: `SELECT COUNT(*) FROM usage_spans u JOIN words i ON i.id = u.item
      WHERE u.first_hour + 3600000 <= (SELECT MIN(at) FROM v_instance_steps_raw s WHERE s.instance_id = u.instance_id)
         OR u.first_hour + (u.hours - 1) * 3600000 > (SELECT MAX(at) FROM v_instance_steps_raw s
              WHERE s.instance_id = u.instance_id AND s.state IN ('deleted', 'failed'))`,
  },
  {
    law: 'Q-05: no order leaves a final state, and none enters two',
    breaches: `SELECT COUNT(*) FROM (SELECT order_id FROM order_steps s JOIN words w ON w.id = s.to_state
      WHERE w.word IN ('completed', 'cancelled') GROUP BY order_id HAVING COUNT(*) > 1)`,
  },
  {
    law: 'Q-06: every step begins where the one before it ended',
    breaches: `SELECT COUNT(*) FROM (SELECT from_state, LAG(to_state, 1, 0) OVER (PARTITION BY order_id ORDER BY rowid) AS before
      FROM order_steps) WHERE from_state <> before`,
  },
  {
    law: 'Q-07: what was paid is deferred, earned or given back, order by order',
    breaches: `SELECT COUNT(*) FROM (
      SELECT t.order_id FROM transactions t JOIN postings p ON p.transaction_id = t.id
      JOIN words l ON l.id = p.ledger JOIN words k ON k.id = t.kind
      WHERE t.order_id <> 0 AND k.word IN ('payment', 'recognition', 'refund')
      GROUP BY t.order_id HAVING SUM(p.amount) <> 0)`,
  },
] as const

test('Q-01..Q-08 hold in quickstart, counted by SQL', async () => {
  await withRun('quickstart', {}, ({ differences, amounts }, ask) => {
    const steps = `(SELECT instance_id, at, (SELECT word FROM words WHERE id = to_state) AS state FROM instance_steps)`
    const found = Object.fromEntries(
      laws.map(({ law, breaches }) => [law, ask(breaches.replaceAll('v_instance_steps_raw', steps))]),
    )
    expect(found).toEqual(Object.fromEntries(laws.map(({ law }) => [law, 0])))
    // the auditor has looked at amounts, and agrees with all of them.
    expect(amounts).toBeGreaterThan(100_000)
    expect(differences).toBe(0)
  })
})
