/** The books of the sellers at home in a cell (L-02). */

/** What a month brought of a specification, net of tax; `refunded` is negative, `cost` what was booked of both (L-06). */
interface Sum {
  sold: bigint
  refunded: bigint
  cost: bigint
}

/** Of the sellers at home here: sums by month and specification, what they are owed, how they are. */
export class SellerBooks {
  readonly sums = new Map<number, Map<number, Sum>>()
  /** By number of the seller - 1; negative where the seller owes. */
  readonly balance: bigint[]
  readonly state: Uint8Array
  /** First instant of the last month that was billed. */
  billed = Number.NEGATIVE_INFINITY
  /** Payouts to come, oldest first: bills of one month. */
  payouts: { readonly seller: number; readonly amount: bigint }[][] = []

  constructor(sellers: number) {
    this.balance = new Array<bigint>(sellers).fill(0n)
    this.state = new Uint8Array(sellers)
  }

  save() {
    const sums = [...this.sums].map(([month, of]) => [month, [...of].map(([id, sum]) => [id, { ...sum }])] as const)
    return {
      sums,
      balance: this.balance.slice(),
      state: this.state.slice(),
      payouts: this.payouts,
      billed: this.billed,
    }
  }

  restore(state: ReturnType<SellerBooks['save']>): void {
    for (const [month, of] of state.sums) this.sums.set(month, new Map(of as [number, Sum][]))
    for (const [seller, balance] of state.balance.entries()) this.balance[seller] = balance
    this.state.set(state.state)
    this.payouts = [...state.payouts]
    this.billed = state.billed
  }
}
