/** Rows that say of themselves that nothing is charged by them: cancelled bills, drafts and forecasts, payments, balances. */
import type { CsvRow } from '#base/csv-rows.ts'
import { InputError } from '#base/input-error.ts'
import { shown } from '#base/shown.ts'
import type { TableColumns } from '#scenarios/logs/table-rows.ts'
import { bareName, DOCUMENT, unaccented } from './amount-columns.ts'

/** Names of a column that says how far a bill is. */
const STATUS =
  /^(?:(?:invoice|document|doc|payment|bill|row|line|record|billing) ?)?(?:status|state)$|^(?:etat|statut|stato|estado|zustand|stav|stan)$/
/** Names of a column that tells what was from what is expected. */
const VERSION = /^(?:kind|scenario|version|data type|actual ?\/ ?(?:budget|forecast|plan))$/
/** Names of a column of words. */
const WORDS =
  /^(?:description|memo|text|details?|narration|particulars|item|line item|buchungstext|bezeichnung|libelle|concepto|descripcion|descrizione|omschrijving)$/
/** Names of a column that says it by itself. */
const FLAG =
  /^(?:is )?(?:cancell?ed|void(?:ed)?|deleted|duplicated?|superseded|refunded|storno|storniert|annule|anulado|annullato)$/
const YES = /^(?:yes|y|true|1|x|ja|oui|si)$/

const CANCELLED =
  /^(?:void(?:ed)?|cancell?ed|deleted|rejected|discarded|refunded|superseded|duplicated?|written off|test|storniert|annulliert|geloscht|annulee?|anulad[oa]|annullat[oa]|geannuleerd|anulowan[aey])$/
const PAID_IN =
  /^(?:payments?(?: received)?|payment - thank you|zahlung(?:seingang)?|paiement|pago|pagamento|betaling|receipt)$/
const BALANCE =
  /^(?:(?:opening|closing|previous|prior|starting|ending|beginning|outstanding) balance|(?:balance |amount )?(?:brought|carried) forward|[bc]\/f|saldovortrag|ubertrag|anfangs(?:bestand|saldo)|endsaldo|solde (?:initial|precedent|final)|report a nouveau|saldo (?:inicial|anterior|final|iniziale|precedente))$/
const EXPECTED =
  /^(?:draft|forecast(?:ed)?|budget(?:ed)?|planned|pro ?forma|quote|quotation|entwurf|prognose|angebot|brouillon|devis|prevision|borrador|presupuesto|bozza|preventivo)$/

interface Place {
  readonly field: number
  readonly name: string
  readonly says: (text: string) => boolean
}

/** A row that says so. */
interface Said {
  readonly text: string
  readonly name: string
  readonly line: number
}

const isOf =
  (...words: readonly RegExp[]) =>
  (text: string): boolean =>
    words.some((word) => word.test(text))

export class RowStates {
  readonly #places: readonly Place[]
  readonly #expected: readonly Omit<Place, 'says'>[]
  #charged = 0
  #never: Said | undefined
  #some: Said | undefined

  /** `accounts`: the field of accounts, where balances are named as well. */
  constructor(columns: TableColumns, accounts: number) {
    const named = columns.bareNames.map((name, field) => ({ field, name: columns.names[field], bare: bareName(name) }))
    const of = (pattern: RegExp, says: Place['says']): Place[] =>
      named.flatMap(({ field, name, bare }) => (pattern.test(bare) ? [{ field, name, says }] : []))
    this.#places = [
      ...of(STATUS, isOf(CANCELLED)),
      ...of(DOCUMENT, isOf(CANCELLED, PAID_IN, BALANCE)),
      ...of(WORDS, isOf(PAID_IN, BALANCE)),
      ...of(FLAG, isOf(YES)),
      ...(accounts < 0 ? [] : [{ field: accounts, name: columns.names[accounts], says: isOf(BALANCE) }]),
    ]
    this.#expected = [...of(STATUS, isOf()), ...of(DOCUMENT, isOf()), ...of(VERSION, isOf())]
  }

  take(row: CsvRow): void {
    const { line } = row
    const said = this.#places.find(({ field, says }) => says(unaccented(row.text(field))))
    if (said !== undefined) this.#never ??= { text: row.text(said.field).trim(), name: said.name, line }
    const expected = this.#expected.find(({ field }) => EXPECTED.test(unaccented(row.text(field))))
    if (expected === undefined) this.#charged++
    else this.#some ??= { text: row.text(expected.field).trim(), name: expected.name, line }
  }

  /** Throws InputError where rows are not charged, or some are and others are only expected. */
  settle(file: string): void {
    const said = this.#never ?? (this.#charged > 0 ? this.#some : undefined)
    if (said === undefined) return
    throw new InputError(
      `${shown(said.text)} in the column ${said.name}: the row says that it is not charged, and would be added to the bills`,
      'remove such rows, or the column where they are charged all the same',
      `${file}, line ${said.line}`,
    )
  }
}
