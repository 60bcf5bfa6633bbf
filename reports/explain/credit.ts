/** `explain credit`: what an account may draw beyond its balance, what it drew, and what it paid back. */
import type { Explanation, Moment, Working } from './explanation.ts'
import { type FactReader, type FactRow, inTime } from './fact-reader.ts'
import { legsOf, moneyMoment } from './money-moments.ts'
import { sumText } from './order-lines.ts'
import { firstOf } from './related.ts'

const RECEIVABLE = 'buyer-receivable'

/** A movement of what the account owes; `amount` of all its repetitions, above 0 where more is owed. */
interface Owed {
  readonly transaction: FactRow
  readonly amount: bigint
}

const owedBy = (reader: FactReader, account: bigint): Owed[] =>
  reader.facts('transactions', 'account = ?', account).flatMap((transaction) => {
    const legs = legsOf(reader, transaction.id).filter(
      ({ ledger, owner }) => reader.word(ledger) === RECEIVABLE && owner === account,
    )
    const amount = legs.reduce((sum, leg) => sum + leg.amount, 0n) * transaction.repeats
    return amount === 0n ? [] : [{ transaction, amount }]
  })

/** By kind: `usage`, `late-usage` draw, `arrears-paid` and `credit-repaid` pay back. */
function byKind(reader: FactReader, owed: readonly Owed[]): Working[] {
  const kinds = Map.groupBy(owed, ({ transaction }) => reader.word(transaction.kind))
  return [...kinds].map(([kind, movements]): Working => {
    const amounts = movements.map(({ amount }) => amount)
    const sum = amounts.reduce((total, amount) => total + amount, 0n)
    const formula = amounts.length > 8 ? `sum of ${amounts.length} movements` : sumText(amounts)
    const what = `${sum > 0n ? 'drawn' : 'paid back'}, ${kind}`
    return { what, rule: reader.word(movements[0].transaction.rule), formula, amount: sum, recorded: sum }
  })
}

export function explainCredit(reader: FactReader, account: bigint): Explanation {
  const grants = reader.facts('credit_grants', 'account = ?', account)
  const limits = grants.map(({ amount }) => amount)
  const limit = limits.reduce((sum, amount) => sum + amount, 0n)
  const owed = owedBy(reader, account)
  const kinds = byKind(reader, owed)
  const total = owed.reduce((sum, { amount }) => sum + amount, 0n)
  const tickets = reader
    .facts('tickets', 'account = ?', account)
    .filter(({ about }) => reader.word(about) === 'credit')
    .map((ticket): Moment => reader.moment('tickets', ticket, ['account', 'subject']))
  return {
    subject: `credit of ${reader.nameOf('account', account)}`,
    particulars: [
      ['Grants', grants.length === 0 ? 'none: the limit is 0' : String(grants.length)],
      ['Owed', 'amounts drawn on credit, and amounts booked as arrears when the credit is exhausted (A-01)'],
    ],
    workings: [
      {
        what: 'limit at the end',
        rule: 'O-05',
        formula: limits.length === 0 ? '0' : sumText(limits),
        amount: limit,
        recorded: limit,
      },
      ...kinds,
      {
        what: 'owed at the end',
        rule: 'M-05',
        formula: kinds.length === 0 ? '0' : sumText(kinds.map(({ recorded }) => recorded)),
        amount: kinds.reduce((sum, { recorded }) => sum + recorded, 0n),
        recorded: total,
      },
    ],
    moments: inTime([
      ...grants.map((grant) => reader.moment('credit_grants', grant, ['account', 'transactions_from'])),
      ...tickets,
      ...firstOf(
        owed.map(({ transaction }) => moneyMoment(reader, transaction)),
        'movements of the debt',
      ),
    ]),
  }
}
