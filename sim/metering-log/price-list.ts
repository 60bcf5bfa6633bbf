/**
 * PRICES.csv: `kind,name,hourly,from,currency`. `ecs` prices are of flavours, `image` prices of products, those of cloud
 * resources (E-09) of what a server of a flavour has, `gigabyte` prices of a GB of a type of disk; `from` may be empty. A list has one currency (M-08): `currency` says the same on each line, or is left out.
 */
import { BillingError } from '#base/billing-error.ts'
import type { CsvRow } from '#base/csv-rows.ts'
import { decimalText } from '#base/decimal-text.ts'
import { InputError } from '#base/input-error.ts'
import { parseUnitPrice, UNIT_PRICE_DECIMALS, type UnitPrice, unpackPrice } from '#base/money.ts'
import { shown } from '#base/shown.ts'
import { type CloudResource, cloudResources } from '#scenarios/cloud-resources.ts'
import { type Currency, currencyFrom, USD } from '#scenarios/currencies.ts'
import { type AskedConventions, Conventions } from '#scenarios/logs/conventions.ts'
import {
  type Head,
  readTable,
  surplusOf,
  type TableColumns,
  type TableOptions,
  type TableTaker,
} from '#scenarios/logs/table-rows.ts'
import type { MeteredItem } from '../billing/metering/hour-charge.ts'

export type Kind = MeteredItem

export const kinds: readonly Kind[] = ['ecs', 'image', ...cloudResources]

/** A price of an hour and since when it holds. */
export interface ListedPrice {
  /** Milliseconds since the epoch; -Infinity: always. */
  readonly from: number
  readonly hourly: UnitPrice
  /** The price in its shortest text. */
  readonly text: string
}

/** Prices of one flavour or product, earliest first. */
export type PriceHistory = readonly ListedPrice[]

export interface PriceList {
  readonly ecs: ReadonlyMap<string, PriceHistory>
  readonly image: ReadonlyMap<string, PriceHistory>
  /** E-09: by flavour, those that have any price; none where it is left out. */
  readonly resources?: ReadonlyMap<CloudResource, ReadonlyMap<string, PriceHistory>>
  /** E-09: of a GB of disk, by type; none where it is left out. */
  readonly gigabytes?: ReadonlyMap<string, PriceHistory>
  readonly currency: Currency
}

/** The price in force at an instant; undefined before the first. */
export function priceInForce(history: PriceHistory, at: number): ListedPrice | undefined {
  let index = history.length - 1
  while (index >= 0 && history[index].from > at) index--
  return history[index]
}

const listed = [...kinds, 'gigabyte'] as const
type Listed = (typeof listed)[number]

type Column = 'kind' | 'name' | 'hourly' | 'from' | 'currency'
const MOST_FAULTS = 20

class PriceReader implements TableTaker {
  readonly needed = [['kind', 'name', 'hourly']]
  readonly prices = new Map(listed.map((kind) => [kind, new Map<string, ListedPrice[]>()]))
  readonly faults: string[] = []
  /** As the first line has it. */
  currency: Currency | undefined
  readonly #file: string
  readonly #conventions: Conventions
  readonly #asked: Currency | undefined
  #head: Head<Column> | undefined
  #fields = 0

  constructor(file: string, conventions: Conventions, asked: Currency | undefined) {
    this.#file = file
    this.#conventions = conventions
    this.#asked = asked
  }

  head(columns: TableColumns): void {
    this.#head = columns.heads(['kind', 'name', 'hourly', 'from', 'currency'])
    this.#fields = columns.names.length
  }

  row(row: CsvRow): void {
    const head = this.#head
    if (head === undefined || isNote(row)) return
    try {
      const surplus = surplusOf(row, this.#fields)
      if (surplus !== undefined)
        throw new BillingError(`line ${row.line}`, surplus, 'quote fields that have the delimiter inside')
      this.#price(row, head)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      if (!(error instanceof BillingError))
        throw new InputError(error.what, error.hint, `${this.#file}, ${error.where}`)
      this.faults.push(error.message)
    }
  }

  #price(row: CsvRow, head: Head<Column>): void {
    const where = `line ${row.line}`
    const kind = row.text(head.kind)
    const name = row.text(head.name)
    const ofKind = this.prices.get(kind as Listed)
    if (ofKind === undefined)
      throw new BillingError(
        where,
        `${shown(kind)} is not a kind of price`,
        `write image for a product, gigabyte for a type of disk, or of a flavour: ecs, ${cloudResources.join(', ')}`,
      )
    if (name === '')
      throw new BillingError(where, 'a price of nothing', 'name the flavour, the product or the type of disk')
    if (head.currency >= 0) this.#takeCurrency(row.text(head.currency), where)
    const currency = (this.currency ?? this.#asked)?.code
    const amount = this.#conventions.amount(row.text(head.hourly), row.line, UNIT_PRICE_DECIMALS, currency)
    const hourly = parseUnitPrice(decimalText(amount, UNIT_PRICE_DECIMALS), where)
    const since = head.from < 0 ? '' : row.text(head.from)
    const from = since === '' ? Number.NEGATIVE_INFINITY : this.#conventions.instant(since, row.line)
    const history = ofKind.get(name) ?? []
    if (history.some((each) => each.from === from))
      throw new BillingError(where, `a second price of ${kind} ${shown(name)} from the same time`, 'remove one of them')
    history.push({ from, hourly, text: decimalText(unpackPrice(hourly), UNIT_PRICE_DECIMALS) })
    ofKind.set(name, history)
  }

  #takeCurrency(text: string, where: string): void {
    const found = currencyFrom(text)
    if ('what' in found) throw new BillingError(where, found.what, found.fix)
    this.currency ??= found
    if (found.code !== this.currency.code || found.decimals !== this.currency.decimals)
      throw new BillingError(
        where,
        `a price in ${found.code}, and the list is in ${this.currency.code}`,
        'write one list per currency',
      )
  }
}

/** A line without a price: a remark below the list. */
const isNote = (row: CsvRow): boolean =>
  Array.from({ length: row.fields }, (_, field) => row.text(field)).filter((text) => text !== '').length < 2

/**
 * Reads the prices; all errors in one pass. `asked` is the currency that the caller wants them in, `options` how the list is
 * written where it does not show it itself. Throws InputError.
 */
export async function readPrices(
  file: string,
  input: AsyncIterable<Uint8Array>,
  asked?: Currency,
  options: TableOptions & AskedConventions = {},
): Promise<PriceList> {
  const chunks: Uint8Array[] = []
  for await (const chunk of input) chunks.push(chunk)
  const conventions = new Conventions(options)
  let reader: PriceReader
  do {
    reader = new PriceReader(file, conventions, asked)
    // Fields are unquoted in place: each reading gets its own bytes.
    await readTable(file, () => ReadableStream.from(chunks.map((chunk) => Buffer.from(chunk))), options, reader)
  } while (conventions.settle(file))
  const { prices, faults } = reader
  if (faults.length > 0) {
    const rest = faults.length - MOST_FAULTS
    const list = [...faults.slice(0, MOST_FAULTS), ...(rest > 0 ? [`and ${rest} more`] : [])]
    throw new InputError(['unreadable prices', ...list].join('\n'), 'correct these lines', file)
  }
  if ([...prices.values()].every(({ size }) => size === 0))
    throw new InputError(
      'there are no prices',
      'write kind,name,hourly,from and a line for each flavour and product',
      file,
    )
  for (const kind of prices.values()) for (const history of kind.values()) history.sort((a, b) => a.from - b.from)
  const listedIn = reader.currency
  if (asked !== undefined && listedIn !== undefined && asked.code !== listedIn.code)
    throw new InputError(`prices in ${listedIn.code}, and --currency ${asked.code}`, 'remove one of them', file)
  const of = (kind: Listed) => prices.get(kind) ?? new Map<string, ListedPrice[]>()
  const gigabytes = of('gigabyte')
  const isPriced = (kind: CloudResource): boolean => of(kind).size > 0 || (kind === 'disk' && gigabytes.size > 0)
  const resources = new Map(cloudResources.filter(isPriced).map((kind) => [kind, of(kind)]))
  return { ecs: of('ecs'), image: of('image'), resources, gigabytes, currency: listedIn ?? asked ?? USD }
}
