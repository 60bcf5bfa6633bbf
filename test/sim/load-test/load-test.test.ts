/** Whole load tests of one day of the first scenario: what they do, what they write, and what the auditor sees. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { Piscina } from 'piscina'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DamageError } from '#base/damage-error.ts'
import { type Answer, resultOf } from '#engine/cells/thrown.ts'
import { readScenario } from '#scenarios/reader.ts'
import { auditLedger, wholeAudit } from '#sim/audit/load-test/audit-ledgers.ts'
import { type BookedWork, checkBooked } from '#sim/load-test/booked-work.ts'
import { type GeneratorPart, mergedLoad, othersOf } from '#sim/load-test/generators.ts'
import { judgeLedgers } from '#sim/load-test/judge-ledgers.ts'
import { allBooked, LoadBench, type LoadOptions, type LoadOutcome, withBooked } from '#sim/load-test/load-test.ts'
import { type PreparedLoad, prepareLoad } from '#sim/load-test/prepare.ts'
import { parseStages } from '#sim/load-test/rate.ts'
import type { LoadShape } from '#sim/load-test/shape.ts'
import type { WorldSpec } from '#sim/world/world.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-load-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const even = (stages: string): LoadShape => ({
  kind: 'stages',
  stages: parseStages(stages),
  spacing: 'even',
  seed: '7',
})
const never = new AbortController().signal
let spec: WorldSpec
let prepared: PreparedLoad
let tests = 0
/** A load of one thread. */
let books: ReturnType<typeof load>

beforeAll(async () => {
  // People with little money fall into arrears, and top-ups pay them.
  const sets = [
    'end=2024-03-02T00:00:00+08:00',
    'buyers.0.wallet.opening=0.2',
    'buyers.0.wallet.topUp.below=0.1',
    'buyers.0.wallet.topUp.amount=1',
  ]
  const quickstart = new URL('../../../scenarios/quickstart.yaml', import.meta.url).pathname
  const { scenario } = await readScenario(quickstart, { sets: [...sets] })
  spec = { scenario, traces: {} }
  prepared = await prepareLoad({ ...spec, seed: '7', threads: 1, folder, onProgress() {}, signal: never })
})

const little = {
  shape: even('100k:60ms'),
  sync: 'off',
  batch: 500,
  backlog: 1e6,
  warmUp: 0,
  onProgress() {},
  signal: never,
} as const

const sumOf = <T>(of: readonly T[], count: (each: T) => number): number =>
  of.reduce((total, each) => total + count(each), 0)

async function load(
  threads: number,
  changed: Partial<LoadOptions> = {},
): Promise<{ outcome: LoadOutcome; at: string }> {
  const bench = new LoadBench(spec, prepared.stream, prepared.meta, threads)
  const name = `test-${tests++}`
  try {
    const outcome = await bench.run({ ...little, folder, name, ...changed })
    return { outcome, at: join(folder, name) }
  } finally {
    await bench.close()
  }
}

describe('a load of one and a half rounds of the history', () => {
  let one: LoadOutcome
  let two: LoadOutcome
  let ledger: string

  beforeAll(async () => {
    books = load(1)
    const first = await books
    one = first.outcome
    ledger = join(first.at, 'ledger-0.sqlite')
    two = (await load(2)).outcome
  })

  test('does all it was requested, and the auditor agrees with every amount', () => {
    for (const { asked, complete, measurements, audit, ledger: written } of [one, two]) {
      expect(asked).toBe(6_000)
      expect(prepared.stream.count).toBeLessThan(asked)
      expect(complete).toBe(true)
      expect(measurements.total('done')).toBe(asked)
      expect(measurements.total('dropped')).toBe(0)
      expect(measurements.response.count).toBe(asked)
      expect(audit.operations).toBe(asked)
      expect(audit.differing).toBe(0)
      expect(audit.trial).toBe(0n)
      expect(audit.bills).toBeGreaterThan(20)
      expect(audit.amounts).toBeGreaterThan(asked * 3)
      expect(written.rows).toBeGreaterThan(asked)
    }
    const debts = new Sqlite(ledger, { readonly: true })
    expect(debts.prepare('SELECT count(*) FROM settlements WHERE due > 0').pluck().get()).toBeGreaterThan(5)
    debts.close()
    for (const kind of ['top-up', 'order', 'meter', 'settle', 'bill'] as const)
      expect(one.measurements.kinds[kind].done).toBeGreaterThan(0)
  })

  test('leaves the same work and the same books on one thread and on two', () => {
    expect(two.workDigest).toBe(one.workDigest)
    expect(two.audit.digest).toBe(one.audit.digest)
    expect(two.audit.balances).toEqual(one.audit.balances)
    expect(two.audit.amounts).toBe(one.audit.amounts)
    expect(two.ledger.files).toEqual(['ledger-0.sqlite', 'ledger-1.sqlite'])
  })

  test.each([[[1, 1]], [[2, 1, 1]]])(
    'generators with %o threads leave the books and the counts of one test',
    async (threads) => {
      const whole = one
      const parts = await Promise.all(
        threads.map(async (of, generator): Promise<GeneratorPart & { booked: BookedWork; at: string }> => {
          const bench = new LoadBench(spec, prepared.stream, prepared.meta, of)
          const name = `part-${tests++}`
          const share = { generator, generators: threads.length }
          try {
            const { served, booked } = await bench.serve({ ...little, folder, name, share, startsIn: async () => 10 })
            return { generator: generator + 1, served, booked, machine: 'one', processors: 2, at: join(folder, name) }
          } finally {
            await bench.close()
          }
        }),
      )
      const merged = mergedLoad(parts, threads.length)
      const files = parts.flatMap(({ served, at }) => served.ledger.files.map((file) => join(at, file)))
      const audit = withBooked(await judgeLedgers(files, 2), allBooked(parts.map(({ booked }) => booked)), 6_000)
      expect(audit).toMatchObject({ differing: 0, digest: whole.audit.digest, amounts: whole.audit.amounts, trial: 0n })
      expect(audit.balances).toEqual(whole.audit.balances)
      expect(merged).toMatchObject({ complete: true, asked: 6_000, workDigest: whole.workDigest, planned: 60 })
      const kinds = ['top-up', 'order', 'meter', 'settle', 'bill', 'earn'] as const
      for (const kind of kinds) {
        const [mine, theirs] = [merged.measurements.kinds[kind], whole.measurements.kinds[kind]]
        expect([mine.due, mine.done, mine.refused]).toEqual([theirs.due, theirs.done, theirs.refused])
        expect(mine.response.count).toBe(sumOf(parts, ({ served }) => served.measurements.kinds[kind].response.count))
      }
      expect(merged.measurements.response.max).toBe(
        Math.max(...parts.map(({ served }) => served.measurements.response.max)),
      )
      expect(merged.measurements.intervals[0].due).toBe(whole.measurements.intervals[0].due)
      expect(merged.ledger.files).toContain('generator-2-ledger-0.sqlite')
      expect(merged.threads).toBe(threads.reduce((total, each) => total + each, 0))
      // One that is lost: what is there is right, and the whole is not complete.
      expect(mergedLoad(parts.slice(1), threads.length).complete).toBe(false)
    },
  )

  test('generators of one machine are no other programs to each other', () => {
    const part = (generator: number, machine: string): GeneratorPart => ({
      generator,
      machine,
      processors: 4,
      served: { ...one, elapsed: 1_000, machine: { ...one.machine, others: 0.5, threadsCpu: 900, helpersCpu: 100 } },
    })
    const parts = [part(1, 'a'), part(2, 'a'), part(3, 'b')]
    expect(parts.map((each) => othersOf(each, parts))).toEqual([0.25, 0.25, 0.5])
  })

  const meter = 'SELECT operation FROM usage_lines WHERE done = 1 ORDER BY operation LIMIT 1 OFFSET 40'
  test.each([
    ['one posting', 'UPDATE postings SET amount = amount + 1 WHERE rowid = 300', /transaction/],
    ['a posting that is gone', 'DELETE FROM postings WHERE rowid = 300', /transaction/],
    ['a posting of nothing', 'INSERT INTO postings VALUES (1000000, 0, 1, 5), (1000000, 1, 1, -5)', /transaction/],
    ['an hour`s amount', `UPDATE usage_lines SET amount = amount + 1 WHERE operation = (${meter})`, /charge/],
    ['an hour`s price', `UPDATE usage_lines SET unit_price = unit_price + 1 WHERE operation = (${meter})`, /price/],
    ['an hour charged that is gone', `DELETE FROM usage_lines WHERE operation = (${meter})`, /settlement/],
    [
      'an order',
      'UPDATE orders SET amount = amount - 1 WHERE operation = (SELECT max(operation) FROM orders WHERE amount > 0)',
      /order amount/,
    ],
    [
      'a bill',
      'UPDATE bills SET payable = payable + 1000000 WHERE operation = (SELECT min(operation) FROM bills)',
      /bill/,
    ],
    [
      'a top-up',
      'UPDATE top_ups SET amount = amount + 1 WHERE operation = (SELECT min(operation) FROM top_ups)',
      /transaction/,
    ],
  ])('the auditor notices %s', (_, corruption, kind) => {
    const file = join(folder, `corrupt-${tests++}.sqlite`)
    copyFileSync(ledger, file)
    const copy = new Sqlite(file)
    expect(copy.prepare(corruption).run().changes).toBeGreaterThan(0)
    copy.close()
    const after = auditLedger(file)
    expect(after.differing).toBeGreaterThan(0)
    expect(after.differences.map((difference) => difference.kind).join()).toMatch(kind)
    expect(wholeAudit([after]).digest).not.toBe(one.audit.digest)
  })

  test('the order in which postings were written says nothing', () => {
    const file = join(folder, 'disordered.sqlite')
    copyFileSync(ledger, file)
    const copy = new Sqlite(file)
    copy.exec(`CREATE TEMP TABLE moved AS SELECT * FROM postings WHERE operation < 20;
      DELETE FROM postings WHERE operation < 20; INSERT INTO postings SELECT * FROM moved`)
    copy.close()
    const after = auditLedger(file)
    expect([after.differing, wholeAudit([after]).digest]).toEqual([0, one.audit.digest])
  })
})

test.each([
  ['a top-up of more than was paid in', 'UPDATE top_ups SET amount = amount + 1 WHERE rowid = 0', /amount is/],
  ['an order of another account', 'UPDATE orders SET account = account + 1 WHERE done = 1', /account is/],
  ['seconds that were not used', 'UPDATE usage_lines SET seconds = seconds - 1', /seconds is/],
  [
    'a bill under a number that is none',
    'UPDATE bills SET operation = operation * 1000 + 1',
    /no bill was requested|is/,
  ],
])('a ledger that holds %s is not what was requested', async (_, corruption, text) => {
  const { at } = await books
  const file = join(folder, `other-${tests++}.sqlite`)
  copyFileSync(join(at, 'ledger-0.sqlite'), file)
  expect(checkBooked(file, prepared.stream).wrong).toBe(0)
  const copy = new Sqlite(file)
  expect(copy.prepare(corruption).run().changes).toBeGreaterThan(0)
  copy.close()
  const { wrong, first } = checkBooked(file, prepared.stream)
  expect(wrong).toBeGreaterThan(0)
  expect(first[0].text).toMatch(text)
})

test('work beyond the backlog is dropped and counted; what was done is right all the same', async () => {
  const { outcome } = await load(2, { shape: even('2M:20ms'), backlog: 100, batch: 50 })
  const { measurements, asked, audit, complete } = outcome
  expect(complete).toBe(true)
  expect(measurements.total('dropped')).toBeGreaterThan(0)
  expect(measurements.total('done') + measurements.total('dropped')).toBe(asked)
  // A thread whose backlog was full dropped something, and no other did.
  expect(outcome.backlogBound).toBe(50)
  for (const { peak, dropped } of outcome.backlogs) expect(dropped > 0).toBe(peak === 50)
  expect(outcome.backlogs.reduce((sum, { dropped }) => sum + dropped, 0)).toBe(measurements.total('dropped'))
  expect(audit.operations).toBe(measurements.total('done'))
  expect(audit.differing).toBe(0)
})

test('what a thread cannot write ends the test for all, with the code of the system', async () => {
  // A path that is too long for SQLite, though not for the file system.
  const deep = join(folder, ...Array<string>(4).fill('d'.repeat(200)))
  mkdirSync(deep, { recursive: true })
  await expect(load(2, { folder: deep })).rejects.toMatchObject({ code: 'SQLITE_CANTOPEN' })
})

/** Pages of zeros, bytes of another file, a lost end: what a disk leaves that fails without an error. */
test.each<[string, (path: string) => void]>([
  ['no database', (path) => writeFileSync(path, Buffer.alloc(9_000, 'x'))],
  ['pages that were never written', (path) => writeFileSync(path, readFileSync(path).fill(0, 4096 * 2))],
  ['a lost end', (path) => truncateSync(path, 4096 * 3)],
  [
    'two pages that were exchanged',
    (path) => {
      const pages = readFileSync(path)
      const [one, other] = [pages.subarray(4096 * 3, 4096 * 4), pages.subarray(-4096)]
      const copy = Buffer.from(one)
      other.copy(one)
      copy.copy(other)
      writeFileSync(path, pages)
    },
  ],
  [
    'a byte of its meta table that changed',
    (path) => {
      const ledger = new Sqlite(path)
      ledger.exec(`UPDATE meta SET value = replace(value, '"zones"', '"zonec"') WHERE key = 'scenario'`)
      ledger.close()
    },
  ],
])('a ledger on a disk that failed is reported as damaged by the thread that audits it: %s', async (name, damage) => {
  const path = join(folder, `${name}.sqlite`)
  copyFileSync(join((await books).at, 'ledger-0.sqlite'), path)
  damage(path)
  const pool = new Piscina({
    filename: new URL('../../../sim/load-test/worker.ts', import.meta.url).href,
    maxThreads: 1,
  })
  const answer: Answer<unknown> = await pool.run({ path, stream: prepared.stream }, { name: 'judgeLedger' })
  await pool.destroy()
  const damaged = DamageError.in(await new Promise((resolve) => resolve(resultOf(answer))).catch((error) => error))
  expect(damaged).toMatchObject({ where: path, what: expect.stringContaining('damaged') })
})

test('a test that is stopped keeps whole batches, and the auditor judges them', async () => {
  const stop = new AbortController()
  const running = load(2, {
    shape: even('20k:60s'),
    signal: stop.signal,
    stoppedAuditMs: 60_000,
    onProgress: ({ done }) => done > 0 && stop.abort(),
  })
  const { outcome } = await running
  expect(outcome.complete).toBe(false)
  expect(outcome.elapsed).toBeLessThan(60_000)
  expect(outcome.audit.operations).toBe(outcome.measurements.total('done'))
  expect(outcome.audit.operations).toBeGreaterThan(0)
  expect(outcome.audit.differing).toBe(0)
})
