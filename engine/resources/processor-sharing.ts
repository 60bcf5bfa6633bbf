import { NO_EVENT } from '../future-event-list/event-records.ts'
import type { EventKind, Handle, Kernel } from '../kernel.ts'
import { Tally } from '../statistics/tally.ts'
import { TimeWeighted } from '../statistics/time-weighted.ts'

/** Names one job until it is done or withdrawn. */
export type Job = number

export type SharingOptions = {
  /** Processors: up to so many jobs each get a whole one, more of them share (default 1). */
  servers?: number
  /** Most jobs served at a time; others wait, first come, first served (default Infinity). */
  limit?: number
  /** A job has had all its work. */
  done: (entity: number, job: Job) => void
  /** Rank of its events (default 1). */
  rank?: number
  /** Whose entities these are. */
  owner?: object
}

export type SharingState = {
  /** `[served, last, jobs so far]`. */
  clock: Float64Array
  /** Id, entity, work, finish, since of each job: those served in the order of the heap, those done but not yet reported,
   * those who wait. */
  jobs: Float64Array
  served: number
  finished: number
  timer: number
  usage: Float64Array
}

/** Rounding of the service had, ticks: a job that is so near its end is done. */
const HAIR = 1e-6

type Record = { id: Job; entity: number; work: number; finish: number; since: number; place: number }

/**
 * Egalitarian processor sharing: with n jobs and c processors each job gets min(1, c / n) of one. Jobs are ordered by the
 * service that each will have had when it is done, so that an arrival or departure costs O(log n) and moves no other job
 * (L. Kleinrock, "Queueing Systems II", 1976, section 4.4). A job is done at the first whole tick at which it has had its
 * work.
 */
export class ProcessorSharing {
  readonly name: string
  readonly owner: object | null
  /** Jobs present, over time. */
  readonly present: TimeWeighted
  /** Time in the system of each job done, ticks. */
  readonly sojourn = new Tally()
  private readonly kernel: Kernel
  private readonly done: (entity: number, job: Job) => void
  private readonly servers: number
  private readonly limit: number
  private readonly completion: EventKind
  /** Binary heap by `finish`, then by arrival. */
  private readonly heap: Record[] = []
  private readonly queue = new Map<Job, Record>()
  /** Done within this tick, to be reported at its completion event. */
  private finished: Record[] = []
  private readonly byId = new Map<Job, Record>()
  /** Service that a job present since the beginning would have had by `last`, ticks. */
  private served = 0
  /** Up to where service is accounted for: the clock, or the last end of a job. */
  private last: number
  private jobs = 0
  private timer: Handle = NO_EVENT

  constructor(kernel: Kernel, name: string, options: SharingOptions) {
    const { servers = 1, limit = Number.POSITIVE_INFINITY, rank = 1 } = options
    if (!(servers > 0)) throw new RangeError(`'${name}': servers ${servers}: give a number above 0`)
    if (!(limit >= 1)) throw new RangeError(`'${name}': limit ${limit}: give a whole number from 1, or Infinity`)
    this.kernel = kernel
    this.name = name
    this.owner = options.owner ?? null
    this.done = options.done
    this.servers = servers
    this.limit = limit
    this.last = kernel.now
    this.present = new TimeWeighted(kernel.now)
    this.completion = kernel.on(`${name}: job done`, rank, () => this.complete())
  }

  /** Jobs being served. */
  get sharing(): number {
    return this.heap.length
  }

  /** Jobs that wait to be served. */
  get queueLength(): number {
    return this.queue.size
  }

  /**
   * A job arrives.
   * @param work ticks that it would take alone, 0 or more
   */
  submit(entity: number, work: number): Job {
    if (!(work >= 0 && work < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`'${this.name}': work ${work}: give a number of ticks, 0 or more`)
    }
    this.advance()
    const record = { id: this.jobs++, entity, work, finish: 0, since: this.kernel.now, place: -1 }
    this.byId.set(record.id, record)
    if (this.heap.length < this.limit) this.admit(record)
    else this.queue.set(record.id, record)
    this.note()
    return record.id
  }

  /** A job leaves; returns the work still to be done in ticks, -1 when it has left already. */
  withdraw(job: Job): number {
    const record = this.byId.get(job)
    if (record === undefined) return -1
    this.advance()
    this.byId.delete(job)
    const waits = this.queue.delete(job)
    const left = waits ? record.work : Math.max(0, record.finish - this.served)
    if (this.finished.includes(record)) this.finished.splice(this.finished.indexOf(record), 1)
    else if (!waits) this.remove(record)
    this.fill()
    this.note()
    return left
  }

  /** Forgets the past, e.g. at the end of a warm-up; the jobs stay. */
  reset(now: number): void {
    this.present.reset(now)
    this.sojourn.reset()
  }

  save(): SharingState {
    const records = [...this.heap, ...this.finished, ...this.queue.values()]
    return {
      clock: Float64Array.of(this.served, this.last, this.jobs),
      jobs: Float64Array.from(
        records.flatMap(({ id, entity, work, finish, since }) => [id, entity, work, finish, since]),
      ),
      served: this.heap.length,
      finished: this.finished.length,
      timer: this.timer,
      usage: Float64Array.of(...this.present.save(), ...this.sojourn.save()),
    }
  }

  /** Takes over the state of one made with the same options. The kernel is restored separately. */
  restore(state: SharingState): void {
    ;[this.served, this.last, this.jobs] = state.clock
    this.heap.length = 0
    this.finished = []
    this.queue.clear()
    this.byId.clear()
    for (let i = 0; i < state.jobs.length; i += 5) {
      const [id, entity, work, finish, since] = state.jobs.subarray(i, i + 5)
      const record = { id, entity, work, finish, since, place: i / 5 }
      this.byId.set(id, record)
      if (record.place < state.served) this.heap.push(record)
      else if (record.place < state.served + state.finished) this.finished.push(record)
      else this.queue.set(id, record)
    }
    this.timer = state.timer
    this.present.restore(state.usage.subarray(0, 5))
    this.sojourn.restore(state.usage.subarray(5))
  }

  /** Share of one processor that each job has. */
  private share(): number {
    return Math.min(1, this.servers / this.heap.length)
  }

  /** Serves up to the clock. Jobs end when they have had their work, between ticks too: the others go faster from then. */
  private advance(): void {
    const { now } = this.kernel
    while (this.heap.length > 0) {
      const [first] = this.heap
      const share = this.share()
      const end = this.last + (first.finish - this.served) / share
      if (end > now + HAIR) {
        this.served += (now - this.last) * share
        break
      }
      this.served = Math.max(this.served, first.finish)
      this.last = Math.min(now, end)
      this.remove(first)
      this.finished.push(first)
      this.fill()
    }
    this.last = now
  }

  /** Statistics and the time of the next completion, after a change. */
  private note(): void {
    const { kernel } = this
    this.present.set(kernel.now, this.byId.size)
    kernel.cancel(this.timer)
    this.timer = NO_EVENT
    if (this.finished.length > 0) this.timer = kernel.after(0, this.completion, 0)
    else if (this.heap.length > 0) {
      const wait = (this.heap[0].finish - this.served) / this.share()
      this.timer = kernel.after(Math.max(0, Math.ceil(wait - HAIR)), this.completion, 0)
    }
  }

  private complete(): void {
    this.timer = NO_EVENT
    this.advance()
    const { finished } = this
    this.finished = []
    for (const { id, since } of finished) {
      this.byId.delete(id)
      this.sojourn.add(this.kernel.now - since)
    }
    this.note()
    for (const { entity, id } of finished) this.done(entity, id)
  }

  private fill(): void {
    for (const record of this.queue.values()) {
      if (this.heap.length >= this.limit) return
      this.queue.delete(record.id)
      this.admit(record)
    }
  }

  private admit(record: Record): void {
    // A system that empties starts from 0 again, so that digits are not lost over a long run.
    if (this.heap.length === 0) this.served = 0
    record.finish = this.served + record.work
    this.rise(record, this.heap.length)
  }

  private remove(record: Record): void {
    const last = this.heap.pop() as Record
    if (last === record) return
    this.rise(last, record.place)
    this.sink(last)
  }

  private rise(record: Record, from: number): void {
    let place = from
    while (place > 0) {
      const parent = this.heap[(place - 1) >> 1]
      if (!precedes(record, parent)) break
      this.put(parent, place)
      place = (place - 1) >> 1
    }
    this.put(record, place)
  }

  private sink(record: Record): void {
    const { heap } = this
    let { place } = record
    for (let child = 2 * place + 1; child < heap.length; child = 2 * place + 1) {
      if (child + 1 < heap.length && precedes(heap[child + 1], heap[child])) child++
      if (!precedes(heap[child], record)) break
      this.put(heap[child], place)
      place = child
    }
    this.put(record, place)
  }

  private put(record: Record, place: number): void {
    this.heap[place] = record
    record.place = place
  }
}

function precedes(x: Record, y: Record): boolean {
  return x.finish !== y.finish ? x.finish < y.finish : x.id < y.id
}
