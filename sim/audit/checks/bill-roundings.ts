/** M-08: what brings a monthly bill to minor units is drawn or refunded, once, when the bill is made. */
import type { AuditContext, Check } from '../check.ts'
import type { AccountFacts } from '../facts.ts'
import { kinds } from '../kinds.ts'
import { moved } from '../legs.ts'
import { taxOn } from '../pricing.ts'
import { payableOf } from '../rounding.ts'
import type { Transaction } from '../transaction.ts'
import type { Workings } from '../workings.ts'
import { judgeDrawnWithBill } from './drawn-with-bill.ts'

export function billRoundings(context: AuditContext): Check {
  const { findings, words } = context
  return {
    account(facts, workings) {
      const booked = facts.transactions.filter(({ kind }) => kind === words.billRounding)
      const { months, roundings } = workings.replay
      for (const month of months.keys())
        judge(
          context,
          facts,
          workings,
          month,
          booked.filter(({ id }) => roundings.get(id)?.month === month),
        )
      for (const transaction of booked)
        if (!months.has(roundings.get(transaction.id)?.month ?? -1))
          findings.differ(
            kinds.rounding,
            `transaction ${transaction.id}`,
            transaction.at,
            -moved(transaction, words.rounding),
            0n,
            'the rounding of a month without charges',
          )
    },
  }
}

function judge(
  context: AuditContext,
  facts: AccountFacts,
  { replay }: Workings,
  month: number,
  booked: readonly Transaction[],
): void {
  const { findings, premises, words } = context
  const { calendar, end } = premises
  const written = Math.min(calendar.billFinalAt(month), end)
  const { charges, orders } = replay.months.get(month) ?? { charges: 0n, orders: 0n }
  const total = charges + taxOn(premises, facts.region, written, charges - orders)
  const isSettled = premises.policyAt('rounding.rest', written) === 'settle'
  const rest = isSettled ? payableOf(premises, written, total) - total : 0n
  const described = (text: string) => () => ({ subject: `account ${facts.id} bill`, at: month, text })
  const [transaction, second] = booked
  const said = transaction === undefined ? 0n : -moved(transaction, words.rounding)
  findings.compare(kinds.rounding, said, rest, described('drawn or refunded with the bill'))
  if (second !== undefined)
    findings.differ(
      kinds.rounding,
      `account ${facts.id} bill`,
      month,
      -moved(second, words.rounding),
      0n,
      'the bill was rounded to minor units twice',
    )
  if (transaction === undefined) return
  const texts = { instant: 'rounded when the bill is made', cash: 'moved on the balance' }
  const drawn = replay.roundings.get(transaction.id)
  judgeDrawnWithBill(context, kinds.rounding, transaction, { month, written, drawn, texts }, described)
}
