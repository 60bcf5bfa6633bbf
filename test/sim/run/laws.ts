/** Q-01..Q-07 as queries that count breaches, or measure a miss, in a record; they share nothing with the simulation. */

const useLegs = `k.word IN ('usage', 'late-usage') AND l.word IN ('cloud-resource-revenue', 'marketplace-revenue')`
const steps = `(SELECT instance_id, at, (SELECT word FROM words WHERE id = to_state) AS state FROM instance_steps)`
/** U-09: what was metered and, its record having come too late, never charged. */
const unbilled = `SELECT account, hour - hour % 3600000 AS hour, amount FROM usage_rejected`

const lifecycleTables = [
  ['order_steps', 'order_id'],
  ['instance_steps', 'instance_id'],
  ['subscription_steps', 'subscription_id'],
  ['supervision_steps', 'order_id'],
  ['appeal_steps', 'appeal_id'],
  ['invoice_steps', 'invoice_id'],
  ['ticket_steps', 'ticket_id'],
  ['support_steps', 'contact_id'],
] as const

/** Each step of a thing begins where its last one ended. */
const brokenSteps = lifecycleTables
  .map(
    ([table, thing]) => `SELECT from_state, LAG(to_state, 1, 0) OVER (PARTITION BY ${thing} ORDER BY rowid) AS before
      FROM ${table}`,
  )
  .join(' UNION ALL ')

export const laws: readonly { readonly law: string; readonly breaches: string }[] = [
  {
    law: 'Q-01: the postings of every transaction sum to zero',
    breaches: `SELECT COUNT(*) FROM (SELECT transaction_id FROM postings GROUP BY transaction_id HAVING SUM(amount) <> 0)`,
  },
  {
    law: 'Q-01: all books together sum to zero',
    breaches: `SELECT COALESCE(SUM(p.amount * t.repeats), 0) FROM postings p
      JOIN transactions t ON t.id = p.transaction_id`,
  },
  {
    law: 'Q-01: no buyer`s cash goes below nothing',
    breaches: `SELECT COUNT(*) FROM balances WHERE ledger = 'buyer-cash' AND balance > 0`,
  },
  {
    law: 'Q-02: metered use, less what came too late, and posted use are the same sum',
    breaches: `SELECT (SELECT COALESCE(SUM(hours * amount), 0) FROM usage_spans)
      - (SELECT COALESCE(SUM(amount), 0) FROM usage_rejected) - (SELECT COALESCE(SUM(-p.amount * t.repeats), 0)
      FROM postings p JOIN transactions t ON t.id = p.transaction_id
      JOIN words k ON k.id = t.kind JOIN words l ON l.id = p.ledger WHERE ${useLegs})`,
  },
  {
    law: 'Q-02: by account and clock hour as well',
    breaches: `SELECT COUNT(*) FROM (
      SELECT account, hour, SUM(amount) AS amount FROM (
        SELECT account, hour, amount FROM usage_hours
        UNION ALL SELECT account, hour, -amount FROM (${unbilled})
        UNION ALL
        SELECT t.account, e.hour, e.amount FROM postings_expanded e
        JOIN transactions t ON t.id = e.transaction_id
        JOIN words k ON k.id = t.kind JOIN words l ON l.id = e.ledger WHERE ${useLegs})
      GROUP BY account, hour HAVING SUM(amount) <> 0)`,
  },
  {
    law: 'Q-03: no pool ever holds more than its capacity',
    breaches: 'SELECT COUNT(*) FROM pool_hours WHERE peak > capacity',
  },
  {
    law: 'Q-04: no charge before an instance was there or after it was gone',
    breaches: `SELECT COUNT(*) FROM usage_spans u JOIN words i ON i.id = u.item
      WHERE u.first_hour + 3600000 <= (SELECT MIN(at) FROM ${steps} s WHERE s.instance_id = u.instance_id)
         OR u.first_hour + (u.hours - 1) * 3600000 > (SELECT MAX(at) FROM ${steps} s
              WHERE s.instance_id = u.instance_id AND s.state IN ('deleted', 'failed'))`,
  },
  {
    law: 'Q-05: no order leaves a final state, and none enters two',
    breaches: `SELECT COUNT(*) FROM (SELECT order_id FROM order_steps s JOIN words w ON w.id = s.to_state
      WHERE w.word IN ('completed', 'cancelled') GROUP BY order_id HAVING COUNT(*) > 1)`,
  },
  {
    law: 'Q-05: nothing is refunded beyond what was paid',
    breaches: `SELECT COUNT(*) FROM (SELECT t.order_id,
        SUM(CASE WHEN k.word = 'payment' THEN o.amount END) AS paid,
        SUM(CASE WHEN k.word = 'refund' AND l.word = 'refunds' AND p.amount > 0 THEN p.amount END) AS refunded
      FROM transactions t JOIN words k ON k.id = t.kind JOIN orders o ON o.id = t.order_id
      LEFT JOIN postings p ON p.transaction_id = t.id AND k.word = 'refund' LEFT JOIN words l ON l.id = p.ledger
      GROUP BY t.order_id) WHERE refunded > paid OR (refunded > 0 AND paid IS NULL)`,
  },
  {
    law: 'Q-06: every step begins where the one before it ended',
    breaches: `SELECT COUNT(*) FROM (${brokenSteps}) WHERE from_state <> before`,
  },
  {
    law: 'Q-07: what was paid is deferred, earned or refunded, order by order',
    breaches: `SELECT COUNT(*) FROM (
      SELECT t.order_id FROM transactions t JOIN postings p ON p.transaction_id = t.id
      JOIN words l ON l.id = p.ledger JOIN words k ON k.id = t.kind
      WHERE t.order_id <> 0 AND k.word IN ('payment', 'recognition', 'refund')
      GROUP BY t.order_id HAVING SUM(p.amount) <> 0)`,
  },
]
