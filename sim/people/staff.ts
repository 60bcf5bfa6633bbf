/** People at work (L-04, L-05): working hours in civil time, and desks where cases wait first come first served. */
import type { Instant } from '#base/time.ts'
import type { Distribution, DistributionSpec } from '#engine/random/distribution.ts'
import type { Stream } from '#engine/random/streams.ts'
import { WorkingHours } from '#engine/resources/working-hours.ts'
import type { WorkingHours as WrittenHours } from '#scenarios/time.ts'
import { LinkedList } from '../cell/linked-list.ts'
import {
  count,
  flag,
  type Id,
  idOfSome,
  instant,
  number,
  numberOfSome,
  type Row,
  row,
  rowOfSome,
  table,
} from '../cell/table.ts'
import { drawDuration, durationDistribution } from './draws.ts'

/** What a team is: how many work at one time, when (null: day and night), and how long a case takes them. */
export interface Team {
  readonly staff: number
  readonly hours: WorkingHours | null
  /** Working time, ms. */
  readonly handling: Distribution
}

/** A team as a scenario writes it. */
export function teamOf(staff: number, written: WrittenHours | null, handling: DistributionSpec, offset: number): Team {
  const shifts = written?.days.map((day) => ({ day, from: written.from, to: written.to })) ?? null
  return { staff, hours: shifts && new WorkingHours(shifts, offset), handling: durationDistribution(handling) }
}

/** When work on a case assigned now starts. */
const beginsAt = (hours: WorkingHours | null, now: number): number =>
  hours === null || hours.open(now) ? now : hours.nextChange(now)

/**
 * A case: what it is about (cell, row and number of a flow, or of a contact or ticket, and the turn), and what else its
 * team must know.
 */
export interface Case {
  readonly cell: Id<'cells'>
  readonly flow: number
  readonly order: number
  readonly turn: number
  /** What is asked: its team's own number. */
  readonly what: number
}

const caseTable = () =>
  table('cases', {
    desk: row('desks'),
    next: row('cases'),
    previous: row('cases'),
    cell: number('cells'),
    flow: rowOfSome('flows, contacts or tickets'),
    order: idOfSome('orders, contacts or tickets'),
    turn: count(),
    what: numberOfSome('questions'),
    arrived: instant(),
    started: instant(),
    isVoid: flag(),
  })

const deskTable = (desks: number) =>
  table('desks', { busy: count(), first: row('cases'), last: row('cases'), closedUntil: instant() }, desks)

export interface DeskHooks {
  readonly now: () => number
  /** Wakes the case when it is done. */
  readonly wake: (at: number, row: number) => void
  readonly team: (desk: number) => Team
  /** Where the working time of a desk's cases is drawn from. */
  readonly stream: (desk: number) => Stream
}

/** Desks in one cell, each with its queue, in columns, so that queues are saved as they are. */
export class Desks {
  readonly cases = caseTable()
  readonly #desks: ReturnType<typeof deskTable>
  readonly #waiting = new LinkedList({
    first: () => this.#desks.first,
    last: () => this.#desks.last,
    next: () => this.cases.next,
    previous: () => this.cases.previous,
  })
  readonly #hooks: DeskHooks

  constructor(desks: number, hooks: DeskHooks) {
    this.#hooks = hooks
    this.#desks = deskTable(desks)
    for (let desk = 0; desk < desks; desk++) this.#desks.add()
  }

  /** A case comes to a desk: a free member of staff starts it, else it waits its turn. */
  arrive(desk: Row<'desks'>, { cell, flow, order, turn, what }: Case): void {
    const { cases } = this
    const row = cases.add()
    cases.desk[row] = desk
    cases.cell[row] = cell
    cases.flow[row] = flow
    cases.order[row] = order
    cases.turn[row] = turn
    cases.what[row] = what
    cases.arrived[row] = this.#hooks.now()
    this.#waiting.append(desk, row)
    this.begin(desk)
  }

  /** Free staff start waiting cases; none start while the desk is closed. */
  begin(desk: Row<'desks'>): void {
    const desks = this.#desks
    const { now, team, stream, wake } = this.#hooks
    const { staff, hours, handling } = team(desk)
    while (!this.#waiting.isEmpty(desk) && desks.busy[desk] < staff && now() >= desks.closedUntil[desk]) {
      const row = this.#waiting.first(desk)
      this.#waiting.remove(desk, row)
      desks.busy[desk]++
      const work = drawDuration(handling, stream(desk))
      const started = beginsAt(hours, now())
      this.cases.started[row] = started
      wake(hours === null ? started + work : hours.finish(started, work), row)
    }
  }

  /** A case is done: its row goes, and the next one is begun. Read the case before. */
  leave(row: Row<'cases'>): void {
    const desk = this.cases.desk[row]
    this.#desks.busy[desk]--
    this.cases.remove(row)
    this.begin(desk)
  }

  /** A case has become void: one that waits goes, one in work is marked so. */
  withdraw(desk: Row<'desks'>, cell: Id<'cells'>, order: Id<'orders'>): void {
    const { cases } = this
    const isIt = (row: Row<'cases'>): boolean => cases.cell[row] === cell && cases.order[row] === order
    this.#waiting.each(desk, (row) => {
      if (!isIt(row)) return
      this.#waiting.remove(desk, row)
      cases.remove(row)
    })
    for (let row = 0; row < cases.rows; row++) if (cases.desk[row] === desk && isIt(row)) cases.isVoid[row] = 1
  }

  /** Nothing is begun at the desk before an instant. */
  close(desk: Row<'desks'>, until: number): void {
    this.#desks.closedUntil[desk] = Math.max(this.#desks.closedUntil[desk], until)
  }

  closedUntil(desk: Row<'desks'>): Instant {
    return this.#desks.closedUntil[desk]
  }

  save() {
    return { cases: this.cases.save(), desks: this.#desks.save() }
  }

  restore(state: ReturnType<Desks['save']>): void {
    this.cases.restore(state.cases)
    this.#desks.restore(state.desks)
  }
}
