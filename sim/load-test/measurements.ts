/** What a thread measures while it serves: latencies by kind of operation and over time. They merge exactly. */
import { Histogram, type HistogramState } from '#engine/statistics/histogram.ts'
import { type OperationKind, operationKinds } from '../record/load-ledger.ts'

/** Latencies are kept in whole microseconds: percentiles of the whole test to 3 digits, of an interval to 2. */
const DIGITS = 3
const INTERVAL_DIGITS = 2
const MICROSECONDS = 1_000

/** Most intervals of a test: a longer one has longer intervals. */
const MOST_INTERVALS = 600

/** Ms of an interval: whole seconds. */
export const intervalOf = (duration: number): number =>
  1_000 * Math.max(1, Math.ceil(duration / 1_000 / MOST_INTERVALS))

export interface KindMeasured {
  /** Operations that came due, were done (refusals too), were refused, were dropped. */
  due: number
  done: number
  refused: number
  dropped: number
  /** From the due time to the commit, and from the beginning of the work to the commit, µs. */
  readonly response: Histogram
  readonly service: Histogram
}

export interface IntervalMeasured {
  due: number
  /** Done within the interval, whenever they were due. */
  done: number
  dropped: number
  /** Most operations that waited at the same time on one thread. */
  backlog: number
  /** Of the operations that were due in the interval, µs. */
  readonly response: Histogram
  readonly service: Histogram
  readonly byKind: Partial<Record<OperationKind, Histogram>>
}

const emptyKind = (): KindMeasured => ({
  due: 0,
  done: 0,
  refused: 0,
  dropped: 0,
  response: new Histogram(DIGITS),
  service: new Histogram(DIGITS),
})

const emptyInterval = (): IntervalMeasured => ({
  due: 0,
  done: 0,
  dropped: 0,
  backlog: 0,
  response: new Histogram(INTERVAL_DIGITS),
  service: new Histogram(INTERVAL_DIGITS),
  byKind: {},
})

const whole = (milliseconds: number): number => Math.max(0, Math.round(milliseconds * MICROSECONDS))

/** As structured clones carry it between threads. */
export interface MeasuredState {
  readonly wake: HistogramState
  readonly kinds: readonly {
    readonly counts: readonly number[]
    readonly response: HistogramState
    readonly service: HistogramState
  }[]
  readonly intervals: readonly {
    readonly counts: readonly number[]
    readonly response: HistogramState
    readonly service: HistogramState
    readonly byKind: readonly (readonly [OperationKind, HistogramState])[]
  }[]
}

export class Measurements {
  /** Ms of an interval. */
  readonly interval: number
  readonly kinds: Readonly<Record<OperationKind, KindMeasured>>
  readonly intervals: IntervalMeasured[] = []
  /** How late idle threads were woken, µs: the part of every response that is the machine's and not the system's. */
  readonly wake = new Histogram(DIGITS)

  constructor(interval: number) {
    this.interval = interval
    this.kinds = Object.fromEntries(operationKinds.map((kind) => [kind, emptyKind()])) as Record<
      OperationKind,
      KindMeasured
    >
  }

  /** The interval of an instant, ms from the start. */
  at(instant: number): IntervalMeasured {
    const index = Math.max(0, Math.floor(instant / this.interval))
    while (this.intervals.length <= index) this.intervals.push(emptyInterval())
    return this.intervals[index]
  }

  /** An operation came due at `due`; `waiting` are the operations that now wait, or -1 where it was dropped. */
  cameDue(kind: OperationKind, due: number, waiting: number): void {
    const interval = this.at(due)
    this.kinds[kind].due++
    interval.due++
    if (waiting < 0) {
      this.kinds[kind].dropped++
      interval.dropped++
    } else if (waiting > interval.backlog) interval.backlog = waiting
  }

  /** An operation that waited was given up: it is dropped, although there was room for it. */
  wasLost(kind: OperationKind, due: number): void {
    this.kinds[kind].dropped++
    this.at(due).dropped++
  }

  /** An idle thread woke `late` ms after the instant it rested for; before it where that is negative. */
  woke(late: number): void {
    if (late >= 0) this.wake.add(whole(late))
  }

  /** An operation was on the ledger at `done`; its work began at `began`. All in ms from the start. */
  wasDone(kind: OperationKind, due: number, began: number, done: number, refused: boolean): void {
    const response = whole(done - due)
    const service = whole(done - began)
    const measured = this.kinds[kind]
    measured.done++
    if (refused) measured.refused++
    measured.response.add(response)
    measured.service.add(service)
    const interval = this.at(due)
    interval.response.add(response)
    interval.service.add(service)
    let byKind = interval.byKind[kind]
    if (byKind === undefined) interval.byKind[kind] = byKind = new Histogram(INTERVAL_DIGITS)
    byKind.add(response)
    this.at(done).done++
  }

  /** All kinds together, µs. */
  get response(): Histogram {
    return this.#whole('response')
  }

  get service(): Histogram {
    return this.#whole('service')
  }

  /** A count over all kinds. */
  total(count: 'due' | 'done' | 'refused' | 'dropped'): number {
    return operationKinds.reduce((sum, kind) => sum + this.kinds[kind][count], 0)
  }

  #whole(which: 'response' | 'service'): Histogram {
    const all = new Histogram(DIGITS)
    for (const kind of operationKinds) all.merge(this.kinds[kind][which])
    return all
  }

  save(): MeasuredState {
    return {
      wake: this.wake.save(),
      kinds: operationKinds.map((kind) => {
        const { due, done, refused, dropped, response, service } = this.kinds[kind]
        return { counts: [due, done, refused, dropped], response: response.save(), service: service.save() }
      }),
      intervals: this.intervals.map(({ due, done, dropped, backlog, response, service, byKind }) => ({
        counts: [due, done, dropped, backlog],
        response: response.save(),
        service: service.save(),
        byKind: operationKinds.flatMap((kind) => {
          const each = byKind[kind]
          return each === undefined ? [] : [[kind, each.save()] as const]
        }),
      })),
    }
  }

  /** Adds what another thread has measured; the backlog of an interval is that of the thread with the longest. */
  add(state: MeasuredState): void {
    this.wake.merge(restored(state.wake))
    for (const [index, kind] of operationKinds.entries()) {
      const { counts, response, service } = state.kinds[index]
      const mine = this.kinds[kind]
      const [due, done, refused, dropped] = counts
      mine.due += due
      mine.done += done
      mine.refused += refused
      mine.dropped += dropped
      mine.response.merge(restored(response))
      mine.service.merge(restored(service))
    }
    for (const [index, { counts, response, service, byKind }] of state.intervals.entries()) {
      const mine = this.at(index * this.interval)
      const [due, done, dropped, backlog] = counts
      mine.due += due
      mine.done += done
      mine.dropped += dropped
      mine.backlog = Math.max(mine.backlog, backlog)
      mine.response.merge(restored(response))
      mine.service.merge(restored(service))
      for (const [kind, each] of byKind) {
        const known = mine.byKind[kind]
        if (known === undefined) mine.byKind[kind] = restored(each)
        else known.merge(restored(each))
      }
    }
  }
}

function restored(state: HistogramState): Histogram {
  const histogram = new Histogram(state.digits)
  histogram.restore(state)
  return histogram
}
