import type { Cell } from '../../cell/cell.ts'
import { onTimers } from '../../cell/timers.ts'
import { setHosts } from './host-changes.ts'
import { Hosts, hostTimers } from './hosts.ts'
import { checkRoom } from './use.ts'

export function hosts(cell: Cell): Hosts {
  const market = new Hosts(cell)
  onTimers(cell.clock, hostTimers, {
    hostsChange: (group, step) => setHosts(market, group, market.plans[group].counts[step].count),
  })
  cell.invariant(() => checkRoom(market))
  return market
}
