/** Our charges next to theirs, gathered: equal charges with equal counterparts are one, so that many rules can be tried on them. */
import { type InvoiceLines, ORDER_HOUR } from './invoices.ts'
import type { RatedLine, RatedSource } from './rated-line.ts'
import { rowFinder } from './row-finder.ts'
import { RowSet } from './row-set.ts'

/** More charges than that are not gathered. */
const MOST_GATHERED = 2_000_000
/** More different charges than that are not held. */
const MOST_EQUAL = 250_000
/** More charges without a counterpart, or with two, are not held. */
const MOST_HELD = 200_000
/** Different charges that disagree before it is checked for the first time that they may have causes. */
const FIRST_CHECK = 16

/** Equal charges of one account with the same amount of theirs. Whole 1e-8. */
export interface EqualCharges {
  readonly account: string
  readonly ours: bigint
  readonly theirs: bigint
  /** What the charge was rounded from: a fraction of 1e-8. */
  readonly numerator: bigint
  readonly denominator: bigint
  /** One of them. */
  readonly resource: string
  readonly product: string
  times: number
}

/** A charge without a counterpart, or with two. */
export interface SingleCharge {
  readonly resource: string
  readonly hour: number
}

/** What of the charges two causes can explain; undefined where there is something else. */
export interface Gathered {
  readonly charges: readonly EqualCharges[]
  readonly missing: readonly SingleCharge[]
  readonly doubled: readonly SingleCharge[]
  /** How many charges each resource and each hour has. */
  readonly ofResource: ReadonlyMap<string, number>
  readonly ofHour: ReadonlyMap<number, number>
  /** Names of products that are theirs for ours; empty where they are the same. */
  readonly renamed: ReadonlyMap<string, string>
}

interface Unmatched extends SingleCharge {
  readonly account: string
  readonly product: string
  readonly amount: bigint
  readonly numerator: bigint
  readonly denominator: bigint
}

/** 1e-10 an hour and seconds to 1e-8. */
const PER_SECOND = 360_000n
const PER_HOUR = 100n

/** Raised to leave a reading when its charges have no two causes. */
class HasNoCause extends Error {}

interface Gathering {
  /** Whether what has been gathered may have causes: less of it may have more of them. */
  readonly mayHaveCauses: (charges: readonly EqualCharges[]) => boolean
  /** Takes every charge; where it is left out, the reading ends when there is no cause. */
  readonly onLine?: (line: RatedLine) => void
}

/** Goes through the charges of a source once, a sample of them first. */
export async function gatheredLines(
  source: RatedSource,
  lines: InvoiceLines,
  gathering: Gathering,
): Promise<Gathered | undefined> {
  if (lines.table.rows <= MOST_GATHERED)
    try {
      if (gathering.onLine === undefined && source.sample !== undefined) {
        const sample = gatherer(source, lines, gathering)
        source.sample(sample.take)
        if (!gathering.mayHaveCauses(sample.charges())) return undefined
      }
      const { take, result } = gatherer(source, lines, gathering)
      await source.each(take, lines.detail)
      return result()
    } catch (error) {
      if (error instanceof HasNoCause) return undefined
      throw error
    }
  const { onLine } = gathering
  if (onLine !== undefined) await source.each(onLine, lines.detail)
  return undefined
}

function gatherer(source: RatedSource, lines: InvoiceLines, { mayHaveCauses, onLine }: Gathering) {
  const { table } = lines
  const find = rowFinder(lines)
  const seen = new RowSet(table.rows)
  const charges = new Map<string, EqualCharges>()
  let differing = 0
  let nextCheck = FIRST_CHECK
  const unmatched: Unmatched[] = []
  const doubled: SingleCharge[] = []
  const ofResource = new Map<string, number>()
  const ofHour = new Map<number, number>()
  let isOther = false
  const endWithoutCause = (): void => {
    isOther = true
    charges.clear()
    unmatched.length = 0
    doubled.length = 0
    if (onLine === undefined) throw new HasNoCause()
  }
  const add = (line: Unmatched, row: number): void => {
    seen.add(row)
    const count = table.count(row)
    const amount = table.amount(row)
    if (count === 2) doubled.push({ resource: line.resource, hour: line.hour })
    if (count > 2 || (count === 2 && amount % 2n !== 0n)) isOther = true
    const theirs = count === 2 ? amount / 2n : amount
    const { account, resource, product, amount: ours, numerator, denominator } = line
    const key = `${account} ${product} ${ours} ${theirs} ${numerator}`
    const known = charges.get(key)
    if (known !== undefined) known.times++
    else {
      charges.set(key, { account, ours, theirs, numerator, denominator, resource, product, times: 1 })
      if (ours !== theirs) differing++
    }
  }
  const take = (line: RatedLine): void => {
    onLine?.(line)
    if (isOther) return
    const { row } = find(line)
    const { account, resource, product, hour, amount, use } = line
    ofResource.set(resource, (ofResource.get(resource) ?? 0) + 1)
    ofHour.set(hour, (ofHour.get(hour) ?? 0) + 1)
    const isBySecond = use !== undefined && source.policies[`${use.kind}.granularity`] === 'second'
    const [numerator, denominator] =
      use === undefined
        ? [amount, 1n]
        : isBySecond
          ? [use.hourly * BigInt(use.seconds), PER_SECOND]
          : [use.hourly, PER_HOUR]
    const own = { account, resource, product, hour, amount, numerator, denominator }
    if (row >= 0) add(own, row)
    else unmatched.push(own)
    if (differing >= nextCheck) {
      nextCheck *= 4
      if (!mayHaveCauses([...charges.values()])) isOther = true
    }
    if (isOther || charges.size > MOST_EQUAL || Math.max(unmatched.length, doubled.length) > MOST_HELD)
      endWithoutCause()
  }
  const result = (): Gathered | undefined => {
    if (isOther) return undefined
    if (table.areAll(seen))
      return { charges: [...charges.values()], missing: unmatched, doubled, ofResource, ofHour, renamed: new Map() }
    const renamed = otherNames(lines, unmatched, seen)
    if (renamed === undefined) return undefined
    const missing: Unmatched[] = []
    for (const each of unmatched) {
      const row = renamed.rows.get(each)
      if (row === undefined) missing.push(each)
      else add(each, row)
    }
    // Rows of 0, which a rounding leaves, are not unknown.
    if (!table.areAll(seen) || isOther) return undefined
    return { charges: [...charges.values()], missing, doubled, ofResource, ofHour, renamed: renamed.names }
  }
  return { take, result, charges: () => [...charges.values()] }
}

/** Charges that are theirs under another product: of each resource and hour the only one that is left on both sides. */
function otherNames(
  lines: InvoiceLines,
  unmatched: readonly Unmatched[],
  seen: RowSet,
): { readonly names: ReadonlyMap<string, string>; readonly rows: ReadonlyMap<Unmatched, number> } | undefined {
  const { table } = lines
  const nameOf = (row: number): string => {
    const name = lines.products.text(table.product(row))
    return lines.hasKinds ? name.slice(name.indexOf(' ') + 1) : name
  }
  const theirs = new Map<string, number[]>()
  for (let row = 0; row < table.rows; row++) {
    if (seen.has(row) || table.hour(row) === ORDER_HOUR) continue
    const key = `${table.hour(row)} ${lines.resources.text(table.resource(row))}`
    const rows = theirs.get(key)
    if (rows === undefined) theirs.set(key, [row])
    else rows.push(row)
  }
  const names = new Map<string, string>()
  const rows = new Map<Unmatched, number>()
  for (const each of unmatched) {
    const found = theirs.get(`${each.hour} ${each.resource}`)
    if (found === undefined) continue
    const name = nameOf(found[0])
    if (found.length !== 1 || (names.get(each.product) ?? name) !== name) return undefined
    names.set(each.product, name)
    rows.set(each, found[0])
  }
  const isSwap = [...names].every(([ours, other]) => (names.get(other) ?? ours) === ours)
  return isSwap && names.size > 0 && names.size <= 2 && new Set(rows.values()).size === rows.size
    ? { names, rows }
    : undefined
}
