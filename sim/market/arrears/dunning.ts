/**
 * Arrears (A-01..A-06): from the first due amount through grace and suspension to release, and back when nothing is
 * due. One timer an account walks along its milestones: the messages due before the freeze, the freeze, the messages
 * before the release, the release.
 */
import { DAY } from '#base/time.ts'
import { patience } from '../../billing/grace.ts'
import { graceMilestones, type Milestone, nextMilestone, retentionMilestones } from '../../cell/milestones.ts'
import { NONE, type Row } from '../../cell/table.ts'
import { transition } from '../../cell/transition.ts'
import type { Arrears } from './arrears.ts'
import { standing } from './standing.ts'

function step(market: Arrears, account: Row<'accounts'>, event: (typeof standing.events)[number], rule: string): void {
  const { standings, accounts, facts, now } = market
  facts.account_steps({
    account: accounts.id[account],
    ...transition(market, standing, standings.state, account, event, rule),
  })
  standings.since[account] = now
}

/** the account owes more than it holds; grace begins unless it is in arrears already. */
export function enterArrears(market: Arrears, account: Row<'accounts'>): void {
  if (!market.isInGoodStanding(account)) return
  step(market, account, 'fallDue', 'A-01')
  market.notify(account, 'arrears-entered', 'A-06', 0)
  market.arrearsEntered.emit(account)
  scheduleMilestone(market, account, 0)
}

const isInGrace = ({ standings }: Arrears, account: Row<'accounts'>): boolean =>
  standings.state[account] === standing.state.grace

/** The length of the phase the account is in, days, as it began: its customer tier's, or the same for all. */
function phaseDays(market: Arrears, account: Row<'accounts'>): number {
  const { accounts, standings, world } = market
  const policies = market.policiesAt(standings.since[account])
  const { tier } = world.scenario.buyers[accounts.segment[account]]
  const { graceDays, retentionDays } = patience('pay-per-use', policies, tier)
  return isInGrace(market, account) ? graceDays : retentionDays
}

const milestonesOf = (market: Arrears, account: Row<'accounts'>): readonly Milestone[] =>
  isInGrace(market, account) ? graceMilestones : retentionMilestones

/** Sets the timer to the next milestone from position `from` on. */
function scheduleMilestone(market: Arrears, account: Row<'accounts'>, from: number): void {
  const { standings, timers, now } = market
  const end = standings.since[account] + phaseDays(market, account) * DAY
  const next = nextMilestone(milestonesOf(market, account), from, { end, now })
  if (next !== null) standings.timer[account] = timers.wake('standingMilestone', next.at, account, next.index)
}

/** A milestone is reached. */
export function passMilestone(market: Arrears, account: Row<'accounts'>, index: number): void {
  const { standings } = market
  standings.timer[account] = NONE
  const milestone = milestonesOf(market, account)[index]
  market.notify(account, milestone.notice, 'A-06', 0)
  if (milestone.daysBefore > 0) scheduleMilestone(market, account, index + 1)
  else if (isInGrace(market, account)) suspend(market, account)
  else release(market, account)
}

/** frozen; retention starts, data is kept, and nothing is billed but storage (E-09). */
function suspend(market: Arrears, account: Row<'accounts'>): void {
  step(market, account, 'graceEnds', 'A-03')
  market.accountSuspended.emit(account)
  scheduleMilestone(market, account, 0)
}

/** retention is over. The debt stays. */
function release(market: Arrears, account: Row<'accounts'>): void {
  step(market, account, 'retentionEnds', 'A-03')
  market.accountReleased.emit(account)
}

/** the balance rose; where nothing is due any more the account is in good standing again. */
export function restore(market: Arrears, account: Row<'accounts'>): void {
  const { balances, standings, timers } = market
  if (balances.due.at(account) > 0n || market.isInGoodStanding(account)) return
  timers.cancel(standings.timer[account])
  standings.timer[account] = NONE
  step(market, account, 'settle', 'A-05')
  market.accountRestored.emit(account)
}

/** an account is in arrears exactly while something is due. */
export function checkStandings(market: Arrears): void {
  const { accounts, balances, standings } = market
  for (let account = 0; account < accounts.rows; account++)
    if (balances.due.isZero(account) !== market.isInGoodStanding(account))
      throw new Error(
        `A-01: account ${accounts.id[account]} owes ${balances.due.at(account)} and is '${standing.states[standings.state[account]]}'`,
      )
}
