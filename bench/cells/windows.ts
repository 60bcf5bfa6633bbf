/** What the windows of a scenario allow two threads: counted, not timed. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DAY } from '#base/time.ts'
import { scriptFolder } from '#cli/script-folder.ts'
import { assignCells } from '#engine/cells/assign.ts'
import { runCells } from '#engine/cells/run-cells.ts'
import { libraryPaths } from '#scenarios/library.ts'
import { readScenario } from '#scenarios/reader.ts'
import { cellLoads } from '#sim/world/cell-loads.ts'
import { cellPlaces } from '#sim/world/cells.ts'
import { type Loads, meetingBound, sharedBound, waitingBound } from './bounds.ts'
import type { CellCounts } from './counted-cell.ts'

/** Stretches of a window that are counted apart. */
const STRETCHES = 4

export interface WindowCounts {
  readonly cells: number
  readonly events: number
  readonly messages: number
  /** Ordered pairs of cells, and those of them between which a message went. */
  readonly pairs: number
  readonly pairsThatSend: number
  /** Windows of `messageDelay` that the time has room for. */
  readonly windows: number
  readonly shared: number
  readonly meeting: number
  readonly waiting: number
}

/**
 * The first days of a library scenario, on one thread, in windows a quarter as long. Its events are the same; only their
 * fingerprint is another one, since it includes the place in which a message waits, and places depend on windows.
 */
export async function windowCounts(name: string, days: number, threads: number): Promise<WindowCounts> {
  const path = (await libraryPaths()).get(name)
  if (path === undefined) throw new RangeError(`there is no scenario ${name}`)
  const { scenario, traces: read } = await readScenario(path)
  const traces = Object.fromEntries(read)
  const { start, messageDelay, seed } = scenario
  const end = Math.min(scenario.end, start + days * DAY)
  const cells = cellPlaces(scenario).length
  const { path: record, remove } = scriptFolder('marketsim-windows-')
  const facts = join(record, 'facts')
  mkdirSync(facts)
  try {
    const module = new URL('./counted-cell.ts', import.meta.url)
    const spec = { scenario: { ...scenario, end }, traces, facts, record }
    const lookahead = Math.ceil(messageDelay / STRETCHES)
    const run = await runCells({ module, spec, cells, lookahead, start, end, threads: 1, seed })
    const counts = run.results as CellCounts[]
    const firsts = assignCells(cellLoads(scenario, traces), Math.min(threads, cells))
    const loads: Loads = firsts.slice(0, -1).map((first, thread) => {
      const own = counts.slice(first, firsts[thread + 1])
      return own[0].events.map((_, at) => own.reduce((sum, { events }) => sum + events[at], 0))
    })
    const sent = counts.flatMap(({ sent }) => sent)
    return {
      cells,
      events: run.executed,
      messages: sent.reduce((sum, each) => sum + each, 0),
      pairs: cells * (cells - 1),
      pairsThatSend: sent.filter((each) => each > 0).length,
      windows: (end - start) / messageDelay,
      shared: sharedBound(loads),
      meeting: meetingBound(loads, STRETCHES),
      waiting: waitingBound(loads, STRETCHES),
    }
  } finally {
    remove()
  }
}

export const windowLines = (name: string, threads: number, counts: WindowCounts): string =>
  [
    `${name}: ${counts.events} events of ${counts.cells} cells, ${(counts.events / counts.windows).toFixed(0)} a window`,
    `messages: ${counts.messages}, ${(counts.messages / counts.windows).toFixed(1)} a window, between ${counts.pairsThatSend} of ${counts.pairs} ordered pairs of cells`,
    `greatest speed-up of ${threads} threads by counts of events:`,
    `  ${counts.meeting.toFixed(2)} x  meeting after each window`,
    `  ${counts.waiting.toFixed(2)} x  waiting only for what may arrive`,
    `  ${counts.shared.toFixed(2)} x  never waiting: how cells are shared among threads`,
  ].join('\n')
