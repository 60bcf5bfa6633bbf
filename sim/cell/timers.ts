/** The clock of a cell as its chapters and people see it: what they want to be woken for, and in which order. */

import type { Instant } from '#base/time.ts'
import type { Handle } from './table.ts'

/** The order of what happens at one instant (T-06), lowest first; among equals the lowest number of the entity. */
export const ranks = { closeHour: 0, settle: 1, expire: 2, deliver: 3, act: 4 } as const

export interface Timers<K extends string = never> {
  readonly now: Instant
  /** Wakes `kind` for `entity` at an instant; the handle cancels it. */
  wake(kind: K, at: Instant, entity: number, a?: number): Handle
  /** Takes a wake-up back; NONE is ignored. */
  cancel(handle: Handle): void
}

export type TimerHandler = (entity: number, a: number) => void

/** Timers on which kinds can be named. */
export interface Clock extends Timers<string> {
  /** Names a kind once, with its rank, and says what it does. */
  on(kind: string, rank: number, handler: TimerHandler): void
}

/** Names all kinds of a chapter: `kinds` holds their ranks. */
export function onTimers<K extends string>(
  clock: Clock,
  kinds: Readonly<Record<K, number>>,
  handlers: Readonly<Record<K, TimerHandler>>,
): void {
  for (const kind of Object.keys(kinds) as K[]) clock.on(kind, kinds[kind], handlers[kind])
}
