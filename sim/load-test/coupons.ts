/** Coupons under load (O-05, M-06, M-07): granted, drawn by orders and use, refunded. Numbers are those of the history. */
import { toMoney } from '#base/money.ts'
import { taxLine } from '../billing/tax.ts'

/** What is to be paid before any coupon, whole 1e-8. */
export interface Payable {
  /** Net of tax, and the tax on it at the percentage. */
  readonly price: number
  readonly tax: number
  readonly taxPercent: string
  /** Its line has a discount of its own, so that no discount coupon is good for it (M-06). */
  readonly discounted: boolean
}

/** What coupons pay of it, and the tax that is left: a discount coupon may lower what is taxed. */
export interface CouponDraw {
  /** Numbers of the coupons; 0 for none. */
  readonly discount: number
  readonly cash: number
  readonly discountPaid: number
  readonly cashPaid: number
  readonly lowered: boolean
  readonly tax: number
}

interface CouponPolicies {
  readonly 'tax.couponBase': 'price' | 'paid'
  readonly 'rounding.charge': 'truncate' | 'half-up'
}

export class Coupons {
  readonly #left: Float64Array
  readonly #isCash: Uint8Array
  readonly #next: Int32Array
  readonly #first: Int32Array
  readonly #last: Int32Array
  /** What the cash coupons of an account have left. */
  readonly #cash: Float64Array

  constructor(accounts: number, coupons: number) {
    this.#left = new Float64Array(coupons + 1)
    this.#isCash = new Uint8Array(coupons + 1)
    this.#next = new Int32Array(coupons + 1)
    this.#first = new Int32Array(accounts)
    this.#last = new Int32Array(accounts)
    this.#cash = new Float64Array(accounts)
  }

  grant(account: number, coupon: number, isCash: boolean, amount: number): void {
    this.#left[coupon] = amount
    this.#isCash[coupon] = isCash ? 1 : 0
    if (isCash) this.#cash[account] = toMoney(this.#cash[account] + amount)
    if (this.#first[account] === 0) this.#first[account] = coupon
    else this.#next[this.#last[account]] = coupon
    this.#last[account] = coupon
  }

  /** The one held longest with something left. */
  #firstLeft(account: number, isCash: number): number {
    for (let coupon = this.#first[account]; coupon !== 0; coupon = this.#next[coupon])
      if (this.#isCash[coupon] === isCash && this.#left[coupon] > 0) return coupon
    return 0
  }

  /** At most one of each kind: the discount coupon first. */
  drawn(account: number, payable: Payable, policies: CouponPolicies): CouponDraw {
    const { price, tax, taxPercent, discounted } = payable
    const lowers = policies['tax.couponBase'] === 'paid'
    const discount = discounted ? 0 : this.#firstLeft(account, 0)
    const discountPaid = Math.min(this.#left[discount], lowers ? price : price + tax)
    const lowered = lowers && discountPaid > 0
    const taxed = { 'tax.percent': taxPercent, 'rounding.charge': policies['rounding.charge'] }
    const left = lowered && tax > 0 ? Number(taxLine(BigInt(price), taxed, BigInt(discountPaid)).amount) : tax
    const cash = this.#firstLeft(account, 1)
    const cashPaid = Math.min(this.#left[cash], price + left - discountPaid)
    return {
      discount: discountPaid === 0 ? 0 : discount,
      cash: cashPaid === 0 ? 0 : cash,
      discountPaid,
      cashPaid,
      lowered,
      tax: left,
    }
  }

  /** Takes what a draw says; returns what lapses, for a discount coupon is good for one order. */
  take(account: number, { discount, cash, discountPaid, cashPaid }: CouponDraw): number {
    this.#left[cash] -= cashPaid
    this.#cash[account] -= cashPaid
    const lapsed = discount === 0 ? 0 : this.#left[discount] - discountPaid
    this.#left[discount] = 0
    return lapsed
  }

  /** use may take all cash coupons, one after the other. Returns what they pay of it. */
  takeForUse(account: number, amount: number): number {
    const paid = Math.min(this.#cash[account], amount)
    if (paid === 0) return 0
    this.#cash[account] -= paid
    for (let rest = paid; rest > 0; ) {
      const coupon = this.#firstLeft(account, 1)
      const part = Math.min(this.#left[coupon], rest)
      this.#left[coupon] -= part
      rest -= part
    }
    return paid
  }

  refund(account: number, coupon: number, amount: number): void {
    if (coupon === 0) return
    this.#left[coupon] += amount
    if (this.#isCash[coupon] === 1) this.#cash[account] = toMoney(this.#cash[account] + amount)
  }
}
