import { HOUR, SECOND } from '#base/time.ts'
import { openUsage } from '#sim/billing/metering/kernel/open-kernel.ts'
import { ScriptUsage } from '#sim/billing/metering/kernel/script-usage.ts'
import type { UsageInput, UsageKernel } from '#sim/billing/metering/kernel/usage-kernel.ts'
import { compilePlan } from '#sim/billing/price/plan.ts'
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

/** Bytes of a line: account, resource and amount. */
const BYTES_OF_LINE = 4 + 4 + 8

type OpenUsage = (input: UsageInput) => UsageKernel

/** Clip to the hour, take once, bring up to whole hours, price by band, post, and find who has fallen into arrears. */
const startKernel =
  (open: OpenUsage) =>
  (size: number): BillingRunning => {
    const { records, resource, from, to, accounts, account, units } = usage(size)
    const kernel = open({
      ...{
        records,
        accounts,
        account,
        units,
        plans: plans.map((plan) => compilePlan(plan)),
        rounding: 'truncate',
        lateWindow: HOUR,
      },
      product: account.map((_, each) => each % PRODUCTS),
    })
    kernel.records.resource.set(resource)
    kernel.records.from.set(from)
    kernel.records.to.set(to)
    kernel.books.balance.fill(WALLET)
    let hour = 0
    let lines = 0
    const batch = () => {
      lines = kernel.meter(hour, records, hour + HOUR)
      hour += HOUR
      kernel.settle(hour, WALLET)
      kernel.forgetBefore(hour + HOUR)
      return records
    }
    const digest = () => {
      const { lineAccount, lineResource, lineAmount, revenue, balance, charges, arrearsSince } = kernel.books
      return digestOf(
        lineAccount.subarray(0, lines),
        lineResource.subarray(0, lines),
        lineAmount.subarray(0, lines),
        revenue,
        balance,
        charges,
        arrearsSince,
      )
    }
    return { bytesPerLine: BYTES_OF_LINE, batch, digest }
  }

/** The same pipeline with decimals and maps: what one writes first. */
function startExact(resources: number): BillingRunning {
  const { records, resource, from, to, accounts, account, units } = usage(resources)
  const arrearsSince = new Float64Array(accounts)
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
        arrearsSince[who] = hour
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
      arrearsSince,
    )
  return { bytesPerLine: 0, batch, digest }
}

const ours = (work: string, open: OpenUsage): BillingWork => ({
  work,
  subject: 'marketsim',
  sizes: [100_000],
  turnSize: 2000,
  start: startKernel(open),
})

/** The pipeline by the kernel in WebAssembly. */
export const wasmPipeline = ours('wasm/pipeline', openUsage)

export const pipelineWorks: readonly BillingWork[] = [
  ours('pipeline', (input) => new ScriptUsage(input)),
  { work: 'pipeline', subject: 'decimal.js', sizes: [100_000], start: startExact },
]
