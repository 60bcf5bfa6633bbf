/** The page of evidence: every part is there, the auditor computes again, and an altered record is noticed. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { prepareBooked } from '#reports/booked.ts'
import { type EvidenceSubject, evidenceOf, hasEvidence } from '#reports/evidence/evidence.ts'
import { evidencePage } from '#reports/evidence/page.ts'
import { priceLists } from '#reports/evidence/price-lists.ts'
import { explain } from '#reports/explain/explain.ts'
import { amountText } from '#reports/explain/explanation.ts'
import { subjects } from '#reports/explain/subjects.ts'
import { RunRecord } from '#reports/record.ts'
import { policyKeys } from '#scenarios/policies.ts'
import { ruleText } from '#scenarios/rules.ts'
import { auditAccount } from '#sim/audit/witness.ts'
import { everyRuleRecord } from './every-rule-run.ts'

let record: RunRecord
const folder = mkdtempSync(join(tmpdir(), 'marketsim-evidence-'))
beforeAll(async () => {
  record = await everyRuleRecord()
})
afterAll(() => {
  record.close()
  rmSync(folder, { recursive: true })
})

interface BillRow {
  readonly id: string
  readonly account: bigint
  readonly month: bigint
  readonly charges: bigint
  readonly payable: bigint
}

/** The bill with most lines. */
const largestBill = (): BillRow => {
  const [row] = record.rows<{ name: string; account: bigint; month: bigint; charges: bigint; payable: bigint }>(
    'SELECT a.name, b.account, b.month, b.charges, b.payable FROM bills b JOIN accounts a ON a.id = b.account ORDER BY b.lines DESC LIMIT 1',
  )
  const month = new Date(Number(row.month) + record.meta.utcOffset).toISOString().slice(0, 7)
  return { ...row, id: `${row.name}/${month}` }
}

test('Q-08: the auditor computes charges and payable of the bill again, and all numbers of the account agree', () => {
  const bill = largestBill()
  const evidence = evidenceOf(record, 'bill', bill.id)
  const of = (kind: string) =>
    evidence?.audit.comparisons.filter((each) => each.kind === kind && each.at === Number(bill.month)) ?? []
  expect(of('bill charges').map(({ audited }) => audited)).toEqual([bill.charges])
  expect(of('bill payable').map(({ audited }) => audited)).toEqual([bill.payable])
  expect(evidence?.audit.kinds.map(({ differences }) => differences)).not.toContain(1)
  expect(evidence?.postings.reduce((sum, { amount }) => sum + amount, 0n)).toBe(0n)
  expect(evidence?.postings.length).toBeGreaterThan(20)
  expect(evidence?.audited.differences).toBe(0n)
})

test('I-02: postings come to charges and payable of every bill, with the repetitions that are on it', () => {
  const bills = record.rows<{ name: string; month: bigint; charges: bigint }>(
    'SELECT a.name, b.month, b.charges FROM bills b JOIN accounts a ON a.id = b.account ORDER BY b.lines DESC LIMIT 6',
  )
  const repeated = new Set<boolean>()
  for (const { name, month, charges } of bills) {
    const id = `${name}/${new Date(Number(month) + record.meta.utcOffset).toISOString().slice(0, 7)}`
    const { billed } = explain(record, 'bill', id)
    expect([id, billed?.charges.reduce((sum, { times, amount }) => sum + times * amount, 0n)]).toEqual([id, charges])
    for (const { times } of billed?.charges ?? []) repeated.add(times > 1n)
  }
  expect(bills.length).toBe(6)
  expect([...repeated].sort()).toEqual([false, true])
  const bill = largestBill()
  const evidence = evidenceOf(record, 'bill', bill.id)
  if (evidence === undefined) throw new Error('no evidence')
  const page = evidencePage(evidence, record, undefined)
  const totals = page.slice(page.indexOf('<h2>Control totals'), page.indexOf('<h2>Formulas'))
  for (const amount of [bill.charges, bill.payable])
    expect(totals.split(amountText(amount)).length, amountText(amount)).toBeGreaterThan(2)
  const credits = evidence.postings.reduce((sum, { amount, times }) => (amount < 0n ? sum - amount * times : sum), 0n)
  expect(totals).toContain(amountText(credits))
  expect(evidence.postings.some(({ kind }) => kind === 'usage-tax')).toBe(true)
  expect(page).toContain('credits in all')
  // A posting that is missing is noticed.
  const [charge] = evidence.explanation.billed?.charges ?? []
  const without = {
    ...evidence,
    postings: evidence.postings.filter(({ transaction }) => transaction !== charge.transaction),
  }
  expect(evidencePage(without, record, undefined)).toContain('differs')
})

test('the page has every part, each rule with its text, and is the same each time', () => {
  const { id } = largestBill()
  const page = (): string => {
    const evidence = evidenceOf(record, 'bill', id)
    if (evidence === undefined) throw new Error('no evidence')
    return evidencePage(evidence, record, undefined)
  }
  const text = page()
  for (const heading of [
    'Control totals',
    'Formulas',
    'Prices',
    'Postings',
    'Policies in force',
    'Rules',
    'Row counts',
  ])
    expect(text).toContain(`<h2>${heading}</h2>`)
  expect(text).toContain('<h2>The auditor&#39;s calculation</h2>')
  expect(text).toContain(record.meta.digest)
  for (const key of policyKeys) expect(text).toContain(key)
  for (const rule of ['I-02', 'M-02', 'U-08']) expect(text).toContain(ruleText(rule).slice(0, 20))
  expect(text).not.toContain('differs')
  expect(page()).toBe(text)
})

test('a bill that was altered afterwards differs, and the page says so', () => {
  const { id, account, month } = largestBill()
  cpSync(dirname(record.path), folder, { recursive: true })
  const database = new Sqlite(join(folder, 'run.sqlite'))
  database.prepare('UPDATE bills SET payable = payable + 1000000 WHERE account = ? AND month = ?').run(account, month)
  database.close()
  const altered = new RunRecord(folder)
  const evidence = evidenceOf(altered, 'bill', id)
  altered.close()
  const kind = evidence?.audit.kinds.find((each) => each.kind === 'bill payable')
  expect(kind?.differences).toBe(1)
  expect((kind?.recorded ?? 0n) - (kind?.audited ?? 0n)).toBe(1_000_000n)
  if (evidence !== undefined) expect(evidencePage(evidence, record, undefined)).toContain('differs')
})

test('C-05, U-07: both price lists, of which a change during the run is one', () => {
  const changed = (at: number) =>
    record
      .rows<{ id: bigint }>('SELECT id FROM accounts WHERE id BETWEEN 50 AND 60')
      .flatMap(({ id }) => priceLists(record, id, at))
      .filter(({ first, later }) => first !== later)
  expect(changed(record.meta.start)).toEqual([])
  expect(changed(record.meta.end).map(({ what }) => what)).toContain('crm/team')
})

test('evidence of every subject of a buyer, and of nothing else', () => {
  const [{ order }] = record.rows<{ order: bigint }>('SELECT min(order_id) AS "order" FROM credit_notes')
  const [{ note }] = record.rows<{ note: string }>('SELECT min(number) AS note FROM credit_notes')
  const ids: Readonly<Record<EvidenceSubject, string>> = {
    bill: largestBill().id,
    order: '1',
    invoice: '1',
    'credit-note': note,
    refund: String(order),
    instance: '1',
    transaction: '3',
    posting: '3.1',
  }
  for (const subject of Object.keys(subjects) as (keyof typeof subjects)[]) {
    if (!hasEvidence(subject)) continue
    const evidence = evidenceOf(record, subject, ids[subject])
    expect(evidence?.explanation.subject, subject).toBeDefined()
    expect(
      evidence?.audit.kinds.every(({ differences }) => differences === 0),
      subject,
    ).toBe(true)
  }
  expect(hasEvidence('seller-bill')).toBe(false)
})

test('what one account is judged by adds up to what the whole run was', () => {
  const sums = new Map<string, number>()
  for (const { id } of record.rows<{ id: bigint }>('SELECT id FROM accounts ORDER BY id'))
    if (id <= 3n)
      for (const { kind, amounts } of auditAccount(record.path, Number(id)).kinds)
        sums.set(kind, (sums.get(kind) ?? 0) + amounts)
  const totals = new Map(
    record
      .plainRows<{ kind: string; amounts: bigint }>('SELECT kind, amounts FROM audit_totals')
      .map(({ kind, amounts }) => [kind, Number(amounts)]),
  )
  expect(sums.size).toBeGreaterThan(15)
  for (const [kind, amounts] of sums) expect(amounts, kind).toBeLessThanOrEqual(totals.get(kind) ?? 0)
})

test('the books that reports pass over are those that cells summed and the auditor judged', () => {
  prepareBooked(record)
  // Of legs on unbilled-receivable the reports count no times.
  const question = (sql: string) =>
    record.rows(`SELECT month, measured, movement, w.word AS ledger, sum(times) AS times, sum(amount) AS amount
FROM (${sql}) JOIN words w ON w.id = ledger GROUP BY 1, 2, 3, 4 HAVING sum(times) <> 0 OR sum(amount) <> 0 ORDER BY 1, 2, 3, 4`)
  const summed = question(`SELECT m.no AS month, l.measured, coalesce(u.id, l.kind) AS movement, l.ledger,
    CASE lw.word WHEN 'unbilled-receivable' THEN 0 ELSE l.times END AS times, l.amount
  FROM ledger_months l JOIN months m ON m.first = l.month JOIN words lw ON lw.id = l.ledger
  LEFT JOIN words k ON k.id = l.kind AND k.word = 'late-usage' LEFT JOIN words u ON k.id > 0 AND u.word = 'usage'`)
  expect(summed.length).toBeGreaterThan(20)
  expect(question('SELECT month, measured, movement, ledger, times, amount FROM booked')).toEqual(summed)
})
