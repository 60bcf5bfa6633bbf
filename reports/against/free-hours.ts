/** Hours that are free: the first or the last so many of each server, those of an account, or those beyond so many of a month. */
import { HOUR } from '#base/time.ts'
import { toMinorUnits } from '#sim/billing/minor-units.ts'
import { changedSource } from './changed-source.ts'
import { billKey, type InvoiceBill, type InvoiceLines } from './invoices.ts'
import type { RatedLine, RatedSource } from './rated-line.ts'
import { because, type Reason, SEVERAL, uncertain } from './reason.ts'
import { rowFinder } from './row-finder.ts'
import { givesLines } from './variants.ts'

/** Tells the place of an hour among those of which the first ones may be free; infinite where it never is. */
type Placer = (line: RatedLine) => number

/** Hours that may be free. */
interface Allowance {
  readonly text: (hours: number) => string
  /** Made again each time the source is gone through. */
  readonly placer: () => Placer
  /** Not every place has an hour: several numbers come to the same. */
  readonly isSparse?: boolean
}

const isAny = (): boolean => true
const isServer = ({ kind }: RatedLine): boolean => kind === 'ecs'

/** Hours of use that a month has at most: more are no allowance. */
const MOST_HOURS = 744
/** Sums that are held at most. */
const MOST_HELD = 200_000
/** The same of each allowance. */
const MOST_SUMS = 50_000

const hoursText = (hours: number): string => (hours === 1 ? 'hour' : `${hours} hours`)

/** How many charges of the same thing came before each charge. */
const counting = (keyOf: (line: RatedLine) => string, isOf: (line: RatedLine) => boolean) => (): Placer => {
  const counts = new Map<string, number>()
  return (line) => {
    if (line.isOrder || !isOf(line)) return Number.POSITIVE_INFINITY
    const key = keyOf(line)
    const count = counts.get(key) ?? 0
    counts.set(key, count + 1)
    return count
  }
}

/** What has to be known of all charges before the place of one can be. */
class Extents {
  readonly firstOfAccount = new Map<string, number>()
  readonly lastOfResource = new Map<string, number>()
  readonly lastOfKind = new Map<string, number>()
  /** How many hours of servers an account has in each hour of a month. */
  readonly #servers = new Map<string, Map<number, number>>()
  #held = 0

  take(line: RatedLine): void {
    const { account, resource, kind, hour } = line
    if (line.isOrder) return
    const first = this.firstOfAccount.get(account)
    if (first === undefined || hour < first) this.firstOfAccount.set(account, hour)
    atMost(this.lastOfResource, resource, hour)
    atMost(this.lastOfKind, `${resource} ${kind}`, hour)
    if (!isServer(line) || this.#held > MOST_HELD) return
    const key = billKey(account, line.month)
    let own = this.#servers.get(key)
    if (own === undefined) this.#servers.set(key, (own = new Map()))
    if (!own.has(hour)) this.#held++
    own.set(hour, (own.get(hour) ?? 0) + 1)
  }

  /** How many hours of servers an account has before each hour of a month; undefined where these are too many. */
  before(): ReadonlyMap<string, ReadonlyMap<number, number>> | undefined {
    if (this.#held > MOST_HELD) return undefined
    const found = new Map<string, Map<number, number>>()
    for (const [key, own] of this.#servers) {
      const sums = new Map<number, number>()
      let sum = 0
      for (const hour of [...own.keys()].sort((a, b) => a - b)) {
        sums.set(hour, sum)
        sum += own.get(hour) ?? 0
      }
      found.set(key, sums)
    }
    return found
  }
}

function atMost(found: Map<string, number>, key: string, hour: number): void {
  const last = found.get(key)
  if (last === undefined || hour > last) found.set(key, hour)
}

const firstOf = (what: string) => (hours: number) => `the first ${hoursText(hours)} of ${what} free`
const lastOf = (what: string) => (hours: number) => `the last ${hoursText(hours)} of ${what} free`
const daysOf = (what: string) => (hours: number) => {
  if (hours % 24 !== 0) return firstOf(what)(hours)
  return hours === 24 ? `the first day of ${what} free` : `the first ${hours / 24} days of ${what} free`
}

/** Numbers hours from the last one that may be charged: what is beyond so many hours of a month is free. */
const beyond = (placer: () => Placer) => (): Placer => {
  const place = placer()
  return (line) => {
    const index = place(line)
    return index < MOST_HOURS ? MOST_HOURS - 1 - index : Number.POSITIVE_INFINITY
  }
}

function allowancesOf(extents: Extents): readonly Allowance[] {
  const ofKindInMonth = counting(({ resource, kind, month }) => `${resource} ${kind} ${month}`, isAny)
  const ofServerInMonth = counting(({ resource, month }) => `${resource} ${month}`, isServer)
  const since =
    (of: (line: RatedLine) => number | undefined): (() => Placer) =>
    () =>
    (line) => {
      const from = line.isOrder ? undefined : of(line)
      return from === undefined ? Number.POSITIVE_INFINITY : Math.abs(line.hour - from) / HOUR
    }
  const before = extents.before()
  const shared = (): Placer => {
    const within = counting(({ account, month, hour }) => `${account} ${month} ${hour}`, isServer)()
    return (line) => {
      const earlier = before?.get(billKey(line.account, line.month))?.get(line.hour)
      return earlier === undefined ? Number.POSITIVE_INFINITY : earlier + within(line)
    }
  }
  return [
    {
      text: firstOf('each server and image'),
      placer: counting(({ resource, kind }) => `${resource} ${kind}`, isAny),
    },
    { text: firstOf('each server'), placer: counting(({ resource }) => resource, isServer) },
    { text: firstOf('each server and image in a month'), placer: ofKindInMonth },
    { text: firstOf('each server in a month'), placer: ofServerInMonth },
    {
      text: (hours) => `no more than ${hoursText(MOST_HOURS - hours)} of each server and image charged in a month`,
      placer: beyond(ofKindInMonth),
    },
    {
      text: (hours) => `no more than ${hoursText(MOST_HOURS - hours)} of each server charged in a month`,
      placer: beyond(ofServerInMonth),
    },
    ...(before === undefined
      ? []
      : [{ text: firstOf('all servers of an account together in a month'), placer: shared }]),
    {
      text: daysOf('each account'),
      placer: since(({ account }) => extents.firstOfAccount.get(account)),
      isSparse: true,
    },
    {
      text: lastOf('each server and image'),
      placer: since(({ resource, kind }) => extents.lastOfKind.get(`${resource} ${kind}`)),
      isSparse: true,
    },
    {
      text: lastOf('each server with its image'),
      placer: since(({ resource }) => extents.lastOfResource.get(resource)),
      isSparse: true,
    },
  ]
}

const foundOf = (hours: number, { text }: Allowance): Found => ({
  hours,
  reason: because('discount', 'U-01', text(hours)),
})

/** Of numbers that come to the same the one that people most likely set: whole days, or the least. */
function likeliest(least: number, most: number): number {
  const days = Math.ceil(least / 24) * 24
  return days <= most ? days : least
}

const withFree = (source: RatedSource, allowance: Allowance, hours: number): RatedSource =>
  changedSource(source, {
    amounts: () => {
      const place = allowance.placer()
      return (line) => (place(line) < hours ? 0n : line.amount)
    },
  })

/** By how many charges of each server, or of each account, are not there. */
export async function freeHoursOfLines(source: RatedSource, lines: InvoiceLines): Promise<Reason | undefined> {
  let find = rowFinder(lines)
  const extents = new Extents()
  let isOther = false
  const theirsOf = (line: RatedLine): bigint => {
    const { row } = find(line)
    return row < 0 ? 0n : lines.table.amount(row)
  }
  await source.each((line) => {
    if (isOther) return
    extents.take(line)
    const theirs = theirsOf(line)
    isOther = theirs !== 0n && theirs !== line.amount
  }, lines.detail)
  if (isOther) return undefined
  const allowances = allowancesOf(extents)
  const places = allowances.map(({ placer }) => placer())
  const latest = allowances.map(() => -1)
  const longest = allowances.map(() => -1)
  const charged = allowances.map(() => Number.POSITIVE_INFINITY)
  find = rowFinder(lines)
  await source.each((line) => {
    const isFree = theirsOf(line) !== line.amount
    for (const [index, placeOf] of places.entries()) {
      const place = placeOf(line)
      if (place !== Number.POSITIVE_INFINITY && place > longest[index]) longest[index] = place
      if (isFree && place > latest[index]) latest[index] = place
      if (!isFree && line.amount !== 0n && place < charged[index]) charged[index] = place
    }
  }, lines.detail)
  const found: Found[] = []
  for (const [index, allowance] of allowances.entries()) {
    const least = latest[index] + 1
    const hours = allowance.isSparse === true ? likeliest(least, charged[index]) : least
    // Where nothing is charged beyond them, it is missing.
    if (hours < 1 || hours > MOST_HOURS || longest[index] < hours) continue
    if (await givesLines(withFree(source, allowance, hours), lines)) found.push(foundOf(hours, allowance))
  }
  return onlyOf(found)
}

/** By what the bills are lower: sums of the first, the second, the third … hour of each. */
export async function freeHoursOfBills(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
): Promise<Reason | undefined> {
  const own = await source.bills()
  const known = new Set(own.map(({ account, month }) => billKey(account, month)))
  if ([...invoices.keys()].some((key) => !known.has(key))) return undefined
  // What is free makes no bill higher.
  const isHigher = own.some(({ account, month, charges, payable }) => {
    const figures = invoices.get(billKey(account, month))?.figures
    return (figures?.charges ?? 0n) > charges || (figures?.payable ?? 0n) > payable
  })
  if (isHigher) return undefined
  const extents = new Extents()
  await source.each((line) => extents.take(line))
  const allowances = allowancesOf(extents)
  const places = allowances.map(({ placer }) => placer())
  const sums = allowances.map(() => new Map<string, Map<number, bigint>>())
  const longest = allowances.map(() => 0)
  const held = allowances.map(() => 0)
  const bills = await source.each((line) => {
    const key = billKey(line.account, line.month)
    for (const [index, place] of places.entries()) {
      const at = place(line)
      if (at !== Number.POSITIVE_INFINITY && at > longest[index]) longest[index] = at
      if (at >= MOST_HOURS || held[index] > MOST_SUMS) continue
      let own = sums[index].get(key)
      if (own === undefined) sums[index].set(key, (own = new Map()))
      const sum = own.get(at)
      if (sum === undefined) held[index]++
      own.set(at, (sum ?? 0n) + line.amount)
    }
  })
  const found: Found[] = []
  for (const [index, allowance] of allowances.entries()) {
    if (held[index] > MOST_SUMS) continue
    const free = bills.map(() => 0n)
    const fits: number[] = []
    for (let hours = 1; hours <= Math.min(MOST_HOURS, longest[index]); hours++) {
      let isAll = true
      for (const [place, bill] of bills.entries()) {
        const key = billKey(bill.account, bill.month)
        free[place] += sums[index].get(key)?.get(hours - 1) ?? 0n
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
      if (isAll) fits.push(hours)
    }
    const [first] = fits
    if (first === undefined) continue
    // Between two hours of use all numbers come to the same.
    if (allowance.isSparse === true) found.push(foundOf(likeliest(first, first + fits.length - 1), allowance))
    else found.push(...fits.map((hours) => foundOf(hours, allowance)))
  }
  return onlyOf(found)
}

/** An allowance that fits. */
interface Found {
  readonly hours: number
  readonly reason: Reason
}

const MOST_NAMED = 3

/** Several allowances that come to the same are named together; of many numbers of hours none is certain. */
function onlyOf(found: readonly Found[]): Reason | undefined {
  const [first, ...others] = found
  if (first === undefined || others.length === 0) return first?.reason
  if (new Set(found.map(({ hours }) => hours)).size > MOST_NAMED)
    return uncertain(found.slice(0, MOST_NAMED).map(({ reason }) => reason))
  const said = found.slice(0, MOST_NAMED).map(({ reason }) => reason.text)
  const more = found.length - said.length
  return { ...first.reason, text: `${said.join(', or ')}${more > 0 ? `, or ${more} ${SEVERAL}` : ''}` }
}
