/**
 * One clock hour of all running instances, in columns (U-01, U-02): what each instance costs is added to what its account
 * owes, and the hour is drawn from the balances. Two versions compute the same numbers: `scriptHours` in JavaScript, the
 * oracle and the fallback, and `wasmHours` in WebAssembly with SIMD. `openHours` takes the faster one that runs here.
 */
import { BillingError } from '#base/billing-error.ts'
import { formatMoney, MONEY_LIMIT, type Money } from '#base/money.ts'

export interface HourSizes {
  /** Instances, numbered from 0. */
  readonly instances: number
  /** Accounts, numbered from 0. */
  readonly accounts: number
}

/** Columns by instance and by account; amounts are whole 1e-8, never negative. Read only: write with `put` and `deposit`. */
export interface HourColumns {
  /** The account of each instance. */
  readonly account: Int32Array
  /** What an hour of each instance costs: the server, and its image. */
  readonly ecs: Float64Array
  readonly image: Float64Array
  /** What each account owes and has not been drawn. */
  readonly owedEcs: Float64Array
  readonly owedImage: Float64Array
  readonly cash: Float64Array
  /** Sum of all settled hours. */
  readonly charges: Float64Array
  /** What the balance could not pay. */
  readonly due: Float64Array
  /** Settled hours. */
  readonly lines: Int32Array
  /** 1 as soon as an hour was not paid in full. */
  readonly inArrears: Uint8Array
}

export interface HourKernel extends HourColumns {
  /**
   * Places an instance at a row: its account, and what an hour of its server and its image costs.
   * @throws BillingError for a row or an account that does not exist, or an amount that is not exact
   */
  put(instance: number, account: number, ecs: Money, image: Money): void
  /** Adds money to a balance. @throws BillingError beyond the limit of Money */
  deposit(account: number, amount: Money): void
  /** Adds an hour of the servers only to `owedEcs`, for the first `count` instances. */
  sweepServers(count: number): void
  /**
   * Adds an hour of servers and images of the first `count` instances, and draws it from the balances.
   * @throws BillingError where an account owes more than the limit of Money (M-01); accounts before it are settled
   */
  bill(count: number): void
}

/** Rows and amounts that both versions accept. */
export abstract class HourRows implements HourKernel {
  readonly account: Int32Array
  readonly ecs: Float64Array
  readonly image: Float64Array
  readonly owedEcs: Float64Array
  readonly owedImage: Float64Array
  readonly cash: Float64Array
  readonly charges: Float64Array
  readonly due: Float64Array
  readonly lines: Int32Array
  readonly inArrears: Uint8Array

  constructor(columns: HourColumns) {
    this.account = columns.account
    this.ecs = columns.ecs
    this.image = columns.image
    this.owedEcs = columns.owedEcs
    this.owedImage = columns.owedImage
    this.cash = columns.cash
    this.charges = columns.charges
    this.due = columns.due
    this.lines = columns.lines
    this.inArrears = columns.inArrears
  }

  /** Adds an hour of the first `count` rows of an amount. */
  protected abstract sweep(what: 'ecs' | 'image', count: number): void
  /** Answers the first account that owes more than the limit, or -1. */
  protected abstract settle(): number

  put(instance: number, account: number, ecs: Money, image: Money): void {
    checkNumber('instance', instance, this.account.length)
    checkNumber('account', account, this.cash.length)
    for (const amount of [ecs, image]) checkAmount(`instance ${instance}`, amount)
    this.account[instance] = account
    this.ecs[instance] = ecs
    this.image[instance] = image
  }

  deposit(account: number, amount: Money): void {
    checkNumber('account', account, this.cash.length)
    checkAmount(`account ${account}`, amount)
    checkAmount(`account ${account}`, this.cash[account] + amount)
    this.cash[account] += amount
  }

  sweepServers(count: number): void {
    this.#checkCount(count)
    this.sweep('ecs', count)
  }

  bill(count: number): void {
    this.#checkCount(count)
    this.sweep('ecs', count)
    this.sweep('image', count)
    const account = this.settle()
    if (account >= 0) throw overdrawn(account)
  }

  #checkCount(count: number): void {
    checkNumber('count', count, this.account.length + 1)
  }
}

export const overdrawn = (account: number): BillingError =>
  new BillingError(
    `account ${account}`,
    `owes more than ${formatMoney(MONEY_LIMIT)}, the largest exact amount`,
    'settle more often or bill in a larger unit of currency',
  )

/** @throws BillingError where the value is not a whole number from 0 to below the limit */
export function checkNumber(name: string, value: number, limit: number): void {
  if (Number.isInteger(value) && value >= 0 && value < limit) return
  throw new BillingError(name, `${value} is not a whole number from 0 to ${limit - 1}`, 'number them from 0')
}

/** @throws BillingError where the value is not an exact amount of 0 or more */
export function checkAmount(where: string, amount: number): void {
  if (Number.isInteger(amount) && amount >= 0 && amount <= MONEY_LIMIT) return
  throw new BillingError(
    where,
    `the amount ${amount} is not a whole number of 1e-8 from 0 to ${MONEY_LIMIT}`,
    'amounts are whole 1e-8 units (M-01)',
  )
}
