/** E-03: what a server needs first. Buyer and region are one here: buyers buy at home. */
import type { Market } from '../market.ts'
import { wordNumber } from '../words.ts'

/** In the order in which they are asked for. */
export const prerequisites = ['vpc', 'security-group', 'credentials'] as const
export type Prerequisite = (typeof prerequisites)[number]

/** The first prerequisite of a server that the account has not. */
export function missingPrerequisite({ accounts }: Market, account: number): Prerequisite | null {
  if (accounts.vpcs[account] === 0) return 'vpc'
  if (accounts.securityGroup[account] === 0) return 'security-group'
  return accounts.credentials[account] === 0 ? 'credentials' : null
}

function write(market: Market, account: number, what: Prerequisite, event: 'requested' | 'created'): void {
  market.facts.prerequisite_steps({
    account: market.accounts.id[account],
    at: market.now,
    what: wordNumber(what),
    event: wordNumber(event),
    rule: wordNumber('E-03'),
  })
}

/** Begins to create a VPC, which takes `time`, ms. Answers whether the region's limit allowed it. */
export function requestVpc(market: Market, account: number, time: number): boolean {
  const { accounts, region, timers, now } = market
  if (accounts.vpcs[account] + accounts.vpcsAsked[account] >= region.network.vpcLimit) return false
  accounts.vpcsAsked[account]++
  write(market, account, 'vpc', 'requested')
  timers.wake('vpcCreated', now + time, account)
  return true
}

/** The VPC is there, and whoever waited for it is told. */
export function vpcCreated(market: Market, account: number): void {
  market.accounts.vpcsAsked[account]--
  market.accounts.vpcs[account]++
  write(market, account, 'vpc', 'created')
  market.reactions.vpcCreated(account)
}

/** Security groups and login credentials take no time. */
export function create(market: Market, account: number, what: 'security-group' | 'credentials'): void {
  market.accounts[what === 'credentials' ? 'credentials' : 'securityGroup'][account] = 1
  write(market, account, what, 'created')
}
