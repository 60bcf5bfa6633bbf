/**
 * Sellers in supervision flows (S-04, S-06, L-04): turns reach their desk, wait while staff is busy, away or silent,
 * and are answered after their response law, in working time. A seller answers from the home cell.
 */

import type { Instant } from '#base/time.ts'
import type { Distribution } from '#engine/random/distribution.ts'
import type { Stream, Streams } from '#engine/random/streams.ts'
import type { Id, Row } from '../cell/table.ts'
import type { Supervision } from '../market/supervision/supervision.ts'
import { drawDuration, durationDistribution, happens } from './draws.ts'
import type { Send } from './sellers.ts'
import { Desks, type Team, teamOf } from './staff.ts'
import { asks, sellerMoveNames, supervisionMessages } from './supervision-messages.ts'
import { timersOf } from './timers.ts'

/** A turn as its seller sees it. */
export interface Turn {
  readonly seller: number
  readonly cell: number
  readonly flow: number
  readonly order: number
  readonly turn: number
  readonly what: number
}

export type Answer = (flow: number, order: number, turn: number, move: number) => void

export class SupervisionSellers {
  readonly #market: Supervision
  readonly #streams: Streams
  readonly #send: Send
  readonly #answer: Answer
  readonly #teams: readonly Team[]
  readonly #silences: readonly (Distribution | null)[]
  /** Numbers of the sellers at home here; a desk is a position in it. */
  readonly #homes: readonly number[]
  readonly #deskOf: ReadonlyMap<number, number>
  readonly #desks: Desks

  /** `answer` gets moves for flows of this cell. */
  constructor(market: Supervision, streams: Streams, send: Send, answer: Answer) {
    const { world, cell, policies } = market
    this.#market = market
    this.#streams = streams
    this.#send = send
    this.#answer = answer
    this.#teams = world.scenario.sellers.map(({ staff, workingHours, response }) =>
      teamOf(staff, workingHours, response, policies['time.utcOffset']),
    )
    this.#silences = world.scenario.sellers.map(({ silence }) => silence && durationDistribution(silence.for))
    this.#homes = world.sellers.filter((seller) => seller.cell === cell).map(({ id }) => id)
    this.#deskOf = new Map(this.#homes.map((seller, desk) => [seller, desk]))
    this.#desks = new Desks(this.#homes.length, {
      now: () => market.now,
      wake: (at, row) => {
        timersOf(market).wake('sellerDone', at, row)
      },
      team: (desk) => this.#teams[this.#segment(desk)],
      stream: (desk) => this.#stream(desk, 'response'),
    })
  }

  #desk(seller: number): number {
    const desk = this.#deskOf.get(seller)
    if (desk === undefined) throw new Error(`seller ${seller} is not at home in cell ${this.#market.cell}`)
    return desk
  }

  #segment(desk: number): number {
    return this.#market.world.sellers[this.#homes[desk] - 1].segment
  }

  #stream(desk: number, purpose: string): Stream {
    const { number, segment } = this.#market.world.sellers[this.#homes[desk] - 1]
    return this.#streams.stream(`seller/${this.#market.world.scenario.sellers[segment].segment}/${number}/${purpose}`)
  }

  /** It is the seller's turn, or (asks.appealOnly) the buyer has been silent for too long. */
  turned({ seller, ...turn }: Turn): void {
    const desk = this.#desk(seller)
    if ((turn.what & asks.appealOnly) !== 0) {
      if (this.#says(desk, 'appeal')) this.#desks.arrive(desk, turn)
      return
    }
    this.#fallSilent(desk)
    this.#desks.arrive(desk, turn)
  }

  /** L-04: a move falls due, and the seller may go silent; silent sellers are skipped. */
  #fallSilent(desk: Row<'desks'>): void {
    const segment = this.#segment(desk)
    const { silence } = this.#market.world.scenario.sellers[segment]
    const distribution = this.#silences[segment]
    if (silence === null || distribution === null || this.#market.now < this.#desks.closedUntil(desk)) return
    const stream = () => this.#stream(desk, 'silence')
    if (happens(silence.probability, stream))
      this.close(this.#homes[desk], this.#market.now + drawDuration(distribution, stream()))
  }

  /** A seller at home here does nothing before an instant: silence, or a strike. */
  close(seller: number, until: Instant): void {
    const desk = this.#desk(seller)
    if (until <= this.#desks.closedUntil(desk)) return
    this.#desks.close(desk, until)
    timersOf(this.#market).wake('sellerReturns', until, desk)
  }

  returns(desk: Row<'desks'>): void {
    this.#desks.begin(desk)
  }

  /** Work on it is done; what is done during a silence is sent when it ends. */
  done(row: Row<'cases'>): void {
    const { cases } = this.#desks
    const timers = timersOf(this.#market)
    const { facts, now } = this.#market
    const desk = cases.desk[row]
    if (now < this.#desks.closedUntil(desk)) {
      timers.wake('sellerDone', this.#desks.closedUntil(desk), row)
      return
    }
    const [cell, flow, order, turn] = [cases.cell[row], cases.flow[row], cases.order[row], cases.turn[row]]
    facts.seller_cases({
      seller: this.#homes[desk],
      order_id: order,
      arrived: cases.arrived[row],
      started: cases.started[row],
      at: now,
      rule: this.#market.word('L-04'),
    })
    const move = cases.isVoid[row] === 1 ? null : this.#decide(desk, cases.what[row])
    this.#desks.leave(row)
    if (move !== null) this.#tell(cell, [flow, order, turn, sellerMoveNames.indexOf(move)])
  }

  #decide(desk: number, what: number): (typeof sellerMoveNames)[number] {
    if ((what & asks.appealOnly) !== 0 || ((what & asks.mayAppeal) !== 0 && this.#says(desk, 'appeal'))) return 'appeal'
    return (what & asks.mayReject) !== 0 && this.#says(desk, 'rejectRequest') ? 'reject-request' : 'deliver'
  }

  /** A habit of probability 0 draws nothing. */
  #says(desk: number, habit: 'appeal' | 'rejectRequest'): boolean {
    const probability = this.#market.world.scenario.sellers[this.#segment(desk)][habit]
    return happens(probability, () => this.#stream(desk, habit))
  }

  #tell(cell: Id<'cells'>, payload: readonly [flow: number, order: number, turn: number, move: number]): void {
    if (cell === this.#market.cell) this.#answer(...payload)
    else this.#send(cell, this.#market.world.scenario.messageDelay, supervisionMessages.sellerMoved, payload)
  }

  /** The flow was frozen or closed: there is nothing left to answer. */
  turnOver(seller: number, cell: Id<'cells'>, order: Id<'orders'>): void {
    this.#desks.withdraw(this.#desk(seller), cell, order)
  }

  save() {
    return this.#desks.save()
  }

  restore(state: ReturnType<SupervisionSellers['save']>): void {
    this.#desks.restore(state)
  }
}
