/** What buyers do with the subscriptions they have: renewing, changing and ending them, each by its own habit. */
import type { Subscriptions } from '../market/subscriptions/subscriptions.ts'
import { AutoRenewing } from './auto-renewing.ts'
import { Behaviour } from './behaviour.ts'
import { expanding, upgrading } from './changing.ts'
import { renewing, termTurned } from './renewing.ts'
import type { StreamOf } from './stream-of.ts'
import type { OrderTerm } from './term-wishes.ts'
import { unsubscribing } from './unsubscribing.ts'

export function termBehaviours(market: Subscriptions, streamOf: StreamOf, order: OrderTerm) {
  const behaviours = {
    renewing: new Behaviour(market, streamOf, renewing(order)),
    upgrading: new Behaviour(market, streamOf, upgrading(order)),
    expanding: new Behaviour(market, streamOf, expanding(order)),
    unsubscribing: new Behaviour(market, streamOf, unsubscribing),
  }
  const auto = new AutoRenewing(market, streamOf, (row) => behaviours.renewing.consider(row))
  market.termTurned.connect((row, how) => {
    termTurned(behaviours.renewing, market, row, how)
    if (how !== 'expired') auto.turned(row)
    if (how !== 'begun') return
    behaviours.upgrading.consider(row)
    behaviours.expanding.consider(row)
    behaviours.unsubscribing.consider(row)
  })
  market.termChanged.connect((row, how) => {
    const behaviour = how === 'upgraded' ? behaviours.upgrading : behaviours.expanding
    if (behaviour.habit(row).repeat) behaviour.consider(row)
  })
  return { ...behaviours, auto }
}
