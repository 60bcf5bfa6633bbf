/**
 * What an outage does to the servers that run in it (E-10, `outage.servers`): they are lost, placed again wherever there is
 * room and begin their lifetime again (`restart`), or continue where they are once their host or zone is back (`resume`).
 */
import { NONE, type Row } from '../../cell/table.ts'
import { instance } from './instance.ts'
import { holdUnit, remove, step } from './instance-steps.ts'
import { callWaiting, givesOut, isHostDown } from './pools.ts'
import type { Servers } from './servers.ts'
import { suspendedBy } from './suspension.ts'

/** Listens to what fails and is back. */
export function connectOutages(market: Servers): void {
  const { instances, hostChapter } = market
  market.instanceBreaks.connect((row) => breakServer(market, row))
  market.serverReturns.connect((row, event, rule) => recover(market, row, event, rule))
  market.outageEnded.connect((pool) => resumeServers(market, (row) => instances.pool[row] === pool))
  hostChapter.hostFailed.connect((host) => breakHost(market, host))
  hostChapter.hostRepaired.connect((host) => resumeServers(market, (row) => instances.host[row] === host))
}

/** A running server breaks. */
function breakServer(market: Servers, row: Row<'instances'>): void {
  const { instances, policies, timers, now, pools } = market
  const fate = policies['outage.servers']
  if (fate === 'lost') {
    market.serverLost.emit(row)
    const subscription = instances.subscription[row]
    remove(market, row, 'fail', 'E-01')
    if (subscription !== NONE) market.subscriptionChapter.serverLost.emit(subscription)
    return
  }
  timers.cancel(instances.lifeTimer[row])
  instances.lifeTimer[row] = NONE
  instances.lifeLeft[row] = fate === 'restart' ? instances.lifetime[row] : Math.max(0, instances.lifeEnds[row] - now)
  step(market, row, 'break', 'E-10')
  if (fate === 'resume') return
  const pool = instances.pool[row]
  pools.restarts[pool]++
  holdUnit(market, row, false)
  callWaiting(market, pool)
}

/** Running servers of a host that has failed break. */
function breakHost(market: Servers, host: Row<'hosts'>): void {
  const { instances } = market
  for (let row = 0; row < instances.rows; row++)
    if (instances.id[row] > 0 && instances.host[row] === host && instances.state[row] === instance.state.running)
      breakServer(market, row)
}

/** A host is repaired, or the zone of a pool is back: servers that stayed there continue. */
function resumeServers(market: Servers, is: (row: number) => boolean): void {
  const { instances, pools } = market
  for (let row = 0; row < instances.rows; row++) {
    if (instances.id[row] === 0 || instances.state[row] !== instance.state.down || instances.holds[row] === 0) continue
    if (is(row) && pools.down[instances.pool[row]] === 0 && !isHostDown(market, row)) recover(market, row)
  }
}

/** Servers that are to be placed again get what is free before all others, the oldest first. */
export function restartServers(market: Servers, pool: Row<'pools'>): void {
  const { instances, pools } = market
  if (pools.restarts[pool] === 0 || !givesOut(market, pool)) return
  const broken: number[] = []
  for (let row = 0; row < instances.rows; row++)
    if (
      instances.id[row] > 0 &&
      instances.pool[row] === pool &&
      instances.state[row] === instance.state.down &&
      instances.holds[row] === 0
    )
      broken.push(row)
  broken.sort((a, b) => instances.id[a] - instances.id[b])
  for (const row of broken) {
    if (pools.capacity[pool] <= pools.held[pool]) return
    pools.restarts[pool]--
    recover(market, row)
  }
}

/** What was down or interrupted runs again; what would have frozen it in the meantime does so now. */
function recover(market: Servers, row: Row<'instances'>, event: 'recover' | 'start' = 'recover', rule = 'E-10'): void {
  const { instances, timers, now } = market
  const left = instances.lifeLeft[row]
  step(market, row, event, rule)
  if (left < Number.POSITIVE_INFINITY) {
    instances.lifeEnds[row] = now + left
    instances.lifeTimer[row] = timers.wake('instanceEnds', now + left, row)
  }
  const suspension = suspendedBy(market, row)
  if (suspension !== null) step(market, row, 'suspend', suspension)
}
