import { Session } from 'node:inspector'
import { Bench } from 'tinybench'
import type { BillingRunning, BillingWork } from './work.ts'

export interface Measured {
  readonly name: string
  readonly subject: string
  /** Processor time of all batches over their operations: neighbours on the machine are not in it. */
  readonly nsPerOp: number
  /** Of batches, by the clock on the wall. */
  readonly p50NsPerOp: number
  readonly p99NsPerOp: number
  /** Of the first batch. */
  readonly digest: string
  /** Where a line is kept; 0 when nowhere. */
  readonly bytesPerLine: number
  /** What a line takes from the heap, even if it is garbage soon. */
  readonly heapBytesPerOp: number
}

export interface Effort {
  /** Wall-clock ms at least. */
  readonly time: number
  /** Batches at least. */
  readonly iterations: number
}

/**
 * Processor time of this thread, ms; writing a file is the system's part. The kernel may count it in ticks of some ms,
 * so that only long stretches are to be measured by it.
 */
export const processorTime = (): number => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** Times one work. */
export async function measure(work: BillingWork, size: number, { time, iterations }: Effort): Promise<Measured> {
  const running = work.start(size)
  try {
    const operations = running.batch()
    const digest = running.digest()
    let began = 0
    let spent = 0
    let done = 0
    const bench = new Bench({
      now: () => performance.now(),
      iterations,
      time,
      warmupIterations: 2,
      warmupTime: time / 4,
      setup() {
        done = 0
        began = processorTime()
      },
      teardown() {
        spent = processorTime() - began
      },
    })
    bench.add(work.work, () => {
      done += running.batch()
    })
    await bench.run()
    const { result } = bench.tasks[0]
    if (result.state !== 'completed')
      throw new Error(`${work.work} of ${work.subject} did not complete: ${result.state}`)
    return {
      name: work.work,
      subject: work.subject,
      nsPerOp: (spent * 1e6) / done,
      p50NsPerOp: (result.latency.p50 * 1e6) / operations,
      p99NsPerOp: (result.latency.p99 * 1e6) / operations,
      digest,
      bytesPerLine: running.bytesPerLine,
      heapBytesPerOp: heapBytes(running) / operations,
    }
  } finally {
    running.end?.()
  }
}

const SAMPLING_BYTES = 4096

interface Node {
  readonly selfSize: number
  readonly children: readonly Node[]
}

const sizeOf = (node: Node): number => node.children.reduce((sum, child) => sum + sizeOf(child), node.selfSize)

/** What one batch allocates, collected immediately or not: the engine's own sampling profile of the heap. */
function heapBytes(running: BillingRunning): number {
  const session = new Session()
  session.connect()
  try {
    session.post('HeapProfiler.startSampling', {
      samplingInterval: SAMPLING_BYTES,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    })
    running.batch()
    let bytes = 0
    session.post('HeapProfiler.stopSampling', (_error, { profile }) => {
      bytes = sizeOf(profile.head)
    })
    return bytes
  } finally {
    session.disconnect()
  }
}
