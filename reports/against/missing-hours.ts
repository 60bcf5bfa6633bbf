/** Hours in which nothing is charged to anybody, or everything twice, on bills: a job that did not run, or a log that was cut off. */
import { formatInstant } from '#base/civil-time.ts'
import { HOUR } from '#base/time.ts'
import { billKey, type InvoiceBill } from './invoices.ts'
import { digitsOfGaps, givesMoved, stateCharges } from './moved-use.ts'
import type { RatedSource } from './rated-line.ts'
import { because, type Reason } from './reason.ts'

/** Sums of an hour and bill that are held at most. */
const MOST_HELD = 200_000
/** Digits that bills have to say more than there are spans to try. */
const SPARE_DIGITS = 3

/** A weight of each bill, by which spans are compared in one number: another multiplier gives the same answer. */
const MULTIPLIER = 6_364_136_223_846_793_005n

export async function missingHoursOfBills(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
): Promise<Reason | undefined> {
  if (!stateCharges(invoices)) return undefined
  const hours = new Map<number, Map<string, bigint>>()
  let held = 0
  let isOther = false
  const bills = await source.each(({ account, month, hour, amount, isOrder }) => {
    if (isOrder || amount < 0n || held > MOST_HELD) isOther = true
    if (isOther || amount === 0n) return
    let own = hours.get(hour)
    if (own === undefined) hours.set(hour, (own = new Map()))
    const key = billKey(account, month)
    if (!own.has(key)) held++
    own.set(key, (own.get(key) ?? 0n) + amount)
  })
  if (isOther) return undefined
  const weights = new Map<string, bigint>()
  let [wanted, weight] = [0n, 1n]
  let [isLess, isMore] = [false, false]
  for (const { account, month, charges } of bills) {
    const key = billKey(account, month)
    weight = BigInt.asUintN(60, weight * MULTIPLIER + 1n)
    weights.set(key, weight)
    const gap = (invoices.get(key)?.figures.charges ?? 0n) - charges
    wanted += weight * gap
    isLess ||= gap < 0n
    isMore ||= gap > 0n
  }
  if ([...invoices.keys()].some((key) => !weights.has(key)) || isLess === isMore) return undefined
  if (digitsOfGaps(source, bills, invoices) < SPARE_DIGITS + 2 * Math.log10(hours.size)) return undefined
  const sorted = [...hours.keys()].sort((a, b) => a - b)
  const size = wanted < 0n ? -wanted : wanted
  /** The sum before each hour, and how many hours it has. */
  const before = new Map([[0n, 0]])
  const spans: (readonly [first: number, last: number])[] = []
  let sum = 0n
  for (const [index, hour] of sorted.entries()) {
    for (const [key, amount] of hours.get(hour) ?? []) sum += (weights.get(key) ?? 0n) * amount
    const start = before.get(sum - size)
    if (start !== undefined) spans.push([start, index])
    before.set(sum, index + 1)
  }
  const [span, ...others] = spans
  // Where several spans come to the same, so do charges of single resources.
  if (span === undefined || others.length > 0) return undefined
  const [first, last] = span
  const moved = new Map<string, bigint>()
  for (const hour of sorted.slice(first, last + 1))
    for (const [key, amount] of hours.get(hour) ?? [])
      moved.set(key, (moved.get(key) ?? 0n) + (isLess ? -amount : amount))
  if (!givesMoved(source, bills, invoices, (key) => moved.get(key) ?? 0n)) return undefined
  const at = (hour: number): string => formatInstant(hour, source.policies['time.utcOffset'])
  const when =
    first === 0
      ? `up to ${at(sorted[last] + HOUR)}`
      : last === sorted.length - 1
        ? `from ${at(sorted[first])} on`
        : `from ${at(sorted[first])} to ${at(sorted[last] + HOUR)}`
  return isLess
    ? because('missing hour', 'Q-02', `no charge of any resource ${when}`)
    : because('double charge', 'U-09', `every charge ${when} twice`)
}
