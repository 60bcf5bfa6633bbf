/** What the billing core keeps in memory while it serves one round of the stream. */
import { HOUR } from '#base/time.ts'
import type { Policies } from '#scenarios/policies.ts'
import { UsageInbox } from '../billing/metering/usage-inbox.ts'
import { type CouponDraw, Coupons } from './coupons.ts'
import type { RequestStream } from './request-stream.ts'

/** What is known of an order once it was requested. */
export const orderStates = { unknown: 0, paid: 1, given: 2 } as const

/** Balances and open orders of the people of one round. */
export class Round {
  readonly cash: Float64Array
  readonly due: Float64Array
  readonly charges: Float64Array
  /** What of the charges was orders and changes, whose tax is in them (M-07). */
  readonly ordered: Float64Array
  readonly lines: Int32Array
  readonly owedEcs: Float64Array
  readonly owedImage: Float64Array
  /** The hour that a slot of `owed…` is of. */
  readonly owedHour: Float64Array
  readonly orderState: Uint8Array
  readonly orderPaid: Float64Array
  readonly orderTax: Float64Array
  /** What was paid for servers in it, before tax. */
  readonly orderCloud: Float64Array
  /** How coupons paid it. */
  readonly orderCoupons = new Map<number, CouponDraw>()
  readonly coupons: Coupons
  readonly inbox: UsageInbox
  inboxHour = 0
  /** Clock hours that may be metered and not yet settled. */
  readonly #hours: number

  constructor(stream: RequestStream, policies: Policies) {
    const accounts = stream.accounts + 1
    const hours = Math.ceil(policies['settlement.lag'] / HOUR) + 2
    this.#hours = hours
    this.cash = new Float64Array(accounts)
    this.due = new Float64Array(accounts)
    this.charges = new Float64Array(accounts)
    this.ordered = new Float64Array(accounts)
    this.lines = new Int32Array(accounts)
    this.owedEcs = new Float64Array(accounts * hours)
    this.owedImage = new Float64Array(accounts * hours)
    this.owedHour = new Float64Array(accounts * hours)
    this.orderState = new Uint8Array(stream.orderCount + 1)
    this.orderPaid = new Float64Array(stream.orderCount + 1)
    this.orderTax = new Float64Array(stream.orderCount + 1)
    this.orderCloud = new Float64Array(stream.orderCount + 1)
    this.coupons = new Coupons(accounts, stream.couponCount)
    this.inbox = new UsageInbox(policies)
  }

  /** Where an account's hour is kept. An hour whose settlement was dropped is never settled: it makes room. */
  slot(account: number, hour: number): number {
    const slot = account * this.#hours + (Math.floor(hour / HOUR) % this.#hours)
    if (this.owedHour[slot] !== hour) {
      this.owedHour[slot] = hour
      this.owedEcs[slot] = 0
      this.owedImage[slot] = 0
    }
    return slot
  }
}
