/**
 * `reconcile --infer`: the one cause of everything that differs, beyond switches, rates and factors. A cause is a program: what
 * it makes of all our charges. It is named only if that is the whole file, to the last digit, and no other cause gives the same.
 */
import { divideRounded } from '#base/decimal.ts'
import { toMinorUnits } from '#sim/billing/minor-units.ts'
import { accountFactorOfBills, accountFactorOfLines } from './account-factor.ts'
import { billKey, type Figure, type InvoiceBill, type InvoiceLines, type Invoices } from './invoices.ts'
import type { RatedSource, SourceBill } from './rated-line.ts'
import { because, type Reason, uncertain } from './reason.ts'
import { rowFinder } from './row-finder.ts'
import { switchOfBills, switchOfLines } from './variants.ts'

/** Numbers that differ by two neighbouring digits only. */
export function areTransposed(a: bigint, b: bigint): boolean {
  const [x, y] = [a, b].map((each) => String(each < 0n ? -each : each).padStart(1, '0'))
  const width = Math.max(x.length, y.length)
  const [left, right] = [x.padStart(width, '0'), y.padStart(width, '0')]
  const places = Array.from(left, (digit, index) => (digit === right[index] ? -1 : index)).filter((index) => index >= 0)
  const [first, second] = places
  return (
    places.length === 2 &&
    second === first + 1 &&
    left[first] === right[second] &&
    left[second] === right[first] &&
    a < 0n === b < 0n
  )
}

/** The only cause that fits, of what several things it may be; where several causes fit, none is certain. */
const certain = (reasons: readonly Reason[]): Reason | undefined => {
  const found = [...new Map(reasons.map((reason) => [reason.text, reason])).values()]
  const [first] = found
  if (found.length < 2) return first
  const others = found.filter(({ cause }) => cause !== first.cause)
  if (others.length > 0) return uncertain([first, others[0]])
  return because(first.cause, first.rule, `${first.text}, or ${found.length - 1} others that come to the same`)
}

/** Names the one cause of what differs; undefined where none is certain. */
export async function inferred(source: RatedSource, invoices: Invoices): Promise<Reason | undefined> {
  const thorough: RatedSource = { ...source, variants: () => [...source.variants(), ...source.candidates()] }
  if (invoices.level === 'lines') {
    // A rule that gives the whole file explains more than charges that happen to be missing.
    const rule = await switchOfLines(thorough, invoices.lines, false)
    const found = rule ?? (await structureOfLines(source, invoices.lines))
    return found ?? (await accountFactorOfLines(source, invoices.lines))
  }
  const structural = (await swappedAccounts(source, invoices.bills)) ?? (await structureOfBills(source, invoices.bills))
  const found = structural ?? (await switchOfBills(thorough, invoices.bills))
  return found ?? (await accountFactorOfBills(source, invoices.bills))
}

/** How many lines are held to be looked at one by one. */
const MOST_HELD = 200_000

/** Roundings of each line, as bits. */
const roundings = Array.from({ length: 6 }, (_, index) => index + 2).flatMap((decimals) =>
  (['half-up', 'truncate'] as const).map((rounding) => ({ decimals, rounding, unit: 10n ** BigInt(8 - decimals) })),
)

interface Held {
  readonly resource: string
  readonly product: string
  readonly hour: number
  readonly ours: bigint
  readonly theirs: bigint
  readonly count: number
}

async function structureOfLines(source: RatedSource, lines: InvoiceLines): Promise<Reason | undefined> {
  const { table } = lines
  const find = rowFinder(lines)
  const seen = new Uint8Array(table.rows)
  const differing: Held[] = []
  const missing: Held[] = []
  let isTooMuch = false
  const isRounded = roundings.map(() => true)
  /** How many charges each resource and each hour has. */
  const ofResource = new Map<string, number>()
  const ofHour = new Map<number, number>()
  await source.each((line) => {
    const { row } = find(line)
    ofResource.set(line.resource, (ofResource.get(line.resource) ?? 0) + 1)
    ofHour.set(line.hour, (ofHour.get(line.hour) ?? 0) + 1)
    const theirs = row < 0 ? 0n : table.amount.at(row)
    if (row >= 0) seen[row] = 1
    if (row < 0) isRounded.fill(false)
    else
      for (const [index, { unit, rounding }] of roundings.entries())
        isRounded[index] &&= divideRounded(line.amount, unit, rounding) * unit === theirs
    if (row >= 0 && theirs === line.amount) return
    const held = { resource: line.resource, product: line.product, hour: line.hour, ours: line.amount, theirs }
    if (differing.length + missing.length >= MOST_HELD) isTooMuch = true
    else if (row < 0) missing.push({ ...held, count: 0 })
    else differing.push({ ...held, count: table.count[row] })
  }, lines.detail)
  const unknown: number[] = []
  for (let row = 0; row < table.rows; row++) if (seen[row] === 0 && table.amount.at(row) !== 0n) unknown.push(row)
  if (unknown.length === 0 && missing.length === 0) {
    const found = roundings.filter((_, index) => isRounded[index])
    if (found.length > 0)
      return certain(
        found
          .slice(0, 1)
          .map(({ decimals, rounding }) =>
            because('rounding', 'M-02', `each line rounded to ${decimals} decimals, ${rounding}`),
          ),
      )
  }
  if (isTooMuch) return undefined
  if (unknown.length === 0 && differing.length === 0 && missing.length > 0)
    return allMissing(missing, ofResource, ofHour)
  if (unknown.length === 0 && missing.length === 0 && differing.length > 0) {
    if (differing.every(({ ours, theirs, count }) => count === 2 && theirs === 2n * ours))
      return allDoubled(differing, ofResource, ofHour)
    const [only] = differing
    if (differing.length === 1 && areTransposed(only.ours, only.theirs))
      return because('transposed digits', '', `two digits of one amount: ${only.resource}, ${only.product}`)
  }
  if (differing.length === 0 && missing.length > 0 && missing.length === unknown.length)
    return swappedNames(lines, missing, unknown)
  return undefined
}

/** Whole groups of charges: each of the named resources, or of the hours, with all of its charges. */
function groupsOf(
  held: readonly Held[],
  ofResource: ReadonlyMap<string, number>,
  ofHour: ReadonlyMap<number, number>,
): { resources?: readonly string[]; hours?: number } {
  const resources = new Map<string, number>()
  const hours = new Map<number, number>()
  for (const { resource, hour } of held) {
    resources.set(resource, (resources.get(resource) ?? 0) + 1)
    hours.set(hour, (hours.get(hour) ?? 0) + 1)
  }
  const areAll = <K>(found: ReadonlyMap<K, number>, all: ReadonlyMap<K, number>): boolean =>
    [...found].every(([name, count]) => all.get(name) === count)
  return {
    ...(areAll(resources, ofResource) ? { resources: [...resources.keys()] } : {}),
    ...(areAll(hours, ofHour) ? { hours: hours.size } : {}),
  }
}

const listed = (names: readonly string[]): string =>
  names.slice(0, 5).join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '')

function allMissing(
  held: readonly Held[],
  ofResource: ReadonlyMap<string, number>,
  ofHour: ReadonlyMap<number, number>,
): Reason | undefined {
  const { resources, hours } = groupsOf(held, ofResource, ofHour)
  if (resources !== undefined) return because('missing resource', 'Q-02', `no charge of ${listed(resources)}`)
  if (hours !== undefined) return because('missing hour', 'Q-02', `no charge of any resource in ${hours} hours`)
  return undefined
}

function allDoubled(
  held: readonly Held[],
  ofResource: ReadonlyMap<string, number>,
  ofHour: ReadonlyMap<number, number>,
): Reason {
  const { resources, hours } = groupsOf(held, ofResource, ofHour)
  if (hours !== undefined) return because('double charge', 'U-09', `every charge of ${hours} hours twice`)
  if (resources !== undefined) return because('double charge', 'U-09', `every charge of ${listed(resources)} twice`)
  return because('double charge', 'U-09', `${held.length} charges twice`)
}

/** What is missing under one product is there under another, and the other way round, with the same amounts. */
function swappedNames(lines: InvoiceLines, missing: readonly Held[], unknown: readonly number[]): Reason | undefined {
  const { table } = lines
  const nameOf = (row: number): string => {
    const name = lines.products.text(table.product[row])
    return lines.hasKinds ? name.slice(name.indexOf(' ') + 1) : name
  }
  const theirs = new Map<string, { row: number; product: string }[]>()
  for (const row of unknown) {
    const key = `${table.hour[row]} ${lines.resources.text(table.resource[row])} ${table.amount.at(row)}`
    const list = theirs.get(key) ?? []
    list.push({ row, product: nameOf(row) })
    theirs.set(key, list)
  }
  const pairs = new Map<string, string>()
  for (const { hour, resource, ours, product } of missing) {
    const found = theirs.get(`${hour} ${resource} ${ours}`)
    const other = found?.length === 1 ? found[0].product : undefined
    if (other === undefined || (pairs.get(product) ?? other) !== other) return undefined
    pairs.set(product, other)
  }
  const [first] = pairs
  if (first === undefined) return undefined
  const [a, b] = first
  const isSwap = pairs.size === 1 || (pairs.size === 2 && pairs.get(b) === a)
  return isSwap
    ? because('swapped products', 'U-07', `${a} is called ${b}${pairs.size === 2 ? ', and the other way round' : ''}`)
    : undefined
}

/** A figure of a bill that differs. */
interface Open {
  readonly bill: SourceBill
  readonly figure: Figure
  readonly ours: bigint
  readonly theirs: bigint
}

/** What parts of a bill come to, by what they are parts of. */
type Parts = Map<string, Map<string, bigint>>

async function structureOfBills(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
): Promise<Reason | undefined> {
  const bills = await source.bills()
  const keys = new Set(bills.map(({ account, month }) => billKey(account, month)))
  if ([...invoices.keys()].some((key) => !keys.has(key))) return undefined
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
function figureOf(source: RatedSource, bill: SourceBill, figure: Figure, use: bigint): bigint {
  if (figure === 'charges') return bill.charges + use
  if (figure === 'payable' && use === 0n) return bill.payable
  const total = source.totalOf(bill, { use, orders: 0n })
  if (figure === 'tax') return total - bill.charges - use
  return toMinorUnits(total, source.decimals, source.policies['rounding.monthTotal'])
}

/** The bills of two accounts are each other's, in all months, and all other bills agree. */
async function swappedAccounts(
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
  if (wrong.size !== 2) return undefined
  const [a, b] = wrong
  for (const month of months) if (!isOf(a, b, month) || !isOf(b, a, month)) return undefined
  return because('swapped accounts', 'I-02', `the bills of ${a} and ${b} are swapped`)
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
    const sums = rounded.get(key) ?? roundings.map(() => 0n)
    for (const [index, { unit, rounding }] of roundings.entries())
      sums[index] += divideRounded(line.amount, unit, rounding) * unit - line.amount
    rounded.set(key, sums)
  })
  if (held > MOST_HELD) return undefined
  const isTheirs = (bill: SourceBill, use: bigint): boolean =>
    (Object.entries(invoices.get(billKey(bill.account, bill.month))?.figures ?? {}) as [Figure, bigint][]).every(
      ([figure, theirs]) => figureOf(source, bill, figure, use) === theirs,
    )
  const found: Reason[] = []
  for (const [index, { decimals, rounding }] of roundings.entries())
    if (bills.every((bill) => isTheirs(bill, rounded.get(billKey(bill.account, bill.month))?.[index] ?? 0n))) {
      found.push(because('rounding', 'M-02', `each line rounded to ${decimals} decimals, ${rounding}`))
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
