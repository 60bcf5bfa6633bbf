import { holdRunning } from '../work/hold.ts'
import { queue, queueGenerators } from '../work/queue.ts'
import { tickers, tickersCohort } from '../work/tickers.ts'
import type { Work } from '../work/work.ts'

// One of our own works in a process of its own, like a peer's.
// usage: marketsim.ts hold <wheel|heap> <pending> <span> | <other work>/<subject> <size>

const processorMs = () => process.threadCpuUsage().user / 1000

/** The first span warms up, as for every subject; the second one is timed. */
function hold(list: 'wheel' | 'heap', pending: number, span: number): void {
  const running = holdRunning(pending, list, 0, span)
  running.batch()
  const began = processorMs()
  const operations = running.batch()
  print(processorMs() - began, operations, running.digest())
}

/** Compiled by smaller runs first. */
function other(name: string, size: number): void {
  const works: readonly Work[] = [queue, queueGenerators, tickers, tickersCohort]
  const work = works.find((work) => `${work.work}/${work.subject}` === name)
  if (!work) throw new Error(`no work ${name}`)
  const warm = work.start(Math.min(size, 100_000))
  for (let i = 0; i < 5; i++) warm.batch()
  const running = work.start(size)
  const began = processorMs()
  const operations = running.batch()
  print(processorMs() - began, operations, running.digest())
}

function print(ms: number, operations: number, digest: string): void {
  console.log(`${((ms * 1e6) / operations).toFixed(2)} ${digest}`)
}

const [work, ...rest] = process.argv.slice(2)
if (work === 'hold') hold(rest[0] as 'wheel' | 'heap', Number(rest[1]), Number(rest[2]))
else other(work, Number(rest[0]))
