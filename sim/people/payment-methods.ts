/** O-13: which payment method buyers select for an order, and whether their cards are accepted. */

import { type Distribution, distribution } from '#engine/random/distribution.ts'
import type { BuyerSegment } from '#scenarios/sections/buyers.ts'
import type { Row } from '../cell/table.ts'
import { type PaymentMethod, paymentMethods } from '../market/orders/order.ts'
import type { Orders } from '../market/orders/orders.ts'
import { happens } from './draws.ts'
import type { StreamOf } from './stream-of.ts'

interface Habit {
  /** Draws the position of a method; null for who always pays from the balance. */
  readonly method: Distribution | null
  readonly declines: number
  readonly reasons: readonly string[]
  /** Draws the position of a reason. */
  readonly reason: Distribution
}

const byWeight = (weights: readonly number[]): Distribution =>
  distribution({ discrete: { values: weights.map((_, index) => index), weights: [...weights] } })

function habitOf({ wallet: { methods, card } }: BuyerSegment): Habit {
  const isBalance = methods.card === 0 && methods.credit === 0
  const reasons = card === null ? { '': 1 } : card.reasons
  return {
    method: isBalance ? null : byWeight(paymentMethods.map((name) => methods[name])),
    declines: card?.declines ?? 0,
    reasons: Object.keys(reasons),
    reason: byWeight(Object.values(reasons)),
  }
}

/** Answers the questions of the market about the payment methods of its buyers. */
export function choosePaymentMethods(market: Orders, streamOf: StreamOf): void {
  const habits = market.world.scenario.buyers.map(habitOf)
  const habit = (account: Row<'accounts'>): Habit => habits[market.accounts.segment[account]]
  market.methodSelected.through((usual, account): PaymentMethod => {
    const { method } = habit(account)
    return method === null ? usual : paymentMethods[method.sample(streamOf(account, 'payment-method'))]
  })
  market.cardDeclines.through((accepted, account) => {
    const { declines, reason, reasons } = habit(account)
    const stream = () => streamOf(account, 'card')
    return happens(declines, stream) ? reasons[reason.sample(stream())] : accepted
  })
}
