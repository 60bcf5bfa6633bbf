/**
 * Lifecycles are complete tables `state x event -> state | null`: the table is the code, and `null` is a
 * deliberate refusal. Columns keep a state as its position in the table.
 */
export type LifecycleTable<S extends string, E extends string> = Readonly<
  Record<S, Readonly<Record<E, NoInfer<S> | null>>>
>

/** A lifecycle ready for columns: states and events as small whole numbers. */
export interface Lifecycle<S extends string, E extends string> {
  readonly name: string
  readonly table: LifecycleTable<S, E>
  readonly states: readonly S[]
  readonly events: readonly E[]
  readonly state: Readonly<Record<S, number>>
  readonly event: Readonly<Record<E, number>>
  /** The state after `event` in `state`; -1 where the table holds null. */
  next(state: number, event: number): number
}

const positions = <K extends string>(keys: readonly K[]): Record<K, number> =>
  Object.fromEntries(keys.map((key, index) => [key, index])) as Record<K, number>

/** Compiles a table. The first state is where a lifecycle begins. */
export function lifecycle<S extends string, E extends string>(
  name: string,
  table: LifecycleTable<S, E>,
): Lifecycle<S, E> {
  const states = Object.keys(table) as S[]
  const events = Object.keys(table[states[0]]) as E[]
  const state = positions(states)
  const width = events.length
  const moves = new Int8Array(states.length * width)
  states.forEach((from, row) => {
    events.forEach((event, column) => {
      const to = table[from][event]
      moves[row * width + column] = to === null ? -1 : state[to]
    })
  })
  return {
    name,
    table,
    states,
    events,
    state,
    event: positions(events),
    next: (from, event) => moves[from * width + event],
  }
}
