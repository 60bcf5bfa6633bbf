/**
 * The three clocks of a supervision flow: silence (S-06), completion (S-08) and age (S-09). Each may be still while
 * the flow is frozen (S-07, `freeze.pauses`), and each has a timer for the instant at which its limit is reached.
 */
import { DAY } from '#base/time.ts'
import type { Policies } from '#scenarios/policies.ts'
import { businessTime, type Measure, naturalTime } from '../../billing/stopwatch.ts'
import type { Chapter } from '../../cell/chapter.ts'
import { NONE, type Row } from '../../cell/table.ts'
import type { SupervisionTable } from './flows.ts'

/** The market as far as the clocks know it. */
interface Clocked extends Chapter<'silenceLasts' | 'flowCompletes' | 'flowGrowsOld'> {
  readonly flows: SupervisionTable
}

export type Clock = 'silence' | 'completion' | 'age'

const STOPPED = -1
const PAUSED = -2

const names = {
  silence: { since: 'silenceSince', spent: 'silenceSpent', timer: 'silenceTimer', wakes: 'silenceLasts' },
  completion: { since: 'completionSince', spent: 'completionSpent', timer: 'completionTimer', wakes: 'flowCompletes' },
  age: { since: 'ageSince', spent: 'ageSpent', timer: 'ageTimer', wakes: 'flowGrowsOld' },
} as const

/** S-09: a flow older than this is closed. */
const LONGEST_FLOW = 365 * DAY

/** What a clock must have measured for its timer: MORE than the limit for silence and age, the delay for completion. */
function limitOf(clock: Clock, policies: Policies): number {
  if (clock === 'silence') return policies['appeal.silence'] + 1
  return clock === 'age' ? LONGEST_FLOW + 1 : policies['completion.delay']
}

const measureOf = (clock: Clock, policies: Policies): Measure =>
  clock === 'silence' && policies['appeal.days'] === 'business' ? businessTime(policies['time.utcOffset']) : naturalTime

/** The first instant from `since` on at which `measure` gives at least `wanted` ms. */
export function reached(measure: Measure, since: number, wanted: number): number {
  if (measure === naturalTime) return since + Math.max(0, wanted)
  // Of seven days at least five are counted, of any three at least one.
  let low = since
  let high = since + Math.ceil((Math.max(0, wanted) * 7) / 5) + 3 * DAY
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2)
    if (measure(since, middle) >= wanted) high = middle
    else low = middle + 1
  }
  return low
}

/** Milliseconds that a clock has measured, pauses left out. */
export function measured(market: Clocked, row: Row<'flows'>, clock: Clock): number {
  const { flows, now, policies } = market
  const since = flows[names[clock].since][row]
  const spent = flows[names[clock].spent][row]
  return since < 0 ? spent : spent + measureOf(clock, policies)(since, now)
}

/** S-06 (a): more than the limit, so the limit itself is not yet silence. */
export const isSilent = (market: Clocked, row: Row<'flows'>): boolean =>
  measured(market, row, 'silence') > market.policies['appeal.silence']

export function startClock(market: Clocked, row: Row<'flows'>, clock: Clock): void {
  stopClock(market, row, clock)
  market.flows[names[clock].since][row] = market.now
  setTimer(market, row, clock)
}

export function stopClock(market: Clocked, row: Row<'flows'>, clock: Clock): void {
  const { flows } = market
  flows[names[clock].since][row] = STOPPED
  flows[names[clock].spent][row] = 0
  cancelTimer(market, row, clock)
}

/** S-07: the flow is frozen. The clock stops if the policy says so; nothing happens to one that does not run. */
export function freezeClock(market: Clocked, row: Row<'flows'>, clock: Clock): void {
  const { flows, policies } = market
  const { since, spent } = names[clock]
  const pauses = policies['freeze.pauses'] as readonly string[]
  if (!pauses.includes(clock === 'age' ? 'auto365' : clock) || flows[since][row] < 0) return
  flows[spent][row] = measured(market, row, clock)
  flows[since][row] = PAUSED
  cancelTimer(market, row, clock)
}

/** The flow continues, and so does a clock that stopped. */
export function thawClock(market: Clocked, row: Row<'flows'>, clock: Clock): void {
  const { flows } = market
  if (flows[names[clock].since][row] === PAUSED) flows[names[clock].since][row] = market.now
  if (flows[names[clock].since][row] >= 0) setTimer(market, row, clock)
}

/** The timer has struck: its handle is worth nothing any more. */
export function clearClock(market: Clocked, row: Row<'flows'>, clock: Clock): void {
  market.flows[names[clock].timer][row] = NONE
}

function setTimer(market: Clocked, row: Row<'flows'>, clock: Clock): void {
  const { flows, timers, policies, now } = market
  const { since, spent, timer, wakes } = names[clock]
  cancelTimer(market, row, clock)
  const due = reached(measureOf(clock, policies), flows[since][row], limitOf(clock, policies) - flows[spent][row])
  flows[timer][row] = timers.wake(wakes, Math.max(now, due), row)
}

function cancelTimer(market: Clocked, row: Row<'flows'>, clock: Clock): void {
  const { flows, timers } = market
  timers.cancel(flows[names[clock].timer][row])
  flows[names[clock].timer][row] = NONE
}
