/** M-09: balances within a civil day. Those before a day are proved by all doors together (`doors.ts`). */
import { afterAll, expect, test } from 'vitest'
import { balancesAt } from '#reports/ledger/chart-of-accounts.ts'
import { everyRuleRecord } from './every-rule-run.ts'

const record = await everyRuleRecord()
afterAll(() => record.close())
const { start, end } = record.meta

test.each([0, 0.103, 0.29, 0.5177, 0.73, 0.999])(
  'Q-01, M-09: at %d of the run the books are even, and cash is what was paid by then',
  (share) => {
    const at = start + Math.floor((end - start) * share) + 1
    const accounts = balancesAt(record, at)
    expect(accounts.reduce((sum, { balance }) => sum + balance, 0n)).toBe(0n)
    const paid = record.rows<{ owner: bigint; name: string; amount: bigint }>(
      `SELECT p.owner, a.name, sum(p.amount * min(t.repeats, (? - t.at + 3599999) / 3600000)) AS amount
     FROM transactions t JOIN postings p ON p.transaction_id = t.id JOIN words w ON w.id = p.ledger JOIN accounts a ON a.id = p.owner
     WHERE w.word = 'buyer-cash' AND t.at < ? GROUP BY 1 ORDER BY 1`,
      BigInt(at),
      BigInt(at),
    )
    expect(paid.length).toBeGreaterThan(0)
    const cash = accounts.filter(({ ledger, balance }) => ledger === 'buyer-cash' && balance !== 0n)
    expect(cash.map(({ owner, name, balance }) => [owner, name, balance])).toEqual(
      paid.filter(({ amount }) => amount !== 0n).map(({ owner, name, amount }) => [owner, name, amount]),
    )
  },
)
