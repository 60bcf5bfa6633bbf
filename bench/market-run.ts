import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { simulate } from '#sim/run/simulate.ts'
import { scaledQuickstart } from './scaled-quickstart.ts'

/** One marketplace in a process of its own, so that its peak of memory is its own. Prints data. */

export interface MarketRun {
  readonly buyers: number
  readonly threads: number
  /** Market events: the engine's, and each hour metered or settled by a pass over columns. */
  readonly events: number
  readonly engineEvents: number
  /** On the wall, until the record is written; the audit after it is left out. */
  readonly seconds: number
  readonly peakRssMiB: number
  readonly recordMiB: number
  readonly digest: string
  /** Of all threads, until the record is written: what the clock on the wall says of a machine that is not shared. */
  readonly cpuSeconds: number
}

const MIB = 1 << 20

/** Runs it from the first event to the record. */
export async function runMarket(buyers: number, threads: number): Promise<MarketRun> {
  const scenario = await scaledQuickstart(buyers)
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-bench-'))
  try {
    const began = performance.now()
    const used = process.cpuUsage()
    let recorded = 0
    let cpu = used
    const { digest, events, marketEvents, record, differences } = await simulate({
      scenario,
      traces: {},
      seed: scenario.seed,
      threads,
      folder,
      onProgress({ phase }) {
        if (phase !== 'auditing' || recorded > 0) return
        recorded = performance.now()
        cpu = process.cpuUsage(used)
      },
    })
    if (differences > 0) throw new Error(`the auditor disagrees with ${differences} amounts`)
    return {
      buyers,
      threads,
      events: marketEvents,
      engineEvents: events,
      seconds: (recorded - began) / 1000,
      peakRssMiB: process.resourceUsage().maxRSS / 1024,
      recordMiB: statSync(record).size / MIB,
      digest,
      cpuSeconds: (cpu.user + cpu.system) / 1e6,
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

if (import.meta.main) {
  const [buyers, threads] = process.argv.slice(2).map(Number)
  console.log(JSON.stringify(await runMarket(buyers, threads)))
}
