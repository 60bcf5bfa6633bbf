/** Invoices and credit notes as files, one each: HTML for people, UBL for programs. */

import { decimalText } from '#base/decimal-text.ts'
import { InputError } from '#base/input-error.ts'
import { type BusinessDocument, isInvoiced } from '../documents/document.ts'
import { documentHtml } from '../documents/html.ts'
import { partiesOf, sidesOf } from '../documents/parties.ts'
import { accountTotalsCsv } from '../documents/reconciliation.ts'
import { documentsOf } from '../documents/run-documents.ts'
import { documentUbl, MOST_UBL_DECIMALS } from '../documents/ubl.ts'
import type { RunRecord } from '../record.ts'
import { RecordError } from '../record-error.ts'
import type { ExportOptions, ExportOutcome, Files } from './journal.ts'

/** The documents that are asked for: all of a run, or those with these numbers. @throws RecordError */
function* chosen(record: RunRecord, numbers: readonly string[]): Generator<BusinessDocument> {
  const wanted = new Set(numbers)
  let last = ''
  for (const document of documentsOf(record)) {
    last = document.number
    if (numbers.length === 0 || wanted.delete(document.number)) yield document
  }
  const [missing] = wanted
  if (missing !== undefined)
    throw new RecordError(
      record.path,
      `there is no invoice or credit note ${missing}`,
      last === '' ? 'this run has none' : `write a number such as ${last}; without --document all are written`,
    )
}

/** Next to all documents: what they come to by account, against the books. */
function writeTotals(record: RunRecord, files: Files, documents: readonly string[]): void {
  if (documents.length === 0) files.open('account-totals.csv').write(accountTotalsCsv(record))
}

/** Documents of resellers that `parties` does not name (O-06), and what they come to. */
class Unnamed {
  readonly #segments = new Set<string>()
  #count = 0

  add({ segment }: BusinessDocument): void {
    this.#segments.add(segment)
    this.#count++
  }

  /** `what` is left out; none where every reseller is named. */
  notes(what: (count: string) => string): string[] {
    if (this.#count === 0) return []
    const named = [...this.#segments].map((segment) => `${segment}: { name: …, country: DE, vat: DE123456789 }`)
    const count = `${this.#count} ${this.#count === 1 ? 'document' : 'documents'}`
    return [`${what(count)}; to write them, add resellers: { ${named.join(', ')} } to the parties of the scenario`]
  }
}

/**
 * Writes NUMBER.html for every issued invoice, every invoice to a reseller and every credit note, those of named resellers to their
 * customers, and account-totals.csv.
 */
export function exportInvoices(record: RunRecord, files: Files, { documents = [] }: ExportOptions = {}): ExportOutcome {
  let count = 0
  const resellers = partiesOf(record)?.resellers ?? {}
  const unnamed = new Unnamed()
  for (const document of chosen(record, documents)) {
    files.open(`${document.number}.html`).write(documentHtml(document, record))
    if (document.reseller !== undefined && !Object.hasOwn(resellers, document.segment)) unnamed.add(document)
    count++
  }
  if (count > 0) writeTotals(record, files, documents)
  const notes = unnamed.notes((left) => `${left} of resellers to their customers are left out (O-06)`)
  return notes.length === 0 ? { count } : { count, notes }
}

const hint = `add parties: { marketplace: { name: …, country: DE, vat: DE123456789 }, buyers: { SEGMENT: { country: DE } } } to the scenario`

/**
 * Writes NUMBER.xml for every valid invoice and every credit note of an order on one, in UBL 2.1 of EN 16931, and account-totals.csv.
 * Each document that a file references is another of the files. @throws InputError
 */
export function exportUbl(record: RunRecord, files: Files, { documents = [] }: ExportOptions = {}): ExportOutcome {
  const parties = partiesOf(record)
  const { currency, decimals } = record.meta
  if (parties === undefined)
    throw new InputError('UBL needs the names, addresses and tax numbers of seller and buyers', hint, record.path)
  if (decimals > MOST_UBL_DECIMALS)
    throw new InputError(
      `EN 16931 has amounts of at most two decimals, and ${currency} has ${decimals}`,
      'write --format invoices, which has every decimal',
      record.path,
    )
  let count = 0
  const others = { count: 0, payable: 0n }
  const unnamed = new Unnamed()
  for (const document of chosen(record, documents)) {
    if (!isInvoiced(document)) {
      if (document.returned === '' && document.reseller !== 'seller') {
        others.count++
        others.payable += document.payable
      }
      continue
    }
    const { seller, buyer } = sidesOf(parties, document)
    if (seller === undefined || (buyer === undefined && document.reseller === 'buyer')) {
      unnamed.add(document)
      continue
    }
    if (buyer === undefined)
      throw new InputError(
        `parties has no buyer ${document.segment}, to whom ${document.number} was issued`,
        `add buyers: { ${document.segment}: { country: DE } } to the parties of the scenario`,
        record.path,
      )
    const text = documentUbl(document, { seller, buyer }, record.meta)
    files.open(`${document.number}.xml`).write(text)
    count++
  }
  if (count > 0) writeTotals(record, files, documents)
  const left = unnamed.notes((each) => `${each} to resellers, and those to their customers, are left out (O-06)`)
  if (others.count === 0) return left.length === 0 ? { count } : { count, notes: left }
  const notes =
    others.count === 1 ? 'credit note corrects no invoice and is' : 'credit notes correct no invoice and are'
  return {
    count,
    notes: [
      `${others.count} ${notes} left out: ${decimalText(others.payable, 8, decimals)} ${currency} of orders that are on no valid invoice; --format invoices has them`,
      ...left,
    ],
  }
}
