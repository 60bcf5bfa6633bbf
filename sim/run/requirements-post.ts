/**
 * C-07: a mailed requirement goes to the cells of the sellers who wait for it, and a product that will be listed to all cells. A
 * mail takes the latency of messages within a cell as well, so that a listing does not depend on how a run is partitioned.
 */
import type { CellContext } from '#engine/cells/program.ts'
import { ranks } from '../cell/timers.ts'
import { awaitedByCategory, countRequirement, homeOf, listAnswer } from '../market/sellers/requirements.ts'
import type { Sellers } from '../market/sellers/sellers.ts'

/** To the cell of a seller: the product that a requirement came in for. */
const REQUIREMENT = 40
/** To all other cells: a product, and the instant from which it is listed. */
const ANSWER = 41

export class RequirementsPost {
  readonly #sellers: Sellers

  constructor(sellers: Sellers, { id, send }: Pick<CellContext, 'id' | 'send'>) {
    this.#sellers = sellers
    const { world, at } = sellers
    const { messageDelay } = world.scenario
    const awaited = awaitedByCategory(sellers)
    if (awaited.size === 0) return
    at.clock.on('requirementArrives', ranks.deliver, (product) => countRequirement(sellers, product))
    sellers.requirementMailed.connect((category) => {
      for (const product of awaited.get(category) ?? []) {
        const home = homeOf(sellers, product)
        if (home === id) at.clock.wake('requirementArrives', sellers.now + messageDelay, product)
        else send(home, messageDelay, REQUIREMENT, [product])
      }
    })
    sellers.productAnswered.connect((product, listed) => {
      for (let cell = 0; cell < world.cells; cell++)
        if (cell !== id) send(cell, messageDelay, ANSWER, [product, listed])
    })
  }

  /** Takes a message of its kinds; false for any other. */
  receive(kind: number, payload: Float64Array): boolean {
    if (kind === REQUIREMENT) countRequirement(this.#sellers, payload[0])
    else if (kind === ANSWER) listAnswer(this.#sellers, payload[0], payload[1])
    else return false
    return true
  }
}
