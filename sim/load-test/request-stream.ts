/**
 * The work of a load test, as columns that all threads share: what the people of a scenario asked of the billing core,
 * in the order of time. It holds requests only: amounts are computed under load.
 *
 * The stream is one round of history. When it is at its end it begins again with other people: account, order and
 * instance numbers of round r are those of the history plus r times as many as there are.
 */

import { Digest } from '#engine/digest.ts'
import type { CloudResource } from '#scenarios/cloud-resources.ts'
import { type OperationKind, operationKinds } from '../record/load-ledger.ts'

/** An order that was paid, or of what is paid by the hour. */
export interface OrderRequest {
  /** Number among the orders of the history, from 1. */
  readonly id: number
  readonly specification: number
  /** Pool of the servers that are bought with it for a term; 0 for none. */
  readonly pool: number
  readonly months: number
  /** Whole units; `priced` is false for what is paid by the hour. */
  readonly quantity: number
  readonly priced: boolean
  /** O-04: the instant whose prices hold. */
  readonly pricedAt: number
  /** T-04, R-07: of a renewal, where its terms are counted from and the months bought since; else 0. */
  readonly anchor: number
  readonly boughtMonths: number
  /** What balance and coupons do not cover is paid by other means: credit, a reseller. */
  readonly outside: boolean
  /** O-13: the whole minor units that the balance does not cover are charged to a bound card. */
  readonly card: boolean
}

/** An order that is refunded: in full (O-08), or its unused part (N-03..N-06), or that of some of its servers (E-05, E-10). */
export interface RefundRequest {
  /** The order's number, as `OrderRequest.id`. */
  readonly order: number
  readonly inFull: boolean
  readonly begun: boolean
  /** N-06 holds for the first period only. */
  readonly fiveDays: boolean
  readonly from: number
  readonly to: number
  readonly months: number
  /** Instances the account released under N-06 in the year, these included but for the last. */
  readonly returns: number
  /** E-05, E-10: servers that are not there. The buyer gave nothing back, so there is neither a fee nor a limit. */
  readonly withoutFee: boolean
  /** E-05, E-10: so many of so many equal parts; 1 of 1 for all of it. */
  readonly part: number
  readonly parts: number
}

/** An upgrade or expansion of a running subscription that was paid (X-01..X-08), and what its fee depends on. */
export interface ChangeRequest {
  /** Its number among the orders of the history, from 1. */
  readonly id: number
  readonly isExpansion: boolean
  /** The configuration before, the plan it was bought at, and the one after; whole units. */
  readonly before: number
  readonly planBefore: number
  readonly quantityBefore: number
  readonly specification: number
  readonly quantity: number
  /** The period that runs. */
  readonly start: number
  readonly end: number
  /** When the subscription was bought, and the instant whose prices hold. */
  readonly boughtAt: number
  readonly pricedAt: number
  readonly outside: boolean
  readonly card: boolean
}

/** Days of a term that have ended: what they earn of what was paid for it (M-05). What has no term is earned as one day. */
export interface EarnRequest {
  /** The order's number, as `OrderRequest.id`. */
  readonly order: number
  /** Of its servers, not of the image or service. */
  readonly cloud: boolean
  /** Days of the term, how many were earned before, and how many are with it. */
  readonly days: number
  readonly from: number
  readonly to: number
}

/** A coupon that a buyer is granted. */
export interface CouponRequest {
  /** Number among the coupons of the history, from 1. */
  readonly id: number
  readonly isCash: boolean
}

/** A sale counts for its seller: an order, or a civil day's use of a specification by an account (L-06). */
export interface ShareRequest {
  /** The order's number, as `OrderRequest.id`; 0 for a day's use. */
  readonly order: number
  /** Of a day's use, as `UseRequest.sale`; 0 for an order. */
  readonly sale: number
  readonly specification: number
  /** First instant of the month whose bill of the seller includes it (L-02). */
  readonly month: number
}

/** What is metered: a server, or an image on it. */
export interface MeteredUse {
  /** Number among the instances of the history, from 1. */
  readonly instance: number
  readonly item: 'ecs' | 'image' | CloudResource
  /** Pool or specification that prices it. */
  readonly priced: number
}

export interface UseRequest extends MeteredUse {
  /** Number of its account and specification among those that a seller has a share of, from 1; 0 for none. */
  readonly sale: number
}

/** Structured clones share the columns. */
export interface RequestStream {
  /** Operations of a round. */
  readonly count: number
  /** Numbers a round takes. */
  readonly accounts: number
  readonly orderCount: number
  readonly instances: number
  readonly couponCount: number
  /** Pairs of an account and a specification that it uses by the hour. */
  readonly saleCount: number
  readonly kind: Uint8Array
  readonly account: Int32Array
  /** Instant, ms since the epoch. */
  readonly at: Float64Array
  /** Position in the table of its kind; 0 for the kinds without one. */
  readonly subject: Int32Array
  /** Amount of a top-up or coupon, seconds used, hour that is settled, month that is billed. */
  readonly value: Float64Array
  readonly orders: readonly OrderRequest[]
  readonly refunds: readonly RefundRequest[]
  readonly uses: readonly UseRequest[]
  readonly changes: readonly ChangeRequest[]
  readonly earnings: readonly EarnRequest[]
  readonly coupons: readonly CouponRequest[]
  readonly shares: readonly ShareRequest[]
}

export const kindOf = ({ kind }: RequestStream, position: number): OperationKind => operationKinds[kind[position]]

/** One operation on its way into the columns. */
export interface Request {
  readonly kind: OperationKind
  readonly account: number
  readonly at: number
  readonly subject: number
  readonly value: number
}

/** The columns, growing. */
export class StreamBuilder {
  count = 0
  #kind = new Uint8Array(1 << 12)
  #account = new Int32Array(1 << 12)
  #at = new Float64Array(1 << 12)
  #subject = new Int32Array(1 << 12)
  #value = new Float64Array(1 << 12)

  add({ kind, account, at, subject, value }: Request): void {
    const row = this.count++
    if (row === this.#kind.length) this.#grow()
    this.#kind[row] = operationKinds.indexOf(kind)
    this.#account[row] = account
    this.#at[row] = at
    this.#subject[row] = subject
    this.#value[row] = value
  }

  #grow(): void {
    const length = this.count * 2
    const bigger = <T extends Uint8Array | Int32Array | Float64Array>(column: T, next: T): T => {
      next.set(column)
      return next
    }
    this.#kind = bigger(this.#kind, new Uint8Array(length))
    this.#account = bigger(this.#account, new Int32Array(length))
    this.#at = bigger(this.#at, new Float64Array(length))
    this.#subject = bigger(this.#subject, new Int32Array(length))
    this.#value = bigger(this.#value, new Float64Array(length))
  }

  /** The columns in memory that threads share. */
  columns(): Pick<RequestStream, 'count' | 'kind' | 'account' | 'at' | 'subject' | 'value'> {
    const { count } = this
    const shared = <T extends Uint8Array | Int32Array | Float64Array>(
      column: T,
      Column: new (memory: SharedArrayBuffer) => T,
    ): T => {
      const copy = new Column(new SharedArrayBuffer(count * column.BYTES_PER_ELEMENT))
      copy.set(column.subarray(0, count))
      return copy
    }
    return {
      count,
      kind: shared(this.#kind, Uint8Array),
      account: shared(this.#account, Int32Array),
      at: shared(this.#at, Float64Array),
      subject: shared(this.#subject, Int32Array),
      value: shared(this.#value, Float64Array),
    }
  }
}

/**
 * Fingerprint of the first `operations` of the stream, rounds included: the work of a test, on any number of threads.
 */
export function workDigest(stream: RequestStream, operations: number): string {
  const digest = new Digest()
  const { count, kind, account, at, subject, value, orders, refunds, uses, changes, earnings, coupons, shares } = stream
  for (const table of [orders, refunds, uses, changes, earnings, coupons, shares])
    for (const row of table) digest.foldText(JSON.stringify(row))
  for (let position = 0; position < Math.min(count, operations); position++) {
    digest.fold5(kind[position], account[position], subject[position], position, 0)
    digest.fold(at[position])
    digest.fold(value[position])
  }
  digest.fold(operations)
  return digest.hex()
}
