/** A log in a test's own lines, rated: what the hours, bills and problems came to. */
import { Buffer } from 'node:buffer'
import { formatMonth } from '#base/civil-time.ts'
import { formatAmount } from '#base/money.ts'
import { defaultPolicies, type Policies } from '#scenarios/policies.ts'
import { HourLines } from '#sim/metering-log/hours-csv.ts'
import { readPrices } from '#sim/metering-log/price-list.ts'
import { type LogRequest, rateLog } from '#sim/metering-log/rate-log.ts'

/** The text in chunks of a few bytes, as a stream may cut it anywhere. */
export async function* bytes(text: string, size = 1 << 16): AsyncGenerator<Uint8Array> {
  const all = Buffer.from(text)
  for (let at = 0; at < all.length; at += size) yield Uint8Array.from(all.subarray(at, at + size))
}

export interface Asked {
  readonly prices: string
  readonly policies?: Partial<Policies>
  readonly until?: number
  readonly strict?: boolean
  readonly chunk?: number
  readonly longestSpan?: number
  readonly mostHeld?: number
}

export async function rated(log: string, asked: Asked) {
  const { prices, policies, until, strict, chunk, longestSpan, mostHeld } = asked
  const all = { ...defaultPolicies, ...policies }
  const lines = new HourLines(all['time.utcOffset'])
  const hours: string[] = []
  const request: LogRequest = {
    file: 'events.csv',
    input: bytes(log, chunk),
    prices: await readPrices('prices.csv', bytes(`kind,name,hourly,from\n${prices}`)),
    policies: all,
    until,
    longestSpan,
    ...(mostHeld === undefined ? {} : { mostHeld }),
    strict: strict ?? false,
    onHour: (hour) => hours.push(lines.line(hour).trimEnd()),
  }
  const log_ = await rateLog(request)
  const bills = [...log_.bills()].map(
    (bill) => `${bill.account} ${formatMonth(bill.month)} ${bill.lines} ${formatAmount(bill.payable)}`,
  )
  return { hours, bills, problems: log_.problems.first.map(({ line, kind }) => `${line} ${kind}`), log: log_ }
}
