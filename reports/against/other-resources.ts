/** Resources that have other names on the lines: each of theirs has the charges of one of ours, hour by hour. */
import { changedSource } from './changed-source.ts'
import { type InvoiceLines, ORDER_HOUR } from './invoices.ts'
import type { RatedLine, RatedSource } from './rated-line.ts'
import { because, type Reason } from './reason.ts'
import { givesLines } from './variants.ts'

/** Resources whose charges are added up at most. */
const MOST_RESOURCES = 100_000
const MOST_NAMED = 3
const FACTOR = 0x9e3779b1

/** What the charges of a resource have in common with those of no other: how many, and sums over what they are. */
class Fingerprint {
  #count = 0
  #amount = 0n
  #hours = 0
  #mix = 0

  take(hour: number, product: string, amount: bigint): void {
    if (amount === 0n) return
    this.#count++
    this.#amount += amount
    this.#hours += hour / 1000
    let hash = Math.imul(hour / 1000, FACTOR) ^ Number(BigInt.asIntN(32, amount))
    for (let index = 0; index < product.length; index++) hash = Math.imul(hash, 31) + product.charCodeAt(index)
    this.#mix = (this.#mix + Math.imul(hash ^ (hash >>> 15), FACTOR)) | 0
  }

  get key(): string {
    return `${this.#count} ${this.#amount} ${this.#hours} ${this.#mix}`
  }
}

export async function otherResourcesOfLines(source: RatedSource, lines: InvoiceLines): Promise<Reason | undefined> {
  const { table } = lines
  if (lines.resources.count > MOST_RESOURCES) return undefined
  const ours = new Map<string, Fingerprint>()
  const theirs = new Map<string, Fingerprint>()
  const of = (found: Map<string, Fingerprint>, resource: string): Fingerprint => {
    let own = found.get(resource)
    if (own === undefined) found.set(resource, (own = new Fingerprint()))
    return own
  }
  let isOther = false
  const productOf = ({ kind, product }: RatedLine): string => (lines.hasKinds ? `${kind} ${product}` : product)
  await source.each((line) => {
    isOther ||= line.isOrder || ours.size > MOST_RESOURCES
    if (!isOther) of(ours, line.resource).take(line.hour, productOf(line), line.amount)
  }, lines.detail)
  for (let row = 0; row < table.rows && !isOther; row++) {
    isOther = table.hour(row) === ORDER_HOUR
    const product = lines.products.text(table.product(row))
    of(theirs, lines.resources.text(table.resource(row))).take(table.hour(row), product, table.amount(row))
  }
  const names = isOther || ours.size !== theirs.size ? undefined : otherNames(ours, theirs)
  if (names === undefined) return undefined
  const changed = changedSource(source, { resource: (name) => names.get(name) ?? name })
  return (await givesLines(changed, lines)) ? because('swapped resources', 'Q-02', textOf(names)) : undefined
}

/** Names of theirs for ours, where they are others; undefined where the charges of some have no counterpart. */
function otherNames(
  ours: ReadonlyMap<string, Fingerprint>,
  theirs: ReadonlyMap<string, Fingerprint>,
): ReadonlyMap<string, string> | undefined {
  const left = new Map<string, string[]>()
  for (const [name, { key }] of theirs) {
    if (ours.get(name)?.key === key) continue
    const own = left.get(key)
    if (own === undefined) left.set(key, [name])
    else own.push(name)
  }
  const names = new Map<string, string>()
  for (const [name, { key }] of [...ours].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (theirs.get(name)?.key === key) continue
    const found = left.get(key)
    if (found === undefined || found.length === 0) return undefined
    // Of resources with the same charges a name that is like ours is the likeliest.
    const like = found.findIndex((other) => other.toLowerCase().includes(name.toLowerCase()))
    const [other] = found.splice(like < 0 ? 0 : like, 1)
    names.set(name, other)
  }
  return names.size === 0 ? undefined : names
}

function textOf(names: ReadonlyMap<string, string>): string {
  const [[a, b]] = names
  if (names.size === 2 && names.get(b) === a) return `the charges of ${a} and ${b} are swapped`
  const said = [...names].slice(0, MOST_NAMED).map(([ours, other]) => `${ours} is called ${other}`)
  const more = names.size - said.length
  return `${said.join(', ')}${more > 0 ? `, and ${more} more resources have other names` : ''}`
}
