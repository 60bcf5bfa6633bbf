/** The one cause of lines that differ in what is there of them: missing, twice, rounded, under other names, or two digits of one. */
import { formatInstant } from '#base/civil-time.ts'
import { formatAmount } from '#base/money.ts'
import { DAY } from '#base/time.ts'
import type { InvoiceLines } from './invoices.ts'
import { allRoundings, roundingReason, roundLine } from './line-roundings.ts'
import type { RatedLine, RatedSource } from './rated-line.ts'
import { because, certain, type Reason } from './reason.ts'
import { rowFinder } from './row-finder.ts'
import { RowSet } from './row-set.ts'
import { areTransposed } from './transposed.ts'
import { listed, wholeGroups } from './whole-groups.ts'

/** How many lines are held to be looked at one by one. */
const MOST_HELD = 200_000

interface Held {
  readonly account: string
  readonly resource: string
  readonly kind: string
  readonly product: string
  readonly hour: number
  readonly ours: bigint
  readonly theirs: bigint
  readonly count: number
}

export async function structureOfLines(source: RatedSource, lines: InvoiceLines): Promise<Reason | undefined> {
  const { table } = lines
  const find = rowFinder(lines)
  const seen = new RowSet(table.rows)
  const differing: Held[] = []
  const missing: Held[] = []
  let isTooMuch = false
  const isRounded = allRoundings.map(() => true)
  const counts = new ChargeCounts()
  /** Of the charges that agree. */
  let leastAgreeing: bigint | undefined
  await source.each((line) => {
    const { row } = find(line)
    const theirs = row < 0 ? 0n : table.amount(row)
    counts.take(line, row >= 0 && (theirs !== 0n || line.amount === 0n))
    if (row >= 0) seen.add(row)
    if (row < 0) isRounded.fill(false)
    else
      for (const [index, rule] of allRoundings.entries()) isRounded[index] &&= roundLine(line.amount, rule) === theirs
    if (row >= 0 && theirs === line.amount) {
      if (leastAgreeing === undefined || theirs < leastAgreeing) leastAgreeing = theirs
      return
    }
    const { account, resource, kind, product, hour, amount: ours } = line
    const held = { account, resource, kind, product, hour, ours, theirs }
    if (differing.length + missing.length >= MOST_HELD) isTooMuch = true
    else if (row < 0) missing.push({ ...held, count: 0 })
    else differing.push({ ...held, count: table.count(row) })
  }, lines.detail)
  const unknown: number[] = []
  for (const row of table.besides(seen)) {
    unknown.push(row)
    // As many as are missing are none of these.
    if (unknown.length > MOST_HELD) break
  }
  if (unknown.length === 0 && missing.length === 0) {
    const found = allRoundings.filter((_, index) => isRounded[index])
    if (found.length > 0) return certain(found.slice(0, 1).map(roundingReason))
  }
  if (isTooMuch) return undefined
  // What is there with an amount of 0 is not charged either.
  const areFree = differing.every(({ theirs }) => theirs === 0n)
  if (unknown.length === 0 && areFree && missing.length + differing.length > 0)
    return allMissing([...missing, ...differing], counts, source.policies['time.utcOffset'])
  if (unknown.length === 0 && missing.length === 0 && differing.length > 0) {
    if (differing.every(({ ours, theirs, count }) => count === 2 && theirs === 2n * ours))
      return allDoubled(differing, counts, source.policies['time.utcOffset'])
    const [only] = differing
    if (differing.length === 1 && areTransposed(only.ours, only.theirs))
      return because('transposed digits', '', `two digits of one amount: ${only.resource}, ${only.product}`)
    if (differing.length === 1 && only.theirs === -only.ours)
      return because('wrong sign', 'M-01', `one charge with the opposite sign: ${only.resource}, ${only.product}`)
    const isLeast = differing.every(({ ours, theirs, count }) => theirs === only.theirs && ours < theirs && count === 1)
    if (isLeast && differing.length > 1 && (leastAgreeing === undefined || leastAgreeing >= only.theirs))
      return because('surcharge', 'M-06', `at least ${formatAmount(only.theirs)} for each line`)
  }
  if (differing.length === 0 && missing.length > 0 && missing.length === unknown.length)
    return swappedNames(lines, missing, unknown, counts.products())
  return undefined
}

/** How many charges each part of ours has, and of each resource from when to when theirs have some. */
class ChargeCounts {
  readonly ofResource = new Map<string, number>()
  readonly ofHour = new Map<number, number>()
  readonly ofProduct = new Map<string, number>()
  readonly ofAccount = new Map<string, number>()
  readonly present = new Map<string, { first: number; last: number }>()

  /** Names of products without their kinds. */
  products(): ReadonlySet<string> {
    return new Set([...this.ofProduct.keys()].map((name) => name.slice(name.indexOf(' ') + 1)))
  }

  take({ account, resource, kind, product, hour }: RatedLine, isPresent: boolean): void {
    count(this.ofResource, resource)
    count(this.ofHour, hour)
    count(this.ofProduct, `${kind} ${product}`)
    count(this.ofAccount, account)
    if (!isPresent) return
    const found = this.present.get(resource)
    if (found === undefined) this.present.set(resource, { first: hour, last: hour })
    else {
      found.first = Math.min(found.first, hour)
      found.last = Math.max(found.last, hour)
    }
  }
}

const count = <K>(counts: Map<K, number>, key: K): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

/** Names that are wholly among the held, with all of their charges; undefined where another is. */
function whole(
  held: readonly Held[],
  of: (each: Held) => string,
  all: ReadonlyMap<string, number>,
): string[] | undefined {
  const found = new Map<string, number>()
  for (const each of held) count(found, of(each))
  return [...found].every(([name, times]) => all.get(name) === times) ? [...found.keys()] : undefined
}

const FEW = 2
/** Charges that are named one by one. */
const MOST_SINGLE = 3

const named = (held: readonly Held[], utcOffset: number): string =>
  held
    .map(({ resource, product, hour }) => `${resource} for ${product} from ${formatInstant(hour, utcOffset)}`)
    .join(', ')

/** Of more resources an end at some hour is no longer something that happened. */
const MOST_ENDING = 3

function allMissing(held: readonly Held[], counts: ChargeCounts, utcOffset: number): Reason | undefined {
  const { resources, hours } = wholeGroups(held, counts.ofResource, counts.ofHour)
  const noCharge = (names: readonly string[]) => because('missing resource', 'Q-02', `no charge of ${listed(names)}`)
  if (resources?.length === 1) return noCharge(resources)
  const products = whole(held, ({ kind, product }) => `${kind} ${product}`, counts.ofProduct)
  const accounts = whole(held, ({ account }) => account, counts.ofAccount)
  if (accounts !== undefined && accounts.length <= FEW) return noCharge(accounts)
  if (products !== undefined) {
    const kinds = new Set(held.map(({ kind }) => kind))
    const ofKinds = [...counts.ofProduct.keys()].filter((name) => kinds.has(name.slice(0, name.indexOf(' '))))
    if (products.length > 1 && products.length === ofKinds.length)
      return noCharge([...kinds].map((kind) => `any ${kind}`))
    if (products.length <= FEW) return noCharge(products.map((name) => name.slice(name.indexOf(' ') + 1)))
  }
  if (hours !== undefined) return noHours(held, counts.ofHour, utcOffset, hours)
  if (resources !== undefined) return noCharge(resources)
  const single =
    held.length <= MOST_SINGLE ? because('missing hour', 'Q-02', `no charge of ${named(held, utcOffset)}`) : undefined
  return ended(held, counts, utcOffset) ?? single
}

const NAMES = ['Sundays', 'Mondays', 'Tuesdays', 'Wednesdays', 'Thursdays', 'Fridays', 'Saturdays']

/** Hours without a charge of any resource: all of some weekdays, where they are of several weeks. */
function noHours(held: readonly Held[], ofHour: ReadonlyMap<number, number>, utcOffset: number, hours: number): Reason {
  const dayOf = (hour: number): number => Math.floor((hour + utcOffset) / DAY)
  /** Day 0, 1 January 1970, was a Thursday. */
  const weekdayOf = (hour: number): number => (dayOf(hour) + 4) % 7
  const missing = new Set(held.map(({ hour }) => hour))
  const weekdays = [...new Set([...missing].map(weekdayOf))].sort()
  const weeks = new Set([...missing].map((hour) => Math.floor((dayOf(hour) + 4) / 7)))
  const areWhole = [...ofHour.keys()].every((hour) => missing.has(hour) || !weekdays.includes(weekdayOf(hour)))
  const when =
    areWhole && weeks.size > 1 && weekdays.length <= MOST_WEEKDAYS
      ? `on ${weekdays.map((day) => NAMES[day]).join(' and ')}`
      : `in ${hours} hours`
  return because('missing hour', 'Q-02', `no charge of any resource ${when}`)
}

const MOST_WEEKDAYS = 2

/** Resources that have no charges from some hour on, or until one. */
function ended(held: readonly Held[], { present }: ChargeCounts, utcOffset: number): Reason | undefined {
  const hours = new Map<string, { first: number; last: number }>()
  for (const { resource, hour } of held) {
    const { first, last } = hours.get(resource) ?? { first: hour, last: hour }
    hours.set(resource, { first: Math.min(first, hour), last: Math.max(last, hour) })
  }
  if (hours.size > MOST_ENDING || held.length < 2 * hours.size) return undefined
  const instants = new Set<number>()
  const said: string[] = []
  for (const [resource, { first, last }] of hours) {
    const theirs = present.get(resource)
    if (theirs === undefined) said.push(resource)
    else if (first > theirs.last) said.push(`${resource} from ${formatInstant(first, utcOffset)} on`)
    else if (last < theirs.first) said.push(`${resource} up to ${formatInstant(last, utcOffset)}`)
    else return undefined
    if (theirs !== undefined) instants.add(first > theirs.last ? first : last)
  }
  // What ends at several times is no one thing that happened.
  if (instants.size > 1) return undefined
  return because('missing resource', 'Q-02', `no charge of ${said.join(', ')}`)
}

function allDoubled(held: readonly Held[], { ofResource, ofHour }: ChargeCounts, utcOffset: number): Reason {
  const { resources, hours } = wholeGroups(held, ofResource, ofHour)
  if (resources?.length === 1) return because('double charge', 'U-09', `every charge of ${listed(resources)} twice`)
  if (hours !== undefined) return because('double charge', 'U-09', `every charge of ${hours} hours twice`)
  if (resources !== undefined) return because('double charge', 'U-09', `every charge of ${listed(resources)} twice`)
  const what = held.length <= MOST_SINGLE ? `the charge of ${named(held, utcOffset)}` : `${held.length} charges`
  return because('double charge', 'U-09', `${what} twice`)
}

/** Other names of products that are named. */
const MOST_RENAMED = 8

/** What is missing under one product is there under another, and the other way round, with the same amounts; or under new names. */
function swappedNames(
  lines: InvoiceLines,
  missing: readonly Held[],
  unknown: readonly number[],
  known: ReadonlySet<string>,
): Reason | undefined {
  const { table } = lines
  const nameOf = (row: number): string => {
    const name = lines.products.text(table.product(row))
    return lines.hasKinds ? name.slice(name.indexOf(' ') + 1) : name
  }
  const theirs = new Map<string, { row: number; product: string }[]>()
  for (const row of unknown) {
    const key = `${table.hour(row)} ${lines.resources.text(table.resource(row))} ${table.amount(row)}`
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
  const names = new Set(pairs.values())
  const areOther = [...names].every((name) => !known.has(name)) && names.size === pairs.size
  if (areOther && pairs.size <= MOST_RENAMED)
    return because('swapped products', 'U-07', [...pairs].map(([ours, name]) => `${ours} is called ${name}`).join(', '))
  const isSwap = pairs.size === 1 || (pairs.size === 2 && pairs.get(b) === a)
  return isSwap
    ? because('swapped products', 'U-07', `${a} is called ${b}${pairs.size === 2 ? ', and the other way round' : ''}`)
    : undefined
}
