import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RunRecord } from '#reports/record.ts'
import { writeReports } from '#reports/write.ts'
import { readScenario } from '#scenarios/reader.ts'
import { COLUMNS } from '#sim/record/column-files.ts'
import { simulate } from '#sim/run/simulate.ts'
import { type EncodingCost, encodeAgain } from './fact-encoding.ts'
import { forgetPeak, peakMiB } from './peak-memory.ts'

/** One marketplace in a process of its own, from the first event to the last report. Prints data. */

export const phaseNames = ['simulating', 'recording', 'auditing', 'reporting'] as const
export type PhaseName = (typeof phaseNames)[number]

/** What one phase of a run took. */
export interface PhaseCost {
  /** On the wall. */
  readonly seconds: number
  /** User and system time of all threads. */
  readonly cpuSeconds: number
  /** Processor time of a market event, microseconds. */
  readonly microsecondsPerEvent: number
  /** Most memory while it ran; without Linux since the process started. */
  readonly peakMiB: number
}

/** A marketplace to measure. */
export interface Market {
  /** What its row is called: the number of buyers of quickstart, or a scenario. */
  readonly name: string
  /** A file, or the name of a scenario of the library. */
  readonly scenario: string
  /** `path=value` of it that are changed. */
  readonly sets: readonly string[]
}

export interface MarketRun {
  /** Of people and firms, when the run starts. */
  readonly buyers: number
  readonly market: string
  readonly threads: number
  /** Market events: the engine's, and each hour metered or settled by a pass over columns. */
  readonly events: number
  readonly engineEvents: number
  readonly facts: number
  readonly phases: Readonly<Record<PhaseName, PhaseCost>>
  /** On the wall, until the record is written. */
  readonly seconds: number
  readonly peakRssMiB: number
  /** With its column files. */
  readonly recordMiB: number
  readonly bytesPerFact: number
  /** Facts that are columns, encoded again: bytes in their files, and processor time. */
  readonly encoding: EncodingCost
  readonly digest: string
  /** Of all threads, until the record is written: what the clock on the wall says of a machine that is not shared. */
  readonly cpuSeconds: number
  /** Of all threads and phases. */
  readonly wholeCpuSeconds: number
}

const MIB = 1 << 20

/** Measures phases that follow each other. */
class PhaseMeter {
  readonly #costs = new Map<string, Omit<PhaseCost, 'microsecondsPerEvent'>>()
  #name: PhaseName = 'simulating'
  #began = performance.now()
  #used = process.cpuUsage()

  constructor() {
    forgetPeak()
  }

  /** Ends the phase before, unless it is the same. */
  enter(name: PhaseName | null): void {
    if (name === this.#name) return
    const { user, system } = process.cpuUsage(this.#used)
    const seconds = (performance.now() - this.#began) / 1000
    this.#costs.set(this.#name, { seconds, cpuSeconds: (user + system) / 1e6, peakMiB: peakMiB() })
    if (name === null) return
    this.#name = name
    this.#began = performance.now()
    this.#used = process.cpuUsage()
    forgetPeak()
  }

  /** @throws Error where a phase was never entered */
  phases(events: number): MarketRun['phases'] {
    const costs = phaseNames.map((name): [PhaseName, PhaseCost] => {
      const cost = this.#costs.get(name)
      if (cost === undefined) throw new Error(`the run had no phase ${name}`)
      return [name, { ...cost, microsecondsPerEvent: (cost.cpuSeconds * 1e6) / events }]
    })
    return Object.fromEntries(costs) as Record<PhaseName, PhaseCost>
  }
}

/** Of the record and its column files. */
const bytesIn = (folder: string, record: string): number =>
  readdirSync(join(folder, COLUMNS), { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(folder, COLUMNS, name)))
    .reduce((sum, status) => sum + (status.isFile() ? status.size : 0), statSync(record).size)

/** Runs it from the first event to the last report. */
export async function runMarket(market: Market, threads: number): Promise<MarketRun> {
  const { scenario, traces } = await readScenario(market.scenario, { sets: [...market.sets] })
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-bench-'))
  try {
    const meter = new PhaseMeter()
    const { digest, events, marketEvents, record, facts, differences } = await simulate({
      scenario,
      traces: Object.fromEntries(traces),
      seed: scenario.seed,
      threads,
      folder,
      onProgress: ({ phase }) => meter.enter(phase),
    })
    if (differences > 0) throw new Error(`the auditor disagrees with ${differences} amounts`)
    meter.enter('reporting')
    const bytes = bytesIn(folder, record)
    const opened = new RunRecord(folder)
    await writeReports(opened, folder, { threads }).finally(() => opened.close())
    meter.enter(null)
    const phases = meter.phases(marketEvents)
    const encoding = encodeAgain(record)
    const sumOf = (names: readonly PhaseName[], key: 'seconds' | 'cpuSeconds'): number =>
      names.reduce((sum, name) => sum + phases[name][key], 0)
    const untilRecord = ['simulating', 'recording'] as const
    return {
      buyers: scenario.buyers.reduce((sum, { count }) => sum + (count ?? 0), 0),
      market: market.name,
      threads,
      events: marketEvents,
      engineEvents: events,
      facts,
      phases,
      seconds: sumOf(untilRecord, 'seconds'),
      peakRssMiB: Math.max(...phaseNames.map((name) => phases[name].peakMiB)),
      recordMiB: bytes / MIB,
      bytesPerFact: bytes / facts,
      encoding,
      digest,
      cpuSeconds: sumOf(untilRecord, 'cpuSeconds'),
      wholeCpuSeconds: sumOf(phaseNames, 'cpuSeconds'),
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

if (import.meta.main) {
  const [threads, name, scenario, ...sets] = process.argv.slice(2)
  console.log(JSON.stringify(await runMarket({ name, scenario, sets }, Number(threads))))
}
