/** Invoices and credit notes as files, one each: HTML for people, UBL for programs. */

import { decimalText } from '#base/decimal-text.ts'
import { InputError } from '#base/input-error.ts'
import { type BusinessDocument, isInvoiced } from '../documents/document.ts'
import { documentHtml } from '../documents/html.ts'
import { buyerOf, partiesOf } from '../documents/parties.ts'
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

/** Writes NUMBER.html for every issued invoice and every credit note, and account-totals.csv. Returns the number of documents. */
export function exportInvoices(record: RunRecord, files: Files, { documents = [] }: ExportOptions = {}): number {
  let count = 0
  for (const document of chosen(record, documents)) {
    files.open(`${document.number}.html`).write(documentHtml(document, record))
    count++
  }
  if (count > 0) writeTotals(record, files, documents)
  return count
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
  for (const document of chosen(record, documents)) {
    if (!isInvoiced(document)) {
      if (document.returned === '') {
        others.count++
        others.payable += document.payable
      }
      continue
    }
    const buyer = buyerOf(parties, document)
    if (buyer === undefined)
      throw new InputError(
        `parties has no buyer ${document.segment}, to whom ${document.number} was issued`,
        `add buyers: { ${document.segment}: { country: DE } } to the parties of the scenario`,
        record.path,
      )
    const text = documentUbl(document, { seller: parties.marketplace, buyer }, record.meta)
    files.open(`${document.number}.xml`).write(text)
    count++
  }
  if (count > 0) writeTotals(record, files, documents)
  if (others.count === 0) return { count }
  const notes =
    others.count === 1 ? 'credit note corrects no invoice and is' : 'credit notes correct no invoice and are'
  return {
    count,
    notes: [
      `${others.count} ${notes} left out: ${decimalText(others.payable, 8, decimals)} ${currency} of orders that are on no valid invoice; --format invoices has them`,
    ],
  }
}
