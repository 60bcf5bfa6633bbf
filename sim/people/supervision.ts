/** Buyers, sellers and managers of supervision flows in one cell, and their messages to other cells. */

import type { Stream, Streams } from '#engine/random/streams.ts'
import type { Id, Row } from '../cell/table.ts'
import { decideAppeal, outcomes } from '../market/supervision/appeal-decision.ts'
import { groundOf } from '../market/supervision/appeal-steps.ts'
import { mayRejectRequest, sellerMoves } from '../market/supervision/moves.ts'
import type { Supervision as SupervisionChapter } from '../market/supervision/supervision.ts'
import { stateOf } from '../market/supervision/supervision-steps.ts'
import { Managers, managersCell } from './managers.ts'
import type { Send } from './sellers.ts'
import { SupervisionBuyers } from './supervision-buyers.ts'
import { asks, supervisionMessages as messages, sellerMoveNames } from './supervision-messages.ts'
import { SupervisionSellers } from './supervision-sellers.ts'

export class Supervision {
  readonly buyers: SupervisionBuyers
  readonly sellers: SupervisionSellers
  readonly managers: Managers
  readonly #market: SupervisionChapter
  readonly #send: Send

  constructor(
    market: SupervisionChapter,
    streams: Streams,
    send: Send,
    stream: (account: number, purpose: string) => Stream,
  ) {
    this.#market = market
    this.#send = send
    this.buyers = new SupervisionBuyers(market, stream)
    this.sellers = new SupervisionSellers(market, streams, this.#send, (...answer) => this.#sellerMoved(...answer))
    this.managers = new Managers(market, streams, this.#send, (...answer) => this.#decided(...answer))
  }

  /** A flow entered a state: the buyer schedules an action, the seller is notified. */
  turned(flow: Row<'flows'>, resumed: boolean): void {
    if (this.#market.flows.turn[flow] === 0) this.buyers.withdrawing.consider(flow)
    this.buyers.turned(flow)
    if (stateOf(this.#market, flow) !== 'awaiting-seller') return
    // What a manager has just decided is not appealed against before the seller has moved.
    const mayAppeal = !resumed && groundOf(this.#market, flow, 'seller') !== null
    this.#askSeller(
      flow,
      (mayRejectRequest(this.#market, flow) ? asks.mayReject : 0) | (mayAppeal ? asks.mayAppeal : 0),
    )
  }

  appealPossible(flow: Row<'flows'>, by: 'buyer' | 'seller'): void {
    if (by === 'buyer') this.buyers.appealing.consider(flow)
    else this.#askSeller(flow, asks.appealOnly)
  }

  #askSeller(flow: Row<'flows'>, what: number): void {
    const { flows, cell, world } = this.#market
    const [seller, order, turn] = [flows.seller[flow], flows.id[flow], flows.turn[flow]]
    const home = world.sellers[seller - 1].cell
    if (home === cell) this.sellers.turned({ seller, cell, flow, order, turn, what })
    else this.#send(home, world.scenario.messageDelay, messages.sellersTurn, [seller, flow, order, turn, what])
  }

  /** A flow is frozen: its seller has no turn until it resumes, and the managers get the case. */
  appealFiled(flow: Row<'flows'>): void {
    const { flows, cell, world } = this.#market
    this.#withdrawTurn(flow)
    const [order, turn, appeal] = [flows.id[flow], flows.turn[flow], flows.appeal[flow]]
    const office = managersCell(world)
    if (office === cell) this.managers.filed({ cell, flow, order, turn, what: appeal })
    else this.#send(office, world.scenario.messageDelay, messages.appealFiled, [flow, order, turn, appeal])
  }

  /** A clock ends the flow: no action is left. */
  closes(flow: Row<'flows'>): void {
    const { flows, cell, world } = this.#market
    this.#withdrawTurn(flow)
    if (flows.appeal[flow] === 0) return
    const office = managersCell(world)
    if (office === cell) this.managers.lapsed(cell, flows.id[flow])
    else this.#send(office, world.scenario.messageDelay, messages.appealLapsed, [flows.id[flow]])
  }

  #withdrawTurn(flow: Row<'flows'>): void {
    const { flows, cell, world } = this.#market
    const [seller, order] = [flows.seller[flow], flows.id[flow]]
    const home = world.sellers[seller - 1].cell
    if (home === cell) this.sellers.turnOver(seller, cell, order)
    else this.#send(home, world.scenario.messageDelay, messages.turnOver, [seller, order])
  }

  /** Answers to a turn that is over are void: the flow was frozen, closed or moved on while they were on their way. */
  #isTurn(flow: Row<'flows'>, order: Id<'orders'>, turn: number): boolean {
    const { flows } = this.#market
    return flow < flows.rows && flows.id[flow] === order && flows.turn[flow] === turn
  }

  #sellerMoved(flow: Row<'flows'>, order: Id<'orders'>, turn: number, move: number): void {
    if (this.#isTurn(flow, order, turn)) sellerMoves(this.#market, flow, sellerMoveNames[move])
  }

  #decided(flow: Row<'flows'>, order: Id<'orders'>, turn: number, outcome: number): void {
    if (this.#isTurn(flow, order, turn)) decideAppeal(this.#market, flow, outcomes[outcome])
  }

  /** Takes a message of its kinds; false for any other. */
  receive(cell: Id<'cells'>, kind: number, data: Float64Array): boolean {
    switch (kind) {
      case messages.sellersTurn:
        this.sellers.turned({ seller: data[0], cell, flow: data[1], order: data[2], turn: data[3], what: data[4] })
        return true
      case messages.turnOver:
        this.sellers.turnOver(data[0], cell, data[1])
        return true
      case messages.sellerMoved:
        this.#sellerMoved(data[0], data[1], data[2], data[3])
        return true
      case messages.appealFiled:
        this.managers.filed({ cell, flow: data[0], order: data[1], turn: data[2], what: data[3] })
        return true
      case messages.appealLapsed:
        this.managers.lapsed(cell, data[0])
        return true
      case messages.appealDecided:
        this.#decided(data[0], data[1], data[2], data[3])
        return true
      default:
        return false
    }
  }

  save() {
    return { sellers: this.sellers.save(), managers: this.managers.save() }
  }

  restore(state: ReturnType<Supervision['save']>): void {
    this.sellers.restore(state.sellers)
    this.managers.restore(state.managers)
  }
}
