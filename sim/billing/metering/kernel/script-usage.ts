/** Metering usage records in JavaScript: the oracle of `WasmUsage`, and what runs where WebAssembly does not. */
import { WholePrices } from '../../price/whole-prices.ts'
import { collectOwed } from '../hour-sweep.ts'
import { UsageInbox } from '../usage-inbox.ts'
import { checkNumber } from './hour-kernel.ts'
import {
  checkUsage,
  HOUR_SECONDS,
  noSuchResource,
  secondsWithin,
  type UsageBooks,
  type UsageCounts,
  type UsageInput,
  type UsageKernel,
  type UsageRecords,
} from './usage-kernel.ts'

export class ScriptUsage implements UsageKernel {
  readonly records: UsageRecords
  readonly books: UsageBooks
  readonly #account: Int32Array
  readonly #units: Int32Array
  readonly #product: Int32Array
  readonly #prices: readonly WholePrices[]
  readonly #rounding: UsageInput['rounding']
  readonly #inbox: UsageInbox

  constructor(input: UsageInput) {
    checkUsage(input)
    const { records, accounts, plans } = input
    this.records = {
      resource: new Int32Array(records),
      from: new Int32Array(records),
      to: new Int32Array(records),
    }
    this.books = {
      lineAccount: new Int32Array(records),
      lineResource: new Int32Array(records),
      lineAmount: new Float64Array(records),
      owed: new Float64Array(accounts),
      balance: new Float64Array(accounts),
      charges: new Float64Array(accounts),
      arrearsSince: new Float64Array(accounts),
      revenue: new Float64Array(plans.length),
    }
    this.#account = Int32Array.from(input.account)
    this.#units = Int32Array.from(input.units)
    this.#product = Int32Array.from(input.product)
    this.#prices = plans.map((plan) => new WholePrices(plan))
    this.#rounding = input.rounding
    this.#inbox = new UsageInbox({ 'usage.lateWindow': input.lateWindow })
  }

  get counts(): UsageCounts {
    const { accepted, duplicate, conflict, late } = this.#inbox.counts
    return { accepted, duplicate, conflict, late }
  }

  meter(hour: number, count: number, arrivedAt: number): number {
    const { resource, from, to } = this.records
    checkNumber('count', count, resource.length + 1)
    const [account, units, product] = [this.#account, this.#units, this.#product]
    for (let row = 0; row < count; row++)
      if (resource[row] >>> 0 >= account.length) throw noSuchResource(row, resource[row])
    const { lineAccount, lineResource, lineAmount, owed, revenue } = this.books
    let lines = 0
    for (let row = 0; row < count; row++) {
      const seconds = secondsWithin(hour, from[row], to[row])
      if (seconds <= 0) continue
      const who = resource[row]
      const plan = product[who]
      if (this.#inbox.receive(who, plan, hour, seconds, arrivedAt) !== 'accepted') continue
      const hours = Math.ceil(seconds / HOUR_SECONDS)
      const payer = account[who]
      lineAccount[lines] = payer
      lineResource[lines] = who
      const amount = this.#prices[plan].price(units[who] * hours, this.#rounding)
      lineAmount[lines++] = amount
      owed[payer] += amount
      revenue[plan] += amount
    }
    return lines
  }

  settle(now: number, topUp: number): void {
    const { owed, balance, charges, arrearsSince } = this.books
    collectOwed(owed, (who, amount) => {
      charges[who] += amount
      if (balance[who] < amount) {
        arrearsSince[who] = now
        balance[who] += topUp
      }
      balance[who] -= amount
    })
  }

  forgetBefore(now: number): void {
    this.#inbox.forgetBefore(now)
  }
}
