/**
 * A scenario as far as it could be read, for the checks that need more than one value: what the schema refused is
 * missing, and the names that others refer to are known all the same. So one reading reports every error.
 */
import type { z } from 'zod'
import { choiceMeant } from '../advice/choices.ts'
import type { Currency } from '../currencies.ts'
import type { Path } from '../document.ts'
import { itemName, valueAt } from '../document.ts'
import { expectedWords, shown, type Words } from '../explain.ts'
import type { Policies } from '../policies.ts'
import { sections } from '../schema.ts'
import type { BuyerSegment } from '../sections/buyers.ts'
import type { Product } from '../sections/catalog.ts'
import type { PlannedEvent } from '../sections/events.ts'
import type { Operations, Region } from '../sections/market.ts'
import type { Parties } from '../sections/parties.ts'
import type { SellerSegment } from '../sections/sellers.ts'
import type { Threshold } from '../sections/thresholds.ts'

type List<T> = readonly (T | undefined)[]

export interface Draft {
  readonly start: number | undefined
  readonly end: number | undefined
  readonly duration: number | undefined
  readonly messageDelay: number | undefined
  readonly warmStart: boolean | undefined
  readonly measureFrom: { readonly at: number } | { readonly after: number } | undefined
  readonly currency: Currency | undefined
  readonly partition: 'region' | 'zone' | undefined
  readonly money: 'count' | 'ignore' | undefined
  readonly policies: Policies | undefined
  readonly operations: Operations | undefined
  readonly thresholds: readonly Threshold[] | undefined
  readonly regions: List<Region>
  readonly sellers: List<SellerSegment>
  /** C-02: families and subcategories of the scenario's own. */
  readonly categories: Readonly<Record<string, readonly string[]>>
  readonly catalog: List<Product>
  readonly buyers: List<BuyerSegment>
  readonly events: List<PlannedEvent>
  readonly parties: Parties | undefined
  readonly names: Names
}

/** Names written in the file, also those of items that have errors elsewhere. */
export interface Names {
  readonly regions: readonly string[]
  /** Zone id to its region and flavours. */
  readonly zones: ReadonlyMap<string, { region: string; flavours: readonly string[] }>
  readonly sellers: readonly string[]
  readonly buyers: readonly string[]
  /** Product id to its specification ids. */
  readonly products: ReadonlyMap<string, readonly string[]>
}

/** Reports an error at a path of the scenario. */
export type Report = (path: Path, words: Words, at?: 'key' | 'value') => void

function parsed<S extends z.ZodType>(schema: S, value: unknown): z.output<S> | undefined {
  const result = schema.safeParse(value, { error: expectedWords })
  return result.success ? result.data : undefined
}

function items(data: unknown, ...path: Path): readonly unknown[] {
  const list = valueAt(data, path)
  return Array.isArray(list) ? list : []
}

const named = (list: readonly unknown[]) => list.map(itemName).filter((name) => name !== null)

function namesIn(data: unknown): Names {
  const zones = new Map<string, { region: string; flavours: readonly string[] }>()
  for (const region of items(data, 'regions'))
    for (const zone of items(region, 'zones'))
      zones.set(itemName(zone) ?? '', { region: itemName(region) ?? '', flavours: named(items(zone, 'pools')) })
  const products = items(data, 'catalog').map(
    (product) => [itemName(product) ?? '', named(items(product, 'specifications'))] as const,
  )
  return {
    regions: named(items(data, 'regions')),
    zones,
    sellers: named(items(data, 'sellers')),
    buyers: named(items(data, 'buyers')),
    products: new Map(products),
  }
}

/** Reads each section, and each item of a list, by itself. */
export function draftOf(data: unknown): Draft {
  const section = <K extends keyof typeof sections>(key: K) =>
    parsed(sections[key], valueAt(data, [key])) as z.output<(typeof sections)[K]> | undefined
  const list = <K extends 'regions' | 'sellers' | 'catalog' | 'buyers' | 'events'>(key: K) =>
    items(data, key).map((item) => (parsed(sections[key], [item]) as readonly unknown[] | undefined)?.[0])
  return {
    start: section('start'),
    end: section('end'),
    duration: section('duration'),
    messageDelay: section('messageDelay'),
    warmStart: section('warmStart'),
    measureFrom: section('measureFrom'),
    currency: section('currency'),
    partition: section('partition'),
    money: section('money'),
    policies: section('policies'),
    operations: section('operations'),
    thresholds: section('thresholds'),
    regions: list('regions') as List<Region>,
    sellers: list('sellers') as List<SellerSegment>,
    categories: section('categories') ?? {},
    catalog: list('catalog') as List<Product>,
    buyers: list('buyers') as List<BuyerSegment>,
    events: list('events') as List<PlannedEvent>,
    parties: section('parties'),
    names: namesIn(data),
  }
}

/** Reports a name that nothing in `known` has. True when the name is known. */
export function refer(report: Report, path: Path, kind: string, name: string, known: readonly string[], at?: 'key') {
  if (known.includes(name)) return true
  const near = choiceMeant(name, [...new Set(known)])
  const some = known.length === 0 ? 'there is none' : [...new Set(known)].slice(0, 12).join(', ')
  const other = near ?? (known.length === 1 ? known[0] : undefined)
  const hint =
    other !== undefined
      ? `write ${other}`
      : known.length === 0
        ? `add this ${kind}`
        : `write ${known[0]} or another of these, or add this ${kind}`
  const words = {
    what: `no ${kind} ${shown(name)}`,
    expected: `the ${kind} to be one of: ${some}`,
    hint,
    didYouMean: near,
    instead: other ?? known[0],
    code: 'reference' as const,
    missing: { kind, name },
  }
  report(path, words, at)
  return false
}

/** The name with the first number that makes it one of its own; for a duration in months, one that is free (P-05). */
function unused(name: string | number, names: readonly (string | number | undefined)[]): string {
  if (typeof name === 'number')
    return String([1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 24, 36].find((months) => !names.includes(months)) ?? name)
  let number = 2
  while (names.includes(`${name}-${number}`)) number++
  return `${name}-${number}`
}

/** Reports names that come twice among the items of a list. */
export function unique(report: Report, path: Path, key: string, names: readonly (string | number | undefined)[]) {
  const seen = new Set<string | number>()
  names.forEach((name, index) => {
    if (name === undefined) return
    if (seen.has(name))
      report([...path, index, key], {
        what: `${key} ${name} a second time`,
        expected: `each ${key} once in this list`,
        hint: `write ${unused(name, names)}, or another ${key} that no other item has`,
        instead: unused(name, names),
        code: 'duplicate',
      })
    seen.add(name)
  })
}
