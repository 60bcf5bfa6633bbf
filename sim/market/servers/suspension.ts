/** What suspends a server: debts, its term, a freeze of its account (O-14). It runs when nothing does. */
import type { Row } from '../../cell/table.ts'
import { standing } from '../arrears/standing.ts'
import { subscription as term } from '../subscriptions/subscription.ts'
import type { Servers } from './servers.ts'

/** The rule by which a server that is there would be suspended now; null for none. */
export function suspendedBy(market: Servers, row: Row<'instances'>): 'A-03' | 'R-02' | 'O-14' | null {
  const { instances, standings, subscriptions } = market
  const held = standings.state[instances.account[row]]
  const isOwing = held === standing.state.suspended || held === standing.state.released
  // U-05: a metered image in arrears freezes the server under it.
  if (isOwing && instances.ecsMetered[row] + instances.imageMetered[row] > 0) return 'A-03'
  const subscription = instances.subscription[row]
  if (isInRetention(subscriptions, subscription)) return 'R-02'
  return market.freezes.isFrozen(instances.account[row]) ? 'O-14' : null
}

const isInRetention = ({ state }: Servers['subscriptions'], subscription: Row<'subscriptions'>): boolean =>
  subscription >= 0 && state[subscription] === term.state.retention
