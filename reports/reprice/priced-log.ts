/** One side of a comparison of prices: a log of servers, or of usage events, rated as `meter` does. */

import type { Problem } from '#sim/metering-log/problems.ts'
import { type LogRequest, type RatedLog, rateLog } from '#sim/metering-log/rate-log.ts'
import type { UsageLog, UsageProblem } from '#sim/usage-rating/usage-log.ts'
import { readUsage, type UsageRequest } from '#sim/usage-rating/usage-log.ts'
import type { GroupKey, PriceDifference, Side } from './price-difference.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Rates a log of servers into one side. */
export async function priceServers(
  difference: PriceDifference,
  side: Side,
  request: Omit<LogRequest, 'onHour'>,
): Promise<RatedLog> {
  const { code } = request.prices.currency
  const key: Mutable<GroupKey> = { account: '', month: 0, kind: 'ecs', product: '', rule: '', currency: code }
  const rated = await rateLog({
    ...request,
    onHour({ account, month, kind, product, rule, amount }) {
      key.account = account
      key.month = month
      key.kind = kind
      key.product = product
      key.rule = rule
      difference.add(side, key, amount)
    },
  })
  for (const bill of rated.bills()) difference.addBill(side, { ...bill, currency: code })
  rated.close()
  return rated
}

/** Rates a log of usage events into one side; levels and terms continue until `until`. A product is a metric with what splits it. */
export async function priceUsage(difference: PriceDifference, side: Side, request: UsageRequest): Promise<UsageLog> {
  const read = await readUsage(request)
  const lines = [...read.rater.lines(request.until)]
  for (const { account, bill, metric, dimensions, rule, currency, amount, part } of lines) {
    const parts = [metric, ...[...dimensions.values()].filter((value) => value !== '')]
    const key = {
      account,
      month: bill,
      kind: part === undefined ? 'usage' : 'subscription',
      product: parts.join(' '),
      rule,
      currency: currency.code,
    }
    difference.addAmount(side, key, amount)
  }
  for (const { currency, ...bill } of read.rater.bills(lines))
    difference.addBill(side, { ...bill, currency: currency.code })
  return read
}

export type LogProblem = Omit<Problem, 'kind'> & { readonly kind: Problem['kind'] | UsageProblem }
