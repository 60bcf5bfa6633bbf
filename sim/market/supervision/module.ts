import type { Cell } from '../../cell/cell.ts'
import { onTimers } from '../../cell/timers.ts'
import type { Orders } from '../orders/orders.ts'
import { flowCompletes, flowGrowsOld, silenceLasts } from './moves.ts'
import { Supervision, supervisionTimers } from './supervision.ts'
import { checkFlows } from './supervision-orders.ts'
import { beginFlow } from './supervision-steps.ts'

export function supervision(cell: Cell, orders: Orders): Supervision {
  const market = new Supervision(cell, orders)
  onTimers(cell.clock, supervisionTimers, {
    silenceLasts: (flow) => silenceLasts(market, flow),
    flowCompletes: (flow) => flowCompletes(market, flow),
    flowGrowsOld: (flow) => flowGrowsOld(market, flow),
  })
  orders.orderPaid.supervised.connect((order) => beginFlow(market, order))
  cell.invariant(() => checkFlows(market))
  return market
}
