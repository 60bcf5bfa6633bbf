/**
 * Orders of a load test by the auditor's own count: what of each was paid and is not refunded, what its days have earned, and
 * its seller's share (M-05, L-06).
 */
import { DAY } from '../civil-time.ts'
import { floorOf } from '../exact.ts'
import type { Premises } from '../premises.ts'
import { consumedOf, feeOf } from '../returns.ts'
import { costOf } from '../seller-cost.ts'
import type { Paid as Coupons } from './purses.ts'

const parts = ['image', 'cloud', 'tax', 'cash', 'discount', 'cost'] as const

/** Whole 1e-8; `image` and `cloud` net of tax, `cash` and `discount` what coupons paid, `cost` the seller's share. */
type Amounts = Readonly<Record<(typeof parts)[number], bigint>>

/** What leaves an order, and what was earned of it. */
export interface Piece extends Amounts {
  readonly earned: bigint
  readonly earnedCloud: bigint
  /** What of the seller's share is still deferred. */
  readonly deferred: bigint
}

export class Bought {
  readonly specification: number
  readonly coupons: Coupons
  #left: Amounts
  #earned = { image: 0n, cloud: 0n, commission: 0n }
  isRefunded = false
  isSale = false

  constructor(specification: number, coupons: Coupons, paid: { image: bigint; cloud: bigint; tax: bigint }) {
    this.specification = specification
    this.coupons = coupons
    this.#left = { ...paid, cash: coupons.cash, discount: coupons.discount, cost: 0n }
  }

  get image(): bigint {
    return this.#left.image
  }

  get paid(): bigint {
    const { image, cloud, tax } = this.#left
    return image + cloud + tax
  }

  sell(cost: bigint): void {
    this.isSale = true
    this.#left = { ...this.#left, cost }
  }

  /** Of the price, and of what is not the share of the seller: what the days up to the last earn, less those before. */
  earn(isCloud: boolean, days: number, from: number, to: number): { amount: bigint; commission: bigint } {
    const { image, cloud, cost } = this.#left
    const earned = (whole: bigint): bigint => byDays(whole, to, days) - byDays(whole, from, days)
    const amount = earned(isCloud ? cloud : image)
    if (isCloud) {
      this.#earned.cloud += amount
      return { amount, commission: amount }
    }
    const commission = earned(image - cost)
    this.#earned.image += amount
    this.#earned.commission += commission
    return { amount, commission }
  }

  /**
   * So many of so many equal parts leave, truncated; of the seller's share what is left of it when the commission is truncated. The
   * rest has earned what its own days have.
   */
  leave(part: number, of: number, ended: number, days: number): Piece {
    const before = this.#left
    const taken = (amount: bigint): bigint => floorOf(amount * BigInt(part), BigInt(of))
    const piece = Object.fromEntries(parts.map((name) => [name, taken(before[name])])) as Amounts
    const commission = taken(before.image - before.cost)
    const cost = piece.image - commission
    const rest = Object.fromEntries(parts.map((name) => [name, before[name] - piece[name]])) as Amounts
    this.#left = { ...rest, cost: before.cost - cost }
    if (part === of) this.isRefunded = true
    const kept = {
      image: byDays(this.#left.image, ended, days),
      cloud: byDays(this.#left.cloud, ended, days),
      commission: byDays(this.#left.image - this.#left.cost, ended, days),
    }
    const { image, cloud, commission: own } = this.#earned
    this.#earned = kept
    const earned = image - kept.image
    return {
      ...{ ...piece, cost },
      earned,
      earnedCloud: cloud - kept.cloud,
      deferred: cost - (earned - (own - kept.commission)),
    }
  }
}

const byDays = (whole: bigint, ended: number, days: number): bigint => floorOf(whole * BigInt(ended), BigInt(days))

/** L-03: what sales on the bill of a month cost; below 0 for what is refunded. */
export const sellerCost = (premises: Premises, specification: number, sales: number, month: number): number =>
  sales === 0 ? 0 : Number(costOf(premises, specification, BigInt(sales), month))

const RETURNS_A_YEAR = 10

/** In cash and to coupons, and the tax in both, whole 1e-8. */
interface Back {
  readonly consumed: number
  readonly fee: number
  readonly amount: number
  readonly coupon: number
  readonly tax: number
}

export const nothingBack: Back = { consumed: 0, fee: 0, amount: 0, coupon: 0, tax: 0 }

/** O-08, N-03..N-07, M-07, E-05, E-10: what goes back of a piece, by the row of its refund. */
export function givenBack(premises: Premises, row: readonly number[], piece: Piece, isUntaxed: boolean): Back {
  const [, , at, , inFull, begun, fiveDays, from, to, months, returns, noFee] = row
  const paid = Number(piece.image + piece.cloud + piece.tax)
  const [discount, coupon] = [Number(piece.discount), Number(piece.cash)]
  const cash = paid - discount - coupon
  const untaxed = isUntaxed ? discount : 0
  const taxIn = (whole: number): number =>
    paid === untaxed ? 0 : Number(floorOf(piece.tax * BigInt(whole), BigInt(paid - untaxed)))
  const withinFiveDays =
    noFee === 0 &&
    premises.policyAt('refund.fiveDay', at) === 'cn' &&
    fiveDays === 1 &&
    at - from < 5 * DAY &&
    returns < RETURNS_A_YEAR
  if (inFull === 1 || (begun === 0 && at < to))
    return { consumed: 0, fee: 0, amount: cash, coupon: discount + coupon, tax: taxIn(paid - untaxed) }
  if (at >= to) return { consumed: cash, fee: 0, amount: 0, coupon: 0, tax: taxIn(0) }
  if (withinFiveDays) return { consumed: 0, fee: 0, amount: cash, coupon, tax: taxIn(cash + coupon) }
  const consumed = Number(consumedOf(premises, { from, to }, at, BigInt(cash)))
  const fee = noFee === 1 ? 0 : Number(feeOf(premises, from, months, at, BigInt(cash)))
  const amount = Math.max(0, cash - consumed - fee)
  return { consumed, fee, amount, coupon: 0, tax: taxIn(amount) }
}
