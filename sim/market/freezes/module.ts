import type { Cell } from '../../cell/cell.ts'
import { onTimers } from '../../cell/timers.ts'
import { Freezes, freezeTimers } from './freezes.ts'
import { checkFreezes, endFreeze } from './freezing.ts'

export function freezes(cell: Cell): Freezes {
  const market = new Freezes(cell)
  onTimers(cell.clock, freezeTimers, { freezeEnds: (number, reason) => endFreeze(market, number, reason) })
  cell.invariant(() => checkFreezes(market))
  return market
}
