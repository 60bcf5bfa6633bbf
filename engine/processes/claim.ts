import type { Resource } from '../resources/resource.ts'
import type { Waiter } from './waitable.ts'

/** A place in the table of entities that answers for a branch of a condition, or for a job. */
export class Claim {
  readonly waiter: Waiter
  /** Where it waits for a unit. */
  resource: Resource | null = null

  constructor(waiter: Waiter) {
    this.waiter = waiter
  }
}
