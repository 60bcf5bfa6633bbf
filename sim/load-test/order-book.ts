/** What was paid for orders under load and has not been refunded, what of it is earned (M-05), and their sellers' shares (L-06). */
import { toMoney } from '#base/money.ts'
import type { CouponDraw } from './coupons.ts'

/** An order, or the part of one that is refunded, whole 1e-8. */
export interface Paid {
  /** Net of tax: what is its seller's sale, and its servers. */
  readonly image: number
  readonly cloud: number
  readonly tax: number
  /** What of the image's price is not the share of its seller. */
  readonly commission: number
  readonly cashPaid: number
  readonly discountPaid: number
  readonly earnedImage: number
  readonly earnedCloud: number
  readonly earnedCommission: number
}

/** `part` of `parts` equal parts; `ended` of the `days` of its term have ended. */
export interface Share {
  readonly part: number
  readonly parts: number
  readonly ended: number
  readonly days: number
}

const states = { unknown: 0, paid: 1, refunded: 2 } as const

/** `of` x `part` / `all`, truncated. */
export const partOf = (of: number, part: number, all: number): number =>
  all === 0 ? 0 : Number((BigInt(of) * BigInt(part)) / BigInt(all))

/** Orders by their number, from 1. */
export class OrderBook {
  readonly #state: Uint8Array
  readonly #isSale: Uint8Array
  readonly #specification: Int32Array
  readonly #image: Float64Array
  readonly #cloud: Float64Array
  readonly #tax: Float64Array
  readonly #commission: Float64Array
  readonly #earnedImage: Float64Array
  readonly #earnedCloud: Float64Array
  readonly #earnedCommission: Float64Array
  readonly #coupons = new Map<number, CouponDraw>()

  constructor(orders: number) {
    const amounts = () => new Float64Array(orders + 1)
    this.#state = new Uint8Array(orders + 1)
    this.#isSale = new Uint8Array(orders + 1)
    this.#specification = new Int32Array(orders + 1)
    this.#image = amounts()
    this.#cloud = amounts()
    this.#tax = amounts()
    this.#commission = amounts()
    this.#earnedImage = amounts()
    this.#earnedCloud = amounts()
    this.#earnedCommission = amounts()
  }

  /** Whether it was paid, and not refunded as a whole. */
  isPaid(order: number): boolean {
    return this.#state[order] === states.paid
  }

  /** Whether its seller has a share of it. */
  isSale(order: number): boolean {
    return this.#isSale[order] === 1
  }

  specification(order: number): number {
    return this.#specification[order]
  }

  image(order: number): number {
    return this.#image[order]
  }

  /** How coupons paid what is left of it. */
  coupons(order: number): CouponDraw | undefined {
    return this.#coupons.get(order)
  }

  /** `price` is net of tax, `cloud` what of it is for servers. */
  pay(
    order: number,
    { price, cloud, tax }: { price: number; cloud: number; tax: number },
    specification: number,
  ): void {
    this.#state[order] = states.paid
    this.#specification[order] = specification
    this.#image[order] = price - cloud
    this.#cloud[order] = cloud
    this.#tax[order] = tax
    this.#commission[order] = price - cloud
  }

  payByCoupons(order: number, draw: CouponDraw): void {
    this.#coupons.set(order, draw)
  }

  /** It is its seller's sale, whose share is `cost`. */
  sell(order: number, cost: number): void {
    this.#isSale[order] = 1
    this.#commission[order] = this.#image[order] - cost
  }

  /** Days `from` to `to` of `days` are earned: of the price, and of what is not the share of its seller. Truncated at both ends. */
  earn(
    order: number,
    { cloud, days, from, to }: { cloud: boolean; days: number; from: number; to: number },
  ): { amount: number; commission: number } {
    const between = (whole: number): number => partOf(whole, to, days) - partOf(whole, from, days)
    const amount = between(cloud ? this.#cloud[order] : this.#image[order])
    const commission = cloud ? amount : between(this.#commission[order])
    if (cloud) this.#earnedCloud[order] += amount
    else {
      this.#earnedImage[order] += amount
      this.#earnedCommission[order] += commission
    }
    return { amount, commission }
  }

  /**
   * A part of it leaves, truncated, with what its days have earned beyond what those of the rest have by themselves, so that the
   * rest continues by its own days.
   */
  take(order: number, share: Share): Paid {
    const { part, parts, ended, days } = share
    const taken = (column: Float64Array): number => {
      const amount = partOf(column[order], part, parts)
      column[order] -= amount
      return amount
    }
    const earned = (column: Float64Array, left: Float64Array): number => {
      const kept = partOf(left[order], ended, days)
      const amount = toMoney(column[order] - kept)
      column[order] = kept
      return amount
    }
    if (part === parts) this.#state[order] = states.refunded
    const amounts = {
      image: taken(this.#image),
      cloud: taken(this.#cloud),
      tax: taken(this.#tax),
      commission: taken(this.#commission),
    }
    return {
      ...amounts,
      ...this.#takeCoupons(order, share),
      earnedImage: earned(this.#earnedImage, this.#image),
      earnedCloud: earned(this.#earnedCloud, this.#cloud),
      earnedCommission: earned(this.#earnedCommission, this.#commission),
    }
  }

  #takeCoupons(order: number, { part, parts }: Share): Pick<Paid, 'cashPaid' | 'discountPaid'> {
    const draw = this.#coupons.get(order)
    if (draw === undefined) return { cashPaid: 0, discountPaid: 0 }
    const [cashPaid, discountPaid] = [partOf(draw.cashPaid, part, parts), partOf(draw.discountPaid, part, parts)]
    this.#coupons.set(order, {
      ...draw,
      cashPaid: draw.cashPaid - cashPaid,
      discountPaid: draw.discountPaid - discountPaid,
    })
    return { cashPaid, discountPaid }
  }
}
