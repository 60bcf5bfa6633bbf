/** O-14: the marketplace freezes an account for a time; freezes that overlap end with the last of them. */
import type { Instant } from '#base/time.ts'
import type { Row } from '../../cell/table.ts'
import { transition } from '../../cell/transition.ts'
import { accountFreeze, type Freezes } from './freezes.ts'

const reasons = ['violation', 'legal'] as const
export type FreezeReason = (typeof reasons)[number]

/**
 * Ends are woken with numbers from here on, after all that is planned for the same instant: a freeze that follows another
 * leaves no gap.
 */
const LAST = (1 << 30) + (1 << 29)

/** A freeze as it is planned. */
export interface PlannedFreeze {
  readonly reason: FreezeReason
  /** Its place among the events of the scenario, from 1. */
  readonly event: number
  /** When it ends; Infinity where it has no end. */
  readonly until: Instant
}

/** A freeze of an account begins. */
export function freeze(market: Freezes, account: Row<'accounts'>, { reason, event, until }: PlannedFreeze): void {
  const { accounts, facts, freezes, now, timers, world } = market
  facts.account_freezes({
    account: accounts.id[account],
    at: now,
    planned: event,
    reason: market.word(reason),
    until: Math.min(until, world.scenario.end),
    rule: market.word('O-14'),
  })
  if (until < world.scenario.end) timers.wake('freezeEnds', until, LAST + account, reasons.indexOf(reason))
  freezes[reason][account]++
  settle(market, account)
}

/** One of the freezes of an account ends: `number` and `reason` as they were woken with. */
export function endFreeze(market: Freezes, number: number, reason: number): void {
  const account = number - LAST
  market.freezes[reasons[reason]][account]--
  settle(market, account)
}

/** The strongest freeze in force says what an account is. */
function strongest({ freezes }: Freezes, account: Row<'accounts'>): number {
  const { free, frozen } = accountFreeze.state
  if (freezes.legal[account] > 0) return accountFreeze.state['frozen-legally']
  return freezes.violation[account] > 0 ? frozen : free
}

function settle(market: Freezes, account: Row<'accounts'>): void {
  const from = market.freezes.state[account]
  const { free, frozen } = accountFreeze.state
  const to = strongest(market, account)
  if (to === from) return
  step(market, account, to === free ? 'unfreeze' : to === frozen ? 'freeze' : 'freezeLegally')
  if (from === free) market.accountFrozen.emit(account)
  else if (to === free) market.accountUnfrozen.emit(account)
}

function step(market: Freezes, account: Row<'accounts'>, event: (typeof accountFreeze.events)[number]): void {
  const { accounts, facts, freezes } = market
  facts.account_freeze_steps({
    account: accounts.id[account],
    ...transition(market, accountFreeze, freezes.state, account, event, 'O-14'),
  })
}

/** O-14: an account is what the freezes in force make of it. */
export function checkFreezes(market: Freezes): void {
  const { accounts, freezes } = market
  for (let account = 0; account < accounts.rows; account++)
    if (freezes.state[account] !== strongest(market, account))
      throw new Error(
        `O-14: account ${accounts.id[account]} is '${accountFreeze.states[freezes.state[account]]}', with ${freezes.violation[account]} freezes for violations and ${freezes.legal[account]} for legal reasons`,
      )
}
