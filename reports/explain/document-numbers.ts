/** Numbers of documents (I-04), as they are printed, in place of those of the record. */
import { formatInstant } from '#base/civil-time.ts'
import type { RunRecord } from '../record.ts'
import type { Subject } from './subjects.ts'

/** What an invoice `I-ap-1-000017` or a bill `B-ap-1-000017` is called in the record; any other name as it is. */
export function nameInRecord(record: RunRecord, subject: Subject, id: string): string {
  if (subject === 'invoice' && id.startsWith('I-')) {
    const sql = 'SELECT invoice_id AS invoice FROM invoice_numbers WHERE number = ?'
    const [found] = record.rows<{ invoice: bigint }>(sql, id)
    return found === undefined ? id : String(found.invoice)
  }
  if (subject === 'bill' && id.startsWith('B-')) {
    const sql = 'SELECT a.name, b.month FROM bill_numbers b JOIN accounts a ON a.id = b.account WHERE b.number = ?'
    const [found] = record.rows<{ name: string; month: bigint }>(sql, id)
    if (found !== undefined)
      return `${found.name}/${formatInstant(Number(found.month), record.meta.utcOffset).slice(0, 7)}`
  }
  return id
}
