import { Bench } from 'tinybench'
import { runScript, type Usage } from '#cli/script.ts'
import { processorTime } from './billing/measure.ts'
import { chosenOf } from './options.ts'
import { draw } from './work/draw.ts'
import { hold, holdHeap } from './work/hold.ts'
import { queue, queueGenerators, queueUnmonitored } from './work/queue.ts'
import { restored, snapshot } from './work/snapshot.ts'
import { tickers, tickersCohort } from './work/tickers.ts'
import { cancel, reschedule } from './work/timers.ts'
import type { Work } from './work/work.ts'

/** How fast the engine is: ns an operation, with a digest of each answer. */
export const works: readonly Work[] = [
  hold,
  holdHeap,
  queue,
  queueUnmonitored,
  queueGenerators,
  tickers,
  tickersCohort,
  reschedule,
  cancel,
  draw,
  snapshot,
  restored,
]

export type Line = { work: string; size: number; subject: string; nsPerOp: number; digest: string }

/** Processor time of a sample, ms: it is counted in steps of 4. */
const SAMPLE = 100

/**
 * Times one work at one size: the median of samples, each of as many batches as take a while; the digest is that of the
 * first batch.
 */
export async function measure(work: Work, size: number, iterations = 9): Promise<Line> {
  const running = work.start(size)
  running.batch()
  const digest = running.digest()
  let batches = 0
  for (const end = processorTime() + SAMPLE; processorTime() < end; batches++) running.batch()
  let operations = 0
  const bench = new Bench({ now: processorTime, iterations, time: 0, warmupIterations: 1, warmupTime: 0 })
  bench.add(work.work, () => {
    operations = 0
    for (let i = 0; i < batches; i++) operations += running.batch()
  })
  await bench.run()
  const { result } = bench.tasks[0]
  if (result.state !== 'completed')
    throw new Error(`${work.work} of ${work.subject} at ${size} did not complete: ${result.state}`)
  return { work: work.work, size, subject: work.subject, nsPerOp: (result.latency.p50 * 1e6) / operations, digest }
}

export const usage: Usage = {
  command: 'npm run bench:engine --',
  about: 'Times the engine alone: ns of processor time per operation, with a digest of each result.',
  options: {
    only: {
      value: 'hold,queue',
      help: `only these benchmarks: ${[...new Set(works.map(({ work }) => work))].join(', ')}`,
    },
    json: { help: 'print data' },
  },
  codes: ['0  measured', '2  bad input'],
}

if (import.meta.main)
  await runScript(usage, async (given) => {
    const lines: Line[] = []
    const json = given.has('json')
    for (const work of chosenOf(works, ({ work }) => work, given.text('only')))
      for (const size of work.sizes) {
        const line = await measure(work, size)
        lines.push(line)
        const { nsPerOp, subject, digest } = line
        if (!json)
          console.log(
            `${work.work.padEnd(11)}${String(size).padStart(8)}  ${subject.padEnd(24)}${nsPerOp.toFixed(1).padStart(9)} ns  ${digest}`,
          )
        globalThis.gc?.()
      }
    if (json) console.log(JSON.stringify(lines, null, 1))
    return 0
  })
