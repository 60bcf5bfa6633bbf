/** I-02: what each account is charged in each month, gathered line by line without ever losing a unit (M-01). */
import type { Amount, Money } from '#base/money.ts'
import { columns } from '#engine/columns.ts'
import type { Policies } from '#scenarios/policies.ts'
import { monthTotal } from '../billing/month-total.ts'

/** Whole units of currency and 1e-8 units apart: neither reaches 2^53 in any log. */
const UNITS = 100_000_000
const MONTHS = 1 << 20

export interface LogBill {
  /** Number of the account. */
  readonly account: number
  /** Year x 12 + month - 1. */
  readonly month: number
  readonly lines: number
  /** Whole 1e-8. */
  readonly charges: Amount
  readonly tax: Amount
  readonly payable: Amount
}

export class BillSums {
  readonly #sums = columns({ account: 'i32', month: 'i32', lines: 'f64', whole: 'f64', parts: 'f64' })
  readonly #rows = new Map<number, number>()
  /** The row + 1 that each account was charged in last: nearly always the next charge's. */
  #latest = new Int32Array(1024)

  get size(): number {
    return this.#sums.rows
  }

  add(account: number, month: number, amount: Money): void {
    const sums = this.#sums
    const latest = account < this.#latest.length ? this.#latest[account] - 1 : -1
    const row = latest >= 0 && sums.month[latest] === month ? latest : this.#find(account, month)
    const whole = Math.floor(amount / UNITS)
    const parts = sums.parts[row] + (amount - whole * UNITS)
    const carry = parts >= UNITS ? 1 : 0
    sums.lines[row]++
    sums.whole[row] += whole + carry
    sums.parts[row] = parts - carry * UNITS
  }

  #find(account: number, month: number): number {
    const key = account * MONTHS + month
    let row = this.#rows.get(key)
    if (row === undefined) {
      row = this.#sums.add()
      this.#sums.account[row] = account
      this.#sums.month[row] = month
      this.#rows.set(key, row)
    }
    if (account >= this.#latest.length) {
      const wider = new Int32Array(Math.max(account + 1, this.#latest.length * 2))
      wider.set(this.#latest)
      this.#latest = wider
    }
    this.#latest[account] = row + 1
    return row
  }

  /** The bills by account and month; `decimals` are the currency's minor units (M-08). */
  *bills(
    policies: Pick<Policies, 'rounding.charge' | 'rounding.monthTotal' | 'tax.percent'>,
    decimals: number,
  ): Generator<LogBill> {
    const { account, month, lines, whole, parts, rows } = this.#sums
    const order = Uint32Array.from({ length: rows }, (_, row) => row)
    order.sort((a, b) => account[a] - account[b] || month[a] - month[b])
    for (const row of order) {
      const charges = BigInt(whole[row]) * BigInt(UNITS) + BigInt(parts[row])
      const { payable, tax } = monthTotal([charges], policies, decimals)
      yield { account: account[row], month: month[row], lines: lines[row], charges, tax, payable }
    }
  }
}
