/** What an order is to its seller (L-02, L-06). */
import type { Row } from '../../cell/table.ts'
import { bookSale } from '../sellers/seller-share.ts'
import type { Orders } from './orders.ts'

/** What of an order is its seller's sale: the price without tax and without the cloud's servers. */
export const sellersPrice = ({ orders }: Orders, order: Row<'orders'>): bigint =>
  orders.amount.at(order) - orders.tax.at(order) - orders.cloudPrice.at(order)

/** A paid order is its seller's sale: now, or (L-02) in the month after its completion where it was supervised. */
export function sellOrder(market: Orders, row: Row<'orders'>, how: 'now' | 'after-completion'): void {
  const { orders, sellers } = market
  const [specification, account, order] = [orders.specification[row], orders.account[row], orders.id[row]]
  const sale = { specification, price: sellersPrice(market, row), account, order }
  orders.sellerCost.put(row, bookSale(sellers, how, sale))
}
