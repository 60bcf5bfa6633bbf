/** Another rate of tax from a day on, or up to one, in the middle of a month: the use of each bill since then comes out by it (M-07). */
import { formatInstant } from '#base/civil-time.ts'
import { DAY } from '#base/time.ts'
import { agrees } from './account-factor.ts'
import { rateOfPart, type TaxedBill } from './bill-tax.ts'
import { billKey, type InvoiceBill } from './invoices.ts'
import type { RatedSource } from './rated-line.ts'
import { because, type Reason, uncertain } from './reason.ts'

/** Sums of a bill and day that are held at most, and bills times days that are tried. */
const MOST_HELD = 20_000
/** Days that come to the same, of which all are named. */
const MOST_DAYS = 3
const FEWEST_BILLS = 2

/** A bill with its use by the beginnings of days. */
interface Daily extends TaxedBill {
  readonly days: Map<number, bigint>
}

export async function taxFromDay(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
): Promise<Reason | undefined> {
  const bills = await dailyBills(source, invoices)
  const differing = bills?.filter(({ bill, invoice }) => !agrees(source, bill, invoice)) ?? []
  if (bills === undefined || differing.length < FEWEST_BILLS) return undefined
  const offset = source.policies['time.utcOffset']
  const days = [...new Set(bills.flatMap((bill) => [...bill.days.keys()]))].sort((a, b) => a - b)
  const found: Reason[] = []
  for (const cut of days.slice(1))
    for (const isSince of [true, false]) {
      let isSplit = false
      const parts = bills.map((daily): TaxedBill => {
        const [part, rest] = splitAt(daily.days, cut, isSince)
        isSplit ||= part !== 0n && rest !== 0n
        const use = new Map([
          ['part', part],
          ['rest', rest],
        ])
        return { ...daily, use }
      })
      // Bills without any of it are ours.
      const isPossible = differing.every(({ days: own }) => splitAt(own, cut, isSince)[0] !== 0n)
      const rates = isSplit && isPossible ? rateOfPart(source, parts, (use) => use === 'part') : undefined
      if (rates === undefined) continue
      const at = formatInstant(cut, offset)
      const text = `tax.percent ${rates[0]} instead of ${source.policies['tax.percent']} ${isSince ? `from ${at} on` : `up to ${at}`}`
      found.push(because('tax rate', 'M-07', text, { rates }))
    }
  if (found.length < 2) return found[0]
  const isOne = found.every(({ rates }) => rates?.join() === found[0].rates?.join()) && found.length <= MOST_DAYS
  return isOne ? { ...found[0], text: found.map(({ text }) => text).join(', or ') } : uncertain(found.slice(0, 2))
}

function splitAt(days: ReadonlyMap<number, bigint>, cut: number, isSince: boolean): [part: bigint, rest: bigint] {
  const sums: [bigint, bigint] = [0n, 0n]
  for (const [day, amount] of days) sums[day >= cut === isSince ? 0 : 1] += amount
  return sums
}

/** Undefined where charges differ, or a bill has more than use that was handed over. */
async function dailyBills(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
): Promise<Daily[] | undefined> {
  const made = await source.bills()
  if (made.length !== invoices.size) return undefined
  const bills = new Map<string, Daily>()
  for (const bill of made) {
    const key = billKey(bill.account, bill.month)
    const invoice = invoices.get(key)
    if (invoice === undefined || (invoice.figures.charges ?? bill.charges) !== bill.charges) return undefined
    if (invoice.figures.payable === undefined && invoice.figures.tax === undefined) return undefined
    bills.set(key, { bill, invoice, use: new Map(), orders: [], days: new Map() })
  }
  const offset = source.policies['time.utcOffset']
  let held = 0
  let isOther = false
  await source.each((line) => {
    if (line.isOrder || held > MOST_HELD) isOther = true
    const own = isOther ? undefined : bills.get(billKey(line.account, line.month))
    if (own === undefined) return
    const day = Math.floor((line.hour + offset) / DAY) * DAY - offset
    const sum = own.days.get(day)
    if (sum === undefined) held++
    own.days.set(day, (sum ?? 0n) + line.amount)
  })
  const days = new Set([...bills.values()].flatMap(({ days: own }) => [...own.keys()]))
  if (isOther || bills.size * days.size > MOST_HELD) return undefined
  const isWhole = ({ bill, days: own }: Daily): boolean =>
    [...own.values()].reduce((sum, amount) => sum + amount, 0n) === (bill.taxable ?? bill.charges)
  return [...bills.values()].every(isWhole) ? [...bills.values()] : undefined
}
