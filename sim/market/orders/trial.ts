/** Free trials (O-12): once per account and product, `trial.days` long, never refundable, without grace. */

import { climb, type Denial, deny, ladder } from './admission.ts'
import { fulfilmentOf } from './fulfilment.ts'
import type { OrderIntent } from './intent.ts'
import { createOrder } from './order-creation.ts'
import { step } from './order-steps.ts'
import type { Orders } from './orders.ts'

const used: Denial = { refused: 'trial-used', rule: 'O-12' }

/** Orders the trial of a specification; a second one of the product is refused. Nothing is to be paid. */
export function orderTrial(market: Orders, intent: OrderIntent): number | Denial {
  const refusal = climb(market, ladder, intent)
  if (refusal !== null) return refusal
  const { productId } = market.world.catalog.offers[intent.specification - 1]
  const key = intent.account * market.world.scenario.catalog.length + productId
  if (!market.trials.use(key)) {
    deny(market, intent, used)
    return used
  }
  const row = createOrder(market, { ...intent, months: 0, kind: 'trial' }, [])
  market.orders.trial[row] = 1
  step(market, row, 'pay', 'O-12')
  // S-01: what is supervised is tried under supervision, too.
  market.orderPaid[fulfilmentOf(market, row)].emit(row)
  return row
}
