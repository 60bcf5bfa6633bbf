/** A step of a lifecycle: the column takes the new state, and the record gets who went from where to where, and why. */
import type { Dictionary } from '../record/dictionary.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Cells, Row } from './table.ts'

/** A step as every table of steps keeps it; words by their numbers. */
export interface Step {
  readonly at: number
  readonly event: number
  /** 0 for a beginning. */
  readonly from_state: number
  readonly to_state: number
  readonly rule: number
}

/** Where and when it happens: any chapter. */
interface Where {
  readonly now: number
  readonly at: { readonly words: Dictionary }
}

/** A thing begins its life in a state. */
export function begin<S extends string, E extends string, T extends string>(
  { now, at: { words } }: Where,
  lifecycle: Lifecycle<S, E>,
  states: Cells<T, number>,
  row: Row<T>,
  state: NoInfer<S>,
  rule: string,
): Step {
  states[row] = lifecycle.state[state]
  return {
    at: now,
    event: words.numberOf('begin'),
    from_state: 0,
    to_state: words.numberOf(state),
    rule: words.numberOf(rule),
  }
}

/** `event` happens to it. @throws Error where the lifecycle's table holds null: the caller has not asked first */
export function transition<S extends string, E extends string, T extends string>(
  { now, at: { words } }: Where,
  lifecycle: Lifecycle<S, E>,
  states: Cells<T, number>,
  row: Row<T>,
  event: NoInfer<E>,
  rule: string,
): Step {
  const from = states[row]
  const to = lifecycle.next(from, lifecycle.event[event])
  if (to < 0)
    throw new Error(`Q-06: ${lifecycle.name} does not allow step '${event}' in state '${lifecycle.states[from]}'`)
  states[row] = to
  return {
    at: now,
    event: words.numberOf(event),
    from_state: words.numberOf(lifecycle.states[from]),
    to_state: words.numberOf(lifecycle.states[to]),
    rule: words.numberOf(rule),
  }
}
