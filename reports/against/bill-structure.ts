/** The one cause of bills that differ in what is on them: of another account, without a resource, with one twice, of rounded lines. */
import { toMinorUnits } from '#sim/billing/minor-units.ts'
import { billKey, type Figure, type InvoiceBill } from './invoices.ts'
import { allRoundings, roundingReason, roundLine } from './line-roundings.ts'
import type { RatedSource, SourceBill } from './rated-line.ts'
import { because, certain, type Reason } from './reason.ts'
import { areTransposed } from './transposed.ts'
import { isNothing } from './variants.ts'
import { listed } from './whole-groups.ts'

/** How many parts of bills are held to be looked at one by one. */
const MOST_HELD = 200_000

/** A figure of a bill that differs. */
interface Open {
  readonly bill: SourceBill
  readonly figure: Figure
  readonly ours: bigint
  readonly theirs: bigint
}

/** What parts of a bill come to, by what they are parts of. */
type Parts = Map<string, Map<string, bigint>>

export async function structureOfBills(
  source: RatedSource,
  given: ReadonlyMap<string, InvoiceBill>,
): Promise<Reason | undefined> {
  const bills = await source.bills()
  const keys = new Set(bills.map(({ account, month }) => billKey(account, month)))
  const [some] = given.values()
  if (some === undefined || [...given.keys()].some((key) => !keys.has(key))) return undefined
  // A bill of which everything is missing is not there: it is nothing.
  const nothing = Object.fromEntries(Object.keys(some.figures).map((figure) => [figure, 0n]))
  const invoices = new Map(
    bills.map((bill): [string, InvoiceBill] => {
      const key = billKey(bill.account, bill.month)
      return [key, given.get(key) ?? { ...some, account: bill.account, month: bill.month, figures: nothing }]
    }),
  )
  const open = new Map<string, Open[]>()
  for (const bill of bills) {
    const invoice = invoices.get(billKey(bill.account, bill.month))
    if (invoice === undefined) return undefined
    const wrong = (Object.entries(invoice.figures) as [Figure, bigint][])
      .map(([figure, theirs]) => ({ bill, figure, ours: figureOf(source, bill, figure, 0n), theirs }))
      .filter(({ ours, theirs }) => ours !== theirs)
    if (wrong.length > 0) open.set(billKey(bill.account, bill.month), wrong)
  }
  if (open.size === 0) return undefined
  return (await partsOfBills(source, bills, invoices, open)) ?? transposedBill(open)
}

/** A figure of a bill whose use is another by so much. */
export function figureOf(source: RatedSource, bill: SourceBill, figure: Figure, use: bigint): bigint {
  if (figure === 'charges') return bill.charges + use
  if (figure === 'payable' && use === 0n) return bill.payable
  const total = source.totalOf(bill, { use, orders: 0n })
  if (figure === 'tax') return total - bill.charges - use
  return toMinorUnits(total, source.decimals, source.policies['rounding.monthTotal'])
}

/** Of more accounts bills are no longer swapped. */
const MOST_SWAPPED = 8

/** The bills of some accounts are each other's, in all months, and all other bills agree. */
export async function swappedAccounts(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
): Promise<Reason | undefined> {
  const bills = new Map((await source.bills()).map((bill) => [billKey(bill.account, bill.month), bill]))
  /** Whether their bill of one account is ours of another; where neither is there, it is. */
  const isOf = (theirs: string, ours: string, month: number): boolean => {
    const bill = bills.get(billKey(ours, month))
    const invoice = invoices.get(billKey(theirs, month))
    if (bill === undefined || invoice === undefined) return bill === undefined && invoice === undefined
    const figures = Object.entries(invoice.figures) as [Figure, bigint][]
    return figures.every(([figure, amount]) => figureOf(source, bill, figure, 0n) === amount)
  }
  const all = [...bills.values(), ...invoices.values()]
  const months = new Set(all.map(({ month }) => month))
  const wrong = new Set(
    all.filter(({ account, month }) => !isOf(account, account, month)).map(({ account }) => account),
  )
  const known = new Set([...bills.values()].map(({ account }) => account))
  const named = new Set([...invoices.values()].map(({ account }) => account))
  const [places, ours] = [[...wrong].filter((name) => named.has(name)), [...wrong].filter((name) => known.has(name))]
  if (wrong.size < 2 || places.length > MOST_SWAPPED || places.length !== ours.length) return undefined
  /** Whose bills of ours theirs of an account are. */
  const owners = new Map<string, string>()
  for (const theirs of places) {
    const found = ours.filter((own) => own !== theirs && [...months].every((month) => isOf(theirs, own, month)))
    if (found.length !== 1) return undefined
    owners.set(theirs, found[0])
  }
  if (new Set(owners.values()).size < ours.length) return undefined
  if (places.every((name) => !known.has(name))) {
    const names = places.map((name) => `${owners.get(name)} is called ${name}`)
    return because('swapped accounts', 'I-02', names.join(', '))
  }
  const [a, b] = places
  if (places.length > 2 || wrong.size > 2)
    return because(
      'swapped accounts',
      'I-02',
      `the bills of ${places.map((name) => `${name} are those of ${owners.get(name)}`).join(', of ')}`,
    )
  return because('swapped accounts', 'I-02', `the bills of ${a} and ${b} are swapped`)
}

const FEWEST_BILLS = 2

/** Every bill under the month before or after its own, as bills are that are named by the day on which they are sent. */
export async function movedMonths(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
): Promise<Reason | undefined> {
  const bills = (await source.bills()).filter(({ charges }) => charges !== 0n)
  const theirs = [...invoices.values()].filter(({ figures }) => !isNothing(figures))
  if (bills.length < FEWEST_BILLS || bills.length !== theirs.length) return undefined
  const areMoved = (months: number): boolean =>
    bills.every((bill) => {
      const invoice = invoices.get(billKey(bill.account, bill.month + months))
      const figures = Object.entries(invoice?.figures ?? {}) as [Figure, bigint][]
      return figures.length > 0 && figures.every(([figure, amount]) => figureOf(source, bill, figure, 0n) === amount)
    })
  const months = [1, -1].find(areMoved)
  if (months === undefined) return undefined
  return because('time zone', 'T-02', `every bill under the month ${months > 0 ? 'after' : 'before'} its own`)
}

function transposedBill(open: ReadonlyMap<string, readonly Open[]>): Reason | undefined {
  const all = [...open.values()].flat()
  const [only] = all
  if (all.length !== 1 || !areTransposed(only.ours, only.theirs)) return undefined
  return because('transposed digits', '', `two digits of the ${only.figure} of ${only.bill.account}`)
}

/** Resources that are left out or charged twice, hours that are charged twice, lines that are rounded. */
async function partsOfBills(
  source: RatedSource,
  bills: readonly SourceBill[],
  invoices: ReadonlyMap<string, InvoiceBill>,
  open: ReadonlyMap<string, readonly Open[]>,
): Promise<Reason | undefined> {
  const resources: Parts = new Map()
  const hours: Parts = new Map()
  const rounded = new Map<string, bigint[]>()
  let held = 0
  const add = (parts: Parts, bill: string, part: string, amount: bigint): void => {
    const found = parts.get(bill) ?? new Map<string, bigint>()
    if (!found.has(part)) held++
    found.set(part, (found.get(part) ?? 0n) + amount)
    parts.set(bill, found)
  }
  await source.each((line) => {
    if (line.isOrder || held > MOST_HELD) return
    const key = billKey(line.account, line.month)
    add(resources, key, line.resource, line.amount)
    add(hours, key, String(line.hour), line.amount)
    const sums = rounded.get(key) ?? allRoundings.map(() => 0n)
    for (const [index, rule] of allRoundings.entries()) sums[index] += roundLine(line.amount, rule) - line.amount
    rounded.set(key, sums)
  })
  if (held > MOST_HELD) return undefined
  const isTheirs = (bill: SourceBill, use: bigint): boolean =>
    (Object.entries(invoices.get(billKey(bill.account, bill.month))?.figures ?? {}) as [Figure, bigint][]).every(
      ([figure, theirs]) => figureOf(source, bill, figure, use) === theirs,
    )
  const found: Reason[] = []
  for (const [index, rule] of allRoundings.entries())
    if (bills.every((bill) => isTheirs(bill, rounded.get(billKey(bill.account, bill.month))?.[index] ?? 0n))) {
      found.push(roundingReason(rule))
      break
    }
  for (const [sign, cause, words] of [
    [-1n, 'missing resource', 'no charge of'],
    [1n, 'double charge', 'every charge twice of'],
  ] as const) {
    const named = wholeResources(bills, open, resources, (bill, use) => isTheirs(bill, use * sign))
    if (named !== undefined) found.push(because(cause, sign < 0n ? 'Q-02' : 'U-09', `${words} ${listed(named)}`))
  }
  const all = new Set([...open.keys()].flatMap((key) => [...(hours.get(key)?.keys() ?? [])]))
  for (const sign of [1n, -1n])
    for (const hour of all) {
      const isOf = (bill: SourceBill): boolean =>
        isTheirs(bill, (hours.get(billKey(bill.account, bill.month))?.get(hour) ?? 0n) * sign)
      if (!bills.every(isOf)) continue
      const text = `every charge of the hour from ${new Date(Number(hour)).toISOString()}`
      found.push(
        sign > 0n
          ? because('double charge', 'U-09', `${text} twice`)
          : because('missing hour', 'Q-02', `no ${text.slice(6)}`),
      )
    }
  return certain(found)
}

/** One resource for each account in dispute, which explains all of its bills; undefined where there is none, or another. */
function wholeResources(
  bills: readonly SourceBill[],
  open: ReadonlyMap<string, readonly Open[]>,
  resources: Parts,
  isTheirs: (bill: SourceBill, use: bigint) => boolean,
): string[] | undefined {
  const accounts = new Set([...open.values()].flat().map(({ bill }) => bill.account))
  const named: string[] = []
  for (const account of accounts) {
    const own = bills.filter((bill) => bill.account === account)
    const names = new Set(own.flatMap((bill) => [...(resources.get(billKey(account, bill.month))?.keys() ?? [])]))
    const fits = [...names].filter((name) =>
      own.every((bill) => isTheirs(bill, resources.get(billKey(account, bill.month))?.get(name) ?? 0n)),
    )
    if (fits.length !== 1) return undefined
    named.push(fits[0])
  }
  return named
}
