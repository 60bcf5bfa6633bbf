import { fileURLToPath } from 'node:url'
import { scenarioPath } from '#cli/scenario-file.ts'
import { type Given, runScript, type Usage } from '#cli/script.ts'
import { memorySettings } from '#cli/supervise.js'
import { Workshop } from './compare/workshop.ts'
import { type Market, type MarketRun, phaseNames } from './market-run.ts'
import { chosenOf, countsOf } from './options.ts'
import { quickstart, scaledSets } from './scaled-quickstart.ts'

/**
 * A whole marketplace, quickstart's with more buyers, from the first event to the last report: what each phase takes of the
 * processor and of memory, and the size of the record. One process a row.
 */

const child = fileURLToPath(new URL('market-run.ts', import.meta.url))

/** One row, measured in a process of its own with the memory settings of the command line. */
export async function rowOf(shop: Workshop, { name, scenario, sets }: Market, threads: number): Promise<MarketRun> {
  const { env, flags } = memorySettings(process.env)
  const words = [...flags, child, String(threads), name, scenario, ...sets]
  const { status, stdout, stderr } = await shop.run(process.execPath, words, { env })
  if (status !== 0) throw new Error(`the row ${name} with ${threads} threads ended with ${status}: ${stderr}`)
  return JSON.parse(stdout)
}

/** The row, with a line for each phase. */
export function lineOf(run: MarketRun): string {
  const { buyers, threads, events, engineEvents, seconds, peakRssMiB, recordMiB, bytesPerFact, digest } = run
  const columns = [
    `${String(buyers).padStart(7)} buyers`,
    `${threads} thread${threads === 1 ? ' ' : 's'}`,
    `${String(events).padStart(10)} events, ${String(engineEvents).padStart(9)} on the clock`,
    `${Math.round(events / seconds)} events/s`.padStart(17),
    `${Math.round(events / run.wholeCpuSeconds)} per CPU second`.padStart(16),
    `${peakRssMiB.toFixed(0).padStart(5)} MiB`,
    `record ${recordMiB.toFixed(1).padStart(6)} MiB, ${bytesPerFact.toFixed(1)} bytes a fact`,
    digest,
  ]
  const lines = phaseNames.map((name) => {
    const { cpuSeconds, microsecondsPerEvent, seconds, peakMiB } = run.phases[name]
    const share = ((100 * cpuSeconds) / run.wholeCpuSeconds).toFixed(0)
    return [
      `        ${name.padEnd(11)}`,
      `${cpuSeconds.toFixed(2).padStart(8)} CPU s (${share.padStart(2)} %)`,
      `${microsecondsPerEvent.toFixed(3).padStart(7)} us an event`,
      `${seconds.toFixed(1).padStart(6)} s`,
      `${peakMiB.toFixed(0).padStart(5)} MiB`,
    ].join('  ')
  })
  const { auditing, simulating } = run.phases
  const { facts, bytes, nanoseconds } = run.encoding
  const ratios = [
    `        the audit takes ${((100 * auditing.cpuSeconds) / simulating.cpuSeconds).toFixed(0)} % of the simulation`,
    `a fact as columns ${(bytes / facts).toFixed(1)} bytes and ${nanoseconds.toFixed(0)} ns`,
    `whole ${((run.wholeCpuSeconds * 1e6) / events).toFixed(3)} us an event`,
  ]
  return [columns.join('  '), ...lines, ratios.join(', ')].join('\n')
}

/** Whether every number of threads gave the same history. */
export const isOneHistory = (lines: readonly MarketRun[]): boolean =>
  lines.every(({ market, digest }) => lines.every((other) => other.market !== market || other.digest === digest))

/** The name of a row, which does not change when other rows are measured: `market/10k/2`. */
export const nameOf = ({ market, threads }: Pick<MarketRun, 'market' | 'threads'>): string =>
  `market/${market}/${threads}`

/** Quickstart with so many buyers. */
export const marketOf = async (buyers: number): Promise<Market> => ({
  name: buyers % 1000 === 0 ? `${buyers / 1000}k` : String(buyers),
  scenario: quickstart,
  sets: await scaledSets(buyers),
})

export const usage: Usage = {
  command: 'npm run bench:market --',
  about:
    'A whole marketplace, one process per row: processor time and memory of simulation, record, audit and reports, and the size of the record.',
  options: {
    buyers: { value: '1k,10k', help: 'numbers of buyers (1k,10k)' },
    scenario: {
      value: 'metropolis',
      help: 'a scenario file or the name of a bundled one, in place of quickstart with more buyers',
    },
    set: { value: 'end=2023-04-01', help: 'a value of that scenario that is changed' },
    threads: { value: '1,2', help: 'numbers of threads (1,2)' },
    only: {
      value: 'market/10k',
      help: 'only these rows, market/BUYERS/THREADS; market/10k means any number of threads',
    },
    json: { help: 'print data' },
  },
  codes: ['0   measured', '2   bad input', '3   the history depends on the number of threads'],
}

/** A row to be measured. */
interface Row extends Pick<MarketRun, 'market' | 'threads'> {
  readonly of: Market
}

/** The rows that a command line asks for. @throws UsageError */
export async function rowsOf(given: Given): Promise<readonly Row[]> {
  const threads = countsOf(given.text('threads') ?? '1,2', 'threads', '1,2')
  const scenario = given.text('scenario')
  const set = given.text('set')
  const markets =
    scenario === undefined
      ? await Promise.all(countsOf(given.text('buyers') ?? '1k,10k', 'buyers', '1k,10k').map(marketOf))
      : [{ name: scenario, scenario: await scenarioPath(scenario), sets: set === undefined ? [] : [set] }]
  const rows = markets.flatMap((market) => threads.map((threads) => ({ market: market.name, of: market, threads })))
  return chosenOf(rows, nameOf, given.text('only'))
}

if (import.meta.main)
  await runScript(usage, async (given) => {
    const json = given.has('json')
    const rows = await rowsOf(given)
    const lines: MarketRun[] = []
    const shop = new Workshop()
    try {
      for (const { of, threads } of rows) {
        const line = await rowOf(shop, of, threads)
        if (!json) console.log(lineOf(line))
        lines.push(line)
      }
    } finally {
      await shop.remove()
    }
    if (json)
      console.log(
        JSON.stringify(
          lines.map((line) => ({ work: nameOf(line), ...line })),
          null,
          1,
        ),
      )
    if (isOneHistory(lines)) return 0
    console.error('THE HISTORY DEPENDS ON THE NUMBER OF THREADS')
    return 3
  })
