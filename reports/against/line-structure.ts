/** The one cause of lines that differ in what is there of them: missing, twice, rounded, under other names, or two digits of one. */
import { divideRounded } from '#base/decimal.ts'
import type { InvoiceLines } from './invoices.ts'
import { lineRoundings, roundingReason } from './line-roundings.ts'
import type { RatedSource } from './rated-line.ts'
import { because, certain, type Reason } from './reason.ts'
import { rowFinder } from './row-finder.ts'
import { areTransposed } from './transposed.ts'
import { listed, wholeGroups } from './whole-groups.ts'

/** How many lines are held to be looked at one by one. */
const MOST_HELD = 200_000

interface Held {
  readonly resource: string
  readonly product: string
  readonly hour: number
  readonly ours: bigint
  readonly theirs: bigint
  readonly count: number
}

export async function structureOfLines(source: RatedSource, lines: InvoiceLines): Promise<Reason | undefined> {
  const { table } = lines
  const find = rowFinder(lines)
  const seen = new Uint8Array(table.rows)
  const differing: Held[] = []
  const missing: Held[] = []
  let isTooMuch = false
  const isRounded = lineRoundings.map(() => true)
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
      for (const [index, { unit, rounding }] of lineRoundings.entries())
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
    const found = lineRoundings.filter((_, index) => isRounded[index])
    if (found.length > 0) return certain(found.slice(0, 1).map(roundingReason))
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

function allMissing(
  held: readonly Held[],
  ofResource: ReadonlyMap<string, number>,
  ofHour: ReadonlyMap<number, number>,
): Reason | undefined {
  const { resources, hours } = wholeGroups(held, ofResource, ofHour)
  if (resources !== undefined) return because('missing resource', 'Q-02', `no charge of ${listed(resources)}`)
  if (hours !== undefined) return because('missing hour', 'Q-02', `no charge of any resource in ${hours} hours`)
  return undefined
}

function allDoubled(
  held: readonly Held[],
  ofResource: ReadonlyMap<string, number>,
  ofHour: ReadonlyMap<number, number>,
): Reason {
  const { resources, hours } = wholeGroups(held, ofResource, ofHour)
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
