import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { MarketLine, MarketRun } from './market-run.ts'
import { optionOf } from './options.ts'

/**
 * A whole marketplace, quickstart's with more buyers: market events a second with the record written, memory, size of the
 * record. One process a row. `--buyers 1k,10k,100k` and `--threads 1,2` choose, `--json` prints data.
 */

/** `1k,10k` as numbers. Throws RangeError. */
export function countsOf(text: string, what: string): number[] {
  return text.split(',').map((word) => {
    const match = /^([1-9]\d*)(k?)$/.exec(word)
    if (match === null) throw new RangeError(`--${what} ${word} is no number; write --${what} 1k,10k`)
    return Number(match[1]) * (match[2] === 'k' ? 1000 : 1)
  })
}

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
    `${Math.round(events / cpuSeconds)} a CPU s`.padStart(16),
    `${peakRssMiB.toFixed(0).padStart(5)} MiB`,
    `record ${recordMiB.toFixed(1).padStart(6)} MiB`,
    digest,
  ]
  return columns.join('  ')
}

/** Whether every number of threads gave the same history. */
export const isOneHistory = (lines: readonly MarketLine[]): boolean =>
  lines.every(({ buyers, digest }) => lines.every((other) => other.buyers !== buyers || other.digest === digest))

if (import.meta.main) {
  const words = process.argv.slice(2)
  const json = words.includes('--json')
  const lines: MarketLine[] = []
  for (const buyers of countsOf(optionOf(words, 'buyers') ?? '1k,10k', 'buyers'))
    for (const threads of countsOf(optionOf(words, 'threads') ?? '1,2', 'threads')) {
      const { cpuSeconds, ...line } = rowOf(buyers, threads)
      lines.push(line)
      if (!json) console.log(lineOf({ ...line, cpuSeconds }))
    }
  if (json) console.log(JSON.stringify(lines, null, 1))
  if (!isOneHistory(lines)) {
    console.error('THE HISTORY DEPENDS ON THE NUMBER OF THREADS')
    process.exitCode = 1
  }
}
