/**
 * Usage records of one clock hour, in columns: cut to the hour, accepted once (U-09), brought up to whole hours, priced by
 * band (P-01..P-03), and posted to the account of the resource. `ScriptUsage` is written in JavaScript, the oracle and the
 * fallback; `WasmUsage` in WebAssembly computes the same numbers. `openUsage` takes the faster one that runs here.
 */
import { BillingError } from '#base/billing-error.ts'
import type { Rounding } from '#base/decimal.ts'
import { HOUR, SECOND } from '#base/time.ts'
import type { Plan } from '../../price/plan.ts'
import { checkAmount, checkNumber } from './hour-kernel.ts'

/** What is metered: resources numbered from 0, each of one account and one product. */
export interface UsageInput {
  /** Records of one batch at most. */
  readonly records: number
  /** Accounts, numbered from 0. */
  readonly accounts: number
  /** By resource: its account, how many units an hour of it counts, and the number of its plan. */
  readonly account: ArrayLike<number>
  readonly units: ArrayLike<number>
  readonly product: ArrayLike<number>
  readonly plans: readonly Plan[]
  readonly rounding: Rounding
  /** How long after its hour a record is still accepted, ms. */
  readonly lateWindow: number
}

/** The records of a batch, which the caller writes: times are ms from the start of the hour, and may be outside of it. */
export interface UsageRecords {
  readonly resource: Int32Array
  readonly from: Int32Array
  readonly to: Int32Array
}

/** The lines of the last batch, and the books of all accounts; amounts are whole 1e-8. */
export interface UsageBooks {
  readonly lineAccount: Int32Array
  readonly lineResource: Int32Array
  readonly lineAmount: Float64Array
  /** What each account owes and has not been drawn. */
  readonly owed: Float64Array
  readonly balance: Float64Array
  readonly charges: Float64Array
  /** The last instant at which the balance did not pay for the hour; 0 for never. */
  readonly arrearsSince: Float64Array
  /** By plan. */
  readonly revenue: Float64Array
}

export interface UsageCounts {
  readonly accepted: number
  /** The same quantity again. */
  readonly duplicate: number
  /** Another quantity for an hour that is taken. */
  readonly conflict: number
  readonly late: number
}

export interface UsageKernel {
  /** Columns; get them again after `meter`, since memory may have moved. */
  readonly records: UsageRecords
  readonly books: UsageBooks
  readonly counts: UsageCounts
  /**
   * Meters the first `count` records, which arrived at `arrivedAt`, for the hour that begins at `hour`; answers how many
   * lines it made.
   * @throws BillingError for a resource that does not exist, and for a price beyond the limit of Money
   */
  meter(hour: number, count: number, arrivedAt: number): number
  /**
   * Draws what the accounts owe. An account that cannot pay is in arrears since `now`, and first tops up by `topUp`.
   * @throws BillingError, with nothing drawn, where an account owes more than the limit of Money (M-01)
   */
  settle(now: number, topUp: number): void
  /** Forgets the hours for which no record is accepted any more. */
  forgetBefore(now: number): void
}

const MOST_UNITS = 2 ** 31 - 1

/** @throws BillingError where a resource has no such account or plan, or units that are not whole */
export function checkUsage({ records, accounts, account, units, product, plans, lateWindow }: UsageInput): void {
  checkAmount('records', records)
  checkAmount('lateWindow', lateWindow)
  for (let resource = 0; resource < account.length; resource++) {
    checkNumber(`account of resource ${resource}`, account[resource], accounts)
    checkNumber(`product of resource ${resource}`, product[resource], plans.length)
    checkNumber(`units of resource ${resource}`, units[resource], MOST_UNITS + 1)
  }
}

export const noSuchResource = (row: number, resource: number): BillingError =>
  new BillingError(`record ${row}`, `there is no resource ${resource}`, 'number resources from 0')

export const HOUR_SECONDS = HOUR / SECOND

/** The larger and the smaller of a 32-bit number and 0, without a branch that cannot be predicted. */
const fromZero = (x: number): number => x & ~(x >> 31)
const upToZero = (x: number): number => x & (x >> 31)

/** The whole seconds of an interval within the hour that begins at `hour`; 0 or less for none. */
export function secondsWithin(hour: number, from: number, to: number): number {
  const begin = hour + fromZero(from)
  const end = hour + HOUR + upToZero(fromZero(to) - HOUR)
  return Math.floor(end / SECOND) - Math.floor(begin / SECOND)
}
