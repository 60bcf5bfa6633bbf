/** The shape of a load: when operations come due, or who asks for them. Structured clones carry it between threads. */
import type { Stage } from './rate.ts'

/** Rates that are held or led one into the other. Open: nothing makes an operation wait for the one before it. */
export interface StagesShape {
  readonly kind: 'stages'
  readonly stages: readonly Stage[]
  /** Evenly spaced, or as independent customers come: a Poisson process of that rate. */
  readonly spacing: Spacing
  readonly seed: string
}

export const spacings = ['even', 'poisson'] as const
export type Spacing = (typeof spacings)[number]

/** Due times that were measured elsewhere. Open. */
export interface DueTimesShape {
  readonly kind: 'due-times'
  /** Ms from the start, ascending, in memory that threads share. */
  readonly at: Float64Array
}

/** Users who each wait for their answer, think, and ask again. Closed: a slow system is asked for less. */
export interface ClosedShape {
  readonly kind: 'closed'
  readonly users: number
  readonly think: Think
  /** Ms in which they ask. */
  readonly duration: number
  readonly seed: string
}

/** Time between an answer and the next request of the same user, mean in ms. */
export interface Think {
  readonly mean: number
  readonly exponential: boolean
}

export type LoadShape = StagesShape | DueTimesShape | ClosedShape
export type OpenShape = Exclude<LoadShape, ClosedShape>
