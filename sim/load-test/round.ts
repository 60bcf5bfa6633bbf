/** What the billing core keeps in memory while it serves one round of the stream. */
import { HOUR } from '#base/time.ts'
import type { Policies } from '#scenarios/policies.ts'
import { UsageInbox } from '../billing/metering/usage-inbox.ts'
import { Coupons } from './coupons.ts'
import { OrderBook } from './order-book.ts'
import type { RequestStream } from './request-stream.ts'

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
  readonly orders: OrderBook
  /** What was used of a specification by an account and is not its seller's sale yet (L-06), by `UseRequest.sale`. */
  readonly used: Float64Array
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
    this.orders = new OrderBook(stream.orderCount)
    this.used = new Float64Array(stream.saleCount + 1)
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
