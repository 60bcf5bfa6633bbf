/** `explain bill`: every charge settled in the month, their sum, and how it became payable. */

import { startOfMonth } from '#sim/billing/civil-time.ts'
import { monthTotal } from '#sim/billing/month-total.ts'
import { isoInstant } from '../instants.ts'
import type { Explanation, Moment, Working } from './explanation.ts'
import { type FactReader, type FactRow, inTime } from './fact-reader.ts'
import { legsOf, moneyMoment } from './money-moments.ts'
import { policiesOf } from './premises.ts'

const HOUR = 3_600_000n
const charging = ['usage', 'payment']

/** What a transaction takes from its buyer: his legs, debit positive. */
const chargedBy = (reader: FactReader, transaction: FactRow): bigint =>
  legsOf(reader, transaction.id)
    .filter(({ ledger }) => reader.word(ledger).startsWith('buyer-'))
    .reduce((sum, { amount }) => sum + amount, 0n)

/** How often a transaction was booked in [from, to). */
function timesIn({ at, repeats }: FactRow, from: bigint, to: bigint): bigint {
  const before = (instant: bigint): bigint => {
    if (at >= instant) return 0n
    const times = (instant - 1n - at) / HOUR + 1n
    return times < repeats ? times : repeats
  }
  return before(to) - before(from)
}

interface Charge {
  readonly transaction: FactRow
  readonly times: bigint
  readonly amount: bigint
}

function chargesOf(reader: FactReader, bill: FactRow, end: bigint): Charge[] {
  return reader
    .facts('transactions', 'account = ? AND at < ?', bill.account, end)
    .filter(({ kind }) => charging.includes(reader.word(kind)))
    .map((transaction) => ({
      transaction,
      times: timesIn(transaction, bill.month, end),
      amount: chargedBy(reader, transaction),
    }))
    .filter(({ times }) => times > 0n)
}

/** The end of the month; where the run ends with it, its closing entries of that very instant belong to it too. */
function endOf(reader: FactReader, bill: FactRow): bigint {
  const { utcOffset, end } = reader.record.meta
  const noon = Number(bill.month) + utcOffset + 12 * 3_600_000
  const civil = new Date(noon)
  const next = startOfMonth(civil.getUTCFullYear() * 12 + civil.getUTCMonth() + 1, utcOffset)
  return BigInt(next === end ? next + 1 : next)
}

export function explainBill(reader: FactReader, bill: FactRow): Explanation {
  const { utcOffset } = reader.record.meta
  const charges = chargesOf(reader, bill, endOf(reader, bill))
  const lines = charges.map(({ transaction, times, amount }): Working => {
    const kind = reader.word(transaction.kind)
    const about = transaction.order_id === 0n ? '' : ` of order ${transaction.order_id}`
    const repeated = times > 1n ? `, ${times} hours` : ''
    return {
      what: `transaction ${transaction.id}, ${kind}${about}${repeated}`,
      rule: reader.word(transaction.rule),
      formula: '',
      amount: null,
      recorded: amount * times,
    }
  })
  const count = charges.reduce((sum, { times }) => sum + times, 0n)
  const sum = lines.reduce((total, line) => total + line.recorded, 0n)
  const total = monthTotal([sum], policiesOf(reader.record))
  const moments: Moment[] = charges.map(({ transaction }) => moneyMoment(reader, transaction))
  return {
    subject: `bill of ${reader.nameOf('account', bill.account)} for ${isoInstant(Number(bill.month), utcOffset).slice(0, 7)}`,
    particulars: [
      ['Lines', `${bill.lines} charges, ${count} found in the books`],
      ['State', bill.final === 1n ? 'final' : 'provisional: the run ended before it was final'],
    ],
    workings: [
      ...lines,
      { what: 'charges', rule: 'I-02', formula: `sum of ${count} charges`, amount: sum, recorded: bill.charges },
      {
        what: 'payable',
        rule: 'M-02',
        formula: total.lines.map(({ text }) => text.replace('sum of 1 charges', 'charges')).join(' + '),
        amount: total.payable,
        recorded: bill.payable,
      },
    ],
    moments: inTime(moments),
  }
}
