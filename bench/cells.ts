import { runScript, type Usage } from '#cli/script.ts'
import type { CellContext, CellProgram } from '#engine/cells/program.ts'
import { runCells } from '#engine/cells/run-cells.ts'
import { windowCounts, windowLines } from './cells/windows.ts'

// Speed-up of a second thread: two cells with a given number of events per window, on one thread and on two.

/** A notification's way to a person: 30 min. */
const LOOKAHEAD = 1_800_000
/** Events a window and cell. One event is nothing but the cost of a window: the barrier and the exchange. */
const SIZES = [1, 50, 100, 200, 400]
/** Messages a window and cell, about. */
const MESSAGES = 2

/** Windows timed as one, so that a stretch without disturbance can be distinguished from one with. */
const STRETCH = 20

/** One measured run. */
export interface Measured {
  readonly digest: string
  readonly executed: number
  readonly windows: number
  /** ns a window in an undisturbed stretch: the fifth percentile of all. */
  readonly windowNs: number
}

/** PHOLD (Fujimoto 1990) with timers: each of `events` entities acts once a window, about, and writes now and then. */
export function createCell(spec: unknown, { id, count, kernel, streams, send }: CellContext): CellProgram {
  const { events } = spec as { events: number }
  const chance = streams.stream(`cell/${id}`)
  const stretches: number[] = []
  let received = 0
  let windows = 0
  let began = performance.now()
  const act = kernel.on('act', 4, (entity) => {
    kernel.after(1 + chance.below(2 * LOOKAHEAD), act, entity)
    if (chance.below(events) < MESSAGES && events > 1) send((id + 1) % count, LOOKAHEAD, 1, [entity, kernel.now])
  })
  for (let entity = 0; entity < events; entity++) kernel.after(chance.below(2 * LOOKAHEAD), act, entity)
  return {
    receive: () => received++,
    boundary() {
      if (++windows % STRETCH !== 0) return
      const now = performance.now()
      stretches.push(now - began)
      began = now
    },
    finish: () => ({ received, stretches }),
    save: () => null,
    restore() {},
  }
}

/** Two cells over `windows` times the lookahead. */
export async function work(events: number, windows: number, threads: number): Promise<Measured> {
  const module = new URL(import.meta.url)
  const options = { module, spec: { events }, cells: 2, lookahead: LOOKAHEAD, start: 0, threads, seed: 'bench' }
  const { results, ...history } = await runCells({ ...options, end: windows * LOOKAHEAD })
  const { stretches } = results[0] as { stretches: number[] }
  stretches.sort((a, b) => a - b)
  const { digest, executed } = history
  const windowNs = (stretches[Math.floor(stretches.length / 20)] * 1e6) / STRETCH
  return { digest, executed, windows: history.windows, windowNs }
}

const usage: Usage = {
  command: 'npm run bench:cells --',
  about: 'Speed-up of a second thread: two cells with a given number of events per window, on one thread and on two.',
  options: {
    scenario: {
      value: 'metropolis',
      help: 'instead, count what the windows of this bundled scenario allow: the same on any machine',
    },
    days: { value: '31', help: 'with --scenario: the first days of it (31)' },
    threads: { value: '2', help: 'with --scenario: threads (2)' },
    json: { help: 'print data' },
  },
  codes: ['0  measured', '2  bad input', '3  two threads give another history than one'],
}

/** Returns the exit code: 3 where two threads give another history than one. */
async function main(json: boolean): Promise<number> {
  const rows: { work: string; size: number; subject: string; nsPerOp: number; digest: string }[] = []
  for (const size of SIZES) {
    const windows = Math.round(1_500_000 / (size + 50))
    const one = await work(size, windows, 1)
    const two = await work(size, windows, 2)
    for (const [more, { windowNs, executed, digest, ...of }] of [one, two].entries()) {
      const nsPerOp = (windowNs * of.windows) / executed
      rows.push({ work: 'cells', size, subject: more ? 'marketsim, 2 threads' : 'marketsim', nsPerOp, digest })
    }
    if (!json) console.log(line(size, one, two))
  }
  if (json) console.log(JSON.stringify(rows))
  const isOne = SIZES.every(
    (size) => new Set(rows.filter((row) => row.size === size).map(({ digest }) => digest)).size === 1,
  )
  return isOne ? 0 : 3
}

function line(size: number, one: Measured, two: Measured): string {
  const micros = ({ windowNs }: Measured) => `${(windowNs / 1000).toFixed(2).padStart(7)} us a window`
  const ratio = `${(one.windowNs / two.windowNs).toFixed(2)}x`
  const digest = one.digest === two.digest ? one.digest : `${one.digest} IS NOT ${two.digest}`
  return `${String(size).padStart(4)} events  1 thread ${micros(one)}  2 threads ${micros(two)}  ${ratio}  ${digest}`
}

// Not awaited: the run imports this very module, which would wait for itself.
if (import.meta.main)
  void runScript(usage, async (given) => {
    const scenario = given.text('scenario')
    if (scenario === undefined) return main(given.has('json'))
    const threads = given.count('threads', 2, 1)
    const counts = await windowCounts(scenario, given.count('days', 31, 1), threads)
    console.log(given.has('json') ? JSON.stringify(counts) : windowLines(scenario, threads, counts))
    return 0
  })
