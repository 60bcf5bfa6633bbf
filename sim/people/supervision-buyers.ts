/**
 * Buyers in supervision flows (S-02, S-05, S-06): when they submit, judge, remind and appeal. Each question has a
 * stream of its own, and a habit of probability 0 draws nothing.
 */
import type { Distribution } from '#engine/random/distribution.ts'
import type { Stream } from '#engine/random/streams.ts'
import type { BuyerSegment } from '#scenarios/sections/buyers.ts'
import { NONE } from '../cell/table.ts'
import { fileAppeal } from '../market/supervision/appeal-steps.ts'
import { acceptProduct, rejectProduct, remindSeller, submitRequest } from '../market/supervision/moves.ts'
import type { Supervision } from '../market/supervision/supervision.ts'
import { stateOf } from '../market/supervision/supervision-steps.ts'
import { durationLaw } from './duration-law.ts'
import { timersOf } from './timers.ts'

interface Occasional {
  readonly probability: number
  readonly after: Distribution
}

interface Habit {
  readonly request: Distribution
  readonly acceptance: Distribution
  readonly reject: number
  readonly remind: Occasional
  readonly appeal: Occasional
}

function habitOf({ habits }: BuyerSegment): Habit {
  const { request, acceptance, reject, remind, appeal } = habits.supervision
  return {
    request: durationLaw(request),
    acceptance: durationLaw(acceptance),
    reject,
    remind: { probability: remind.probability, after: durationLaw(remind.after) },
    appeal: { probability: appeal.probability, after: durationLaw(appeal.after) },
  }
}

const wait = (law: Distribution, stream: Stream): number => Math.max(0, Math.round(law.sample(stream)))

export class SupervisionBuyers {
  readonly #market: Supervision
  readonly #habits: readonly Habit[]
  readonly #stream: (account: number, purpose: string) => Stream

  constructor(market: Supervision, stream: (account: number, purpose: string) => Stream) {
    this.#market = market
    this.#habits = market.world.scenario.buyers.map(habitOf)
    this.#stream = stream
  }

  #habit(flow: number): Habit {
    const { flows, accounts } = this.#market
    return this.#habits[accounts.segment[flows.account[flow]]]
  }

  #draw(flow: number, purpose: string): Stream {
    return this.#stream(this.#market.flows.account[flow], purpose)
  }

  /** A flow entered a state: the buyer schedules the next action there. */
  turned(flow: number): void {
    const timers = timersOf(this.#market)
    const { flows, now } = this.#market
    const habit = this.#habit(flow)
    const state = stateOf(this.#market, flow)
    if (state === 'awaiting-request')
      flows.moveTimer[flow] = timers.wake('flowMoves', now + wait(habit.request, this.#draw(flow, 'request')), flow)
    else if (state === 'awaiting-acceptance')
      flows.moveTimer[flow] = timers.wake(
        'flowMoves',
        now + wait(habit.acceptance, this.#draw(flow, 'acceptance')),
        flow,
      )
    else if (state === 'awaiting-seller') this.#meanToRemind(flow, habit.remind)
  }

  #meanToRemind(flow: number, { probability, after }: Occasional): void {
    const timers = timersOf(this.#market)
    const { flows, now } = this.#market
    if (probability === 0) return
    const stream = this.#draw(flow, 'remind')
    if (stream.next() < probability)
      flows.reminderTimer[flow] = timers.wake('sellerReminded', now + wait(after, stream), flow)
  }

  /** S-06: a ground has arisen. The buyer considers it once, and appeals later if the ground is still valid. */
  mayAppeal(flow: number): void {
    const timers = timersOf(this.#market)
    const { flows, now } = this.#market
    const { probability, after } = this.#habit(flow).appeal
    if (probability === 0 || flows.appealTimer[flow] !== NONE) return
    const stream = this.#draw(flow, 'appeal')
    if (stream.next() < probability)
      flows.appealTimer[flow] = timers.wake('buyerAppeals', now + wait(after, stream), flow)
  }

  /** The buyer submits the request, or judges the delivery. */
  moves(flow: number): void {
    this.#market.flows.moveTimer[flow] = NONE
    if (stateOf(this.#market, flow) === 'awaiting-request') {
      submitRequest(this.#market, flow)
      return
    }
    const { reject } = this.#habit(flow)
    if (reject > 0 && this.#draw(flow, 'reject').next() < reject) rejectProduct(this.#market, flow)
    else acceptProduct(this.#market, flow)
  }

  reminds(flow: number): void {
    this.#market.flows.reminderTimer[flow] = NONE
    remindSeller(this.#market, flow)
  }

  appeals(flow: number): void {
    this.#market.flows.appealTimer[flow] = NONE
    fileAppeal(this.#market, flow, 'buyer')
  }
}
