import type { Resource, Ticket } from '../resources/resource.ts'
import { type Host, type UnitRequest, Waitable, type Waiter } from './waitable.ts'

/** What else `acquire` can say. */
export type AcquireOptions = {
  /** Units wanted, all together (default 1). */
  units?: number
  /** Lower numbers first, where the resource's discipline is `priority` (default 0). */
  priority?: number
  /** Time it will wait, in the model's unit; the answer is then -1 (default: forever). */
  patience?: number
  /** Length of the job, for the discipline `sjf`: shorter ones first, in any unit (default 0). */
  work?: number
}

/** One request for units of a resource. It acts when it is yielded, once. */
export class Acquisition extends Waitable<Ticket> implements UnitRequest {
  readonly resource: Resource
  readonly priority: number
  /** Null: forever. A number here would be a box of its own, one for each customer. */
  readonly patience: number | null
  readonly units: number
  readonly work: number
  /** Whether it was yielded. */
  used = false

  constructor(resource: Resource, priority: number, patience: number | null, units: number, work: number) {
    super()
    this.resource = resource
    this.priority = priority
    this.patience = patience
    this.units = units
    this.work = work
  }

  begin(waiter: Waiter, host: Host): void {
    host.claimUnit(waiter, this)
  }

  abandon(waiter: Waiter, host: Host): void {
    host.giveUp(waiter)
  }

  override undo(ticket: Ticket, host: Host): void {
    if (ticket >= 0) host.returnUnit(this.resource, ticket)
  }

  describe(): string {
    return `${this.units === 1 ? 'a unit' : `${this.units} units`} of '${this.resource.name}'`
  }
}

/**
 * A unit of a resource: `const ticket = yield acquire(desk)`. Returns the ticket, -1 when its patience ended, -2 when the
 * queue was full. It may be stored and yielded later, once.
 * @param priority lower numbers first, or all options by name: `acquire(desk, { units: 2, patience: 5 })`
 * @param patience time it will wait, in the model's unit
 */
export function acquire(
  resource: Resource,
  priority: number | AcquireOptions = 0,
  patience: number = Number.POSITIVE_INFINITY,
): Acquisition {
  const limit = patience === Number.POSITIVE_INFINITY ? null : patience
  if (typeof priority === 'number') return new Acquisition(resource, priority, limit, 1, 0)
  const { units = 1, work = 0 } = priority
  return new Acquisition(resource, priority.priority ?? 0, priority.patience ?? limit, units, work)
}
