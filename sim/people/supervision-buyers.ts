/**
 * Buyers in supervision flows (S-02, S-05, S-06): when they submit, judge, remind and appeal. Each question has a
 * stream of its own.
 */
import { own } from '#base/own.ts'
import { type Distribution, distribution } from '#engine/random/distribution.ts'
import { rejectionReasons } from '#scenarios/rejection-reasons.ts'
import { NONE, type Row } from '../cell/table.ts'
import { fileAppeal } from '../market/supervision/appeal-steps.ts'
import { acceptProduct, rejectProduct, remindSeller, submitRequest } from '../market/supervision/moves.ts'
import type { Supervision } from '../market/supervision/supervision.ts'
import { supervisionKinds } from '../market/supervision/supervision-lifecycles.ts'
import { stateOf } from '../market/supervision/supervision-steps.ts'
import { withdrawOrder } from '../market/supervision/withdrawal.ts'
import { Behaviour, type Declared, type Habit, habitFrom } from './behaviour.ts'
import { durationDistribution, happens } from './draws.ts'
import type { StreamOf } from './stream-of.ts'

const account: Declared<Supervision, 'flows'>['account'] = ({ flows }) => flows.account

/** S-02. */
const requesting: Declared<Supervision, 'flows', Habit & { readonly attachment: number }> = {
  timer: 'flowMoves',
  stream: 'request',
  habit: ({ habits: { supervision } }) => ({
    after: durationDistribution(supervision.request),
    attachment: supervision.attachment,
  }),
  account,
  pending: ({ flows }) => flows.moveTimer,
  act: (market, flow, behaviour) => {
    const takesOne = supervisionKinds[market.flows.kind[flow]] === 'professional-service'
    const { attachment } = behaviour.habit(flow)
    submitRequest(market, flow, takesOne && happens(attachment, () => behaviour.stream(flow, 'attachment')))
  },
}

interface JudgingHabit extends Habit {
  readonly reject: number
  /** Draws the position of a reason; null where none is recorded. */
  readonly reason: Distribution | null
}

/** S-05: the buyer judges the delivery. */
const judging: Declared<Supervision, 'flows', JudgingHabit> = {
  timer: 'flowMoves',
  stream: 'acceptance',
  habit: ({ habits: { supervision } }) => ({
    after: durationDistribution(supervision.acceptance),
    reject: supervision.reject,
    reason:
      supervision.reasons === null
        ? null
        : distribution({
            discrete: {
              values: rejectionReasons.map((_, index) => index),
              weights: rejectionReasons.map((name) => own(supervision.reasons, name) ?? 0),
            },
          }),
  }),
  account,
  pending: ({ flows }) => flows.moveTimer,
  act: (market, flow, behaviour) => {
    const { reject, reason } = behaviour.habit(flow)
    if (!happens(reject, () => behaviour.stream(flow, 'reject'))) acceptProduct(market, flow)
    else if (reason === null) rejectProduct(market, flow)
    else rejectProduct(market, flow, rejectionReasons[reason.sample(behaviour.stream(flow, 'rejection-reason'))])
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

/** N-01: decided once, when the flow begins. */
const withdrawing: Declared<Supervision, 'flows'> = {
  timer: 'buyerWithdraws',
  stream: 'withdrawing',
  habit: ({ habits: { supervision } }) => habitFrom(supervision.withdraw),
  account,
  pending: ({ flows }) => flows.withdrawTimer,
  act: withdrawOrder,
}

export class SupervisionBuyers {
  readonly withdrawing: Behaviour<Supervision, 'flows'>
  readonly reminding: Behaviour<Supervision, 'flows'>
  readonly appealing: Behaviour<Supervision, 'flows'>
  readonly #market: Supervision
  readonly #requesting: Behaviour<Supervision, 'flows', Habit & { readonly attachment: number }>
  readonly #judging: Behaviour<Supervision, 'flows', JudgingHabit>

  constructor(market: Supervision, streamOf: StreamOf) {
    this.#market = market
    this.withdrawing = new Behaviour(market, streamOf, withdrawing)
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
