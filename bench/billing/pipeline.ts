import { HOUR, SECOND } from '#base/time.ts'
import { collectOwed } from '#sim/billing/metering/hour-sweep.ts'
import { UsageInbox } from '#sim/billing/metering/usage-inbox.ts'
import { compilePlan } from '#sim/billing/price/plan.ts'
import { WholePrices } from '#sim/billing/price/whole-prices.ts'
import { mix } from '../work/work.ts'
import { shuffled } from './dedup.ts'
import { Exact, exactPrice } from './exact.ts'
import { accountsOf } from './hour.ts'
import { plans, quantityOf } from './price.ts'
import { type BillingRunning, type BillingWork, digestOf } from './work.ts'

/** What an account begins with, and tops up to when it has fallen into arrears: 20 in whole 1e-8. */
const WALLET = 2e9
const HOUR_SECONDS = 3600
/** One a plan; written out, since dividing by a number known beforehand is a multiplication. */
const PRODUCTS = 3

/** An hour's intervals of use, in random order of the resources, one of 17 sent twice; times are ms from the hour's start. */
export function usage(resources: number) {
  const records = resources + (resources >> 4)
  const order = shuffled(records)
  const resource = order.map((record) => (record < resources ? record : record - resources))
  const from = resource.map((each) => ((mix(each, 21) >>> 0) % 5_400_000) - 1_800_000)
  const to = resource.map((each, at) => from[at] + 1 + ((mix(each, 22) >>> 0) % 5_400_000))
  const accounts = accountsOf(resources)
  const account = Int32Array.from({ length: resources }, (_, each) => (mix(each, 1) >>> 0) % accounts)
  const units = Int32Array.from({ length: resources }, (_, each) => quantityOf(each))
  return { records, resource, from, to, accounts, account, units }
}

/** The lines of an hour, as columns, and the books of the accounts. */
function books(records: number, accounts: number) {
  return {
    lineAccount: new Int32Array(records),
    lineResource: new Int32Array(records),
    lineAmount: new Float64Array(records),
    revenue: new Float64Array(plans.length),
    owed: new Float64Array(accounts),
    balance: new Float64Array(accounts).fill(WALLET),
    charges: new Float64Array(accounts),
    arrearsSince: new Float64Array(accounts),
  }
}

const BYTES_OF_LINE = 4 + 4 + 8

/** The smaller of x and 0, without an unpredictable branch: a compiler of C writes it so unasked. */
const upToZero = (x: number): number => x & (x >> 31)

/** Clip to the hour, take once, bring up to whole hours, price by band, post, and find who has fallen into arrears. */
function start(resources: number): BillingRunning {
  const input = usage(resources)
  const { records, accounts } = input
  const columns = books(records, accounts)
  const { lineAccount, lineResource, lineAmount, revenue, balance, charges, arrearsSince } = columns
  const prices = plans.map((plan) => new WholePrices(compilePlan(plan)))
  const inbox = new UsageInbox({ 'usage.lateWindow': HOUR })
  let hour = 0
  let lines = 0
  const draw = (who: number, amount: number) => {
    charges[who] += amount
    if (balance[who] < amount) {
      arrearsSince[who] = hour
      balance[who] += WALLET
    }
    balance[who] -= amount
  }
  const batch = () => {
    lines = meterHour(input, columns, inbox, prices, hour)
    hour += HOUR
    collectOwed(columns.owed, draw)
    inbox.forgetBefore(hour + HOUR)
    return records
  }
  const digest = () =>
    digestOf(
      lineAccount.subarray(0, lines),
      lineResource.subarray(0, lines),
      lineAmount.subarray(0, lines),
      revenue,
      balance,
      charges,
      arrearsSince,
    )
  return { bytesPerLine: BYTES_OF_LINE, batch, digest }
}

/** Turns the usage of an hour into lines and what they make the accounts owe. Answers the lines. */
function meterHour(
  { records, resource, from, to, account, units }: ReturnType<typeof usage>,
  { lineAccount, lineResource, lineAmount, owed, revenue }: ReturnType<typeof books>,
  inbox: UsageInbox,
  prices: readonly WholePrices[],
  hour: number,
): number {
  let lines = 0
  for (let at = 0; at < records; at++) {
    const begin = hour - upToZero(-from[at])
    const end = hour + HOUR + upToZero(to[at] - HOUR)
    const seconds = Math.floor(end / SECOND) - Math.floor(begin / SECOND)
    if (end <= begin || seconds <= 0) continue
    const who = resource[at]
    const product = who % PRODUCTS
    if (inbox.receive(who, product, hour, seconds, hour + HOUR) !== 'accepted') continue
    const hours = Math.ceil(seconds / HOUR_SECONDS)
    const amount = prices[product].price(units[who] * hours, 'truncate')
    const payer = account[who]
    lineAccount[lines] = payer
    lineResource[lines] = who
    lineAmount[lines++] = amount
    owed[payer] += amount
    revenue[product] += amount
  }
  return lines
}

/** The same pipeline with decimals and maps: what one writes first. */
function startExact(resources: number): BillingRunning {
  const { records, resource, from, to, accounts, account, units } = usage(resources)
  const columns = books(records, accounts)
  const price = plans.map(exactPrice)
  const balance = Array.from({ length: accounts }, () => new Exact(WALLET))
  const charges = Array.from({ length: accounts }, () => new Exact(0))
  const revenue = plans.map(() => new Exact(0))
  let hour = 0
  let lines: { who: number; payer: number; amount: InstanceType<typeof Exact> }[] = []
  const batch = () => {
    lines = []
    const taken = new Map<string, number>()
    const owed = new Map<number, InstanceType<typeof Exact>>()
    for (let at = 0; at < records; at++) {
      const begin = hour + Math.max(from[at], 0)
      const end = hour + Math.min(to[at], HOUR)
      const seconds = Math.floor(end / SECOND) - Math.floor(begin / SECOND)
      if (end <= begin || seconds <= 0) continue
      const who = resource[at]
      const product = who % PRODUCTS
      const key = `${who}/${product}/${hour}`
      if (taken.has(key)) continue
      taken.set(key, seconds)
      const hours = new Exact(seconds).div(HOUR_SECONDS).ceil()
      const amount = price[product](hours.times(units[who]))
      const payer = account[who]
      lines.push({ who, payer, amount })
      owed.set(payer, (owed.get(payer) ?? new Exact(0)).plus(amount))
      revenue[product] = revenue[product].plus(amount)
    }
    hour += HOUR
    for (const [who, amount] of owed) {
      charges[who] = charges[who].plus(amount)
      if (balance[who].lt(amount)) {
        columns.arrearsSince[who] = hour
        balance[who] = balance[who].plus(WALLET)
      }
      balance[who] = balance[who].minus(amount)
    }
    return records
  }
  const numbers = (values: readonly InstanceType<typeof Exact>[]) => values.map((value) => value.toNumber())
  const digest = () =>
    digestOf(
      lines.map(({ payer }) => payer),
      lines.map(({ who }) => who),
      lines.map(({ amount }) => amount.toNumber()),
      numbers(revenue),
      numbers(balance),
      numbers(charges),
      columns.arrearsSince,
    )
  return { bytesPerLine: 0, batch, digest }
}

export const pipelineWorks: readonly BillingWork[] = [
  { work: 'pipeline', subject: 'marketsim', sizes: [100_000], turnSize: 2000, start },
  { work: 'pipeline', subject: 'decimal.js', sizes: [100_000], start: startExact },
]
