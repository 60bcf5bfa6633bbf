/** `explain credit-note`: the lines of a credit note, the bill it corrects, and how the refund came about (I-04). */
import { HIGH } from '#sim/record/wide.ts'
import { coveringInvoices } from '../documents/covering.ts'
import { RecordError } from '../record-error.ts'
import { amountText, type Explanation } from './explanation.ts'
import { type FactReader, type FactRow, inTime } from './fact-reader.ts'
import { moneyMoment } from './money-moments.ts'
import { sumText } from './order-lines.ts'
import { refundTransactionWorkings } from './refund.ts'
import { paymentsOf } from './transactions.ts'

type Note = {
  readonly number: string
  readonly transaction_id: bigint
  readonly account: bigint
  readonly order_id: bigint
  readonly bill_number: string | null
  readonly amount: bigint
  readonly amount_high: bigint
}

type Line = {
  readonly part: string
  readonly amount: bigint
  readonly amount_high: bigint
}

/** What no column holds alone is in two. */
const whole = ({ amount, amount_high: high }: Pick<Line, 'amount' | 'amount_high'>): bigint => amount + high * HIGH

/** `id`: the number of a credit note, such as C-ap-1-000003. Throws RecordError where there is none. */
export function explainCreditNote(reader: FactReader, id: string): Explanation {
  const { record } = reader
  const notes = record.plainRows<Note>(
    'SELECT number, transaction_id, account, order_id, bill_number, amount, amount_high FROM credit_notes ORDER BY number',
  )
  const note = notes.find(({ number }) => number === id)
  if (note === undefined)
    throw new RecordError(
      record.path,
      `there is no credit note ${id}`,
      notes.length === 0
        ? 'this run has no refunds'
        : `its credit notes are ${notes[0].number} to ${notes.at(-1)?.number}`,
    )
  const lines = record.plainRows<Line>(
    `SELECT part, amount, amount_high FROM credit_note_lines WHERE number = '${note.number}' ORDER BY part`,
  )
  const amounts = lines.map(whole)
  const [transaction] = reader.facts('transactions', 'id = ?', note.transaction_id) as [FactRow]
  const total = {
    what: 'total',
    rule: 'I-04',
    formula: sumText(amounts),
    amount: amounts.reduce((sum, amount) => sum + amount, 0n),
    recorded: whole(note),
  }
  return {
    subject: `credit note ${note.number}`,
    particulars: [
      ['Account', reader.nameOf('account', note.account) ?? String(note.account)],
      ['Order', String(note.order_id)],
      ['Corrects', note.bill_number === null ? 'no bill: its month has none yet' : `bill ${note.bill_number}`],
      ['Invoice', coveringInvoices(record).get(note.order_id)?.number ?? 'its order is on no valid invoice'],
      ...lines.map((line) => [`Line: ${line.part}`, amountText(whole(line))] as const),
    ],
    workings: [...refundTransactionWorkings(reader, transaction), total],
    moments: inTime(paymentsOf(reader, note.order_id).map((each) => moneyMoment(reader, each))),
  }
}
