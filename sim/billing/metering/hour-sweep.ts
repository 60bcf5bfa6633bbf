/**
 * U-01, U-02 for all running instances together: at each full clock hour every account owes what its instances cost an
 * hour. Columns and no object a line, so that an instance-hour takes a few nanoseconds.
 */
import { BillingError } from '#base/billing-error.ts'
import { formatMoney, MONEY_LIMIT, type Money } from '#base/money.ts'

/** Running instances, one a row; amounts are whole 1e-8, never negative. */
export interface HourColumns {
  readonly account: Int32Array
  readonly hourAmount: Float64Array
}

/**
 * Adds the hour of the first `count` instances to what their accounts owe. One pass, no checks: amounts are never
 * negative, so a sum that float64 can no longer hold stays beyond the limit of Money until `collectOwed` refuses it.
 */
export function sweepHour(columns: HourColumns, count: number, owed: Float64Array): void {
  const { account, hourAmount } = columns
  // Two rows a turn: inlined into its caller, a loop of one row each runs at less than half this speed.
  const even = count & ~1
  for (let row = 0; row < even; row += 2) {
    owed[account[row]] += hourAmount[row]
    owed[account[row + 1]] += hourAmount[row + 1]
  }
  if (even < count) owed[account[even]] += hourAmount[even]
}

/** The same where an account may owe more than float64 holds exactly. */
export function sweepVastHour({ account, hourAmount }: HourColumns, count: number, owed: bigint[]): void {
  for (let row = 0; row < count; row++) if (hourAmount[row] !== 0) owed[account[row]] += BigInt(hourAmount[row])
}

/**
 * The gathering point: hands out what each account owes and sets it back to 0, lowest account first. Returns how many
 * accounts owed anything. Throws BillingError, with nothing handed out, when a sum is beyond the limit of Money (M-01).
 */
export function collectOwed(owed: Float64Array, take: (account: number, amount: Money) => void): number {
  checkOwed(owed)
  const accounts = owed.length
  let count = 0
  for (let account = 0; account < accounts; account++) {
    const amount = owed[account]
    if (amount === 0) continue
    owed[account] = 0
    take(account, amount as Money)
    count++
  }
  return count
}

/** A function of its own, since V8 optimises one loop a function well: of two, the second stays in the interpreter. */
function checkOwed(owed: Float64Array): void {
  for (let account = 0; account < owed.length; account++) if (owed[account] > MONEY_LIMIT) throw overflow(account)
}

const overflow = (account: number): BillingError =>
  new BillingError(
    `account ${account}`,
    `owes more than ${formatMoney(MONEY_LIMIT)}, the largest exact amount`,
    'settle more often or bill in a larger unit of currency',
  )
