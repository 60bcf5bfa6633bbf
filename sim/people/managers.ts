/** Operations managers (L-05, S-07): they sit in one region's cell and decide appeals, first come first served. */

import { type Distribution, distribution } from '#engine/random/distribution.ts'
import type { Streams } from '#engine/random/streams.ts'
import type { Id, Row } from '../cell/table.ts'
import { outcomes } from '../market/supervision/appeal-decision.ts'
import type { Supervision } from '../market/supervision/supervision.ts'
import type { World } from '../world/world.ts'
import type { Send } from './sellers.ts'
import { type Case, Desks, teamOf } from './staff.ts'
import { supervisionMessages } from './supervision-messages.ts'
import type { Answer } from './supervision-sellers.ts'
import { timersOf } from './timers.ts'

/** There is one desk. */
const DESK = 0

/** The cell in which the managers sit: the first of `operations.region`, or of all. */
export function managersCell({ scenario, cellPlaces }: World): number {
  const { region } = scenario.operations
  return region === null ? 0 : cellPlaces.findIndex((place) => scenario.regions[place.region].id === region)
}

export class Managers {
  readonly #market: Supervision
  readonly #streams: Streams
  readonly #send: Send
  readonly #answer: Answer
  readonly #desks: Desks

  /** `answer` gets decisions about flows of this cell. */
  constructor(market: Supervision, streams: Streams, send: Send, answer: Answer) {
    this.#market = market
    this.#streams = streams
    this.#send = send
    this.#answer = answer
    const { staff, workingHours, handling } = market.world.scenario.operations.managers
    const team = teamOf(staff, workingHours, handling, market.policies['time.utcOffset'])
    this.#desks = new Desks(1, {
      now: () => market.now,
      wake: (at, row) => {
        timersOf(market).wake('managerDone', at, row)
      },
      team: () => team,
      stream: () => streams.stream('operations/managers/handling'),
    })
  }

  /** An appeal reaches them; `what` of the case is its number. */
  filed(appeal: Case): void {
    this.#desks.arrive(DESK, appeal)
  }

  lapsed(cell: Id<'cells'>, order: Id<'orders'>): void {
    this.#desks.withdraw(DESK, cell, order)
  }

  /** A case is decided: the outcome is drawn by the weights in force. */
  done(row: Row<'cases'>): void {
    const { cases } = this.#desks
    const { facts, now } = this.#market
    const outcome =
      cases.isVoid[row] === 1 ? null : this.#outcomes().sample(this.#streams.stream('operations/managers/outcome'))
    const [cell, flow, order, turn] = [cases.cell[row], cases.flow[row], cases.order[row], cases.turn[row]]
    facts.appeal_cases({
      appeal_id: cases.what[row],
      arrived: cases.arrived[row],
      started: cases.started[row],
      at: now,
      outcome: outcome === null ? 0 : this.#market.word(outcomes[outcome]),
      rule: this.#market.word('L-05'),
    })
    this.#desks.leave(row)
    if (outcome !== null) this.#tell(cell, [flow, order, turn, outcome])
  }

  #outcomes(): Distribution {
    const weights = this.#market.policies['appeal.outcomes']
    return distribution({ discrete: { values: [0, 1, 2], weights: outcomes.map((outcome) => weights[outcome]) } })
  }

  #tell(cell: Id<'cells'>, payload: readonly [flow: number, order: number, turn: number, outcome: number]): void {
    if (cell === this.#market.cell) this.#answer(...payload)
    else this.#send(cell, this.#market.world.scenario.messageDelay, supervisionMessages.appealDecided, payload)
  }

  save() {
    return this.#desks.save()
  }

  restore(state: ReturnType<Managers['save']>): void {
    this.#desks.restore(state)
  }
}
