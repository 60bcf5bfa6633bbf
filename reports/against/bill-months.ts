/** Bills by other months: those of a place with summer time, or those that begin on another day. Only sums by month can differ then. */
import { dateOfDay, dayOf, monthOf, startOfMonth } from '#base/civil-time.ts'
import { HOUR } from '#base/time.ts'
import type { NamedZone } from '#scenarios/logs/civil-zone.ts'
import { zoneOf } from '#scenarios/logs/time-zones.ts'
import type { Policies } from '#scenarios/policies.ts'
import { toMinorUnits } from '#sim/billing/minor-units.ts'
import { billKey, type InvoiceBill } from './invoices.ts'
import type { RatedSource } from './rated-line.ts'
import { because, type Reason } from './reason.ts'
import { isNothing } from './variants.ts'

/** One place for each way in which clocks change with the season. */
const places = [
  ...['Europe/London', 'Europe/Berlin', 'Europe/Athens', 'America/New_York', 'America/Chicago', 'America/Denver'],
  ...['America/Los_Angeles', 'America/Anchorage', 'America/Halifax', 'America/St_Johns', 'America/Santiago'],
  ...['Australia/Sydney', 'Australia/Adelaide', 'Pacific/Auckland', 'Asia/Jerusalem', 'Africa/Cairo'],
]

/** A way to find the month of an hour. */
interface Months {
  readonly cause: 'time zone' | 'hour boundary'
  readonly rule: string
  readonly text: string
  readonly monthOf: (hour: number) => number
}

function inPlace(zone: NamedZone): (instant: number) => number {
  const starts = new Map<number, number>()
  const startOf = (month: number): number => {
    let start = starts.get(month)
    if (start === undefined) {
      const civil = startOfMonth(month, 0)
      starts.set(month, (start = civil - (zone.offsetOf(civil) ?? zone.standard)))
    }
    return start
  }
  return (instant) => {
    const month = monthOf(instant, zone.standard)
    return instant >= startOf(month + 1) ? month + 1 : instant < startOf(month) ? month - 1 : month
  }
}

function ways(policies: Policies): Months[] {
  const { 'time.utcOffset': offset, 'settlement.lag': lag } = policies
  const settled = (hour: number): number => hour + HOUR + lag
  const ofPlaces = places.flatMap((name): Months[] => {
    const zone = zoneOf(name)
    if (typeof zone === 'number') return []
    const of = inPlace(zone)
    const text = `months of ${name}`
    return [
      { cause: 'time zone', rule: 'T-02', text, monthOf: (hour) => of(settled(hour)) },
      { cause: 'time zone', rule: 'T-02', text: `${text}, each hour in that of its use`, monthOf: of },
    ]
  })
  const days = Array.from({ length: 27 }, (_, index) => index + 2).flatMap((day): Months[] => {
    const begun = (hour: number): number => {
      const date = dateOfDay(dayOf(settled(hour), offset))
      return date.year * 12 + date.month - (date.day < day ? 2 : 1)
    }
    const text = `months that begin on day ${day}`
    return [
      {
        cause: 'hour boundary',
        rule: 'U-08',
        text: `${text}, named by where they end`,
        monthOf: (hour) => begun(hour) + 1,
      },
      { cause: 'hour boundary', rule: 'U-08', text: `${text}, named by where they begin`, monthOf: begun },
    ]
  })
  return [...ofPlaces, ...days]
}

/** Ways that come to the same and are all named; of more none says anything. */
const MOST_NAMED = 4

/** Whether the bills of each account come to the same in all: charges to the last digit, payables but for their rounding. */
function areMoved(
  source: RatedSource,
  ours: readonly { account: string; charges: bigint; payable: bigint }[],
  invoices: ReadonlyMap<string, InvoiceBill>,
): boolean {
  const gaps = new Map<string, { charges: bigint; payable: bigint; count: bigint }>()
  const of = (account: string) => {
    let found = gaps.get(account)
    if (found === undefined) gaps.set(account, (found = { charges: 0n, payable: 0n, count: 0n }))
    found.count++
    return found
  }
  for (const { account, charges, payable } of ours) {
    const gap = of(account)
    gap.charges -= charges
    gap.payable -= payable
  }
  const [first] = invoices.values()
  for (const { account, figures } of invoices.values()) {
    const gap = of(account)
    gap.charges += figures.charges ?? 0n
    gap.payable += figures.payable ?? 0n
  }
  const unit = 10n ** BigInt(8 - source.decimals)
  const isNear = (gap: bigint, slack: bigint): boolean => gap <= slack && gap >= -slack
  return [...gaps.values()].every(
    ({ charges, payable, count }) =>
      (first?.figures.charges === undefined || charges === 0n) &&
      (first?.figures.payable === undefined || isNear(payable, count * unit)),
  )
}

/** The months by which every bill comes out; undefined where there are none, or where too many do. */
export async function monthsOfBills(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
): Promise<Reason | undefined> {
  const bills = await source.bills()
  if (bills.some(({ taxable }) => taxable !== undefined) || !areMoved(source, bills, invoices)) return undefined
  const all = ways(source.policies)
  // Hours that are in the same month by every way are added up together.
  const classes = new Map<number, number>()
  const numbers = new Map<string, number>()
  const months: (readonly number[])[] = []
  const classOf = (hour: number): number => {
    let found = classes.get(hour)
    if (found !== undefined) return found
    const own = all.map((way) => way.monthOf(hour))
    const key = own.join()
    found = numbers.get(key)
    if (found === undefined) {
      numbers.set(key, (found = months.length))
      months.push(own)
    }
    classes.set(hour, found)
    return found
  }
  const sums = new Map<string, bigint[]>()
  let isOrdered = false
  await source.each(({ account, hour, amount, isOrder }) => {
    if (isOrder) isOrdered = true
    let own = sums.get(account)
    if (own === undefined) sums.set(account, (own = []))
    const index = classOf(hour)
    own[index] = (own[index] ?? 0n) + amount
  })
  if (isOrdered) return undefined
  const found = all.filter((_, way) => {
    const charged = new Map<string, { account: string; month: number; charges: bigint }>()
    for (const [account, own] of sums)
      own.forEach((sum, index) => {
        const month = months[index][way]
        const key = billKey(account, month)
        const bill = charged.get(key)
        if (bill === undefined) charged.set(key, { account, month, charges: sum })
        else bill.charges += sum
      })
    for (const [key, { figures }] of invoices) if (!charged.has(key) && !isNothing(figures)) return false
    return [...charged].every(([key, bill]) => {
      const figures = invoices.get(key)?.figures
      if (figures === undefined) return false
      const total = source.totalOf({ ...bill, payable: 0n })
      const payable = toMinorUnits(total, source.decimals, source.policies['rounding.monthTotal'])
      return (
        (figures.charges ?? bill.charges) === bill.charges &&
        (figures.payable ?? payable) === payable &&
        (figures.tax ?? total - bill.charges) === total - bill.charges
      )
    })
  })
  const [first] = found
  if (first === undefined || found.length > MOST_NAMED) return undefined
  return because(first.cause, first.rule, found.map(({ text }) => text).join(', or '))
}
