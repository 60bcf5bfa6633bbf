import { Kernel } from '#engine/kernel.ts'
import { Streams } from '#engine/random/streams.ts'
import type { RunTask } from '#engine/runs/run.ts'

/** A point: the chance, of 100, that a customer comes in a tick; what goes wrong, and in which replication. */
export interface QueuePoint {
  readonly load: number
  readonly fault?: 'throw' | 'exit' | 'symbol' | 'hang'
  readonly faulty?: number
}

/** A queue in discrete time: the mean number in it, and the draws it made. */
export function run({ point, replication, seed }: RunTask): unknown {
  const { load, fault, faulty } = point as QueuePoint
  if (fault !== undefined && replication === faulty) {
    if (fault === 'throw') throw new RangeError(`no queue of load ${load}`)
    if (fault === 'exit') process.exit(4)
    if (fault === 'hang') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    return Symbol('no data')
  }
  const kernel = new Kernel()
  const arrivals = new Streams(seed, replication).stream('arrivals')
  let waiting = 0
  let area = 0
  const tick = kernel.on('tick', 0, () => {
    if (arrivals.below(100) < load) waiting += 2
    if (waiting > 0) waiting--
    area += waiting
    kernel.after(1, tick, 0)
  })
  kernel.after(0, tick, 0)
  kernel.runUntil(1000)
  return { load, replication, mean: area / 1000, next: arrivals.next() }
}
