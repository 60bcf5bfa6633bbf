/** O-05, A-01: what an account can pay with, source by source, and what each charge draws from it. */
import { least } from './exact.ts'
import type { Coupon } from './facts.ts'

export interface Draw {
  readonly discount: bigint
  readonly coupon: bigint
  readonly cash: bigint
  readonly credit: bigint
  /** What no source covers. */
  readonly rest: bigint
}

/** A draw of an order on one coupon; negative when it was refunded. */
export interface AuditedDraw {
  readonly coupon: number
  readonly order: number
  readonly at: number
  readonly amount: bigint
}

interface Held extends Coupon {
  left: bigint
}

export class Wallet {
  cash = 0n
  /** What may be drawn on credit in all, and what of it was drawn. */
  credit = 0n
  creditUsed = 0n
  /** What discount coupons had left when they were spent. */
  lapsed = 0n
  readonly draws: AuditedDraw[] = []
  readonly #cashCoupons: Held[]
  readonly #discounts: Held[]
  readonly #byOrder = new Map<number, { readonly held: Held; readonly amount: bigint }[]>()

  constructor(coupons: readonly Coupon[]) {
    const held = coupons.map((coupon) => ({ ...coupon, left: coupon.amount }))
    this.#cashCoupons = held.filter(({ isCash }) => isCash)
    this.#discounts = held.filter(({ isCash }) => !isCash)
  }

  /** Whether a charge draws on the balance alone as long as that lasts. */
  get hasCashAlone(): boolean {
    return this.#cashCoupons.every(({ left }) => left === 0n)
  }

  /** What all coupons are worth. */
  get coupons(): bigint {
    return [...this.#cashCoupons, ...this.#discounts].reduce((sum, { left }) => sum + left, 0n)
  }

  /** O-13: what coupons and the balance leave of an order that would be paid now. */
  lacking(amount: bigint, discountable: bigint): bigint {
    const ticket = discountable === 0n ? undefined : this.#discounts.find(({ left }) => left > 0n)
    const discount = least(ticket?.left ?? 0n, discountable)
    const coupon = least(this.#cashCoupons.find(({ left }) => left > 0n)?.left ?? 0n, amount - discount)
    const rest = amount - discount - coupon
    return rest - least(this.cash, rest)
  }

  /** O-05: discount coupon for what it may pay (M-06, M-07), one cash coupon, cash, credit; O-13: or credit alone. */
  pay(order: number, at: number, amount: bigint, discountable: bigint, onCredit = false): Draw {
    const taken: { held: Held; amount: bigint }[] = []
    const take = (held: Held | undefined, wanted: bigint): bigint => {
      const part = least(held?.left ?? 0n, wanted)
      if (held === undefined || part === 0n) return 0n
      taken.push({ held, amount: part })
      this.draws.push({ coupon: held.id, order, at, amount: part })
      return part
    }
    const ticket = discountable === 0n ? undefined : this.#discounts.find(({ left }) => left > 0n)
    const discount = take(ticket, discountable)
    const coupon = take(
      this.#cashCoupons.find(({ left }) => left > 0n),
      amount - discount,
    )
    for (const { held, amount: part } of taken) held.left -= part
    // Good for one order, so what is left of it is gone.
    if (ticket !== undefined && discount > 0n) {
      this.lapsed += ticket.left
      ticket.left = 0n
    }
    this.#byOrder.set(order, taken)
    return { discount, coupon, ...this.#fromBalance(amount - discount - coupon, onCredit) }
  }

  /** an hour's charge draws on all cash coupons, then cash, then credit. */
  charge(amount: bigint): Draw {
    let coupon = 0n
    for (const held of this.#cashCoupons) {
      const part = least(held.left, amount - coupon)
      held.left -= part
      coupon += part
      if (coupon === amount) break
    }
    return { discount: 0n, coupon, ...this.#fromBalance(amount - coupon) }
  }

  #fromBalance(amount: bigint, onCredit = false): Pick<Draw, 'cash' | 'credit' | 'rest'> {
    const cash = onCredit ? 0n : least(this.cash, amount)
    const credit = least(this.credit - this.creditUsed, amount - cash)
    this.cash -= cash
    this.creditUsed += credit
    return { cash, credit, rest: amount - cash - credit }
  }

  /** O-08: an order is refunded; coupons get what they paid, the answer is that sum. */
  refund(order: number, at: number): bigint {
    const sumOf = (isCash: boolean): bigint =>
      (this.#byOrder.get(order) ?? []).reduce(
        (sum, { held, amount }) => (held.isCash === isCash ? sum + amount : sum),
        0n,
      )
    return this.giveBack(order, at, { cash: sumOf(true), discount: sumOf(false) })
  }

  /** N-05, N-06: coupons that paid of an order get so much; the answer is the sum. */
  giveBack(order: number, at: number, back: { readonly cash: bigint; readonly discount: bigint }): bigint {
    let sum = 0n
    for (const { held } of this.#byOrder.get(order) ?? []) {
      const amount = held.isCash ? back.cash : back.discount
      if (amount === 0n) continue
      held.left += amount
      sum += amount
      this.draws.push({ coupon: held.id, order, at, amount: -amount })
    }
    return sum
  }

  /** Cash restores the credit; the answer is how much. */
  restoreCredit(): bigint {
    const paid = least(this.creditUsed, this.cash)
    this.creditUsed -= paid
    this.cash -= paid
    return paid
  }
}
