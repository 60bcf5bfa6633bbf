/** E-03: what a server needs first. Buyer and region are one here: buyers buy at home. */

import type { Row } from '../../cell/table.ts'
import type { OrderIntent } from '../orders/intent.ts'
import type { Servers } from './servers.ts'

/** In the order in which they are asked for. */
export const prerequisites = ['vpc', 'security-group', 'credentials'] as const
export type Prerequisite = (typeof prerequisites)[number]

/** The first prerequisite of a server that the account has not. */
export function missingPrerequisite({ owners }: Servers, account: Row<'accounts'>): Prerequisite | null {
  if (owners.vpcs[account] === 0) return 'vpc'
  if (owners.securityGroup[account] === 0) return 'security-group'
  return owners.credentials[account] === 0 ? 'credentials' : null
}

function write(
  market: Servers,
  account: Row<'accounts'>,
  what: Prerequisite,
  event: 'requested' | 'created',
  rule = 'E-03',
): void {
  market.facts.prerequisite_steps({
    account: market.accounts.id[account],
    at: market.now,
    what: market.word(what),
    event: market.word(event),
    rule: market.word(rule),
  })
}

/**
 * Begins to create a VPC for an order that was refused without one; it takes `time`, ms. Where the region's limit does not
 * allow it, that is refused too.
 */
export function requestVpc(
  market: Servers,
  { account, specification, pool, quantity }: Pick<OrderIntent, 'account' | 'specification' | 'pool' | 'quantity'>,
  time: number,
): void {
  const { region, places, timers, now, owners } = market
  if (owners.vpcs[account] + owners.vpcsAsked[account] >= region.network.vpcLimit) {
    const refused = { account, specification, pool: places[pool].id, quantity, order: 0, lost: 0n }
    market.refuse('vpc-limit', 'E-03', refused)
    return
  }
  owners.vpcsAsked[account]++
  write(market, account, 'vpc', 'requested')
  timers.wake('vpcCreated', now + time, account)
}

/** The VPC is there, and waiting buyers are notified. */
export function vpcCreated(market: Servers, account: Row<'accounts'>): void {
  market.owners.vpcsAsked[account]--
  market.owners.vpcs[account]++
  write(market, account, 'vpc', 'created')
  market.vpcCreated.emit(account)
}

/** Security groups and login credentials take no time. */
export function create(
  market: Servers,
  account: Row<'accounts'>,
  what: 'security-group' | 'credentials',
  rule = 'E-03',
): void {
  market.owners[what === 'credentials' ? 'credentials' : 'securityGroup'][account] = 1
  write(market, account, what, 'created', rule)
}
