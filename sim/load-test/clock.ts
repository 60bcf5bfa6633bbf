/**
 * The only clock of the wall in `sim/`: a load test measures how long real work takes on a real machine. Nothing that
 * is computed depends on what it says; due times are arithmetic, amounts come from the stream alone.
 */

export interface LoadClock {
  /** Ms since a moment that all threads share. */
  now(): number
  /** Rests until about `instant`, or a little, and wakes immediately when the test is stopped. Returns when it meant to wake. */
  sleepUntil(instant: number): number
}

/** A thread looks at least this often whether the test was stopped, ms. */
const LONGEST_SLEEP = 50

/**
 * The machine's monotonic clock, the same in every thread. `wake` is a word of shared memory: a change of it, notified,
 * ends a sleep. Sleeping too long by some tens of microseconds is part of the response time, as it is in any server.
 */
export function monotonicClock(wake: Int32Array): LoadClock {
  // `performance.now()` counts from the start of its thread, `hrtime` from that of the machine.
  const [seconds, nanoseconds] = process.hrtime()
  const offset = seconds * 1_000 + nanoseconds / 1e6 - performance.now()
  return {
    now: () => performance.now() + offset,
    sleepUntil(instant) {
      const now = performance.now() + offset
      const wait = Math.min(instant - now, LONGEST_SLEEP)
      if (wait > 0) Atomics.wait(wake, 0, 0, wait)
      return now + Math.max(0, wait)
    },
  }
}
