import type { Ticket } from '../resources/resource.ts'

/** What stopped a process: its name, the time in the model's unit, the place in the program, and the reason. */
export class ProcessError extends Error {
  override readonly name = 'ProcessError'
  /** Name of the process. */
  readonly process: string
  /** Model time, in the unit of its `Processes`. */
  readonly time: number
  /** Function and line, e.g. `customer, bank.ts:14`; empty when they are not known. */
  readonly place: string
  /** The message without process, time and place. */
  readonly reason: string
  /** Other processes that failed within the same event. */
  readonly others: readonly ProcessError[]

  constructor(
    process: string,
    { time, text }: { time: number; text: string },
    place: string,
    reason: string,
    options: { cause?: unknown; others?: readonly ProcessError[] } = {},
  ) {
    const others = options.others ?? []
    super(
      `${process}${place === '' ? '' : ` (${place})`} at ${text}: ${reason}` +
        others.map(({ message }) => `\nand ${message}`).join(''),
      'cause' in options ? { cause: options.cause } : {},
    )
    this.process = process
    this.time = time
    this.place = place
    this.reason = reason
    this.others = others
  }
}

/** Thrown inside a process whose unit was taken away, at the `yield` where it was. */
export class Preempted extends Error {
  override readonly name = 'Preempted'
  /** Void from now on. */
  readonly ticket: Ticket

  constructor(ticket: Ticket, resource = '') {
    super(
      `the unit of ticket ${ticket}${resource === '' ? '' : ` of '${resource}'`} was preempted; ` +
        'catch this where the process can lose it',
    )
    this.ticket = ticket
  }
}

/** Thrown inside a process that another one interrupted, at the `yield` where it was; what it waited for is cancelled. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'

  /** @param cause what the interrupting process gave */
  constructor(cause: unknown) {
    super(`interrupted${cause === undefined ? '' : ` (${String(cause)})`}; catch this where the process can be`, {
      cause,
    })
  }
}
