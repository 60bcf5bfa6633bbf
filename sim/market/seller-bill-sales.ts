/**
 * What this cell's buyers bought of each specification in the running month, net of tax (L-02): orders when they are
 * paid, supervised ones in the month after their completion, metered images when their hours are settled; refunds of
 * what was counted apart. When the month ends each sum goes to the cell of its seller.
 */
import { HOUR, monthOf, startOfMonth } from '../billing/civil-time.ts'
import type { Market } from './market.ts'

export class SellerSales {
  #sold: Float64Array
  #refunded: Float64Array
  /** Supervised orders completed this month, which count in the next. */
  #completed: Float64Array

  constructor(specifications: number) {
    this.#sold = new Float64Array(specifications)
    this.#refunded = new Float64Array(specifications)
    this.#completed = new Float64Array(specifications)
  }

  sell(specification: number, net: number): void {
    this.#sold[specification - 1] += net
  }

  complete(specification: number, net: number): void {
    this.#completed[specification - 1] += net
  }

  refund(specification: number, net: number): void {
    this.#refunded[specification - 1] -= net
  }

  /** The month is over: tells of what it came to, by specification, and begins the next. */
  closeMonth(tell: (specification: number, sold: number, refunded: number) => void): void {
    for (let index = 0; index < this.#sold.length; index++)
      if (this.#sold[index] !== 0 || this.#refunded[index] !== 0)
        tell(index + 1, this.#sold[index], this.#refunded[index])
    this.#sold = this.#completed
    this.#refunded = new Float64Array(this.#sold.length)
    this.#completed = new Float64Array(this.#sold.length)
  }

  save() {
    return { sold: this.#sold.slice(), refunded: this.#refunded.slice(), completed: this.#completed.slice() }
  }

  restore(state: ReturnType<SellerSales['save']>): void {
    this.#sold = state.sold.slice()
    this.#refunded = state.refunded.slice()
    this.#completed = state.completed.slice()
  }
}

/** What of an order is its seller's sale: the price without tax and without the cloud's servers. */
export const sellersPrice = ({ orders }: Market, order: number): number =>
  orders.amount[order] - orders.tax[order] - orders.cloudPrice[order]

/** A month of this cell is over: its sums go to the sellers, who may be at home elsewhere. */
export function closeSales(market: Market, month: number): void {
  market.sales.closeMonth((specification, sold, refunded) => {
    market.reactions.monthSold(specification, month, sold, refunded)
  })
}

/** U-09: a record that came too late for its own hour counts in the month in which that hour was settled. */
export function sellLate(market: Market, specification: number, hour: number, amount: number): void {
  const { policies, now, sales, reactions } = market
  const offset = policies['time.utcOffset']
  const settled = startOfMonth(monthOf(hour + HOUR + policies['settlement.lag'], offset), offset)
  if (settled === startOfMonth(monthOf(now, offset), offset)) sales.sell(specification, amount)
  else reactions.monthSold(specification, settled, amount, 0)
}
