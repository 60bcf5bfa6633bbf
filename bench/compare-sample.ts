import { processorTime } from './billing/measure.ts'
import type { BillingRunning, BillingWork } from './billing/work.ts'
import { chosen } from './billing/works.ts'
import { optionOf } from './options.ts'

/** One round of one tree: measures our works in a process of its own, for whoever compares. Prints data. */

export interface Sample {
  readonly name: string
  readonly nsPerOp: number
  readonly digest: string
}

/** Stretches of a round. */
const STRETCHES = 12
/** Of these, the quarter in which neighbours disturbed least tells the time; long enough for their share of garbage. */
const QUIET = STRETCHES / 4

/**
 * Processor time an operation over at least so many ms of it and two batches: on a busy machine the clock on the wall
 * would end a stretch before the compiler has begun.
 */
function stretch(running: BillingRunning, time: number): number {
  const began = processorTime()
  let operations = 0
  for (let batch = 0; batch < 2 || processorTime() < began + time; batch++) operations += running.batch()
  return ((processorTime() - began) * 1e6) / operations
}

/** Times one work for about `time` ms of the processor. */
export function sampled(work: BillingWork, time: number): Sample {
  const running = work.start(work.sizes[0])
  try {
    running.batch()
    const digest = running.digest()
    stretch(running, time / 2)
    const times = Array.from({ length: STRETCHES }, () => stretch(running, time / STRETCHES))
    return { name: work.work, nsPerOp: times.toSorted((a, b) => a - b)[QUIET - 1], digest }
  } finally {
    running.end?.()
  }
}

if (import.meta.main) {
  const words = process.argv.slice(2)
  const time = Number(optionOf(words, 'time') ?? 300)
  const samples: Sample[] = []
  for (const work of chosen(optionOf(words, 'only'))) {
    if (work.subject !== 'marketsim') continue
    samples.push(sampled(work, time))
    globalThis.gc?.()
  }
  console.log(JSON.stringify(samples))
}
