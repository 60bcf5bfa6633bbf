/** Which files of `sim` run while the events of one marketplace happen: V8 counts the calls of each function. */
import { mkdtempSync, rmSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kernel } from '#engine/kernel.ts'
import { Streams } from '#engine/random/streams.ts'
import { parseScenario } from '#scenarios/reader.ts'
import { createCell } from '#sim/run/cell.ts'

/** The events of one instant, and the files whose functions ran in it, sorted. */
export interface Instant {
  readonly kinds: readonly string[]
  readonly files: readonly string[]
}

async function filesSince(session: Session): Promise<string[]> {
  const { result } = await session.post('Profiler.takePreciseCoverage')
  const ran = result.filter(({ functions }) =>
    // The first function of a file is the file itself, which runs as it is loaded.
    functions.some(({ ranges: [{ startOffset, count }] }) => startOffset > 0 && count > 0),
  )
  return ran.flatMap(({ url }) => (url.includes('/sim/') ? [url.slice(url.indexOf('/sim/') + 1)] : [])).sort()
}

/** Runs a scenario of one cell, instant by instant, until `enough` says so of an instant. */
export async function walk(scenarioText: string, enough: (instant: Instant) => boolean): Promise<Instant[]> {
  const scenario = parseScenario(scenarioText, 'walk.yaml')
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-walk-'))
  const kernel = new Kernel({ start: scenario.start })
  const streams = new Streams(scenario.seed)
  const program = createCell(
    { scenario, traces: {}, facts: folder, record: folder },
    { id: 0, count: 1, kernel, streams, send() {} },
  )
  let kinds: string[] = []
  kernel.trace = ({ kind }) => kinds.push(kind)
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  const instants: Instant[] = []
  try {
    await filesSince(session)
    do {
      kinds = []
      kernel.runUntil(kernel.nextTime() + 1)
      instants.push({ kinds, files: await filesSince(session) })
    } while (!enough(instants[instants.length - 1]))
  } finally {
    await session.post('Profiler.stopPreciseCoverage')
    session.disconnect()
    program.finish()
    rmSync(folder, { recursive: true })
  }
  return instants
}
