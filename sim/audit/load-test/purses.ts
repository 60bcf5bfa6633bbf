/** Coupons of the accounts of a load test, by the auditor's own count (O-05, M-06, M-07). */

interface Held {
  readonly isCash: boolean
  left: bigint
}

/** What coupons pay of an order, whole 1e-8. */
export interface Paid {
  readonly discount: bigint
  readonly cash: bigint
  readonly discountFrom: Held | undefined
  readonly cashFrom: Held | undefined
  /** What the discount coupon took off the price that is taxed. */
  readonly untaxed: bigint
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)

export class Purses {
  readonly #held = new Map<number, Held[]>()

  grant(account: number, isCash: boolean, amount: number): void {
    const held = this.#held.get(account) ?? []
    held.push({ isCash, left: BigInt(amount) })
    this.#held.set(account, held)
  }

  #oldest(account: number, isCash: boolean): Held | undefined {
    return this.#held.get(account)?.find((each) => each.isCash === isCash && each.left > 0n)
  }

  /**
   * What one coupon of each kind would pay. `net` is the price before tax, `taxOn` the tax on it less what is untaxed;
   * `lowers`: a discount coupon is a lower price and not money (`tax.couponBase`).
   */
  quote(
    account: number,
    {
      net,
      taxOn,
      discounted,
      lowers,
    }: { net: bigint; taxOn: (untaxed: bigint) => bigint; discounted: boolean; lowers: boolean },
  ): Paid {
    const discountFrom = discounted ? undefined : this.#oldest(account, false)
    const most = lowers ? net : net + taxOn(0n)
    const discount = least(discountFrom?.left ?? 0n, most)
    const untaxed = lowers ? discount : 0n
    const cashFrom = this.#oldest(account, true)
    const cash = least(cashFrom?.left ?? 0n, net + taxOn(untaxed) - discount)
    return { discount, cash, discountFrom, cashFrom, untaxed }
  }

  /** Spends it; what a discount coupon has left is lost, and returned here. */
  spend({ discount, cash, discountFrom, cashFrom }: Paid): bigint {
    if (cashFrom !== undefined) cashFrom.left -= cash
    if (discountFrom === undefined || discount === 0n) return 0n
    const lost = discountFrom.left - discount
    discountFrom.left = 0n
    return lost
  }

  /** use is paid by all cash coupons, the one held longest first, until it is paid or nothing is left of them. */
  spendOnUse(account: number, charge: number): number {
    let open = BigInt(charge)
    for (const each of this.#held.get(account) ?? []) {
      if (!each.isCash || open === 0n) continue
      const part = least(each.left, open)
      each.left -= part
      open -= part
    }
    return charge - Number(open)
  }

  /** N-05, N-06, O-08: so much of what coupons paid comes back to them. */
  refund({ discountFrom, cashFrom }: Paid, { cash, discount }: { cash: bigint; discount: bigint }): void {
    if (cashFrom !== undefined) cashFrom.left += cash
    if (discountFrom !== undefined) discountFrom.left += discount
  }
}
