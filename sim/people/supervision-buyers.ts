/**
 * Buyers in supervision flows (S-02, S-05, S-06): when they submit, judge, remind and appeal. Each question has a
 * stream of its own.
 */
import { NONE, type Row } from '../cell/table.ts'
import { fileAppeal } from '../market/supervision/appeal-steps.ts'
import { acceptProduct, rejectProduct, remindSeller, submitRequest } from '../market/supervision/moves.ts'
import type { Supervision } from '../market/supervision/supervision.ts'
import { stateOf } from '../market/supervision/supervision-steps.ts'
import { Behaviour, type Declared, type Habit, habitFrom } from './behaviour.ts'
import { durationDistribution, happens } from './draws.ts'
import type { StreamOf } from './stream-of.ts'

const account: Declared<Supervision, 'flows'>['account'] = ({ flows }) => flows.account

/** S-02. */
const requesting: Declared<Supervision, 'flows'> = {
  timer: 'flowMoves',
  stream: 'request',
  habit: ({ habits: { supervision } }) => ({ after: durationDistribution(supervision.request) }),
  account,
  pending: ({ flows }) => flows.moveTimer,
  act: submitRequest,
}

/** S-05: the buyer judges the delivery. */
const judging: Declared<Supervision, 'flows', Habit & { readonly reject: number }> = {
  timer: 'flowMoves',
  stream: 'acceptance',
  habit: ({ habits: { supervision } }) => ({
    after: durationDistribution(supervision.acceptance),
    reject: supervision.reject,
  }),
  account,
  pending: ({ flows }) => flows.moveTimer,
  act: (market, flow, behaviour) => {
    if (happens(behaviour.habit(flow).reject, () => behaviour.stream(flow, 'reject'))) rejectProduct(market, flow)
    else acceptProduct(market, flow)
  },
}

/** S-05. */
const reminding: Declared<Supervision, 'flows'> = {
  timer: 'sellerReminded',
  stream: 'remind',
  habit: ({ habits: { supervision } }) => habitFrom(supervision.remind),
  account,
  pending: ({ flows }) => flows.reminderTimer,
  act: remindSeller,
}

/** S-06: a ground has arisen. The buyer considers it once, and appeals later if the ground is still valid. */
const appealing: Declared<Supervision, 'flows'> = {
  timer: 'buyerAppeals',
  stream: 'appeal',
  habit: ({ habits: { supervision } }) => habitFrom(supervision.appeal),
  account,
  pending: ({ flows }) => flows.appealTimer,
  applies: ({ flows }, flow) => flows.appealTimer[flow] === NONE,
  act: (market, flow) => {
    fileAppeal(market, flow, 'buyer')
  },
}

export class SupervisionBuyers {
  readonly reminding: Behaviour<Supervision, 'flows'>
  readonly appealing: Behaviour<Supervision, 'flows'>
  readonly #market: Supervision
  readonly #requesting: Behaviour<Supervision, 'flows'>
  readonly #judging: Behaviour<Supervision, 'flows', Habit & { readonly reject: number }>

  constructor(market: Supervision, streamOf: StreamOf) {
    this.#market = market
    this.#requesting = new Behaviour(market, streamOf, requesting)
    this.#judging = new Behaviour(market, streamOf, judging)
    this.reminding = new Behaviour(market, streamOf, reminding)
    this.appealing = new Behaviour(market, streamOf, appealing)
  }

  /** A flow entered a state: the buyer schedules the next action there. */
  turned(flow: Row<'flows'>): void {
    const state = stateOf(this.#market, flow)
    if (state === 'awaiting-request') this.#requesting.consider(flow)
    else if (state === 'awaiting-acceptance') this.#judging.consider(flow)
    else if (state === 'awaiting-seller') this.reminding.consider(flow)
  }

  /** The buyer submits the request, or judges the delivery. */
  moves(flow: Row<'flows'>): void {
    if (stateOf(this.#market, flow) === 'awaiting-request') this.#requesting.act(flow)
    else this.#judging.act(flow)
  }
}
