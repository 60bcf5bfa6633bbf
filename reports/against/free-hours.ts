/** Hours that are free: the first so many of each server, of each server in a month, or of each account in a month. */
import { toMinorUnits } from '#sim/billing/minor-units.ts'
import { changedSource } from './changed-source.ts'
import { billKey, type InvoiceBill, type InvoiceLines } from './invoices.ts'
import type { RatedLine, RatedSource } from './rated-line.ts'
import { because, type Reason, uncertain } from './reason.ts'
import { rowFinder } from './row-finder.ts'
import { givesLines } from './variants.ts'

/** What has free hours of its own. */
interface Allowance {
  readonly text: string
  readonly keyOf: (line: RatedLine) => string
  readonly isOf: (line: RatedLine) => boolean
}

const isAny = (): boolean => true
const isServer = ({ kind }: RatedLine): boolean => kind === 'ecs'

const allowances: readonly Allowance[] = [
  { text: 'each server and image', keyOf: ({ resource, kind }) => `${resource} ${kind}`, isOf: isAny },
  { text: 'each server', keyOf: ({ resource }) => resource, isOf: isServer },
  {
    text: 'each server and image in a month',
    keyOf: ({ resource, kind, month }) => `${resource} ${kind} ${month}`,
    isOf: isAny,
  },
  { text: 'each server in a month', keyOf: ({ resource, month }) => `${resource} ${month}`, isOf: isServer },
]

/** Hours of use that a month has at most: more are no allowance. */
const MOST_HOURS = 744
/** Sums that are held at most. */
const MOST_HELD = 200_000

const reasonOf = (hours: number, { text }: Allowance): Reason =>
  because('discount', 'U-01', `the first ${hours === 1 ? 'hour' : `${hours} hours`} of ${text} free`)

/** How many charges of the same thing came before each charge. */
function counter({ keyOf, isOf }: Allowance): (line: RatedLine) => number {
  const counts = new Map<string, number>()
  return (line) => {
    if (line.isOrder || !isOf(line)) return Number.POSITIVE_INFINITY
    const key = keyOf(line)
    const count = counts.get(key) ?? 0
    counts.set(key, count + 1)
    return count
  }
}

const withFree = (source: RatedSource, allowance: Allowance, hours: number): RatedSource =>
  changedSource(source, {
    amounts: () => {
      const place = counter(allowance)
      return (line) => (place(line) < hours ? 0n : line.amount)
    },
  })

/** By how many charges of each server are not there. */
export async function freeHoursOfLines(source: RatedSource, lines: InvoiceLines): Promise<Reason | undefined> {
  const find = rowFinder(lines)
  const places = allowances.map(counter)
  const latest = allowances.map(() => -1)
  const longest = allowances.map(() => -1)
  let isOther = false
  await source.each((line) => {
    if (isOther) return
    const at = places.map((place) => place(line))
    for (const [index, place] of at.entries())
      if (place !== Number.POSITIVE_INFINITY && place > longest[index]) longest[index] = place
    const { row } = find(line)
    const theirs = row < 0 ? 0n : lines.table.amount(row)
    if (theirs === line.amount) return
    if (theirs !== 0n) isOther = true
    for (const [index, place] of at.entries()) if (place > latest[index]) latest[index] = place
  }, lines.detail)
  if (isOther) return undefined
  const found: Reason[] = []
  for (const [index, allowance] of allowances.entries()) {
    const hours = latest[index] + 1
    // Where nothing is charged beyond them, it is missing.
    if (hours < 1 || hours > MOST_HOURS || longest[index] < hours) continue
    if (await givesLines(withFree(source, allowance, hours), lines)) found.push(reasonOf(hours, allowance))
  }
  return onlyOf(found)
}

/** By what the bills are lower: sums of the first, the second, the third … hour of each. */
export async function freeHoursOfBills(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
): Promise<Reason | undefined> {
  const places = allowances.map(counter)
  const sums = allowances.map(() => new Map<string, bigint[]>())
  const longest = allowances.map(() => 0)
  let held = 0
  const bills = await source.each((line) => {
    const key = billKey(line.account, line.month)
    for (const [index, place] of places.entries()) {
      const at = place(line)
      if (at !== Number.POSITIVE_INFINITY && at > longest[index]) longest[index] = at
      if (at >= MOST_HOURS || held > MOST_HELD) continue
      let own = sums[index].get(key)
      if (own === undefined) sums[index].set(key, (own = []))
      if (own[at] === undefined) held++
      own[at] = (own[at] ?? 0n) + line.amount
    }
  })
  if (held > MOST_HELD) return undefined
  const known = new Set(bills.map(({ account, month }) => billKey(account, month)))
  if ([...invoices.keys()].some((key) => !known.has(key))) return undefined
  const found: Reason[] = []
  for (const [index, allowance] of allowances.entries()) {
    const free = bills.map(() => 0n)
    for (let hours = 1; hours <= Math.min(MOST_HOURS, longest[index]); hours++) {
      let isAll = true
      for (const [place, bill] of bills.entries()) {
        const key = billKey(bill.account, bill.month)
        free[place] += sums[index].get(key)?.[hours - 1] ?? 0n
        if (!isAll) continue
        const use = -free[place]
        const figures = invoices.get(key)?.figures
        const charges = bill.charges + use
        if (figures === undefined) {
          isAll = charges === 0n
          continue
        }
        isAll = figures.charges === undefined || figures.charges === charges
        if (!isAll || (figures.payable === undefined && figures.tax === undefined)) continue
        const total = source.totalOf(bill, { use, orders: 0n })
        const payable = toMinorUnits(total, source.decimals, source.policies['rounding.monthTotal'])
        isAll = (figures.payable ?? payable) === payable && (figures.tax ?? total - charges) === total - charges
      }
      if (isAll) found.push(reasonOf(hours, allowance))
    }
  }
  return onlyOf(found)
}

/** Several allowances that come to the same number are named together. */
function onlyOf(found: readonly Reason[]): Reason | undefined {
  const [first, ...others] = found
  if (first === undefined || others.length === 0) return first
  if (others.length > 3) return uncertain(found.slice(0, 3))
  return { ...first, text: found.map(({ text }) => text).join(', or ') }
}
