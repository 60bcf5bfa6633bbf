/**
 * The stream of a history: nothing of what was requested is missing, and asked again it comes to what was charged then.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readScenario } from '#scenarios/reader.ts'
import { BillingService } from '#sim/load-test/billing-service.ts'
import { liveHistory } from '#sim/load-test/history.ts'
import { LedgerFile } from '#sim/load-test/ledger-file.ts'
import { readHistory } from '#sim/load-test/read-history.ts'
import { kindOf, type RequestStream, workDigest } from '#sim/load-test/request-stream.ts'
import { ledgerAccounts } from '#sim/record/ledger-accounts.ts'
import { ledgerNumber, type OperationKind, operationKinds } from '#sim/record/load-ledger.ts'
import { openRecord } from '#sim/record/open-record.ts'
import { buildWorld, type World } from '#sim/world/world.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-history-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let world: World
let record: string
let stream: RequestStream

beforeAll(async () => {
  const cliff = new URL('../../../scenarios/renewal-cliff.yaml', import.meta.url).pathname
  const sets = ['end=2024-02-12T00:00:00+08:00', 'policies.renewal.alignDay=none']
  const { scenario } = await readScenario(cliff, { sets })
  world = buildWorld({ scenario, traces: {} })
  const signal = new AbortController().signal
  record = await liveHistory({ scenario, traces: {}, seed: '7', threads: 1, folder, onProgress() {}, signal })
  stream = readHistory(record, world)
})

const all = <R>(path: string, sql: string): R[] => {
  const database = openRecord(path)
  try {
    return database.prepare<[], R>(sql).raw().all() as R[]
  } finally {
    database.close()
  }
}

const people = { 'top-up': 3, order: 3, refund: 3, change: 3, earn: 3, coupon: 3, share: 3 }
const rank: Readonly<Record<OperationKind, number>> = { bill: 0, meter: 1, settle: 2, ...people }

test('operations come in the order of time, and at one instant in that of T-06', () => {
  const { at, count } = stream
  const early = Array.from({ length: count - 1 }, (_, position) => position + 1).filter((position) => {
    if (at[position - 1] !== at[position]) return at[position - 1] > at[position]
    // As the books close, bills come last.
    if (at[position] >= world.scenario.end) return false
    return rank[kindOf(stream, position - 1)] > rank[kindOf(stream, position)]
  })
  expect(early).toEqual([])
})

test('it holds every top-up, metered hour and settlement of the history', () => {
  const counts = Object.fromEntries(operationKinds.map((kind) => [kind, 0])) as Record<OperationKind, number>
  let paidIn = 0
  for (let position = 0; position < stream.count; position++) {
    const kind = kindOf(stream, position)
    counts[kind]++
    if (kind === 'top-up') paidIn += stream.value[position]
  }
  const kinds = (names: string) => `(SELECT id FROM words WHERE word IN (${names}))`
  const [[topUps, sum]] = all<[number, number]>(
    record,
    `SELECT count(*), sum(-p.amount) FROM transactions t JOIN postings p ON p.transaction_id = t.id
      WHERE t.kind IN ${kinds("'opening', 'top-up'")} AND p.ledger IN ${kinds("'buyer-cash'")}`,
  )
  expect(counts['top-up']).toBe(topUps)
  expect(paidIn).toBe(sum)
  expect([[counts.meter]]).toEqual(all(record, 'SELECT sum(hours) FROM usage_spans'))
  expect([[counts.settle]]).toEqual(
    all(record, `SELECT sum(repeats) FROM transactions WHERE kind IN ${kinds("'usage'")}`),
  )
  expect(counts.order).toBeGreaterThan(100)
  expect(counts.refund).toBeGreaterThan(0)
  expect(counts.bill).toBeGreaterThan(100)
})

test('done once over, its use and its orders come to what the simulation charged for them', () => {
  const path = join(folder, 'ledger.sqlite')
  const ledger = new LedgerFile(path, world, {}, 'off')
  const service = new BillingService(stream, world, ledger)
  service.begin()
  for (let number = 0; number < stream.count; number++) service.execute(number)
  service.commit()
  ledger.close()
  const ofUse = ['cloud-resource-revenue', 'marketplace-revenue'] as const
  for (const name of ofUse)
    expect(
      all(
        path,
        `SELECT sum(amount) FROM postings JOIN settlements USING (operation) WHERE ledger = ${ledgerNumber(name)}`,
      ),
    ).toEqual(
      all(
        record,
        `SELECT sum(p.amount * t.repeats) FROM postings p JOIN transactions t ON t.id = p.transaction_id
          WHERE t.kind = (SELECT id FROM words WHERE word = 'usage')
            AND p.ledger = (SELECT id FROM words WHERE word = '${name}')`,
      ),
    )
  const asked = all(path, 'SELECT count(*), sum(amount), sum(tax) FROM orders WHERE amount > 0')
  const paid = all(
    record,
    `SELECT count(*), sum(amount), 0 FROM orders WHERE id IN (SELECT order_id FROM transactions
      WHERE kind = (SELECT id FROM words WHERE word = 'payment')) AND kind IN
      (SELECT id FROM words WHERE word IN ('purchase', 'renewal'))`,
  )
  expect(asked).toEqual(paid)
  expect(all(path, 'SELECT sum(amount) FROM postings')).toEqual([[0]])
  expect(all(path, `SELECT count(*) FROM postings WHERE ledger >= ${ledgerAccounts.length}`)).toEqual([[0]])
})

test('a history that is too long is cut off at an hour', () => {
  const cut = readHistory(record, world, 20_000)
  const meters = cut.kind.reduce((sum, kind) => sum + (operationKinds[kind] === 'meter' ? 1 : 0), 0)
  expect(meters).toBeLessThanOrEqual(20_000)
  expect(meters).toBeGreaterThan(19_000)
  expect(cut.at.at(-1)).toBeLessThan(stream.at.at(-1) ?? 0)
})

test('the digest of the work tells streams and numbers of operations apart', () => {
  const digests = [workDigest(stream, stream.count), workDigest(stream, stream.count + 1), workDigest(stream, 10)]
  expect(new Set(digests).size).toBe(3)
  const other = readHistory(record, world)
  expect(workDigest(other, stream.count)).toBe(digests[0])
  other.value[5] += 1
  expect(workDigest(other, stream.count)).not.toBe(digests[0])
})
