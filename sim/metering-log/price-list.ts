/**
 * PRICES.csv: `kind,name,hourly,from,currency`. `ecs` prices are of flavours, `image` prices of products; `from` may be
 * empty. A list has one currency (M-08): `currency` says the same on each line, or is left out.
 */
import { BillingError } from '#base/billing-error.ts'
import { parseInstant } from '#base/civil-time.ts'
import { type CsvRow, CsvRows, readCsv } from '#base/csv-rows.ts'
import { decimalText } from '#base/decimal-text.ts'
import { InputError } from '#base/input-error.ts'
import { parseUnitPrice, UNIT_PRICE_DECIMALS, type UnitPrice, unpackPrice } from '#base/money.ts'
import { shown } from '#base/shown.ts'
import { type Currency, currencyFrom, USD } from '#scenarios/currencies.ts'
import { type Head, headOf } from './table-head.ts'

export type Kind = 'ecs' | 'image'

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
  readonly currency: Currency
}

/** The price in force at an instant; undefined before the first. */
export function priceInForce(history: PriceHistory, at: number): ListedPrice | undefined {
  let index = history.length - 1
  while (index >= 0 && history[index].from > at) index--
  return history[index]
}

type Column = 'kind' | 'name' | 'hourly' | 'from' | 'currency'
const MOST_FAULTS = 20

class PriceReader {
  readonly prices = { ecs: new Map<string, ListedPrice[]>(), image: new Map<string, ListedPrice[]>() }
  readonly faults: string[] = []
  /** As the first line has it. */
  currency: Currency | undefined
  readonly #file: string
  #head: Head<Column> | undefined

  constructor(file: string) {
    this.#file = file
  }

  take(row: CsvRow): void {
    if (this.#head === undefined) this.#head = headOf(this.#file, row, ['kind', 'name', 'hourly'], ['from', 'currency'])
    else
      try {
        this.#price(row, this.#head)
      } catch (error) {
        if (!(error instanceof BillingError)) throw error
        this.faults.push(error.message)
      }
  }

  #price(row: CsvRow, head: Head<Column>): void {
    const where = `line ${row.line}`
    const kind = row.text(head.kind)
    const name = row.text(head.name)
    if (kind !== 'ecs' && kind !== 'image')
      throw new BillingError(
        where,
        `${shown(kind)} is not a kind of price`,
        'write ecs for a flavour or image for a product; disks, elastic IPs and bandwidth (E-09) are rated by `run` and `quote`',
      )
    if (name === '') throw new BillingError(where, 'a price of nothing', 'name the flavour or the product')
    if (head.currency >= 0) this.#takeCurrency(row.text(head.currency), where)
    const hourly = parseUnitPrice(row.text(head.hourly), where)
    const since = head.from < 0 ? '' : row.text(head.from)
    const from = since === '' ? Number.NEGATIVE_INFINITY : parseInstant(since, where)
    const history = this.prices[kind].get(name) ?? []
    if (history.some((each) => each.from === from))
      throw new BillingError(where, `a second price of ${kind} ${shown(name)} from the same time`, 'remove one of them')
    history.push({ from, hourly, text: decimalText(unpackPrice(hourly), UNIT_PRICE_DECIMALS) })
    this.prices[kind].set(name, history)
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

/** Reads the prices; all errors in one pass. `asked` is the currency that the caller wants them in. Throws InputError. */
export async function readPrices(file: string, input: AsyncIterable<Uint8Array>, asked?: Currency): Promise<PriceList> {
  const reader = new PriceReader(file)
  await readCsv(input, new CsvRows(file, (row) => reader.take(row)))
  const { prices, faults } = reader
  if (faults.length > 0) {
    const rest = faults.length - MOST_FAULTS
    const list = [...faults.slice(0, MOST_FAULTS), ...(rest > 0 ? [`and ${rest} more`] : [])]
    throw new InputError(['unreadable prices', ...list].join('\n'), 'correct these lines', file)
  }
  if (prices.ecs.size + prices.image.size === 0)
    throw new InputError(
      'there are no prices',
      'write kind,name,hourly,from and a line for each flavour and product',
      file,
    )
  for (const kind of [prices.ecs, prices.image])
    for (const history of kind.values()) history.sort((a, b) => a.from - b.from)
  const listed = reader.currency
  if (asked !== undefined && listed !== undefined && asked.code !== listed.code)
    throw new InputError(`prices in ${listed.code}, and --currency ${asked.code}`, 'remove one of them', file)
  return { ...prices, currency: listed ?? asked ?? USD }
}
