import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Given, runScript, type Usage } from '#cli/script.ts'
import type { MarketRun } from './market-run.ts'
import { chosenOf, countsOf } from './options.ts'

/**
 * A whole marketplace, quickstart's with more buyers: market events a second with the record written, memory, size of the
 * record. One process a row.
 */

const child = fileURLToPath(new URL('market-run.ts', import.meta.url))

/** One row, measured in a process of its own. */
export const rowOf = (buyers: number, threads: number): MarketRun =>
  JSON.parse(execFileSync(process.execPath, [child, String(buyers), String(threads)], { encoding: 'utf8' }))

export function lineOf({
  buyers,
  threads,
  events,
  engineEvents,
  seconds,
  cpuSeconds,
  peakRssMiB,
  recordMiB,
  digest,
}: MarketRun): string {
  const columns = [
    `${String(buyers).padStart(7)} buyers`,
    `${threads} thread${threads === 1 ? ' ' : 's'}`,
    `${String(events).padStart(10)} events, ${String(engineEvents).padStart(9)} on the clock`,
    `${seconds.toFixed(1).padStart(6)} s`,
    `${Math.round(events / seconds)} events/s`.padStart(17),
    `${Math.round(events / cpuSeconds)} per CPU second`.padStart(16),
    `${peakRssMiB.toFixed(0).padStart(5)} MiB`,
    `record ${recordMiB.toFixed(1).padStart(6)} MiB`,
    digest,
  ]
  return columns.join('  ')
}

/** Whether every number of threads gave the same history. */
export const isOneHistory = (lines: readonly MarketRun[]): boolean =>
  lines.every(({ buyers, digest }) => lines.every((other) => other.buyers !== buyers || other.digest === digest))

/** The name of a row, which does not change when other rows are measured: `market/10k/2`. */
export const nameOf = ({ buyers, threads }: Pick<MarketRun, 'buyers' | 'threads'>): string =>
  `market/${buyers % 1000 === 0 ? `${buyers / 1000}k` : buyers}/${threads}`

export const usage: Usage = {
  command: 'npm run bench:market --',
  about:
    'A whole marketplace with its record written, one process per row: events per second, processor time, memory, size of the record.',
  options: {
    buyers: { value: '1k,10k', help: 'numbers of buyers (1k,10k)' },
    threads: { value: '1,2', help: 'numbers of threads (1,2)' },
    only: {
      value: 'market/10k',
      help: 'only these rows, market/BUYERS/THREADS; market/10k means any number of threads',
    },
    json: { help: 'print data' },
  },
  codes: ['0   measured', '2   bad input', '3   the history depends on the number of threads'],
}

/** The rows that a command line asks for. @throws UsageError */
export function rowsOf(given: Given): readonly Pick<MarketRun, 'buyers' | 'threads'>[] {
  const threads = countsOf(given.text('threads') ?? '1,2', 'threads', '1,2')
  const rows = countsOf(given.text('buyers') ?? '1k,10k', 'buyers', '1k,10k').flatMap((buyers) =>
    threads.map((threads) => ({ buyers, threads })),
  )
  return chosenOf(rows, nameOf, given.text('only'))
}

if (import.meta.main)
  await runScript(usage, (given) => {
    const json = given.has('json')
    const lines = rowsOf(given).map(({ buyers, threads }) => {
      const line = rowOf(buyers, threads)
      if (!json) console.log(lineOf(line))
      return line
    })
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
