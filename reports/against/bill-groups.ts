/** Bills by groups of their charges: the sum of each day, resource or product is rounded, or one of them is missing or there twice. */
import { formatInstant } from '#base/civil-time.ts'
import { toMinorUnits } from '#sim/billing/minor-units.ts'
import { billKey, type InvoiceBill } from './invoices.ts'
import { type LineRounding, roundingsOf, roundLine } from './line-roundings.ts'
import type { RatedLine, RatedSource, SourceBill } from './rated-line.ts'
import { because, type Reason } from './reason.ts'
import { listed } from './whole-groups.ts'

const DAY = 86_400_000
/** Sums that are held at most. */
const MOST_HELD = 200_000
/** Parts that come to the same and are all named. */
const MOST_NAMED = 4

const rules = roundingsOf(['half-up', 'truncate', 'up']).filter(({ decimals }) => decimals <= 4)

type KeyOf = (line: RatedLine) => string

/** What is added up. Of some, all charges may be missing or there twice. */
interface Group {
  readonly name: string
  readonly keyOf: KeyOf
  readonly text?: (key: string) => string
  readonly isTwiceOnly?: boolean
}

const groupsOf = (utcOffset: number): readonly Group[] => {
  const dayOf = ({ hour }: RatedLine): number => Math.floor((hour + utcOffset) / DAY)
  return [
    { name: 'bill', keyOf: () => '' },
    { name: 'day', keyOf: (line) => String(dayOf(line)), text: (key) => dayText(Number(key) * DAY) },
    { name: 'resource and day', keyOf: (line) => `${line.resource} ${dayOf(line)}` },
    { name: 'resource', keyOf: ({ resource }) => resource },
    { name: 'resource and product', keyOf: ({ resource, kind, product }) => `${resource} ${kind} ${product}` },
    {
      name: 'product',
      keyOf: ({ kind, product }) => `${kind} ${product}`,
      text: (key) => key.slice(key.indexOf(' ') + 1),
    },
    // One that is missing has no bill.
    { name: 'account', keyOf: ({ account }) => account, text: (key) => key, isTwiceOnly: true },
    { name: 'kind', keyOf: ({ kind }) => kind, text: (key) => `any ${key}` },
  ]
}

const dayText = (instant: number): string => formatInstant(instant, 0).slice(0, 10)

/** Roundings of sums, and days, products and kinds that are missing or twice: each gives all of the bills. */
export async function groupsOfBills(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
): Promise<readonly Reason[]> {
  const groups = groupsOf(source.policies['time.utcOffset'])
  const sums = groups.map(() => new Map<string, Map<string, bigint>>())
  let held = 0
  const bills = await source.each((line) => {
    if (line.isOrder || held > MOST_HELD) return
    const bill = billKey(line.account, line.month)
    for (const [index, { keyOf }] of groups.entries()) {
      let own = sums[index].get(bill)
      if (own === undefined) sums[index].set(bill, (own = new Map()))
      const key = keyOf(line)
      const sum = own.get(key)
      if (sum === undefined) held++
      own.set(key, (sum ?? 0n) + line.amount)
    }
  })
  if (held > MOST_HELD) return []
  const known = new Set(bills.map(({ account, month }) => billKey(account, month)))
  if ([...invoices.keys()].some((key) => !known.has(key))) return []
  /** Whether all bills are theirs with so much more use; one that is not there is nothing. */
  const gives = (moved: (key: string) => bigint): boolean =>
    bills.every((bill) => {
      const key = billKey(bill.account, bill.month)
      const use = moved(key)
      const ours = bill.charges + use
      const figures = invoices.get(key)?.figures
      if (figures === undefined) return ours === 0n
      const { charges, tax, payable } = figures
      const total = source.totalOf(bill, { use, orders: 0n })
      return (
        (charges ?? ours) === ours &&
        (tax ?? total - ours) === total - ours &&
        (payable === undefined ||
          payable === toMinorUnits(total, source.decimals, source.policies['rounding.monthTotal']))
      )
    })
  const found: Reason[] = []
  for (const [index, { name, text, isTwiceOnly = false }] of groups.entries()) {
    const own = sums[index]
    const moved = (rule: LineRounding) => (key: string) =>
      [...(own.get(key)?.values() ?? [])].reduce((use, sum) => use + roundLine(sum, rule) - sum, 0n)
    const rule = isTwiceOnly ? undefined : rules.find((each) => gives(moved(each)))
    if (rule !== undefined)
      found.push(
        because('rounding', 'M-02', `the sum of each ${name} rounded to ${rule.decimals} decimals, ${rule.mode}`),
      )
    if (text === undefined) continue
    const [missing, twice]: [string[], string[]] = [[], []]
    for (const part of new Set([...own.values()].flatMap((keys) => [...keys.keys()]))) {
      const sumOf = (key: string): bigint => own.get(key)?.get(part) ?? 0n
      if (!isTwiceOnly && gives((key) => -sumOf(key))) missing.push(text(part))
      else if (gives(sumOf)) twice.push(text(part))
    }
    // Days on which the same servers ran come to the same: that one of them is missing is certain, and which is not.
    const named = (parts: readonly string[]): string =>
      parts.length <= MOST_NAMED
        ? parts.join(' or ')
        : `${parts.slice(0, MOST_NAMED).join(' or ')} or another ${name} that comes to the same`
    if (missing.length > 0) found.push(because('missing resource', 'Q-02', `no charge of ${named(missing)}`))
    if (twice.length > 0) found.push(because('double charge', 'U-09', `every charge of ${named(twice)} twice`))
  }
  return found
}

/** Accounts without any bill, where all others agree. */
export async function missingAccounts(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
  agrees: (bill: SourceBill, invoice: InvoiceBill) => boolean,
): Promise<Reason | undefined> {
  const missing = new Set<string>()
  const present = new Set([...invoices.values()].map(({ account }) => account))
  let count = 0
  for (const bill of await source.bills()) {
    const invoice = invoices.get(billKey(bill.account, bill.month))
    if (invoice === undefined) missing.add(bill.account)
    else if (!agrees(bill, invoice)) return undefined
    else count++
  }
  if (missing.size === 0 || count < invoices.size || [...missing].some((account) => present.has(account)))
    return undefined
  return because('missing resource', 'I-02', `no bill of ${listed([...missing])}`)
}
