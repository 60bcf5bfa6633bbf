/** What the owner of a server does with it: stopping, starting and deleting it (E-01). */

import type { UnitPrice } from '#base/money.ts'
import { ecsHourAmount } from '../../billing/metering/rating.ts'
import type { Row } from '../../cell/table.ts'
import { instance } from './instance.ts'
import { remove, step as stepInstance } from './instance-steps.ts'
import { hasRoom, noRoom } from './pools.ts'
import type { Servers } from './servers.ts'

/** Its owner deletes it. */
export function endLife(market: Servers, row: Row<'instances'>): void {
  remove(market, row, 'delete', 'E-01')
}

/** Its owner stops it: it is not charged (U-01), and its unit goes back to the pool (E-01). Returns whether it ran. */
export function stop(market: Servers, row: Row<'instances'>, rule: string): boolean {
  if (market.instances.state[row] !== instance.state.running) return false
  stepInstance(market, row, 'stop', rule)
  return true
}

/** Its owner starts it again; a full pool refuses (E-01). Returns whether it runs. */
export function restart(market: Servers, row: Row<'instances'>): boolean {
  const { instances, pools, policies } = market
  if (instances.state[row] !== instance.state.stopped) return false
  const pool = instances.pool[row]
  if (instances.holds[row] === 0 && !hasRoom(market, pool, 1)) market.unitsWanted.emit(pool, 1, instances.account[row])
  if (instances.holds[row] === 1 || hasRoom(market, pool, 1)) {
    stepInstance(market, row, 'start', 'E-01')
    return true
  }
  market.refuse(noRoom(market, pool, 1), 'E-01', {
    account: instances.account[row],
    specification: instances.specification[row],
    pool: pools.id[pool],
    quantity: 1,
    order: market.orders.id[instances.order[row]],
    lost: BigInt(ecsHourAmount(instances.ecsPrice[row] as UnitPrice, 3600, policies['rounding.charge'])),
  })
  return false
}
