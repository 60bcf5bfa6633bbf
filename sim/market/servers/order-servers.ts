import type { Row } from '../../cell/table.ts'
import type { Servers } from './servers.ts'

/** Visits the servers of an order, newest first; the visitor may remove the one it is given. */
export function eachOf(market: Servers, order: Row<'orders'>, visit: (row: number) => void): void {
  const { instances, orders } = market
  market.instanceList.each(orders.account[order], (row) => {
    if (instances.order[row] === order) visit(row)
  })
}
