/**
 * Stalls of the whole process: stretches in which no thread of it made progress, though each wanted to. It was stopped
 * (SIGSTOP, a debugger, a paused container), the machine swapped or was suspended, or other programs had every processor.
 */

/** A stretch without progress, ms from the start of the test. */
export interface Gap {
  readonly from: number
  readonly to: number
}

/** A shorter stretch is what any busy machine does, ms. */
export const LEAST_STALL = 100
/** Gaps kept of one thread. */
const MOST_GAPS = 10_000

/** The gaps of one thread or timer. */
export class Gaps {
  readonly all: Gap[] = []

  /** Nothing was done between two instants, ms; kept where that is long enough to be a stall. */
  add(from: number, to: number): void {
    if (to - from >= LEAST_STALL && this.all.length < MOST_GAPS) this.all.push({ from, to })
  }
}

/** The gaps of a thread, which serves until `ended`, ms from the start. */
export interface ThreadGaps {
  readonly gaps: readonly Gap[]
  readonly ended: number
}

const overlap = (a: Gap, b: Gap): number => Math.min(a.to, b.to) - Math.max(a.from, b.from)

/**
 * The gaps of the watch, a timer of the main thread, during which every thread that still served stopped too: each
 * for at least half of it, since a thread that rests learns of a stall only when it should wake.
 */
export function processStalls(watch: readonly Gap[], threads: readonly ThreadGaps[]): Gap[] {
  return watch.filter((stall) => {
    const serving = threads.filter(({ ended }) => ended >= stall.to)
    const isStill = ({ gaps }: ThreadGaps) => gaps.some((gap) => overlap(gap, stall) >= (stall.to - stall.from) / 2)
    return serving.length > 0 && serving.every(isStill)
  })
}
