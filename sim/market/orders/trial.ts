/** Free trials (O-12): once per account and product, `trial.days` long, never refundable, without grace. */
import { dayOf, startOfDay } from '#base/civil-time.ts'
import type { Market } from '../market.ts'
import { createOrder, type OrderIntent, step } from './order-steps.ts'
import { beginFlow, startsFlow } from '../supervision/supervision-steps.ts'

/** Which product of which account was tried; it survives in a snapshot as plain numbers. */
export type Trials = Set<number>

/** Orders the trial of a specification; a second one of the product is refused. Nothing is to be paid. */
export function orderTrial(market: Market, intent: OrderIntent): void {
  const { productId } = market.world.catalog.offers[intent.specification - 1]
  const key = intent.account * market.world.scenario.catalog.length + productId
  if (market.trials.has(key)) {
    market.refuse('trial-used', 'O-12', {
      account: intent.account,
      specification: intent.specification,
      pool: 0,
      quantity: intent.quantity,
      order: 0,
      lost: 0n,
    })
    return
  }
  market.trials.add(key)
  const row = createOrder(market, { ...intent, months: 0, kind: 'trial' }, [])
  market.orders.trial[row] = 1
  step(market, row, 'pay', 'O-12')
  // S-01: what is supervised is tried under supervision, too.
  if (startsFlow(market, row)) beginFlow(market, row)
  else market.reactions.provisionOrdered(row)
}

/** A trial ends, like a term (T-05), with its last civil day: begun on the 1st for 7 days, it ends with the 8th. */
export function trialEnd(market: Market, start: number): number {
  const offset = market.policies['time.utcOffset']
  return startOfDay(dayOf(start, offset) + market.policies['trial.days'] + 1, offset)
}
