/** L-03 calculated again: what a seller's monthly bill is made of, and what was paid out of it. */
import { formatInstant } from '#base/civil-time.ts'
import { parsePercent } from '#sim/billing/percent.ts'
import { sellerShare } from '#sim/billing/seller-share.ts'
import type { Explanation, Working } from './explanation.ts'
import { type FactReader, type FactRow, inTime } from './fact-reader.ts'
import { legsOf, moneyMoment } from './money-moments.ts'
import { sumText } from './order-lines.ts'
import { policiesAt } from './premises.ts'
import { roundingWorking } from './rounding.ts'

/** The bill that a movement of money makes or pays; undefined where the record has none. */
function billOf(reader: FactReader, transaction: FactRow): FactRow | undefined {
  const owed = legsOf(reader, transaction.id).find(({ ledger }) => reader.word(ledger) === 'seller-payable')
  if (owed === undefined) return undefined
  const size = owed.amount < 0n ? -owed.amount : owed.amount
  const bills = reader.facts('seller_bills', 'seller = ? AND at <= ?', owed.owner, transaction.at)
  return bills.findLast(({ at }) => at === transaction.at) ?? bills.findLast(({ amount }) => amount === size)
}

export function sellerWorkings(reader: FactReader, transaction: FactRow): Working[] {
  const bill = billOf(reader, transaction)
  return bill === undefined ? [] : billWorkings(reader, bill)
}

/** `explain seller-bill`: its lines by specification and part, how it was booked, and when it was paid out. */
export function explainSellerBill(reader: FactReader, bill: FactRow): Explanation {
  const policies = policiesAt(reader.record, Number(bill.at))
  const seller = reader.nameOf('seller', bill.seller) ?? String(bill.seller)
  const booked = reader
    .facts('transactions', 'account = 0 AND at >= ?', bill.at)
    .filter(({ kind }) => ['seller-bill', 'payout'].includes(reader.word(kind)))
    .filter((transaction) => billOf(reader, transaction)?.id === bill.id)
  return {
    subject: `bill ${bill.id} of seller ${seller}`,
    particulars: [
      ['Month', reader.spelled('seller_bills', 'month', bill.month)],
      ['Made', formatInstant(Number(bill.at), reader.utcOffset)],
      ['Platform fee', `${policies['settlement.platformFee']} % (settlement.platformFee)`],
      ['Paid out', booked.some(({ kind }) => reader.word(kind) === 'payout') ? 'yes' : 'not yet'],
    ],
    workings: billWorkings(reader, bill),
    moments: inTime([
      reader.moment('seller_bills', bill, ['seller']),
      ...booked.map((transaction) => moneyMoment(reader, transaction)),
      ...reader
        .facts('seller_account_steps', 'seller = ? AND at = ?', bill.seller, bill.at)
        .map((step) => reader.moment('seller_account_steps', step, ['seller'])),
    ]),
  }
}

function billWorkings(reader: FactReader, bill: FactRow): Working[] {
  const policies = policiesAt(reader.record, Number(bill.at))
  const platformFee = parsePercent(policies['settlement.platformFee'], 'settlement.platformFee')
  const all = reader.facts('seller_bill_lines', 'bill_id = ?', bill.id)
  const isRounding = (line: FactRow): boolean => reader.word(line.part) === 'rounding'
  const exact = all.reduce((sum, line) => (isRounding(line) ? sum : sum + line.share), 0n)
  const lines = all.map((line): Working => {
    const { sales, withholding, tax } = line
    if (isRounding(line)) return roundingWorking(reader, bill.at, exact, line.share)
    const share = sellerShare(
      { price: sales, tax: 0n, withholding, platformFee, sellerTax: tax },
      policies['rounding.charge'],
    )
    return {
      what: `${reader.word(line.part)} of ${reader.nameOf('specification', line.specification) ?? line.specification}`,
      rule: reader.word(line.rule),
      formula: share.text,
      amount: share.amount,
      recorded: line.share,
    }
  })
  const shares = lines.map(({ recorded }) => recorded)
  const amount = shares.reduce((sum, share) => sum + share, 0n)
  return [...lines, { what: `bill ${bill.id}`, rule: 'L-02', formula: sumText(shares), amount, recorded: bill.amount }]
}
