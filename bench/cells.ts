import type { CellContext, CellProgram } from '#engine/cells/program.ts'
import { runCells } from '#engine/cells/run-cells.ts'

// What a second thread brings: two cells with so many events a window each, on one thread and on two.
// node bench/cells.ts [--json]

/** A notification's way to a person: 30 min. */
const LOOKAHEAD = 1_800_000
/** Events a window and cell. One event is nothing but the cost of a window: the barrier and the exchange. */
const SIZES = [1, 50, 100, 200, 400]
/** Messages a window and cell, about. */
const MESSAGES = 2

/** One measured run. */
export interface Measured {
  readonly digest: string
  readonly executed: number
  readonly windows: number
  readonly ms: number
}

/** PHOLD (Fujimoto 1990) with timers: each of `events` entities acts once a window on average, and writes now and then. */
export function createCell(spec: unknown, { id, count, kernel, streams, send }: CellContext): CellProgram {
  const { events } = spec as { events: number }
  const chance = streams.stream(`cell/${id}`)
  let received = 0
  const act = kernel.on('act', 4, (entity) => {
    kernel.after(1 + chance.below(2 * LOOKAHEAD), act, entity)
    if (chance.below(events) < MESSAGES && events > 1) send((id + 1) % count, LOOKAHEAD, 1, [entity, kernel.now])
  })
  for (let entity = 0; entity < events; entity++) kernel.after(chance.below(2 * LOOKAHEAD), act, entity)
  return {
    receive: () => received++,
    finish: () => received,
    save: () => received,
    restore: (state) => {
      received = state as number
    },
  }
}

/** Two cells over `windows` times the lookahead. */
export async function work(events: number, windows: number, threads: number): Promise<Measured> {
  const module = new URL(import.meta.url)
  const started = performance.now()
  const { digest, executed, ...rest } = await runCells({
    module,
    spec: { events },
    cells: 2,
    lookahead: LOOKAHEAD,
    start: 0,
    end: windows * LOOKAHEAD,
    threads,
    seed: 'bench',
  })
  return { digest, executed, windows: rest.windows, ms: performance.now() - started }
}

/** The cost of one window, ns, without start-up and warm-up: a long run less a short one, the best of `repeats`. */
async function windowNs(events: number, windows: number, threads: number, repeats: number) {
  let best = Infinity
  let long = await work(events, windows, threads)
  for (let i = 0; i < repeats; i++) {
    const short = await work(events, windows / 5, threads)
    long = await work(events, windows, threads)
    best = Math.min(best, ((long.ms - short.ms) * 1e6) / (long.windows - short.windows))
  }
  return { ns: best, digest: long.digest, eventsPerWindow: long.executed / long.windows }
}

async function main(json: boolean): Promise<void> {
  const rows: { work: string; size: number; subject: string; nsPerOp: number; digest: string }[] = []
  for (const size of SIZES) {
    const windows = Math.round(1_000_000 / (size + 50))
    const one = await windowNs(size, windows, 1, 3)
    const two = await windowNs(size, windows, 2, 3)
    for (const [threads, { ns, digest, eventsPerWindow }] of [one, two].entries()) {
      const nsPerOp = ns / eventsPerWindow
      rows.push({ work: 'cells', size, subject: `marketsim, ${threads + 1} thread(s)`, nsPerOp, digest })
    }
    if (json) continue
    const micros = (ns: number) => `${(ns / 1000).toFixed(2).padStart(8)} us`
    const ratio = `${(one.ns / two.ns).toFixed(2)}x`
    const same = one.digest === two.digest ? one.digest : `${one.digest} IS NOT ${two.digest}`
    console.log(
      `${String(size).padStart(4)} events  1 thread ${micros(one.ns)}  2 threads ${micros(two.ns)}  ${ratio}  ${same}`,
    )
  }
  if (json) console.log(JSON.stringify(rows))
}

if (import.meta.main) await main(process.argv.includes('--json'))
