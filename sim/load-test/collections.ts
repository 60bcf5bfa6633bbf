/** Garbage collections of a thread. */
import { PerformanceObserver } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'

/** Pauses of the thread's garbage collector, ms. */
export interface Pauses {
  readonly count: number
  readonly total: number
  readonly longest: number
}

/** The engine reports its pauses when the thread comes to rest, so that they are gathered at the end. */
export function observeCollections(): { end(): Promise<Pauses> } {
  let [count, total, longest] = [0, 0, 0]
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      count++
      total += duration
      longest = Math.max(longest, duration)
    }
  })
  observer.observe({ entryTypes: ['gc'] })
  return {
    async end() {
      for (let turn = 0; turn < 3; turn++) await setImmediate()
      observer.disconnect()
      return { count, total, longest }
    },
  }
}
