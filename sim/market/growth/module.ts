import type { Cell } from '../../cell/cell.ts'
import { onTimers } from '../../cell/timers.ts'
import type { Servers } from '../servers/servers.ts'
import { Growth, growthTimers } from './growth.ts'
import { arrive, checkGrowth, leave, review } from './reviews.ts'

export function growth(cell: Cell, servers: Servers): Growth {
  const market = new Growth(cell, servers)
  onTimers(cell.clock, growthTimers, {
    useReviewed: (rule) => review(market, rule),
    unitsArrive: (rule, units) => arrive(market, rule, units),
    unitsLeave: (rule, units) => leave(market, rule, units),
  })
  cell.invariant(() => checkGrowth(market))
  return market
}
