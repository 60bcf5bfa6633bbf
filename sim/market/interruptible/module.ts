import type { Cell } from '../../cell/cell.ts'
import { onTimers } from '../../cell/timers.ts'
import type { Servers } from '../servers/servers.ts'
import { Interruptible, interruptibleTimers } from './interruptible.ts'
import { add, checkInterrupted, endNotice, forget, giveNotice, makeRoom, resumeInterrupted } from './interruptions.ts'

export function interruptible(cell: Cell, servers: Servers): Interruptible {
  const market = new Interruptible(cell, servers)
  onTimers(cell.clock, interruptibleTimers, { noticeEnds: (row) => endNotice(market, row) })
  cell.invariant(() => checkInterrupted(market))
  // A cell without such servers asks no one about them.
  if (cell.places.every(({ plan }) => plan.interruptible === null)) return market
  servers.hourlyPrice.through((hourly, account, pool) => market.hourFor(hourly, account, pool))
  servers.unitsWanted.connect((pool, units, account) => makeRoom(market, pool, units, account))
  servers.unitsToCome.connect((pool, units, account) => giveNotice(market, pool, units, account))
  servers.launched.connect((row) => add(market, row))
  servers.instanceGone.connect((row) => forget(market, row))
  servers.poolServed.connect((pool) => resumeInterrupted(market, pool))
  return market
}
