/** What a cell's buyers bought of a seller in a month goes to the cell in which the seller is at home (L-02). */
import type { CellContext } from '#engine/cells/program.ts'
import type { MonthSum } from '../market/sellers/sales.ts'
import { gatherSales } from '../market/sellers/seller-bills.ts'
import type { Sellers } from '../market/sellers/sellers.ts'
import { fromLog, logHigh, logLow } from '../record/wide.ts'

/**
 * Message to a seller's cell: specification, first instant of the month; what was sold, what was released (L-02) and
 * their cost (L-06), two numbers each.
 */
const MONTH_SOLD = 30

export class SalesPost {
  readonly #sellers: Sellers
  #isClosing = false

  constructor(sellers: Sellers, { id, send }: Pick<CellContext, 'id' | 'send'>) {
    this.#sellers = sellers
    const { catalog, scenario } = sellers.world
    sellers.monthSold.connect((specification, month, sum) => {
      const home = catalog.offers[specification - 1].seller.cell
      if (home === id) gatherSales(sellers, specification, month, sum)
      // What a late record brings as the books close is on no bill of this run, so no cell waits for the message.
      else if (!this.#isClosing) send(home, scenario.messageDelay, MONTH_SOLD, [specification, month, ...packed(sum)])
    })
  }

  /** The run ends: nothing more is sent. */
  close(): void {
    this.#isClosing = true
  }

  /** Takes a message of its kind; false for any other. */
  receive(kind: number, payload: Float64Array): boolean {
    if (kind !== MONTH_SOLD) return false
    const [specification, month, soldLow, soldHigh, refundedLow, refundedHigh, costLow, costHigh] = payload
    gatherSales(this.#sellers, specification, month, {
      sold: fromLog(soldLow, soldHigh),
      refunded: fromLog(refundedLow, refundedHigh),
      cost: fromLog(costLow, costHigh),
    })
    return true
  }
}

const packed = ({ sold, refunded, cost }: MonthSum): number[] =>
  [sold, refunded, cost].flatMap((amount) => [logLow(amount), logHigh(amount)])
