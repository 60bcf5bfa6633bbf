/** Bills by groups of their charges: the sum of each day, resource or product is rounded, or one of them is missing or there twice. */
import { formatInstant, formatMonth } from '#base/civil-time.ts'
import { limitsOfGroups } from './group-limits.ts'
import { billKey, type InvoiceBill } from './invoices.ts'
import { type LineRounding, roundingsOf, roundLine } from './line-roundings.ts'
import { givesMoved } from './moved-use.ts'
import type { RatedLine, RatedSource, SourceBill } from './rated-line.ts'
import { because, type Reason } from './reason.ts'
import { listed } from './whole-groups.ts'

const DAY = 86_400_000
/** Sums that are held at most. */
const MOST_HELD = 200_000
/** Parts that come to the same and are all named. */
const MOST_NAMED = 4

const rules = roundingsOf(['half-up', 'truncate', 'up']).filter(({ decimals }) => decimals <= 4)

/** Sums that may have a limit: that of a bill is looked for by itself. */
const limited: ReadonlySet<string> = new Set(['day', 'resource and day', 'resource'])

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
  const gives = (moved: (key: string) => bigint): boolean => givesMoved(source, bills, invoices, moved)
  const found: Reason[] = []
  for (const [index, { name, text, isTwiceOnly = false }] of groups.entries()) {
    const own = sums[index]
    const moved = (rule: LineRounding) => (key: string) =>
      [...(own.get(key)?.values() ?? [])].reduce((use, sum) => use + roundLine(sum, rule) - sum, 0n)
    const rule = isTwiceOnly ? undefined : rules.find((each) => gives(moved(each)))
    if (rule !== undefined) {
      // Few sums may come to the same in two ways.
      const { decimals, mode } = rule
      const others = rules.filter((each) => each.decimals === decimals && each.mode !== mode && gives(moved(each)))
      const modes = [rule, ...others].map((each) => each.mode).join(' or ')
      found.push(because('rounding', 'M-02', `the sum of each ${name} rounded to ${decimals} decimals, ${modes}`))
    }
    const limit = limited.has(name) ? limitsOfGroups({ source, bills, invoices, name, sums: own }) : undefined
    if (limit !== undefined) found.push(limit)
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

/** More bills that are missing one by one are not named. */
const MOST_MISSING = 3

/** Bills that are missing where all others agree: those of accounts, those of months, or a few. */
export async function missingBills(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
  agrees: (bill: SourceBill, invoice: InvoiceBill) => boolean,
): Promise<Reason | undefined> {
  const missing: SourceBill[] = []
  const present: SourceBill[] = []
  for (const bill of await source.bills()) {
    const invoice = invoices.get(billKey(bill.account, bill.month))
    if (invoice === undefined) missing.push(bill)
    else if (!agrees(bill, invoice)) return undefined
    else present.push(bill)
  }
  if (missing.length === 0 || present.length < invoices.size || present.length === 0) return undefined
  /** Whether all that have what the missing ones have are missing. */
  const areWhole = <K>(of: (bill: SourceBill) => K): boolean => {
    const keys = new Set(missing.map(of))
    return !present.some((bill) => keys.has(of(bill)))
  }
  const named = (names: readonly string[]): string => listed([...new Set(names)])
  const said: string[] = []
  if (areWhole(({ account }) => account)) said.push(named(missing.map(({ account }) => account)))
  if (areWhole(({ month }) => month)) said.push(named(missing.map(({ month }) => formatMonth(month))))
  if (said.length === 0 && missing.length <= MOST_MISSING)
    said.push(named(missing.map(({ account, month }) => `${account} for ${formatMonth(month)}`)))
  return said.length === 0 ? undefined : because('missing resource', 'I-02', `no bill of ${said.join(', or of ')}`)
}
