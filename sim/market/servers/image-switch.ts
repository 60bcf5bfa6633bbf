/** E-07: replacing the system disk with another image. The ECS keeps its id; the new image counts from completion. */

import { type Id, NONE, type Row } from '../../cell/table.ts'
import { instance } from './instance.ts'
import { step } from './instance-steps.ts'
import type { Servers } from './servers.ts'

/**
 * Begins to replace the image of a stopped server by a pay-per-use `specification`, which takes `time`, ms. Answers
 * whether it does: an account that is frozen (O-14) or in arrears (O-10) changes nothing, and a server that is not stopped keeps its disk.
 */
export function switchImage(market: Servers, row: Row<'instances'>, specification: number, time: number): boolean {
  const { instances, pools, orders, timers, now } = market
  const account = instances.account[row]
  const isFrozen = market.freezes.isFrozen(account)
  if (isFrozen || !market.arrears.isInGoodStanding(account)) {
    const [code, rule] = isFrozen ? (['account-frozen', 'O-14'] as const) : (['in-arrears', 'O-10'] as const)
    const pool = pools.id[instances.pool[row]]
    const order = orders.id[instances.order[row]]
    market.refuse(code, rule, { account, specification, pool, quantity: 1, order, lost: 0n })
    return false
  }
  if (instances.state[row] !== instance.state.stopped) return false
  step(market, row, 'changeImage', 'E-07')
  instances.imageTimer[row] = timers.wake('imageChanges', now + time, row, specification)
  return true
}

/** The new image is on the disk: it counts from now on, at the price in force (U-05, U-07). */
export function completeSwitch(market: Servers, row: Row<'instances'>, specification: Id<'specifications'>): void {
  const { instances, imagePrices } = market
  instances.imageTimer[row] = NONE
  market.imageRepriced.emit(row)
  instances.specification[row] = specification
  instances.imagePrice[row] = imagePrices[specification - 1]
  instances.imageMetered[row] = 1
  step(market, row, 'imageChanged', 'E-07')
  market.imageReplaced.emit(row)
}
