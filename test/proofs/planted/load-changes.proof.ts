/** Upgrades, expansions, coupons, refunds, shares of sellers and revenue under load: they come to what the history came to, and are audited. */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readScenario } from '#scenarios/reader.ts'
import { auditLedger, type LedgerAudit } from '#sim/audit/load-test/audit-ledgers.ts'
import { BillingService } from '#sim/load-test/billing-service.ts'
import { checkBooked } from '#sim/load-test/booked-work.ts'
import { liveHistory } from '#sim/load-test/history.ts'
import { LedgerFile } from '#sim/load-test/ledger-file.ts'
import { ledgerMeta } from '#sim/load-test/prepare.ts'
import { readHistory } from '#sim/load-test/read-history.ts'
import { kindOf, type RequestStream } from '#sim/load-test/request-stream.ts'
import { ledgerNumber } from '#sim/record/load-ledger.ts'
import { writeWholeRecord } from '#sim/record/whole-record.ts'
import { buildWorld } from '#sim/world/world.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-changes-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Served {
  readonly stream: RequestStream
  readonly record: string
  readonly ledger: string
  readonly audit: LedgerAudit
}

/** The history of a scenario, and its stream done once over, on one thread. */
async function served(scenario: string, sets: string[]): Promise<Served> {
  const file = new URL(`../../../scenarios/${scenario}.yaml`, import.meta.url).pathname
  const read = await readScenario(file, { sets })
  const spec = { scenario: read.scenario, traces: Object.fromEntries(read.traces) }
  const world = buildWorld(spec)
  const own = mkdtempSync(join(folder, scenario))
  const signal = new AbortController().signal
  const record = await liveHistory({ ...spec, seed: '7', threads: 1, folder: own, onProgress() {}, signal })
  const stream = readHistory(record, world)
  const path = join(own, 'ledger.sqlite')
  const ledger = new LedgerFile(path, world, ledgerMeta(spec.scenario, '7'), 'off')
  const service = new BillingService(stream, world, ledger)
  service.begin()
  for (let number = 0; number < stream.count; number++) service.execute(number)
  service.commit()
  ledger.close()
  return { stream, record, ledger: path, audit: auditLedger(path) }
}

/** The record of a history as one file, written when it is first asked for. */
function wholeOf(record: string): string {
  const whole = `${record}.whole`
  if (!existsSync(whole)) writeWholeRecord(record, whole)
  return whole
}

const all = (path: string, sql: string, with_?: string): number[][] => {
  const database = new Sqlite(path, { readonly: true })
  try {
    if (with_ !== undefined) database.prepare('ATTACH ? AS history').run(wholeOf(with_))
    return database.prepare<[], number[]>(sql).raw().all()
  } finally {
    database.close()
  }
}

const counted = ({ stream }: Served): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (let position = 0; position < stream.count; position++) {
    const kind = kindOf(stream, position)
    counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}

const word = (name: string): string => `(SELECT id FROM history.words WHERE word = '${name}')`

/** Orders of the history by the number that the stream gives them. */
const numbered = 'SELECT row_number() OVER (ORDER BY id) AS number, * FROM history.orders'

/** Shared by all tests, and read-only. */
const rules = served('every-rule', ['duration=75d', 'policies.custom.partial=keep-created'])

describe('every-rule, 75 days', () => {
  let run: Served
  beforeAll(async () => {
    run = await rules
  })

  test('has every kind of operation, and the auditor agrees with each amount', () => {
    const counts = counted(run)
    for (const kind of ['top-up', 'order', 'meter', 'settle', 'refund', 'bill', 'change', 'earn', 'coupon', 'share'])
      expect(counts[kind], kind).toBeGreaterThan(4)
    expect(run.audit.operations).toBe(run.stream.count)
    expect(run.audit.differences).toEqual([])
    expect(run.audit.balances.reduce((sum, balance) => sum + balance, 0n)).toBe(0n)
    expect(checkBooked(run.ledger, run.stream)).toMatchObject({ wrong: 0, operations: run.stream.count })
  })

  test('discount coupons, cash coupons and their return are in the books', () => {
    expect(all(run.ledger, 'SELECT count(*) > 0 FROM orders WHERE discount > 0')).toEqual([[1]])
    expect(all(run.ledger, 'SELECT count(*) > 0 FROM orders WHERE coupon > 0')).toEqual([[1]])
    const sql = `SELECT count(*) FROM orders JOIN (${numbered}) o ON o.number = orders.order_id
      WHERE discount > 0 AND NOT EXISTS (SELECT 1 FROM history.coupon_draws d JOIN history.coupons c ON c.id = d.coupon_id
        WHERE d.order_id = o.id AND d.amount = orders.discount AND c.kind = ${word('discount-coupon')})`
    expect(all(run.ledger, sql, run.record)).toEqual([[0]])
  })

  const first = (table: string, where: string, order = 'operation'): string =>
    `SELECT operation FROM ${table} WHERE ${where} ORDER BY ${order} LIMIT 1`
  test.each([
    ['a change', `UPDATE changes SET amount = amount + 1 WHERE operation = (${first('changes', 'done = 1')})`],
    ['its tax', `UPDATE changes SET tax = tax + 1 WHERE operation = (${first('changes', 'tax > 0')})`],
    [
      'its quantity',
      `UPDATE changes SET quantity = quantity + 1 WHERE operation = (${first('changes', 'amount > 0 AND expansion = 1')})`,
    ],
    [
      'earned revenue',
      `UPDATE recognitions SET amount = amount + 1 WHERE operation = (${first('recognitions', 'amount > 0')})`,
    ],
    [
      'the days it is of',
      `UPDATE recognitions SET earned_to = earned_to + 1 WHERE operation = (${first('recognitions', 'amount > 0')})`,
    ],
    [
      'revenue of the wrong account',
      `UPDATE postings SET ledger = ledger + 1 WHERE amount < 0 AND operation = (${first('recognitions', 'amount > 0')})`,
    ],
    [
      'a coupon`s worth',
      `UPDATE coupons SET amount = amount + 1 WHERE operation = (${first('coupons', 'amount > 0')})`,
    ],
    [
      'a coupon`s kind',
      `UPDATE coupons SET cash = 1 - cash WHERE operation IN (SELECT c.operation FROM coupons c JOIN orders o USING (account) WHERE o.coupon + o.discount > 0)`,
    ],
    [
      'a discount coupon',
      `UPDATE orders SET discount = discount - 1, cash = cash + 1 WHERE operation = (${first('orders', 'discount > 1')})`,
    ],
    [
      'a cash coupon',
      `UPDATE orders SET coupon = coupon - 1, cash = cash + 1 WHERE operation = (${first('orders', 'coupon > 1')})`,
    ],
    [
      'a refund to a coupon',
      `UPDATE refunds SET coupon = coupon + 1 WHERE operation = (${first('refunds', 'done = 1')})`,
    ],
    ['the tax of a refund', `UPDATE refunds SET tax = tax + 1 WHERE operation = (${first('refunds', 'done = 1')})`],
    [
      'the rounding of a refund',
      `UPDATE refunds SET rounding = rounding + 1 WHERE operation = (${first('refunds', 'done = 1')})`,
    ],
    [
      'the servers in a refund',
      `UPDATE refunds SET cloud = cloud + 1 WHERE operation = (${first('refunds', 'done = 1')})`,
    ],
    [
      'how many parts a refund is of',
      `UPDATE refunds SET parts = parts + 1 WHERE operation = (${first('refunds', 'done = 1 AND part < parts')})`,
    ],
    ['a fee that is left out', `UPDATE refunds SET no_fee = 1 WHERE operation = (${first('refunds', 'fee > 0')})`],
    [
      'what a seller is owed less after a refund',
      `UPDATE refunds SET cost = cost + 1 WHERE operation = (${first('refunds', 'cost < 0')})`,
    ],
    [
      'what of a share is no longer deferred',
      `UPDATE refunds SET released = released + 1 WHERE operation = (${first('refunds', 'released > 0')})`,
    ],
    [
      'the commission in earned revenue',
      `UPDATE recognitions SET commission = commission + 1 WHERE operation = (${first('recognitions', 'commission < amount')})`,
    ],
    [
      'the share of an order',
      `UPDATE shares SET cost = cost + 1 WHERE operation = (${first('shares', 'order_id > 0')})`,
    ],
    [
      'the share of a day`s use',
      `UPDATE shares SET cost = cost - 1 WHERE operation = (${first('shares', 'order_id = 0 AND cost > 0')})`,
    ],
    [
      'what was sold of it',
      `UPDATE shares SET sales = sales + 100 WHERE operation = (${first('shares', 'order_id = 0 AND cost > 0')})`,
    ],
    [
      'the product that was sold',
      `UPDATE shares SET specification = specification + 1 WHERE operation = (${first('shares', 'order_id > 0')})`,
    ],
    [
      'a share of another seller',
      `UPDATE postings SET owner = owner + 1 WHERE amount < 0 AND operation = (${first('shares', 'cost > 0')})`,
    ],
    ['a share that is missing', `DELETE FROM shares WHERE operation = (${first('shares', 'cost > 0')})`],
    [
      'a share that is a cost and not deferred',
      `UPDATE postings SET ledger = ${ledgerNumber('seller-cost')}, owner = 0 WHERE amount > 0 AND operation = (${first('shares', 'order_id > 0 AND cost > 0')})`,
    ],
    [
      'what a card is charged',
      `UPDATE orders SET charged = charged + 1000000 WHERE operation = (${first('orders', 'charged > 0')})`,
    ],
    ['an order that no card paid', `UPDATE orders SET card = 0 WHERE operation = (${first('orders', 'charged > 0')})`],
    ['the tax on use', `UPDATE bills SET tax = tax + 1 WHERE operation = (${first('bills', 'tax > 0')})`],
    [
      'the rounding of a bill',
      `UPDATE bills SET rounding = rounding + 1 WHERE operation = (${first('bills', 'rounding <> 0')})`,
    ],
    [
      'an hour that a coupon paid',
      `UPDATE settlements SET coupon = coupon - 1, cash = cash + 1 WHERE operation = (${first('settlements', 'coupon > 1')})`,
    ],
    [
      'an hour that a coupon did not pay',
      `UPDATE settlements SET coupon = 1, cash = cash - 1 WHERE operation = (${first('settlements', 'coupon = 0 AND cash > 1')})`,
    ],
    ['what is drawn with a bill', `UPDATE bills SET cash = cash + 1 WHERE operation = (${first('bills', 'cash > 0')})`],
  ])('the auditor notices %s', (_, corruption) => {
    const file = join(folder, 'corrupt.sqlite')
    copyFileSync(run.ledger, file)
    const copy = new Sqlite(file)
    expect(copy.prepare(corruption).run().changes).toBeGreaterThan(0)
    copy.close()
    expect(auditLedger(file).differing).toBeGreaterThan(0)
  })
})

describe.each([
  ['pricing-rule-change', () => served('pricing-rule-change', ['end=2023-06-20T00:00:00+08:00'])],
  ['every-rule', () => rules],
])('%s: what is recomputed', (_, serve) => {
  let run: Served
  beforeAll(async () => {
    run = await serve()
  })

  test('changes cost what the history charged for them', () => {
    const paid = `SELECT count(*), sum(changes.amount <> CASE WHEN q.amount IS NULL THEN o.amount ELSE q.amount END)
      FROM changes JOIN (${numbered}) o ON o.number = changes.order_id LEFT JOIN
        (SELECT order_id, sum(amount) AS amount FROM history.order_requotes GROUP BY order_id) q ON q.order_id = o.id
      WHERE changes.done = 1`
    const [[count, wrong]] = all(run.ledger, paid, run.record)
    expect(count).toBeGreaterThan(5)
    expect(wrong).toBe(0)
    const kinds = all(run.ledger, 'SELECT DISTINCT expansion FROM changes ORDER BY 1').flat()
    expect(kinds).toEqual([0, 1])
  })

  test('terms earn what they earned in the history', () => {
    const sql = `SELECT count(*), sum(r.amount <> coalesce((SELECT sum(p.amount) FROM history.transactions t
          LEFT JOIN history.recognitions h ON h.transaction_id = t.id
          JOIN history.postings p ON p.transaction_id = t.id AND p.ledger = ${word('deferred-revenue')}
          WHERE t.kind = ${word('recognition')} AND t.order_id = o.id AND t.at = r.at
            AND coalesce(h.earned_from, 0) = r.earned_from AND coalesce(h.earned_to, 1) = r.earned_to
            AND r.cloud = EXISTS (SELECT 1 FROM history.postings c WHERE c.transaction_id = t.id
              AND c.ledger = ${word('cloud-resource-revenue')})), 0))
      FROM recognitions r JOIN (${numbered}) o ON o.number = r.order_id WHERE r.done = 1`
    const [[count, wrong]] = all(run.ledger, sql, run.record)
    expect(count).toBeGreaterThan(100)
    expect(wrong).toBe(0)
  })
})
