/**
 * After-sales support and the service desk (L-01): mails reach the sellers' desks, or get lost; tickets reach the
 * cloud's desk. Both work in their hours, first come first served.
 */

import type { Stream, Streams } from '#engine/random/streams.ts'
import type { Id, Row } from '../cell/table.ts'
import type { Sellers } from '../market/sellers/sellers.ts'
import { answerContact, bounceContact, leaveUnsolved } from '../market/sellers/support.ts'
import { fileTicket, solveTicket } from '../market/sellers/tickets.ts'
import { managersCell } from './managers.ts'
import type { Send } from './sellers.ts'
import { Desks, type Team, teamOf } from './staff.ts'
import { supportMessages as messages } from './support-messages.ts'
import { timersOf } from './timers.ts'

const DESK = 0

/** What became of a mail, as messages say it. */
const results = { lost: 0, solved: 1, unsolved: 2 } as const

export class Support {
  readonly #market: Sellers
  readonly #streams: Streams
  readonly #send: Send
  readonly #teams: readonly Team[]
  readonly #homes: readonly number[]
  readonly #sellers: Desks
  readonly #tickets: Desks

  constructor(market: Sellers, streams: Streams, send: Send) {
    const { scenario, sellers } = market.world
    const offset = market.policies['time.utcOffset']
    this.#market = market
    this.#streams = streams
    this.#send = send
    this.#homes = sellers.filter(({ cell }) => cell === market.cell).map(({ id }) => id)
    this.#teams = scenario.sellers.map(({ staff, workingHours, support }) =>
      teamOf(staff, workingHours, support, offset),
    )
    const now = () => market.now
    this.#sellers = new Desks(this.#homes.length, {
      now,
      wake: (at, row) => {
        timersOf(market).wake('supportDone', at, row)
      },
      team: (desk) => this.#teams[sellers[this.#homes[desk] - 1].segment],
      stream: (desk) => this.#stream(this.#homes[desk], 'support'),
    })
    const { staff, workingHours, handling } = scenario.operations.tickets
    const team = teamOf(staff, workingHours, handling, offset)
    this.#tickets = new Desks(1, {
      now,
      wake: (at, row) => {
        timersOf(market).wake('ticketDone', at, row)
      },
      team: () => team,
      stream: () => streams.stream('operations/tickets/handling'),
    })
  }

  #stream(seller: number, purpose: string): Stream {
    const { sellers, scenario } = this.#market.world
    const { segment, number } = sellers[seller - 1]
    return this.#streams.stream(`seller/${scenario.sellers[segment].segment}/${number}/${purpose}`)
  }

  /** A buyer of this cell mailed a seller. */
  sellerMailed(contact: Row<'contacts'>): void {
    const { contacts, world, cell } = this.#market
    const seller = contacts.seller[contact]
    const home = world.sellers[seller - 1].cell
    if (home === cell) this.#mailArrives(cell, seller, contact, contacts.id[contact])
    else this.#send(home, world.scenario.messageDelay, messages.sellerMailed, [seller, contact, contacts.id[contact]])
  }

  #mailArrives(cell: Id<'cells'>, seller: number, contact: Row<'contacts'>, id: number): void {
    const { sellers, scenario } = this.#market.world
    const { reachable } = scenario.sellers[sellers[seller - 1].segment]
    if (reachable < 1 && this.#stream(seller, 'reachable').next() >= reachable)
      this.#answer(cell, contact, results.lost)
    else this.#sellers.arrive(this.#homes.indexOf(seller), { cell, flow: contact, order: id, turn: 0, what: 0 })
  }

  /** A seller has answered. */
  mailDone(row: Row<'cases'>): void {
    const { cases } = this.#sellers
    const { facts, now } = this.#market
    const [cell, contact] = [cases.cell[row], cases.flow[row]]
    facts.support_cases({
      contact_id: cases.order[row],
      seller: this.#homes[cases.desk[row]],
      arrived: cases.arrived[row],
      started: cases.started[row],
      at: now,
      rule: this.#market.word('L-04'),
    })
    const seller = this.#homes[cases.desk[row]]
    this.#sellers.leave(row)
    this.#answer(cell, contact, this.#solves(seller) ? results.solved : results.unsolved)
  }

  /** L-01: whether a seller can solve a problem; who always can draws nothing. */
  #solves(seller: number): boolean {
    const { sellers, scenario } = this.#market.world
    const { solves } = scenario.sellers[sellers[seller - 1].segment]
    return solves >= 1 || this.#stream(seller, 'solves').next() < solves
  }

  #answer(cell: Id<'cells'>, contact: Row<'contacts'>, result: number): void {
    if (cell === this.#market.cell) this.#answered(contact, result)
    else this.#send(cell, this.#market.world.scenario.messageDelay, messages.sellerAnswered, [contact, result])
  }

  #answered(contact: Row<'contacts'>, result: number): void {
    if (result === results.solved) answerContact(this.#market, contact, 'seller')
    else if (result === results.lost) bounceContact(this.#market, contact)
    else leaveUnsolved(this.#market, contact)
  }

  /** The buyer's mail bounced. */
  sellerUnreachable(contact: number): void {
    timersOf(this.#market).wake('contactBounced', this.#market.now, contact)
  }

  /** So the buyer turns to the cloud. */
  contactBounced(contact: Row<'contacts'>): void {
    const { contacts } = this.#market
    const account = contacts.account[contact]
    fileTicket(this.#market, {
      account,
      about: 'support',
      subject: contact,
      subjectId: contacts.id[contact],
      amount: 0n,
    })
  }

  /** A ticket of this cell was filed. */
  ticketFiled(ticket: Row<'tickets'>): void {
    const { tickets, cell, world } = this.#market
    const office = managersCell(world)
    if (office === cell) this.#ticketArrives(cell, ticket, tickets.id[ticket])
    else this.#send(office, world.scenario.messageDelay, messages.ticketFiled, [ticket, tickets.id[ticket]])
  }

  #ticketArrives(cell: Id<'cells'>, ticket: Row<'tickets'>, id: number): void {
    this.#tickets.arrive(DESK, { cell, flow: ticket, order: id, turn: 0, what: 0 })
  }

  /** The desk has solved a ticket. */
  ticketDone(row: Row<'cases'>): void {
    const { cases } = this.#tickets
    const { facts, now, cell: here, world } = this.#market
    const [cell, ticket] = [cases.cell[row], cases.flow[row]]
    facts.ticket_cases({
      ticket_id: cases.order[row],
      arrived: cases.arrived[row],
      started: cases.started[row],
      at: now,
      rule: this.#market.word('L-01'),
    })
    this.#tickets.leave(row)
    if (cell === here) solveTicket(this.#market, ticket)
    else this.#send(cell, world.scenario.messageDelay, messages.ticketSolved, [ticket])
  }

  /** Takes a message of its kinds; false for any other. */
  receive(cell: Id<'cells'>, kind: number, data: Float64Array): boolean {
    if (kind === messages.sellerMailed) this.#mailArrives(cell, data[0], data[1], data[2])
    else if (kind === messages.sellerAnswered) this.#answered(data[0], data[1])
    else if (kind === messages.ticketFiled) this.#ticketArrives(cell, data[0], data[1])
    else if (kind === messages.ticketSolved) solveTicket(this.#market, data[0])
    else return false
    return true
  }

  save() {
    return { sellers: this.#sellers.save(), tickets: this.#tickets.save() }
  }

  restore(state: ReturnType<Support['save']>): void {
    this.#sellers.restore(state.sellers)
    this.#tickets.restore(state.tickets)
  }
}
