/** Our own billing of the events that a service has accepted, as a side of the comparison with its bills. */
import { monthOf } from '#base/civil-time.ts'
import { unpackPrice } from '#base/money.ts'
import {
  type RatedLine,
  type RatedSource,
  type RatedUse,
  type SourceBill,
  useAlternatives,
} from '#reports/against/rated-line.ts'
import { hourLine } from '#sim/billing/metering/hour-charge.ts'
import { monthTotal } from '#sim/billing/month-total.ts'
import type { PriceBook } from '#sim/load-test/price-book.ts'
import type { UsageEvent, UsageEvents } from '#sim/load-test/usage-events.ts'
import type { World } from '#sim/world/world.ts'
import { fates } from './send-events.ts'

export interface OwnBilling {
  readonly world: World
  readonly prices: PriceBook
  readonly events: UsageEvents
  /** What became of each event. */
  readonly fates: Uint8Array
}

/** Accounts of which an event may have been taken or not: their bills say nothing. */
export function undecidedAccounts({ events, fates: state }: OwnBilling): Set<string> {
  const accounts = new Set<string>()
  for (let number = 0; number < state.length; number++)
    if (state[number] === fates.unknown) accounts.add(events.at(number).account)
  return accounts
}

/** What an event costs (U-01, U-02, E-09), at the price in force as its hour begins (U-07). */
function lineOf(
  { world, prices }: OwnBilling,
  { account, resource, kind, product, hour, seconds, use }: UsageEvent,
): RatedLine {
  const { policies } = world
  const hourly = unpackPrice(prices.hourly(use, hour))
  const { amount } = hourLine(kind, hourly, seconds, policies)
  const month = monthOf(hour, policies['time.utcOffset'])
  const rated: RatedUse | undefined = kind === 'ecs' || kind === 'image' ? { kind, seconds, hourly, amount } : undefined
  return {
    ...{ account, resource, kind, product, hour, amount, month, hourMonth: month },
    isOrder: false,
    use: rated,
    alternatives: () => (rated === undefined ? [] : useAlternatives(rated, policies, [])),
  }
}

export function ownSource(billing: OwnBilling, without: ReadonlySet<string>): RatedSource {
  const { world, events, fates: state } = billing
  const { policies } = world
  const { code, decimals } = world.scenario.currency
  const source: RatedSource = {
    variants: () => [],
    candidates: () => [],
    otherPrices: () => [],
    policies,
    currency: code,
    decimals,
    totalOf: ({ charges }, { use, orders } = { use: 0n, orders: 0n }, percent = policies['tax.percent']) => {
      const sum = charges + use + orders
      return sum + monthTotal([sum], { ...policies, 'tax.percent': percent }, decimals).tax
    },
    bills: () => source.each(() => {}),
    async each(take) {
      const bills = new Map<string, { account: string; month: number; charges: bigint; lines: number }>()
      for (let number = 0; number < state.length; number++) {
        if (state[number] !== fates.accepted) continue
        const event = events.at(number)
        if (without.has(event.account)) continue
        const line = lineOf(billing, event)
        take(line)
        const key = `${line.month} ${line.account}`
        const bill = bills.get(key) ?? { account: line.account, month: line.month, charges: 0n, lines: 0 }
        bill.charges += line.amount
        bill.lines++
        bills.set(key, bill)
      }
      return [...bills.values()].map(
        (bill): SourceBill => ({ ...bill, payable: monthTotal([bill.charges], policies, decimals).payable }),
      )
    },
  }
  return source
}
