import { openSync, readSync, writeSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import type { BillingRunning } from '../billing/work.ts'
import { works } from '../billing/works.ts'

/**
 * One side of a comparison: a process that runs the works of its own tree when its parent says so, a JSON line in, a
 * JSON line out. `node side.ts OWN OTHER ANSWERS` with two named pipes, over which the sides hand each other the turn, and
 * the descriptor of the pipe that takes the answers.
 *
 * Everything is synchronous. Between two turns the process sleeps in `read`, and only then does the kernel bring its
 * processor time up to date: a thread that does not sleep sees that clock stop for up to 4 ms and then jump.
 *
 * A tree whose works no longer fit today's benches is measured by works of its own, so that this file imports nothing
 * else.
 */

export type Order =
  | { readonly do: 'start'; readonly work: string; readonly size: number }
  | { readonly do: 'settle'; readonly ms: number }
  | { readonly do: 'warm'; readonly batches: number }
  | { readonly do: 'play'; readonly turns: number; readonly batches: number; readonly first: boolean }
  | { readonly do: 'end' }

/** What a side says first: the works that its tree has. */
export interface Ready {
  readonly works: readonly string[]
}

export interface Started {
  /** Of the first batch. */
  readonly digest: string
}

export interface Settled {
  /** Batches until it was as fast as it gets. */
  readonly warm: number
  /** Batches played. */
  readonly played: number
  /** Processor time of a batch once it is compiled, ms. */
  readonly batchMs: number
}

export interface Played {
  /** Processor time of each turn, us. */
  readonly turns: readonly number[]
  /** Of a turn. */
  readonly operations: number
  /** Of all batches so far. */
  readonly digest: string
}

/** Processor time of this thread, us. */
const used = (): number => {
  const { user, system } = process.threadCpuUsage()
  return user + system
}

const flag = new Int32Array(new SharedArrayBuffer(4))
/** Sleeps for a moment, so that `used` is exact. */
const nap = (): void => void Atomics.wait(flag, 0, 0, 0.01)

/** So many batches. */
function warm(running: BillingRunning, batches: number): object {
  for (let batch = 0; batch < batches; batch++) running.batch()
  return {}
}

/** A window improves on the fastest one when it takes less than this part of its time. */
const IMPROVED = 0.97
/**
 * So many windows in a row without an improvement end the search: V8 compiles the large functions of `quote` one after
 * another, with up to six windows (0.25 s) between two of them.
 */
const STEADY_WINDOWS = 8
const MOST_WINDOWS = 60
/** A window is as fast as it gets within this factor of the usual window of the last ones. */
const FULLY_FAST = 1.05

/** Batches until everything is compiled and they become no faster, in windows of so many ms of the processor. */
function settle(running: BillingRunning, ms: number): Settled {
  const windows: { readonly played: number; readonly batchMs: number }[] = []
  let played = 0
  let fastest = Number.POSITIVE_INFINITY
  for (let steady = 0; windows.length < MOST_WINDOWS && steady < STEADY_WINDOWS; ) {
    nap()
    const began = used()
    let count = 0
    // Without a nap: that the clock steps does not matter for an end.
    for (; count === 0 || used() - began < ms * 1000; count++) running.batch()
    nap()
    const batchMs = (used() - began) / 1000 / count
    played += count
    windows.push({ played, batchMs })
    steady = batchMs < fastest * IMPROVED ? 0 : steady + 1
    fastest = Math.min(fastest, batchMs)
  }
  const last = windows.slice(-STEADY_WINDOWS).map(({ batchMs }) => batchMs)
  // Not of the fastest: by luck it is 5 % faster than most, and the warm-up of every round would then last until such luck.
  const usual = last.sort((a, b) => a - b)[last.length >> 1]
  const isFast = ({ batchMs }: { readonly batchMs: number }) => batchMs < usual * FULLY_FAST
  return { warm: windows.find(isFast)!.played, played, batchMs: usual }
}

/** The way from one side to the other. */
interface Handover {
  /** Sleeps until it is our turn. */
  take(): void
  give(): void
}

/** Turns, each from the moment it is ours to the next such moment: the sleep in between takes no processor time. */
function play(
  running: BillingRunning,
  { turns, batches, first }: Extract<Order, { do: 'play' }>,
  { take, give }: Handover,
): Played {
  const clock = new Float64Array(turns + 1)
  let operations = 0
  if (first) nap()
  else take()
  for (let turn = 0; turn < turns; turn++) {
    clock[turn] = used()
    for (let batch = 0; batch < batches; batch++) operations += running.batch()
    give()
    // The last turn of the second side is the end: there is no further turn.
    if (first || turn + 1 < turns) take()
    else nap()
  }
  clock[turns] = used()
  return {
    turns: Array.from({ length: turns }, (_, turn) => clock[turn + 1] - clock[turn]),
    operations: operations / turns,
    digest: running.digest(),
  }
}

function serve(own: string, other: string, answers: number): void {
  // For reading and writing: neither side waits for the other to open its end.
  const [mine, theirs] = [openSync(own, 'r+'), openSync(other, 'r+')]
  const token = Buffer.alloc(1)
  const handover = { take: () => void readSync(mine, token), give: () => void writeSync(theirs, token) }
  const say = (answer: unknown) => void writeSync(answers, `${JSON.stringify(answer)}\n`)
  const ours = works.filter(({ subject }) => subject === 'marketsim')
  let running: BillingRunning | null = null
  const obey = (order: Order): object => {
    if (order.do === 'start') {
      const work = ours.find(({ work }) => work === order.work)
      if (work === undefined) throw new Error(`this tree has no benchmark ${order.work}`)
      running = work.start(order.size)
      running.batch()
      return { digest: running.digest() } satisfies Started
    }
    if (running === null) throw new Error('no benchmark was started')
    if (order.do === 'settle') return settle(running, order.ms)
    if (order.do === 'warm') return warm(running, order.batches)
    if (order.do === 'play') return play(running, order, handover)
    running.end?.()
    running = null
    // The young garbage only: a whole collection takes as long as a third of the measurement.
    void globalThis.gc?.({ type: 'minor' })
    return {}
  }
  // It will be killed, and would not do so as it ends.
  flushCompileCache()
  say({ works: ours.map(({ work }) => work) } satisfies Ready)
  const chunk = Buffer.alloc(1 << 12)
  let text = ''
  for (;;) {
    const count = readSync(0, chunk)
    if (count === 0) return
    text += chunk.toString('utf8', 0, count)
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      const order: Order = JSON.parse(text.slice(0, end))
      text = text.slice(end + 1)
      say(obey(order))
    }
  }
}

if (import.meta.main) serve(process.argv[2], process.argv[3], Number(process.argv[4]))
