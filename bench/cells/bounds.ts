/**
 * The greatest speed-ups that windows allow, from counts of events alone: the same on every machine, however busy. An event
 * counts as one whatever it does, and meeting at the end of a window as nothing.
 */

/** Events of each thread in each stretch of time, all stretches alike long. */
export type Loads = readonly (readonly number[])[]

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0)
const whole = (loads: Loads): number => sumOf(loads.map(sumOf))

/** Of threads that never wait: the events of all over those of the busiest. */
export const sharedBound = (loads: Loads): number => whole(loads) / Math.max(...loads.map(sumOf))

/** Of threads that meet after each window of `stretches` stretches. */
export function meetingBound(loads: Loads, stretches: number): number {
  let time = 0
  for (let at = 0; at < loads[0].length; at += stretches)
    time += Math.max(...loads.map((thread) => sumOf(thread.slice(at, at + stretches))))
  return whole(loads) / time
}

/**
 * Of threads that wait for each other only as far as messages oblige them: what is sent in a stretch arrives `stretches` later at
 * the earliest, so a thread may run a stretch as soon as all others have ended the one so long before it.
 */
export function waitingBound(loads: Loads, stretches: number): number {
  const ends = loads.map((thread) => new Float64Array(thread.length))
  for (let at = 0; at < loads[0].length; at++) {
    const others = at < stretches ? 0 : Math.max(...ends.map((end) => end[at - stretches]))
    for (const [thread, end] of ends.entries())
      end[at] = Math.max(at === 0 ? 0 : end[at - 1], others) + loads[thread][at]
  }
  return whole(loads) / Math.max(...ends.map((end) => end[end.length - 1]))
}
