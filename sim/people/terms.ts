/** What buyers do with the subscriptions they have: renewing, changing and ending them, each by its own habit. */
import type { Subscriptions } from '../market/subscriptions/subscriptions.ts'
import { Behaviour } from './behaviour.ts'
import { expanding, upgrading } from './changing.ts'
import { renewing, termTurned } from './renewing.ts'
import type { StreamOf } from './stream-of.ts'
import { unsubscribing } from './unsubscribing.ts'

export function termBehaviours(market: Subscriptions, streamOf: StreamOf) {
  const behaviours = {
    renewing: new Behaviour(market, streamOf, renewing),
    upgrading: new Behaviour(market, streamOf, upgrading),
    expanding: new Behaviour(market, streamOf, expanding),
    unsubscribing: new Behaviour(market, streamOf, unsubscribing),
  }
  market.termTurned.connect((row, how) => {
    termTurned(behaviours.renewing, market, row, how)
    if (how !== 'begun') return
    behaviours.upgrading.consider(row)
    behaviours.expanding.consider(row)
    behaviours.unsubscribing.consider(row)
  })
  return behaviours
}
