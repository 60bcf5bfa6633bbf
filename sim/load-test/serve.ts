/**
 * One thread's service. Open loop: an operation is due when the schedule says so, whether or not the one before it is
 * done; closed loop: when a user asks, who has waited for an answer and thought. What is due waits in the backlog; the thread takes what waits, up to a batch, works it off and commits it in
 * one transaction, as a real ledger does. Latency counts from the due time, so a stall of the system, a pause of the
 * garbage collector or a slow disk is in the response time of everything that came due meanwhile.
 */
import type { OperationKind } from '../record/load-ledger.ts'
import { Backlog } from './backlog.ts'
import type { LoadClock } from './clock.ts'
import type { Measurements } from './measurements.ts'
import { type Gap, Gaps } from './stalls.ts'

/** The operations of one thread, in the order in which they are due. */
export interface Arrivals {
  /** Number of the thread's next operation; Infinity when there is none. */
  next: number
  advance(): void
  /** Ms from the start. */
  dueAt(number: number): number
  kindOf(number: number): OperationKind
  /** So many operations were answered at an instant, ms from the start: their users may ask again. */
  answered(operations: number, at: number): void
}

/** The system under load. */
export interface Service {
  begin(): void
  /** Returns whether it was granted; a refusal is an answer too. */
  execute(number: number): boolean
  /** When it returns, everything since `begin` is on the ledger. */
  commit(): void
}

export interface ServeOptions {
  readonly arrivals: Arrivals
  readonly service: Service
  readonly clock: LoadClock
  readonly measurements: Measurements
  /** The clock's time at which the test begins. */
  readonly start: number
  /** Most operations of one transaction, and most that may wait. */
  readonly batch: number
  readonly backlog: number
  readonly stopped: () => boolean
  readonly onBatch: (figures: ServeFigures) => void
}

/** How far a thread is after a batch: operations done, dropped and waiting, and how long the oldest of the batch took, ms. */
export interface ServeFigures {
  readonly done: number
  readonly dropped: number
  readonly waiting: number
  readonly behind: number
}

export interface Served {
  readonly batches: number
  /** Most that waited at the same time, and operations that found no room. */
  readonly backlogPeak: number
  readonly dropped: number
  /** Ms in which operations were worked on or committed. */
  readonly busy: number
  /** Of these, ms in which it waited for a commit. */
  readonly committing: number
  /** Ms from the start to the last commit. */
  readonly until: number
  /** Ms from the start to the end of the service: all is done, or the test was stopped. */
  readonly ended: number
  /** Stretches in which it wanted to work and nothing was done. */
  readonly gaps: readonly Gap[]
}

/** Serves all arrivals, or up to the batch in which the test is stopped. */
export function serve(options: ServeOptions): Served {
  const { arrivals, service, clock, measurements, start, batch, stopped } = options
  const waiting = new Backlog(options.backlog)
  const [numbers, due, began] = [new Float64Array(batch), new Float64Array(batch), new Float64Array(batch)]
  const granted = new Uint8Array(batch)
  const gaps = new Gaps()
  let [batches, busy, committing, until, done, dropped] = [0, 0, 0, 0, 0, 0]
  const admit = (now: number): void => {
    for (let number = arrivals.next; number !== Number.POSITIVE_INFINITY; number = arrivals.next) {
      const at = arrivals.dueAt(number)
      if (at > now) return
      const fits = waiting.offer(number, at)
      if (!fits) dropped++
      measurements.cameDue(arrivals.kindOf(number), at, fits ? waiting.length : -1)
      arrivals.advance()
    }
  }
  while (!stopped()) {
    const now = clock.now() - start
    admit(now)
    const count = waiting.take(numbers, due, batch)
    if (count === 0) {
      if (arrivals.next === Number.POSITIVE_INFINITY) break
      const due = arrivals.dueAt(arrivals.next)
      const meant = clock.sleepUntil(start + due) - start
      const woke = clock.now() - start
      gaps.add(meant, woke)
      measurements.woke(woke - due)
      continue
    }
    service.begin()
    for (let index = 0; index < count; index++) {
      began[index] = clock.now() - start
      gaps.add(index === 0 ? now : began[index - 1], began[index])
      granted[index] = service.execute(numbers[index]) ? 1 : 0
    }
    const executed = clock.now() - start
    service.commit()
    until = clock.now() - start
    committing += until - executed
    gaps.add(began[count - 1], executed)
    gaps.add(executed, until)
    for (let index = 0; index < count; index++) {
      const kind = arrivals.kindOf(numbers[index])
      measurements.wasDone(kind, due[index], began[index], until, granted[index] === 0)
    }
    arrivals.answered(count, until)
    busy += until - now
    batches++
    done += count
    options.onBatch({ done, dropped, waiting: waiting.length, behind: until - due[0] })
  }
  const ended = clock.now() - start
  return { batches, backlogPeak: waiting.peak, dropped, busy, committing, until, ended, gaps: gaps.all }
}
