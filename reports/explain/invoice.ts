/** `explain invoice`: which orders or use it covers, how it was issued and returned, and what else there is of its lines. */
import { monthEnd } from './bill.ts'
import type { Explanation, Moment, Working } from './explanation.ts'
import { type FactReader, type FactRow, inTime } from './fact-reader.ts'
import { drawnBy, moneyMoment } from './money-moments.ts'
import { paidLines, sumText } from './order-lines.ts'
import { roundingWorking } from './rounding.ts'
import { paymentsOf } from './transactions.ts'

/** What orders rounded to a bill: those that were paid in its month. */
function ordersOnBill(reader: FactReader, bill: FactRow): bigint[] {
  return reader
    .facts('transactions', 'account = ? AND at >= ? AND at < ?', bill.account, bill.month, monthEnd(reader, bill.month))
    .filter(({ kind }) => reader.word(kind) === 'payment')
    .map(({ id }) => drawnBy(reader, id))
}

/** I-03: a line is an order as it was paid, or (order 0) what was metered in the month, or what brings the invoice to minor units (M-08). */
function lineWorking(reader: FactReader, invoice: FactRow, line: FactRow): Working {
  const base = { rule: reader.word(line.rule), recorded: line.amount }
  if (base.rule === 'M-08') {
    const others = reader.facts('invoice_lines', 'invoice_id = ?', invoice.id).filter(({ rule }) => rule !== line.rule)
    const sum = others.reduce((total, { amount }) => total + amount, 0n)
    return roundingWorking(reader, invoice.at, sum, line.amount)
  }
  if (line.order_id !== 0n) {
    const [order] = reader.facts('orders', 'id = ?', line.order_id)
    const paid = order === undefined ? [] : paidLines(reader, order).map(({ amount }) => amount)
    const sum = paid.reduce((total, amount) => total + amount, 0n)
    const made = sum === line.amount ? { formula: sumText(paid), amount: sum } : { formula: '', amount: null }
    return { what: `order ${line.order_id}`, ...base, ...made }
  }
  const [bill] = reader.facts('bills', 'account = ? AND month = ?', invoice.account, invoice.month)
  if (bill === undefined) return { what: 'metered use', ...base, formula: '', amount: null }
  const taxes = reader
    .facts('bill_taxes', 'account = ? AND month = ?', invoice.account, invoice.month)
    .map(({ tax }) => tax)
  const orders = ordersOnBill(reader, bill).map((amount) => -amount)
  const terms = [bill.charges, ...taxes, ...orders]
  const amount = terms.reduce((total, each) => total + each, 0n)
  return {
    what: `metered use: the charges of the bill${taxes.length > 0 ? ' and the tax on its use' : ''} less its orders`,
    ...base,
    ...(amount === line.amount ? { formula: sumText(terms), amount } : { formula: '', amount: null }),
  }
}

/** I-04: as it is printed. */
const numberOf = ({ record }: FactReader, { id }: FactRow): string | undefined =>
  record.plainRows<{ number: string }>('SELECT number FROM invoice_numbers WHERE invoice_id = ?', id)[0]?.number

/** I-04: the credit notes about orders of an invoice. */
const creditNotesOf = ({ record }: FactReader, orders: readonly FactRow[]): readonly string[] =>
  orders.length === 0
    ? []
    : record
        .plainRows<{ number: string }>(
          `SELECT number FROM credit_notes WHERE order_id IN (${orders.map(({ order_id: id }) => id).join(', ')}) ORDER BY number`,
        )
        .map(({ number }) => number)

/** The invoice that came before by reissue, those that came after, and tickets about it. */
function related(reader: FactReader, invoice: FactRow): Moment[] {
  const reissues = reader
    .facts('invoices', 'reissue_of = ?', invoice.id)
    .map((later) => reader.moment('invoices', later, ['account', 'reissue_of']))
    .map((moment) => ({ ...moment, what: `issued again as ${moment.what}` }))
  const tickets = reader
    .facts('tickets', 'subject = ? AND account = ?', invoice.id, invoice.account)
    .filter(({ about }) => reader.word(about) === 'invoice-return')
    .map((ticket) => reader.moment('tickets', ticket, ['account', 'subject']))
  return [...reissues, ...tickets]
}

export function explainInvoice(reader: FactReader, invoice: FactRow): Explanation {
  const lines = reader.facts('invoice_lines', 'invoice_id = ?', invoice.id)
  const steps = reader.facts('invoice_steps', 'invoice_id = ?', invoice.id)
  const amounts = lines.map(({ amount }) => amount)
  const orders = lines.filter(({ order_id: order }) => order !== 0n)
  const last = steps.at(-1)
  const notes = creditNotesOf(reader, orders)
  return {
    subject: `invoice ${invoice.id}`,
    particulars: [
      ['Number', numberOf(reader, invoice) ?? 'none before it is issued'],
      ['Buyer', reader.nameOf('account', invoice.account) ?? '?'],
      ['State', last === undefined ? '?' : reader.word(last.to_state)],
      ...(invoice.month === 0n ? [] : [['Month', reader.spelled('invoices', 'month', invoice.month)] as const]),
      ...(invoice.reissue_of === 0n ? [] : [['Reissue of', `invoice ${invoice.reissue_of}`] as const]),
      [
        'Covers',
        orders.length === 0 ? 'metered use' : orders.map(({ order_id: order }) => `order ${order}`).join(', '),
      ],
      ...(notes.length === 0 ? [] : [['Credit notes', notes.join(', ')] as const]),
    ],
    workings: [
      ...lines.map((line) => lineWorking(reader, invoice, line)),
      {
        what: 'invoice',
        rule: 'I-03',
        formula: sumText(amounts),
        amount: amounts.reduce((sum, amount) => sum + amount, 0n),
        recorded: invoice.amount,
      },
    ],
    moments: inTime([
      ...steps.map((step) => reader.moment('invoice_steps', step, ['invoice_id'])),
      ...related(reader, invoice),
      ...orders.flatMap(({ order_id: order }) =>
        paymentsOf(reader, order).map((transaction) => moneyMoment(reader, transaction)),
      ),
    ]),
  }
}
