/** Where the amount of a row is: in one column, in one with its side or sign in another, or in two of debits and of credits. */
import { BillingError } from '#base/billing-error.ts'
import type { CsvRow } from '#base/csv-rows.ts'
import { InputError } from '#base/input-error.ts'
import { moneyText } from '#base/money.ts'
import { shown } from '#base/shown.ts'
import type { TableColumns } from '#scenarios/logs/table-rows.ts'
import type { Side, Sides, Written } from './sides.ts'

/** Reads a field as an amount. Throws BillingError. */
export type ReadAmount = (row: CsvRow, field: number) => bigint

export interface AmountColumns {
  /** Fields that have amounts, each with its own total below. */
  readonly fields: readonly number[]
  /** The amount of a row; `onField` gets what each field adds to its total. Throws BillingError. */
  read(row: CsvRow, onField: (field: number, amount: bigint) => void): bigint
}

export class OneColumn implements AmountColumns {
  readonly fields: readonly number[]
  readonly #field: number
  readonly #amount: ReadAmount

  constructor(field: number, amount: ReadAmount) {
    this.fields = [field]
    this.#field = field
    this.#amount = amount
  }

  read(row: CsvRow, onField: (field: number, amount: bigint) => void): bigint {
    const amount = this.#amount(row, this.#field)
    onField(this.#field, amount)
    return amount
  }
}

const NOTHING: Written = { text: '', amount: 0n }

/** Debits in one column and credits in another; a row has one of them or both. */
class TwoColumns implements AmountColumns {
  readonly fields: readonly number[]
  readonly #debit: number
  readonly #credit: number
  readonly #amount: ReadAmount
  readonly #sides: Sides

  constructor(debit: number, credit: number, amount: ReadAmount, sides: Sides) {
    this.fields = [debit, credit]
    this.#debit = debit
    this.#credit = credit
    this.#amount = amount
    this.#sides = sides
  }

  read(row: CsvRow, onField: (field: number, amount: bigint) => void): bigint {
    const written = (field: number): Written => {
      const text = row.text(field).trim()
      if (text === '') return NOTHING
      const amount = this.#amount(row, field)
      onField(field, amount)
      return { text, amount }
    }
    const [debit, credit] = [written(this.#debit), written(this.#credit)]
    if (debit === NOTHING && credit === NOTHING)
      throw new BillingError(`line ${row.line}`, 'neither a debit nor a credit', 'write 0 where nothing is charged')
    return this.#sides.charged(row.line, debit, credit)
  }
}

const INVOICE =
  /^(?:(?:sales |customer |tax )?invoice|debit (?:note|memo)|rechnung|facture|factura|fattura|fatura|faktura)$/
const CREDIT_NOTE =
  /^(?:(?:sales |customer |tax )?credit[ -]?(?:note|memo)|credit memorandum|gutschrift|rechnungskorrektur|avoir|nota de credito|nota di credito|creditnota|kreditnota)$/
const DEBIT = /^(?:\+|s|d|dr|dt|soll|debit|debe|dare|debito|debet|deb)$/
const CREDIT = /^(?:[-\u2212\u2013]|h|c|cr|ct|k|haben|credit|haber|avere|credito|kredit|cred)$/
const isSign = (text: string): boolean => /^[-+\u2212\u2013]$/.test(text)

/** Text in lower case without accents. */
export const unaccented = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim()

/** Amounts without their side, which another column has: `S` and `H`, `D` and `C`, `+` and `-`. */
class WithSide implements AmountColumns {
  readonly fields: readonly number[]
  readonly #field: number
  readonly #side: number
  readonly #name: string
  readonly #amount: ReadAmount
  readonly #sides: Sides

  constructor(field: number, side: { field: number; name: string }, amount: ReadAmount, sides: Sides) {
    this.fields = [field]
    this.#field = field
    this.#side = side.field
    this.#name = side.name
    this.#amount = amount
    this.#sides = sides
  }

  read(row: CsvRow, onField: (field: number, amount: bigint) => void): bigint {
    const text = row.text(this.#field)
    const written = row.text(this.#side)
    const found = this.#amount(row, this.#field)
    const amount = isSign(written.trim()) ? this.#signed(row, found) : this.#ofSide(row, { text, amount: found })
    onField(this.#field, amount)
    return amount
  }

  #signed(row: CsvRow, amount: bigint): bigint {
    const isMinus = CREDIT.test(row.text(this.#side).trim())
    if (amount < 0n && isMinus)
      throw new BillingError(
        `line ${row.line}`,
        `${shown(row.text(this.#field))} has a sign, and ${this.#name} is another`,
        'write one of them',
      )
    return isMinus ? -amount : amount
  }

  #ofSide(row: CsvRow, written: Written): bigint {
    const text = unaccented(row.text(this.#side)).replace(/\.$/, '')
    const isOf = (...names: readonly RegExp[]): boolean => names.some((name) => name.test(text))
    const side: Side | undefined = isOf(DEBIT, INVOICE) ? 'debit' : isOf(CREDIT, CREDIT_NOTE) ? 'credit' : undefined
    if (side === undefined)
      throw new BillingError(
        `line ${row.line}`,
        `${shown(row.text(this.#side))} in ${this.#name} is no side of an account`,
        'write D or C, or rename the column where it is something else',
      )
    return side === 'debit'
      ? this.#sides.charged(row.line, written, NOTHING)
      : this.#sides.charged(row.line, NOTHING, written)
  }
}

/** An amount of a document: one above 0 that is a credit note may be either. */
class OfDocument implements AmountColumns {
  readonly fields: readonly number[]
  readonly #own: OneColumn
  readonly #field: number
  readonly #type: number
  readonly #name: string

  constructor(field: number, type: { field: number; name: string }, amount: ReadAmount) {
    this.#own = new OneColumn(field, amount)
    this.fields = this.#own.fields
    this.#field = field
    this.#type = type.field
    this.#name = type.name
  }

  read(row: CsvRow, onField: (field: number, amount: bigint) => void): bigint {
    const amount = this.#own.read(row, onField)
    if (amount <= 0n || !CREDIT_NOTE.test(unaccented(row.text(this.#type)))) return amount
    throw new InputError(
      `${shown(row.text(this.#field))} is above 0, and ${this.#name} says ${row.text(this.#type).trim()}`,
      `add --map side=${this.#name}, or write it below 0`,
      `line ${row.line}`,
    )
  }
}

/** An amount that two other columns say as well: they have to be the same, or it is not known which of them is meant. */
class Confirmed implements AmountColumns {
  readonly fields: readonly number[]
  readonly #own: OneColumn
  readonly #field: number
  readonly #debit: number
  readonly #credit: number
  readonly #names: readonly string[]
  readonly #amount: ReadAmount
  /** By what the amount may be the two others: debits less credits, or the opposite. */
  #signs = [1n, -1n]

  constructor(field: number, [debit, credit]: readonly number[], names: readonly string[], amount: ReadAmount) {
    this.#own = new OneColumn(field, amount)
    this.fields = this.#own.fields
    this.#field = field
    this.#debit = debit
    this.#credit = credit
    this.#names = names
    this.#amount = amount
  }

  read(row: CsvRow, onField: (field: number, amount: bigint) => void): bigint {
    const of = (field: number): bigint => (row.text(field).trim() === '' ? 0n : this.#amount(row, field))
    const amount = this.#own.read(row, onField)
    const net = of(this.#debit) - of(this.#credit)
    this.#signs = this.#signs.filter((sign) => amount === sign * net)
    if (this.#signs.length > 0) return amount
    const [own, debit, credit] = [this.#field, this.#debit, this.#credit].map((field) => this.#names[field])
    throw new InputError(
      `${shown(row.text(this.#field))} in ${own} is not ${moneyText(net)}, which ${debit} and ${credit} come to`,
      `write --map amount=${own} or --map debit=${debit},credit=${credit}`,
      `line ${row.line}`,
    )
  }
}

/** An amount next to a column of credits or discounts: whether these are taken off it already is not known. */
class NextToCredits implements AmountColumns {
  readonly fields: readonly number[]
  readonly #own: AmountColumns
  readonly #credit: number
  readonly #name: string
  readonly #creditName: string

  constructor(own: AmountColumns, credit: number, names: readonly string[]) {
    this.#own = own
    this.fields = own.fields
    this.#credit = credit
    this.#name = names[own.fields[0]]
    this.#creditName = names[credit]
  }

  read(row: CsvRow, onField: (field: number, amount: bigint) => void): bigint {
    const text = row.text(this.#credit).trim()
    if (!/[1-9]/.test(text) || text.endsWith('%')) return this.#own.read(row, onField)
    throw new InputError(
      `${shown(text)} in ${this.#creditName} may be taken off ${this.#name} already, or not`,
      `write --map amount=${this.#name} where it is, or --map debit=${this.#name},credit=${this.#creditName}`,
      `line ${row.line}`,
    )
  }
}

/** Names of the two columns, of one language each. */
const PAIRS: readonly (readonly [debit: RegExp, credit: RegExp])[] = [
  [
    /^(?:debits?|debit ?amount|amount ?debit|dr|debet|debito|debe|dare)$/,
    /^(?:credits?|credit ?amount|amount ?credit|cr|kredit|credito|haber|avere)$/,
  ],
  [/^(?:soll|soll ?betrag|betrag ?soll|umsatz ?soll)$/, /^(?:haben|haben ?betrag|betrag ?haben|umsatz ?haben)$/],
]

/** Names of a column that has a side or a sign. */
const SIDE =
  /^(?:soll ?[/-]? ?haben(?: ?-? ?(?:kennzeichen|kz))?|[sh] ?\/ ?[sh](?: ?-? ?kz)?|[dc] ?\/ ?[dc]|[dc]r\.? ?\/ ?[dc]r\.?|(?:debit|credit) ?[/-] ?(?:credit|debit)(?: (?:indicator|flag|code))?|(?:debit|credit)[ _-]?(?:indicator|flag)|dc[ _-]?indicator|dr[ _-]?cr(?:[ _-]?(?:indicator|flag))?|shkzg|sign|vorzeichen|signe|signo|segno|sinal|\+ ?\/ ?-)$/

/** Names of a column that says what document a row is. */
export const DOCUMENT =
  /^(?:(?:document|doc|transaction|source|invoice|record) ?)?type$|^source$|^belegart$|^type de piece$|^tipo(?: de documento)?$/

/** Names of a column of what is taken off. */
const TAKEN_OFF =
  /^(?:credits?|credits? applied|discounts?|discount amount|rebates?|gutschrift(?:en)?|rabatt(?:e|betrag)?|nachlass|skonto|remises?|avoirs?|descuentos?|sconti?|sconto|korting)$/

/** A name of a column as it is compared. */
export const bareName = (name: string): string => unaccented(name).replace(/_/g, ' ').replace(/\s+/g, ' ')

const only = (columns: TableColumns, name: RegExp): number => {
  const places = columns.bareNames.flatMap((each, field) => (name.test(bareName(each)) ? [field] : []))
  return places.length === 1 ? places[0] : -1
}

/** The fields of debits and credits, by `--map` or by their names; undefined where there are not both. */
export function sidesOf(columns: TableColumns): readonly [debit: number, credit: number] | undefined {
  const asked: [number, number] = [columns.findAsked('debit'), columns.findAsked('credit')]
  if (asked.every((field) => field >= 0)) return asked
  for (const [debit, credit] of PAIRS) {
    const found: [number, number] = [only(columns, debit), only(columns, credit)]
    if (found.every((field) => field >= 0)) return found
  }
  return undefined
}

export interface AmountOptions {
  readonly sides: Sides
  readonly read: ReadAmount
}

/**
 * Where the amounts of a figure are. `field` is its own column, -1 where it has none and debits and credits are it; `isNamed`: the
 * name of the column says what it is, whatever else a row has. Undefined where there are none.
 */
export function amountColumns(
  columns: TableColumns,
  field: number,
  isNamed: boolean,
  { sides, read }: AmountOptions,
): AmountColumns | undefined {
  const two = sidesOf(columns)
  const asked = columns.findAsked('debit') >= 0 && columns.findAsked('credit') >= 0
  if (two !== undefined && (field < 0 || (asked && !isNamed))) return new TwoColumns(two[0], two[1], read, sides)
  if (field < 0) return undefined
  const credit = two === undefined && !isNamed ? only(columns, TAKEN_OFF) : -1
  const own = oneColumn(columns, field, isNamed, two, { sides, read })
  return credit >= 0 && credit !== field ? new NextToCredits(own, credit, columns.names) : own
}

/** The amounts of a figure that has a column of its own; `two` are those of debits and credits. */
function oneColumn(
  columns: TableColumns,
  field: number,
  isNamed: boolean,
  two: readonly [debit: number, credit: number] | undefined,
  { sides, read }: AmountOptions,
): AmountColumns {
  const side = columns.findAsked('side') >= 0 ? columns.findAsked('side') : only(columns, SIDE)
  if (side >= 0 && side !== field) return new WithSide(field, { field: side, name: columns.names[side] }, read, sides)
  const type = only(columns, DOCUMENT)
  if (type >= 0 && type !== field && two === undefined)
    return new OfDocument(field, { field: type, name: columns.names[type] }, read)
  return two === undefined || isNamed ? new OneColumn(field, read) : new Confirmed(field, two, columns.names, read)
}
