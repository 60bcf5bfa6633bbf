/**
 * Arrears (A-01..A-06): from the first due amount through grace and suspension to release, and back when nothing is
 * due. One timer an account walks along its milestones: the messages due before the freeze, the freeze, the messages
 * before the release, the release.
 */
import { DAY } from '#base/time.ts'
import { patience } from '../../billing/grace.ts'
import { instance } from '../servers/instance.ts'
import { remove, step } from '../servers/instance-steps.ts'
import type { Market } from '../market.ts'
import type { Meter } from '../metering/meter.ts'
import { settleServer } from '../servers/creation.ts'
import { standing } from './standing.ts'
import { NONE } from '../tables.ts'
import { type NoticeCode, wordNumber } from '../words.ts'

interface Milestone {
  /** Days before the end of the phase. */
  readonly daysBefore: number
  readonly notice: NoticeCode
}

/** 5 and 2 days before the freeze and on its day, 6 and 2 days before the release and on its day. */
const graceMilestones: readonly Milestone[] = [
  { daysBefore: 5, notice: 'freeze-in-5-days' },
  { daysBefore: 2, notice: 'freeze-in-2-days' },
  { daysBefore: 0, notice: 'frozen' },
]
const retentionMilestones: readonly Milestone[] = [
  { daysBefore: 6, notice: 'release-in-6-days' },
  { daysBefore: 2, notice: 'release-in-2-days' },
  { daysBefore: 0, notice: 'released' },
]

function move(
  market: Market,
  account: number,
  event: 'fallDue' | 'graceEnds' | 'retentionEnds' | 'settle',
  rule: string,
): void {
  const { accounts } = market
  const from = accounts.standing[account]
  const to = market.move(standing, from, event)
  accounts.standing[account] = to
  accounts.standingSince[account] = market.now
  market.facts.account_steps({
    account: accounts.id[account],
    at: market.now,
    event: wordNumber(event),
    from_state: wordNumber(standing.states[from]),
    to_state: wordNumber(standing.states[to]),
    rule: wordNumber(rule),
  })
}

/** the account owes more than it holds; grace begins unless it is in arrears already. */
export function fallDue(market: Market, meter: Meter, account: number): void {
  if (market.accounts.standing[account] !== standing.state.good) return
  move(market, account, 'fallDue', 'A-01')
  market.notify(account, 'arrears-entered', 'A-06', 0)
  eachInstance(market, account, (row) => meter.refresh(row))
  scheduleMilestone(market, account, 0)
}

/** The length of the phase the account is in, days, as it began: its customer tier's, or the same for all. */
function phaseDays(market: Market, account: number): number {
  const { accounts, world } = market
  const policies = market.policiesAt(accounts.standingSince[account])
  const { tier } = world.scenario.buyers[accounts.segment[account]]
  const { graceDays, retentionDays } = patience('pay-per-use', policies, tier)
  return accounts.standing[account] === standing.state.grace ? graceDays : retentionDays
}

const milestonesOf = (market: Market, account: number): readonly Milestone[] =>
  market.accounts.standing[account] === standing.state.grace ? graceMilestones : retentionMilestones

/** Sets the timer to the first milestone from `from` on that still lies ahead: a short phase has no early messages. */
function scheduleMilestone(market: Market, account: number, from: number): void {
  const { accounts } = market
  const end = accounts.standingSince[account] + phaseDays(market, account) * DAY
  const milestones = milestonesOf(market, account)
  for (let index = from; index < milestones.length; index++) {
    const at = end - milestones[index].daysBefore * DAY
    if (at < market.now || (at === market.now && milestones[index].daysBefore > 0)) continue
    accounts.standingTimer[account] = market.timers.wake('standingMilestone', at, account, index)
    return
  }
}

/** A milestone is reached. */
export function passMilestone(market: Market, meter: Meter, account: number, index: number): void {
  const { accounts } = market
  accounts.standingTimer[account] = NONE
  const milestone = milestonesOf(market, account)[index]
  market.notify(account, milestone.notice, 'A-06', 0)
  if (milestone.daysBefore > 0) scheduleMilestone(market, account, index + 1)
  else if (accounts.standing[account] === standing.state.grace) suspend(market, meter, account)
  else release(market, meter, account)
}

/**
 * frozen; retention starts, data is kept, and nothing is billed but storage, which no price list here knows. What is
 * wholly yearly/monthly keeps running (O-10); a metered image in arrears freezes the server under it too (U-05).
 */
function suspend(market: Market, meter: Meter, account: number): void {
  const { state, ecsMetered, imageMetered } = market.instances
  move(market, account, 'graceEnds', 'A-03')
  eachInstance(market, account, (row) => {
    const isFrozen = state[row] === instance.state.creating || state[row] === instance.state.suspended
    if (!isFrozen && ecsMetered[row] + imageMetered[row] > 0) step(market, meter, row, 'suspend', 'A-03')
  })
  scheduleMilestone(market, account, 0)
}

/** retention is over; pay-per-use servers are deleted and their units return. The debt stays. */
function release(market: Market, meter: Meter, account: number): void {
  const { instances } = market
  move(market, account, 'retentionEnds', 'A-03')
  eachInstance(market, account, (row) => {
    if (instances.ecsMetered[row] === 0) return
    if (instances.state[row] === instance.state.creating) settleServer(market, instances.order[row], false)
    remove(market, meter, row, 'release', 'A-03')
  })
}

/**
 * nothing is due any more. Yearly/monthly servers run again, pay-per-use ones come back stopped, or by policy running
 * if they ran when they were frozen: those hold their unit still.
 */
export function settleStanding(market: Market, meter: Meter, account: number): void {
  const { accounts, instances, timers, policies } = market
  if (accounts.due.at(account) > 0n || accounts.standing[account] === standing.state.good) return
  timers.cancel(accounts.standingTimer[account])
  accounts.standingTimer[account] = NONE
  move(market, account, 'settle', 'A-05')
  const resumes = (row: number): boolean =>
    instances.ecsMetered[row] === 0 || (policies['unfreeze.payPerUse'] === 'running' && instances.holds[row] === 1)
  eachInstance(market, account, (row) => {
    if (instances.state[row] !== instance.state.suspended) meter.refresh(row)
    // The term of a yearly/monthly server that is over froze it: no top-up brings that back.
    else if (instances.ecsMetered[row] === 0 && instances.expired[row] === 1) return
    else if (resumes(row)) step(market, meter, row, 'resume', 'A-05')
    else {
      step(market, meter, row, 'unfreeze', 'A-05')
      market.reactions.unfrozen(row)
    }
  })
}

/** Visits an account's instances; the visitor may remove the one it is given. */
function eachInstance(market: Market, account: number, visit: (row: number) => void): void {
  for (let row = market.accounts.instances[account]; row !== NONE; ) {
    const next = market.instances.next[row]
    visit(row)
    row = next
  }
}
