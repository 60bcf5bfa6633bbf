/** M-04, line by line: whatever an explanation computes, its formula computes, in every kind of order and bill. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { explain } from '#reports/explain/explain.ts'
import { type Explanation, explanationText, type Working } from '#reports/explain/explanation.ts'
import { type Subject, subjects } from '#reports/explain/subjects.ts'
import type { RunRecord } from '#reports/record.ts'
import { everyRuleRecord } from '../../reports/every-rule-run.ts'
import { shortRun } from '../../reports/short-run.ts'
import { charge, computed } from '../../sim/billing/oracle.ts'

let record: RunRecord
beforeAll(async () => {
  record = await everyRuleRecord()
})
afterAll(() => record.close())

const ids = (sql: string): string[] => record.rows<{ id: bigint | string }>(sql).map(({ id }) => String(id))
const all = (subject: Subject, sql: string): Explanation[] => ids(sql).map((id) => explain(record, subject, id))

/** Money that was moved as it was, which only the record knows. */
const movedAsItWas = ['opening', 'top-up', 'coupon-grant', 'arrears-paid', 'credit-repaid']

/** The value of a formula in whole 1e-8, truncated; null for a sum of other lines. */
const evaluated = (formula: string): bigint | null =>
  /^(sum|charges|its line|as line)/.test(formula) || formula.includes('(sum')
    ? null
    : BigInt(charge(computed(formula)).replace('.', ''))

function faultsOf({ what, formula, amount, recorded }: Working): string[] {
  if (amount === null) return movedAsItWas.includes(what) ? [] : [`${what}: no formula for ${recorded}`]
  if (amount !== recorded) return [`${what}: ${formula} = ${amount}, recorded ${recorded}`]
  const value = evaluated(formula)
  return value === null || value === amount ? [] : [`${what}: ${formula} is ${value} and not ${amount}`]
}

const faults = (explanations: readonly Explanation[]): string[] =>
  explanations.flatMap(({ subject, workings }) => workings.flatMap(faultsOf).map((fault) => `${subject}, ${fault}`))

test('orders of every kind', () => {
  const kinds = `SELECT DISTINCT o.id FROM orders o JOIN order_lines l ON l.order_id = o.id WHERE (SELECT count(*)
    FROM orders e JOIN order_lines m ON m.order_id = e.id
    WHERE e.kind = o.kind AND e.specification = o.specification AND m.rule = l.rule AND e.id < o.id) < 3 ORDER BY o.id`
  const orders = all('order', kinds)
  expect(faults(orders)).toEqual([])
  const rules = new Set(orders.flatMap(({ workings }) => workings.map(({ rule }) => rule)))
  for (const rule of ['P-01', 'P-02', 'P-03', 'P-05', 'X-02', 'X-03', 'X-04', 'R-07', 'N-03', 'N-04', 'N-06', 'M-07'])
    expect([...rules], rule).toContain(rule)
})

test('movements of money of every kind, the earnings of each kind of order among them', () => {
  const money = all(
    'transaction',
    `SELECT min(t.id) AS id FROM transactions t LEFT JOIN orders o ON o.id = t.order_id
     GROUP BY t.kind, o.kind, o.specification`,
  )
  expect(faults(money)).toEqual([])
  expect(money.length).toBeGreaterThan(30)
})

test('bills, those of resold customers and of late records too', () => {
  const bills = all(
    'bill',
    `SELECT a.name || '/' || strftime('%Y-%m', (b.month + 28800000) / 1000, 'unixepoch') AS id
     FROM bills b JOIN accounts a ON a.id = b.account WHERE b.account % 4 = 0 OR a.name LIKE 'resold%'`,
  )
  expect(faults(bills)).toEqual([])
  expect(bills.some(({ workings }) => workings.some(({ rule }) => rule === 'O-06'))).toBe(true)
})

test('what was refused: an hour, an order, a renewal, a term of servers', () => {
  const refusals = all('refusal', 'SELECT id FROM refusals WHERE lost > 0')
  expect(faults(refusals)).toEqual([])
  const texts = refusals.map((each) => explanationText(each, 0))
  // a renewal that aligns the term, with its tax; E-02: servers for a year with their image.
  for (const shown of [
    /not sold +R-03 .* = /,
    /Priced +1 month, R-07: .* x \(1 \+ \d+\/\d+\)/,
    /not sold +\S+ +\(0\.\d+ \/ 3600 x 3600/,
  ])
    expect(
      texts.some((text) => shown.test(text)),
      String(shown),
    ).toBe(true)
})

test('a bill with late records in some of the hours that are charged alike: each way in which they are made up (U-09)', async () => {
  const late = await shortRun([
    'policies.usage.faults={late: 0.04, duplicate: 0.05, maxDelay: 30h}',
    ...['end=2024-03-09T00:00:00+08:00', 'buyers.start-ups.count=12', 'buyers.companies.count=8'],
  ])
  try {
    const bills = late.record
      .rows<{ name: string }>('SELECT a.name FROM bills b JOIN accounts a ON a.id = b.account')
      .map(({ name }) => explain(late.record, 'bill', `${name}/2024-03`))
    expect(faults(bills)).toEqual([])
    const formulas = bills.flatMap(({ workings }) => workings.map(({ formula }) => formula))
    // Hours whose record came in time, and hours of the same charge with something that was charged apart.
    expect(formulas.some((formula) => / - .*\).* \+ \(/.test(formula) || /\+ \(.* - /.test(formula))).toBe(true)
  } finally {
    late.remove()
  }
})

test('servers', () => {
  expect(faults(all('instance', 'SELECT id FROM instances WHERE id % 3 = 0'))).toEqual([])
})

/** A few of every kind of subject: how its numbers are found. */
const samples: Readonly<Record<Subject, string>> = {
  order: `SELECT min(id) AS id FROM orders GROUP BY kind, specification, pool UNION SELECT order_id FROM refunds UNION SELECT subscription_id FROM order_changes`,
  instance: 'SELECT id FROM instances WHERE id % 5 = 0',
  bill: `SELECT a.name || '/' || strftime('%Y-%m', (b.month + 28800000) / 1000, 'unixepoch') AS id
    FROM bills b JOIN accounts a ON a.id = b.account WHERE b.account % 3 = 1`,
  transaction: 'SELECT min(id) AS id FROM transactions GROUP BY kind, rule, account % 3',
  posting: `SELECT t.id || '.1' AS id FROM transactions t GROUP BY kind`,
  refusal: 'SELECT min(id) AS id FROM refusals GROUP BY code, pool, lost > 0',
  account: 'SELECT name AS id FROM accounts WHERE id % 9 = 1',
  invoice: 'SELECT id FROM invoices',
  credit: 'SELECT name AS id FROM accounts WHERE id IN (SELECT account FROM credit_grants) OR id % 9 = 1',
  'credit-note': 'SELECT number AS id FROM credit_notes ORDER BY number LIMIT 50',
  'seller-bill': 'SELECT id FROM seller_bills',
  coupon: 'SELECT id FROM coupons',
  costs: `SELECT z.zone || '/' || p.flavour || m.month AS id FROM audit_capacity_costs c JOIN pools p ON p.id = c.pool JOIN zones z ON z.id = p.zone_id
    JOIN (SELECT pool, '' AS month FROM audit_capacity_costs UNION SELECT pool, strftime('/%Y-%m', month / 1000 + 8 * 3600, 'unixepoch')
      FROM audit_capacity_costs WHERE month > 0) m ON m.pool = c.pool
    UNION SELECT z.zone || '/' || g.hosts FROM audit_capacity_costs c JOIN host_groups g ON g.id = c.host_group JOIN zones z ON z.id = g.zone_id`,
  refund: `SELECT DISTINCT order_id AS id FROM transactions WHERE kind = (SELECT id FROM words WHERE word = 'refund')
    UNION SELECT order_id FROM refunds`,
}

/** What only the record knows: money moved as it was, and the part of a cash coupon that use had left over. */
const recordOnly = /^paid of order \d+$/

test.each(Object.entries(samples) as [Subject, string][])('%s: every formula computes its amount', (subject, sql) => {
  const explanations = all(subject, sql)
  expect(explanations.length, subject).toBeGreaterThan(2)
  const wrong = explanations.flatMap(({ subject: name, workings }) =>
    workings
      .filter(({ what, amount }) => amount !== null || !recordOnly.test(what))
      .flatMap(faultsOf)
      .map((fault) => `${name}, ${fault}`),
  )
  expect(wrong).toEqual([])
  const { start, end, utcOffset } = record.meta
  for (const explanation of explanations) {
    for (const { at, what } of explanation.moments) {
      expect(at, `${explanation.subject}: ${what}`).toBeGreaterThanOrEqual(start)
      expect(at, `${explanation.subject}: ${what}`).toBeLessThanOrEqual(end)
    }
    const text = explanationText(explanation, utcOffset)
    expect(text, 'internal milliseconds').not.toMatch(/\d ms\b/)
    expect(text, 'two signs').not.toMatch(/[-+] -|(debit|credit) .* -\d/)
    expect(text, 'an id where a name is').not.toMatch(
      /(plan|plan from|specification|specification from|pool|seller) \d+[,)]/,
    )
    expect(text, 'cut off').not.toContain('…')
    expect(text).not.toContain('undefined')
  }
})

test('every kind of subject is walked', () => {
  expect(Object.keys(samples).sort()).toEqual(Object.keys(subjects).sort())
})

test('an ecs line shows the price list of its server, and an upgrade names what it was (E-06, X-02)', () => {
  const particular = (id: string, label: string) =>
    explain(record, 'order', id)
      .particulars.filter(([name]) => name === label)
      .map(([, text]) => text)
  for (const id of ids(
    `SELECT order_id AS id FROM order_lines WHERE part = (SELECT id FROM words WHERE word = 'ecs') LIMIT 20`,
  )) {
    const [line] = record.rows<{ pool: string; price: string }>(
      `SELECT n.pool, CAST(s.price / 10000000000.0 AS TEXT) AS price FROM order_lines l JOIN server_plans s ON s.id = l.plan
       JOIN pool_names n ON n.id = s.pool WHERE l.order_id = ? AND l.part = (SELECT id FROM words WHERE word = 'ecs')`,
      BigInt(id),
    )
    const [plan] = particular(id, 'Server plan')
    expect(plan, id).toContain(line.pool)
    expect(plan, id).toContain(` at ${line.price.replace(/\.0$/, '')}`)
  }
  const [upgrade] = ids(`SELECT min(id) AS id FROM orders WHERE kind = (SELECT id FROM words WHERE word = 'upgrade')`)
  expect(particular(upgrade, 'Old plan')[0]).toMatch(/^crm\/\w+ for \d+ months?: \{"model"/)
})

test('an unsubscription shows what it booked, and its fee by name (N-03, N-04)', () => {
  const withFee = ids('SELECT order_id AS id FROM refunds WHERE fee > 0 LIMIT 5')
  expect(withFee.length).toBeGreaterThan(0)
  for (const id of withFee)
    for (const subject of ['order', 'refund'] as const) {
      const text = explanationText(explain(record, subject, id), 0)
      expect(text).toMatch(/handling fee of what order \d+ paid +N-04 +[\d.]+ x [\d.]+% = /)
      expect(text).toMatch(/handling fee \d+\.\d{8} \(N-04\)/)
      expect(text).toMatch(/credit buyer-cash of \S+ {2}\d/)
    }
})

test('the scenario line writes lifetimes as durations, not in milliseconds', () => {
  const orders = all('order', 'SELECT min(id) AS id FROM orders WHERE interest > 0 GROUP BY specification, interest')
  const lines = orders.flatMap(({ particulars }) => particulars.filter(([name]) => name === 'Scenario'))
  const lifetimes = lines.flatMap(([, line]) => /"lifetime":(\{.*?\}+)/.exec(line)?.[1] ?? [])
  expect(lifetimes).toContain('{"constant":"4000d"}')
  expect(lifetimes.filter((law) => /:\d/.test(law.replace(/"shape":[\d.]+/, '')))).toEqual([])
})
