/** One resource that is not on the bills of its account from an hour on, or up to one. */
import { formatInstant } from '#base/civil-time.ts'
import { billKey, type InvoiceBill } from './invoices.ts'
import { accountsThatDiffer, digitsOfGaps, givesMoved } from './moved-use.ts'
import type { RatedSource } from './rated-line.ts'
import { because, type Reason } from './reason.ts'

/** Hours of an account's resources that are held at most. */
const MOST_HELD = 100_000
/** Digits that bills have to say more than there are hours to try. */
const SPARE_DIGITS = 3
const MOST_NAMED = 3

interface Hour {
  readonly hour: number
  readonly bill: string
  sum: bigint
}

export async function endedResourceOfBills(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
): Promise<Reason | undefined> {
  const own = await source.bills()
  const [account, ...others] = accountsThatDiffer(source, own, invoices)
  if (account === undefined || others.length > 0) return undefined
  const resources = new Map<string, Map<string, Hour>>()
  let held = 0
  const bills = await source.each((line) => {
    if (line.account !== account || line.isOrder || held > MOST_HELD) return
    let hours = resources.get(line.resource)
    if (hours === undefined) resources.set(line.resource, (hours = new Map()))
    const bill = billKey(line.account, line.month)
    const known = hours.get(`${line.hour} ${bill}`)
    if (known !== undefined) known.sum += line.amount
    else {
      held++
      hours.set(`${line.hour} ${bill}`, { hour: line.hour, bill, sum: line.amount })
    }
  })
  if (held > MOST_HELD || digitsOfGaps(source, bills, invoices) < SPARE_DIGITS + Math.log10(1 + held)) return undefined
  const ofAccount = bills.filter((bill) => bill.account === account)
  const theirs = new Map([...invoices].filter(([, invoice]) => invoice.account === account))
  const found: string[] = []
  for (const [resource, hours] of resources) {
    const sorted = [...hours.values()].filter(({ sum }) => sum !== 0n).sort((a, b) => a.hour - b.hour)
    for (const isEnd of [true, false]) {
      const missing = new Map<string, bigint>()
      const cuts = isEnd ? sorted.toReversed() : sorted
      // All hours are the whole resource.
      for (const { hour, bill, sum } of cuts.slice(0, -1)) {
        missing.set(bill, (missing.get(bill) ?? 0n) - sum)
        if (!givesMoved(source, ofAccount, theirs, (key) => missing.get(key) ?? 0n)) continue
        const at = formatInstant(hour, source.policies['time.utcOffset'])
        found.push(isEnd ? `${resource} from ${at} on` : `${resource} up to ${at}`)
      }
    }
  }
  if (found.length === 0 || found.length > MOST_NAMED) return undefined
  return because('missing resource', 'Q-02', `no charge of ${found.join(', or of ')}`)
}
