/** `explain bill`: every charge settled in the month, their sum, and how it became payable. */
import { formatInstant, monthOf, startOfMonth } from '#base/civil-time.ts'
import { decimalText } from '#base/decimal-text.ts'
import { MONEY_DECIMALS } from '#base/money.ts'
import { HOUR as HOUR_IN_MS } from '#base/time.ts'
import { FINAL_AFTER } from '#sim/billing/final-bill.ts'
import { monthTotal, taxOnUse } from '#sim/billing/month-total.ts'
import { HIGH } from '#sim/record/wide.ts'
import { amountText, type BilledTransaction, type Explanation, type Moment, type Working } from './explanation.ts'
import { type FactReader, type FactRow, inTime } from './fact-reader.ts'
import {
  hasRejected,
  hourWorkings,
  legsOf,
  moneyMoment,
  paying,
  rejectedRecords,
  settlements,
} from './money-moments.ts'
import { paidLines, sumText } from './order-lines.ts'
import { policiesAt, policiesOf, taxPercent } from './premises.ts'
import { billRoundings, roundingWorking } from './rounding.ts'

const HOUR = BigInt(HOUR_IN_MS)
const DAY = 24n * HOUR
/** Longer sums are shown by their number of terms. */
const MOST_TERMS = 4
/** What a charge credits. */
export const earning = ['marketplace-revenue', 'cloud-resource-revenue', 'deferred-revenue', 'tax-payable']

/**
 * What a transaction charges its buyer: what revenue, deferred revenue and tax are credited. Other movements, such as
 * top-ups, refunds and recognition, are no charges.
 */
function chargedBy(reader: FactReader, transaction: FactRow): bigint {
  // M-07: the tax on a month's use belongs to the bill that computed it.
  if (reader.word(transaction.kind) === 'usage-tax') return 0n
  const legs = legsOf(reader, transaction.id)
  const paid = legs.some(({ ledger, amount }) => amount > 0n && paying.test(reader.word(ledger)))
  if (!paid) return 0n
  return legs
    .filter(({ ledger }) => earning.includes(reader.word(ledger)))
    .reduce((sum, { amount }) => sum - amount, 0n)
}

/** U-09: a correction belongs to the bill of its own month (I-04); another late charge to the bill of the month in which its hour was settled, until that bill is final. */
function billedAt(reader: FactReader, transaction: FactRow): bigint {
  if (reader.word(transaction.kind) !== 'late-usage' || reader.word(transaction.rule) === 'I-04') return transaction.at
  const { end } = reader.record.meta
  const lag = BigInt(policiesOf(reader.record)['settlement.lag'])
  const settled = transaction.hour + HOUR + lag
  const regular = settled < BigInt(end) ? settled : BigInt(end)
  return transaction.at < monthEnd(reader, regular) + BigInt(FINAL_AFTER) ? regular : transaction.at
}

/** How many repetitions of a transaction were booked before an instant. */
function timesBefore({ at, repeats }: FactRow, instant: bigint): bigint {
  if (at >= instant) return 0n
  const times = (instant - 1n - at) / HOUR + 1n
  return times < repeats ? times : repeats
}

interface Charge {
  readonly transaction: FactRow
  /** Repetitions before the bill's month, and those in it. */
  readonly before: bigint
  readonly times: bigint
  readonly amount: bigint
}

function chargesOf(reader: FactReader, bill: FactRow, end: bigint): Charge[] {
  return reader
    .facts('transactions', 'account = ? AND at < ?', bill.account, end + 40n * DAY)
    .map((transaction) => {
      const billed = { ...transaction, at: billedAt(reader, transaction) }
      const before = timesBefore(billed, bill.month)
      return { transaction, before, times: timesBefore(billed, end) - before, amount: chargedBy(reader, transaction) }
    })
    .filter(({ times, amount }) => times > 0n && amount > 0n)
}

/** I-02: a bill is made on the 3rd at 10:00 of the next month; where the run ended before, provisionally at its end. */
export function billMadeAt(reader: FactReader, bill: FactRow): number {
  const { end } = reader.record.meta
  return Math.min(Number(monthEnd(reader, bill.month)) + FINAL_AFTER, end)
}

/** The first instant of the next civil month. */
export function monthEnd(reader: FactReader, instant: bigint): bigint {
  const { utcOffset } = reader.record.meta
  return BigInt(startOfMonth(monthOf(Number(instant), utcOffset) + 1, utcOffset))
}

/** The end of the month; where the run ends with it, its closing entries of that very instant belong to it too. */
function endOf(reader: FactReader, bill: FactRow): bigint {
  const next = monthEnd(reader, bill.month)
  return next === BigInt(reader.record.meta.end) ? next + 1n : next
}

type Made = Pick<Working, 'formula' | 'amount'>

/** What a transaction was charged for: the use of its hours, or the lines of the order that it paid. */
function madeOf(reader: FactReader, charge: Charge): Made {
  const { transaction, times, amount } = charge
  if (transaction.hour !== 0n) return madeOfHours(reader, charge)
  const [order] = reader.facts('orders', 'id = ?', transaction.order_id)
  const lines = order === undefined ? [] : paidLines(reader, order).map((line) => line.amount)
  const sum = lines.reduce((total, line) => total + line, 0n)
  if (sum !== amount) return { formula: '', amount: null }
  return { formula: times > 1n ? `(${sumText(lines)}) x ${times}` : sumText(lines), amount: sum * times }
}

/** More ways in which the hours of one charge are made up are not reported one by one. */
const MOST_WAYS = 5

/**
 * The hours of a charge. They come to the same amount and need not be made up alike: where records came late or too late
 * (U-09), each of the hours is looked at.
 */
function madeOfHours(reader: FactReader, { transaction, before, times, amount }: Charge): Made {
  const first = transaction.hour + before * HOUR
  const isAlike = !hasApart(reader, transaction, first, first + times * HOUR)
  const ways = new Map<string, bigint>()
  for (let turn = 0n; turn < (isAlike ? 1n : times); turn++) {
    const text = hourText(reader, transaction, first + turn * HOUR, amount)
    if (text === undefined) return { formula: '', amount: null }
    ways.set(text, (ways.get(text) ?? 0n) + (isAlike ? times : 1n))
  }
  const each = [...ways].map(([text, count]) =>
    count > 1n ? `(${text}) x ${count}` : ways.size > 1 ? `(${text})` : text,
  )
  const formula = ways.size > MOST_WAYS ? `${amountText(amount)} x ${times}` : each.join(' + ')
  return { formula, amount: amount * times }
}

/** Whether use of some hours was charged apart, or never. */
const hasApart = (reader: FactReader, { account, id }: FactRow, from: bigint, to: bigint): boolean =>
  settlements(reader, account, from, to).some((other) => other.id !== id) || hasRejected(reader, account, from, to)

/** How the charge of one hour is made up; undefined where it does not come to the amount. */
function hourText(reader: FactReader, { account, id }: FactRow, hour: bigint, amount: bigint): string | undefined {
  const used = hourWorkings(reader, account, hour).map((working) => working.amount ?? 0n)
  const elsewhere = [
    ...settlements(reader, account, hour, hour + HOUR)
      .filter((other) => other.id !== id)
      .map((other) => -chargedBy(reader, other)),
    ...rejectedRecords(reader, account, hour).map((working) => working.recorded),
  ]
  const terms = [...used, ...elsewhere]
  if (terms.reduce((total, term) => total + term, 0n) !== amount) return undefined
  return terms.length > MOST_TERMS ? `sum of ${used.length} charges${apart(elsewhere)}` : sumText(terms)
}

/** What of an hour was charged apart, or never. */
const apart = (amounts: readonly bigint[]): string =>
  amounts.map((amount) => (amount < 0n ? ` - ${sumText([-amount])}` : ` + ${sumText([amount])}`)).join('')

function chargeWorking(reader: FactReader, charge: Charge): Working {
  const { transaction, times, amount } = charge
  const kind = reader.word(transaction.kind)
  const about = transaction.order_id === 0n ? '' : ` of order ${transaction.order_id}`
  const repeated = times > 1n ? `, ${times} hours` : ''
  return {
    what: `transaction ${transaction.id}, ${kind}${about}${repeated}`,
    rule: reader.word(transaction.rule),
    ...madeOf(reader, charge),
    recorded: amount * times,
  }
}

interface BillTax {
  readonly region: bigint
  readonly at: bigint
  readonly taxable: bigint
  readonly tax: bigint
  readonly of_orders: bigint
  /** 0 where nothing was taxed. */
  readonly transaction: bigint
}

function taxLine({ record }: FactReader, { region, at, taxable }: Pick<BillTax, 'region' | 'at' | 'taxable'>) {
  const percent = taxPercent(record, Number(region), Number(at))
  return taxOnUse({ amount: taxable, percent }, policiesAt(record, Number(at))['rounding.charge'])
}

/** How the tax on a month's use was drawn. */
export const taxWorkings = (reader: FactReader, transaction: FactRow): Working[] =>
  reader.facts('bill_taxes', 'transaction_id = ?', transaction.id).map(({ region, at, taxable, tax }) => {
    const { text, amount } = taxLine(reader, { region, at, taxable })
    return { what: 'tax on use', rule: 'M-07', formula: text, amount, recorded: tax }
  })

/** M-07: what the bill adds for the use of its month, and the tax that its orders have in them. */
function taxOf(
  reader: FactReader,
  bill: FactRow,
): { readonly workings: Working[]; readonly tax: bigint; readonly transactions: BilledTransaction[] } {
  const { record } = reader
  const [row] = record.rows<BillTax & Record<string, bigint>>(
    'SELECT region, at, taxable, tax, of_orders, transaction_id AS "transaction" FROM bill_taxes WHERE account = ? AND month = ?',
    bill.account,
    bill.month,
  )
  if (row === undefined) return { workings: [], tax: 0n, transactions: [] }
  const line = taxLine(reader, row)
  const ofOrders = row.of_orders === 0n ? '' : ` + ${decimalText(row.of_orders, MONEY_DECIMALS)} in its orders`
  const working = {
    what: 'tax',
    rule: 'M-07',
    formula: `${line.text} on use${ofOrders}`,
    amount: line.amount + row.of_orders,
    recorded: row.tax + row.of_orders,
  }
  const transactions = row.transaction === 0n ? [] : [{ transaction: row.transaction, times: 1n, amount: row.tax }]
  return { workings: [working], tax: line.amount, transactions }
}

interface CreditNote {
  readonly number: string
  readonly account: bigint
  readonly bill_month: bigint
  readonly order_id: bigint
  readonly amount: bigint
  readonly amount_high: bigint
}

const billKey = (account: bigint, month: bigint): string => `${account}/${month}`

function numberOf(reader: FactReader, { account, month }: FactRow): string | undefined {
  const read = (where: string) =>
    new Map(
      reader.record
        .plainRows<{ account: bigint; month: bigint; number: string }>(
          `SELECT account, month, number FROM bill_numbers ${where}`,
        )
        .map((row) => [billKey(row.account, row.month), row.number]),
    )
  const numbers = reader.kept(
    'bill numbers',
    () => read(''),
    () => read(`WHERE account = ${account} AND month = ${month}`),
  )
  return numbers.get(billKey(account, month))
}

function creditNotesOf(reader: FactReader, { account, month }: FactRow): readonly CreditNote[] {
  const read = (where: string) =>
    Map.groupBy(
      reader.record.plainRows<CreditNote & Record<string, bigint | string>>(
        `SELECT number, account, bill_month, order_id, amount, amount_high FROM credit_notes ${where} ORDER BY at, transaction_id`,
      ),
      (note) => billKey(note.account, note.bill_month),
    )
  const notes = reader.kept(
    'credit notes of bills',
    () => read(''),
    () => read(`WHERE account = ${account} AND bill_month = ${month}`),
  )
  return notes.get(billKey(account, month)) ?? []
}

/** I-04: the number of the bill, and the credit notes that correct it. */
function billNumber(reader: FactReader, bill: FactRow): Explanation['particulars'] {
  const number = numberOf(reader, bill)
  return [
    ...(number === undefined ? [] : [['Number', number] as const]),
    ...creditNotesOf(reader, bill).map(
      ({ number: note, order_id: order, amount, amount_high: high }) =>
        ['Corrected by', `${note}: ${amountText(amount + high * HIGH)} of order ${order}`] as const,
    ),
  ]
}

/** `1 charge`, `12 charges` */
const charged = (count: bigint): string => `${count} ${count === 1n ? 'charge' : 'charges'}`

export function explainBill(reader: FactReader, bill: FactRow): Explanation {
  const { utcOffset } = reader.record.meta
  const charges = chargesOf(reader, bill, endOf(reader, bill))
  const lines = charges.map((charge) => chargeWorking(reader, charge))
  const count = charges.reduce((sum, { times }) => sum + times, 0n)
  const sum = lines.reduce((total, line) => total + line.recorded, 0n)
  const taxed = taxOf(reader, bill)
  const total = monthTotal(
    [sum + taxed.tax],
    {
      ...policiesAt(reader.record, Number(endOf(reader, bill)) + FINAL_AFTER),
      // M-07: the charges have their tax in them.
      'tax.percent': '0',
    },
    reader.record.meta.decimals,
  )
  const moments: Moment[] = [...charges.map(({ transaction }) => transaction), ...billRoundings(reader, bill)].map(
    (transaction) => moneyMoment(reader, transaction),
  )
  const made = endOf(reader, bill) + BigInt(FINAL_AFTER)
  const rounding = roundingWorking(reader, made, sum + taxed.tax, bill.rounding)
  return {
    subject: `bill of ${reader.nameOf('account', bill.account)} for ${formatInstant(Number(bill.month), utcOffset).slice(0, 7)}`,
    particulars: [
      ...billNumber(reader, bill),
      ['Lines', charged(bill.lines)],
      ['State', bill.final === 1n ? 'final' : 'provisional: the run ended before it was final'],
    ],
    workings: [
      ...lines,
      { what: 'charges', rule: 'I-02', formula: `sum of ${charged(count)}`, amount: sum, recorded: bill.charges },
      ...taxed.workings,
      ...(bill.rounding === 0n && rounding.amount === 0n ? [] : [rounding]),
      {
        what: 'payable',
        rule: 'M-02',
        formula: `${taxed.tax === 0n ? 'charges' : 'charges and tax on use'} ${total.lines.map(({ text }) => text).join(' + ')}`,
        amount: total.payable,
        recorded: bill.payable,
      },
    ],
    moments: inTime(moments),
    billed: {
      charges: charges.map(({ transaction, times, amount }) => ({ transaction: transaction.id, times, amount })),
      taxes: taxed.transactions,
    },
  }
}
