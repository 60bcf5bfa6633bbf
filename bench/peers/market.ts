import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RunRecord, withRecord } from '#reports/record.ts'
import { writeReports } from '#reports/write.ts'
import { readScenario } from '#scenarios/reader.ts'
import { simulate } from '#sim/run/simulate.ts'

// A market of the peers' bench in a process of its own, on one thread.
// usage: market.ts <simulated|whole>[-marginal] <scenario> <smaller scenario, which warms up>
// Prints ns of processor time a market event and the counts: simulated alone, with facts and columns written, in the thread
// that simulates, as for all other works; or whole, with record, audit and reports, in all threads. Marginal: of an event that
// the smaller scenario does not have, so that what every run takes once (opening files, names, charts) is left out.

const [asked, file, smaller] = process.argv.slice(2)
const [part, kind] = asked.split('-')

const sumMs = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1000
const threadMs = (): number => sumMs(process.threadCpuUsage())
const processMs = (): number => sumMs(process.cpuUsage())

/** Runs of the smaller scenario before the one that is measured: code is compiled as it turns out to be needed. */
const WARM_UPS = part === 'whole' ? 1 : 3

/** Processor time until the simulation is over, and until everything is; and what happened. */
async function run(path: string): Promise<{ simulated: number; whole: number; counts: readonly bigint[] }> {
  const { scenario, traces } = await readScenario(path)
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-peers-'))
  try {
    const [threadBegan, began] = [threadMs(), processMs()]
    let simulated = 0
    const request = { scenario, traces: Object.fromEntries(traces), seed: scenario.seed, threads: 1, folder }
    const { differences } = await simulate({
      ...request,
      inThisThread: true,
      onProgress({ phase }) {
        if (phase !== 'simulating' && simulated === 0) simulated = threadMs() - threadBegan
      },
    })
    if (differences > 0) throw new Error(`the auditor disagrees with ${differences} amounts`)
    const record = new RunRecord(folder)
    await writeReports(record, folder).finally(() => record.close())
    return { simulated, whole: processMs() - began, counts: countsOf(folder) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Orders, refusals, hours metered of servers and images, hours settled of accounts, and what was charged, 1e-8. */
const countsOf = (folder: string): readonly bigint[] =>
  withRecord(folder, (record) =>
    [
      'SELECT count(*) AS n FROM orders',
      'SELECT count(*) AS n FROM refusals',
      'SELECT sum(hours) AS n FROM usage_spans',
      `SELECT sum(repeats) AS n FROM v_transactions WHERE kind = 'usage'`,
      'SELECT sum(hours * amount) AS n FROM usage_spans',
    ].map((sql) => BigInt(record.rows(sql)[0].n ?? 0)),
  )

for (let times = 0; times < WARM_UPS; times++) await run(smaller)
const measured = await run(file)
const less = kind === 'marginal' ? await run(smaller) : undefined
type Run = typeof measured
const eventsOf = ({ counts: [orders, refusals, metered, settled] }: Run): number =>
  Number(orders + refusals + metered + settled)
const msOf = ({ whole, simulated }: Run): number => (part === 'whole' ? whole : simulated)
const ms = msOf(measured) - (less === undefined ? 0 : msOf(less))
const events = eventsOf(measured) - (less === undefined ? 0 : eventsOf(less))
console.log(`${((ms * 1e6) / events).toFixed(2)} ${measured.counts.join('/')}`)
