/** What holds from which instant on: planned changes make the state of a thing a function of time, so nothing is saved. */
export interface Since<T> {
  /** First instant at which it holds, ms. */
  readonly since: number
  readonly value: T
}

/** What holds at an instant of a timeline in order of time: the last change up to it, else the first entry. */
export function inForce<T>(timeline: readonly Since<T>[], at: number): T {
  let place = timeline.length - 1
  while (place > 0 && timeline[place].since > at) place--
  return timeline[place].value
}

/** Changes in order of time; those of one instant in the order of the file. */
export const inOrderOfTime = <E extends { readonly at: number }>(events: readonly E[]): E[] =>
  events.toSorted((a, b) => a.at - b.at)
