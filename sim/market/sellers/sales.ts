/**
 * What this cell's buyers bought of each specification in the running month, net of tax (L-02): orders when they are
 * paid, supervised ones in the month after their completion, metered images when their hours are settled; refunds of
 * what was counted apart; and the shares of their sellers that were booked for it (L-06). When the month ends each sum
 * goes to the cell of its seller.
 */

import { DAY } from '#base/time.ts'

/** What a month brought of a specification, net of tax; `refunded` is negative, `cost` what was booked of both (L-06). */
export interface MonthSum {
  readonly sold: bigint
  readonly refunded: bigint
  readonly cost: bigint
}

/**
 * A civil day's metered use of a specification that is billed with one month: what was sold, what of it is booked, and what of
 * it transactions state: none is made where the share does not change.
 */
interface DayUse {
  readonly specification: number
  /** First instants of the day and of the month. */
  readonly day: number
  readonly month: number
  sold: bigint
  bookedSales: bigint
  statedSales: bigint
  bookedCost: bigint
}

/** Of a month. */
const MOST_DAYS = 31

const zeros = (count: number): bigint[] => new Array<bigint>(count).fill(0n)

export class SellerSales {
  #sold: bigint[]
  #refunded: bigint[]
  #cost: bigint[]
  /** Supervised orders completed this month, which count in the next. */
  #completed: bigint[]
  #completedCost: bigint[]
  /** First instant of the month that was closed last. */
  #closed = Number.NEGATIVE_INFINITY
  /** By `day month specification`. */
  readonly #uses = new Map<string, DayUse>()
  /** Those with something that is not booked yet. */
  #open: DayUse[] = []

  constructor(specifications: number) {
    this.#sold = zeros(specifications)
    this.#refunded = zeros(specifications)
    this.#cost = zeros(specifications)
    this.#completed = zeros(specifications)
    this.#completedCost = zeros(specifications)
  }

  /** `cost` is the share of the seller with what is withheld and taxed of it, as it was booked (L-06). */
  sell(specification: number, net: bigint, cost: bigint): void {
    this.#sold[specification - 1] += net
    this.#cost[specification - 1] += cost
  }

  complete(specification: number, net: bigint, cost: bigint): void {
    this.#completed[specification - 1] += net
    this.#completedCost[specification - 1] += cost
  }

  /** `cost` is what goes back of the seller's share, negative. */
  refund(specification: number, net: bigint, cost: bigint): void {
    this.#refunded[specification - 1] -= net
    this.#cost[specification - 1] += cost
  }

  /** Metered use of a day, which is sold in a month; the share of the whole day is computed on its sum. */
  use(specification: number, day: number, month: number, net: bigint): DayUse {
    const key = `${day} ${month} ${specification}`
    let use = this.#uses.get(key)
    if (use === undefined) {
      use = { specification, day, month, sold: 0n, bookedSales: 0n, statedSales: 0n, bookedCost: 0n }
      this.#uses.set(key, use)
    }
    if (use.sold === use.bookedSales) this.#open.push(use)
    use.sold += net
    return use
  }

  /** The first day of which use is not booked yet; undefined when all is. */
  get openDay(): number | undefined {
    return this.#open[0]?.day
  }

  takeOpen(): readonly DayUse[] {
    const open = this.#open
    this.#open = []
    return open
  }

  /** Whether a month (first instant) has begun, so that the sums are its own, and not of the month before it. */
  hasBegun(month: number): boolean {
    return this.#closed >= month - MOST_DAYS * DAY
  }

  /** The month (first instant) is over: reports its totals by specification, and starts the next. */
  closeMonth(month: number, tell: (specification: number, sold: bigint, refunded: bigint, cost: bigint) => void): void {
    this.#closed = month
    for (let index = 0; index < this.#sold.length; index++)
      if (this.#sold[index] !== 0n || this.#refunded[index] !== 0n)
        tell(index + 1, this.#sold[index], this.#refunded[index], this.#cost[index])
    this.#sold = this.#completed
    this.#cost = this.#completedCost
    this.#refunded = zeros(this.#sold.length)
    this.#completed = zeros(this.#sold.length)
    this.#completedCost = zeros(this.#sold.length)
  }

  save() {
    return {
      sold: this.#sold.slice(),
      refunded: this.#refunded.slice(),
      cost: this.#cost.slice(),
      completed: this.#completed.slice(),
      completedCost: this.#completedCost.slice(),
      closed: this.#closed,
      uses: [...this.#uses.values()].map((use) => ({ ...use })),
    }
  }

  restore(state: ReturnType<SellerSales['save']>): void {
    this.#sold = state.sold.slice()
    this.#refunded = state.refunded.slice()
    this.#cost = state.cost.slice()
    this.#completed = state.completed.slice()
    this.#completedCost = state.completedCost.slice()
    this.#closed = state.closed
    this.#uses.clear()
    for (const saved of state.uses) {
      const use = { ...saved }
      this.#uses.set(`${use.day} ${use.month} ${use.specification}`, use)
      if (use.sold !== use.bookedSales) this.#open.push(use)
    }
  }
}
