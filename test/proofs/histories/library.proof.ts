/**
 * The whole library: each scenario has its recorded history on any number of threads and from each of its checkpoints,
 * and the real job log is metered to the second. `--short`: two histories once, on two threads, the first days of all
 * others on one thread and on two, and the job log.
 */
import { readFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { formatAmount } from '#base/money.ts'
import { knownFigure } from '#reports/figures/catalogue.ts'
import { measure } from '#reports/figures/figure.ts'
import { trialBalance } from '#reports/ledger/trial-balance.ts'
import { libraryScenarios } from '#scenarios/library.ts'
import { defaultPolicies } from '#scenarios/policies.ts'
import { readScenario } from '#scenarios/reader.ts'
import { readPrices } from '#sim/metering-log/price-list.ts'
import { rateLog } from '#sim/metering-log/rate-log.ts'
import { nasaBytes, nasaPrices } from '../../../scenarios/data/nasa-events.ts'
import { textOf } from '../../house/source-tree.ts'
import { shortRun } from '../../reports/short-run.ts'
import { expectResumable, removeRunFolders } from '../../sim/run/checkpointed-run.ts'
import { laws } from '../../sim/run/laws.ts'
import { digestOf, withRun } from '../../sim/run/library-run.ts'
import { isShort } from '../effort.ts'

const digests = JSON.parse(readFileSync(new URL('../../sim/run/digests.json', import.meta.url), 'utf8')) as Record<
  string,
  string
>
const library = await libraryScenarios()
afterAll(removeRunFolders)

/** At full length with `--short`; quickstart is in the suite. */
const few = ['every-rule', 'supervision-dispute']

test.each(isShort ? few : Object.keys(digests))(
  `%s has its history on ${isShort ? 2 : '1, 2 and 4'} threads`,
  async (name) => {
    for (const threads of isShort ? [2] : [1, 2, 4]) expect(await digestOf(name, { threads })).toBe(digests[name])
  },
)

if (isShort)
  test.each(Object.keys(digests).filter((name) => ![...few, 'quickstart'].includes(name)))(
    '%s has one history on 1 and 2 threads, here of its first day',
    async (name) =>
      expect(await digestOf(name, { threads: 2, days: 1 })).toBe(await digestOf(name, { threads: 1, days: 1 })),
  )
else
  test.each(library.map(({ name, path }) => [name, path] as const))(
    '%s resumes from each of its checkpoints to the same facts, on another number of threads',
    async (name, path) => {
      const read = await readScenario(path)
      const { start, end } = read.scenario
      const days = name === 'metropolis' ? 2 : Number.POSITIVE_INFINITY
      const scenario = { ...read.scenario, end: Math.min(end, start + days * 86_400_000) }
      await expectResumable({ ...read, scenario })
    },
  )

test('nasa-ipsc: the meter agrees with the log to the second, and 192 servers refuse no request', async () => {
  const jobs = textOf('scenarios/data/nasa-ipsc-1993.csv')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').map(Number))
  const logged = jobs.reduce((sum, [, runtime, size]) => sum + runtime * size, 0)
  await withRun('nasa-ipsc', {}, ({ differences }, ask) => {
    expect(ask("SELECT SUM(hours * seconds) FROM usage_spans JOIN words ON words.id = item WHERE word = 'ecs'")).toBe(
      logged,
    )
    expect(ask('SELECT COUNT(*) FROM orders')).toBe(jobs.length)
    expect(ask('SELECT COUNT(*) FROM refusals')).toBe(0)
    expect(ask('SELECT MAX(peak) FROM pool_hours')).toBe(176)
    expect(differences).toBe(0)
  })
})

test('the NASA log as a lifecycle log: server seconds are the sum of runtime x size, and the charge is known', async () => {
  const log = await rateLog({
    file: 'nasa.csv',
    input: ReadableStream.from(nasaBytes()),
    prices: await readPrices('prices.csv', ReadableStream.from([Buffer.from(nasaPrices)])),
    policies: { ...defaultPolicies, 'time.utcOffset': -7 * 3_600_000 },
  })
  expect(log.rows).toBe(2 * 309_953)
  expect(log.totals.seconds.ecs).toBe(474_238_015)
  expect(log.problems.total).toBe(0)
  let charges = 0n
  for (const bill of log.bills()) charges += bill.charges
  expect(formatAmount(charges)).toBe('56079.18150000')
})

test.skipIf(isShort)('nasa-ipsc: 128 servers refuse a few in the first five weeks', async () => {
  await withRun(
    'nasa-ipsc',
    { sets: ['regions.ames.zones.ames-1.pools.i860.capacity=128', 'end=1993-11-06T00:00:00-07:00'] },
    ({ differences }, ask) => {
      expect(ask("SELECT COUNT(*) FROM v_refusals WHERE code = 'capacity-sold-out' AND rule = 'E-02'")).toBe(2)
      expect(ask('SELECT MAX(peak) FROM pool_hours')).toBe(128)
      expect(differences).toBe(0)
    },
  )
})

test.skipIf(isShort)('Q-01..Q-08 hold in quickstart, counted by SQL', async () => {
  await withRun('quickstart', {}, ({ differences, amounts }, ask) => {
    expect(laws.filter(({ breaches }) => ask(breaches) !== 0).map(({ law }) => law)).toEqual([])
    expect(amounts).toBeGreaterThan(100_000)
    expect(differences).toBe(0)
  })
})

test('quickstart: what is earned in March is earned in March (M-09)', async () => {
  // An independent script computed it from orders, their completion and their terms by civil days: 52,791.26477162
  // before truncation.
  const run = await shortRun([])
  try {
    const [{ recognised, days }] = run.record.rows<{ recognised: bigint; days: bigint }>(
      `SELECT sum(recognised) AS recognised, sum(recognised > 0) AS days FROM deferred_days WHERE day LIKE '2024-03-%'`,
    )
    expect([recognised, days]).toEqual([5_279_126_477_037n, 31n])
    const owed = trialBalance(run.record, Date.UTC(2024, 2, 31, 16), false).lines
    expect(owed.find(({ ledger }) => ledger === 'deferred-revenue')).toMatchObject({ credit: 14_924_802_022_963n })
    expect(measure(run.record, knownFigure('ledger.deferredRevenue'))?.numerator).toBe(14_924_802_022_963n)
  } finally {
    run.remove()
  }
})
