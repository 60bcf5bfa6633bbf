/** M-05, Q-07: revenue earned day by day, each booking against the days that have ended, and what stays deferred. */
import type { Bench, Check } from '../check.ts'
import type { AccountFacts, Order, Transaction } from '../facts.ts'
import { kinds } from '../kinds.ts'
import { moved } from '../legs.ts'
import type { Workings } from '../workings.ts'

export function recognition(bench: Bench): Check {
  return {
    account(facts, workings) {
      const recorded = byOrder(bench, facts)
      for (const order of facts.orders) {
        judgeOrder(bench, order, recorded.get(order.id) ?? [], workings)
        recorded.delete(order.id)
      }
      for (const [order, transactions] of recorded)
        for (const transaction of transactions)
          tellSurplus(bench, transaction, `earned for order ${order}, which the account does not have`)
    },
  }
}

function byOrder({ words }: Bench, { transactions }: AccountFacts): Map<number, Transaction[]> {
  const groups = new Map<number, Transaction[]>()
  for (const transaction of transactions) {
    if (transaction.kind !== words.recognition) continue
    const group = groups.get(transaction.order)
    if (group) group.push(transaction)
    else groups.set(transaction.order, [transaction])
  }
  return groups
}

function judgeOrder(bench: Bench, order: Order, recorded: readonly Transaction[], workings: Workings): void {
  const { findings, words, premises } = bench
  let index = 0
  for (const { at, amount } of workings.earnings(order.id)) {
    for (; index < recorded.length && recorded[index].at < at; index++)
      tellSurplus(bench, recorded[index], 'no month, term or run ends here')
    const told = () => ({ subject: `order ${order.id}`, at, text: 'earned by the days of the term that have ended' })
    const booked = recorded[index]?.at === at ? moved(recorded[index++], words.deferredRevenue) : 0
    findings.compare(kinds.recognition, booked, amount, told)
  }
  for (; index < recorded.length; index++) tellSurplus(bench, recorded[index], 'no month, term or run ends here')
  const net = workings.netKept(order.id)
  if (net === 0 && recorded.length === 0) return
  const earned = recorded.reduce((sum, transaction) => sum + moved(transaction, words.deferredRevenue), 0)
  findings.compare(kinds.deferred, net - earned, net - workings.earned(order.id), () => ({
    subject: `order ${order.id}`,
    at: premises.end,
    text: `of ${net} (1e-8) paid net of tax, ${earned} are booked as earned`,
  }))
}

function tellSurplus({ findings, words }: Bench, transaction: Transaction, text: string): void {
  const subject = `transaction ${transaction.id} order ${transaction.order}`
  findings.differ(kinds.recognition, subject, transaction.at, moved(transaction, words.deferredRevenue), 0, text)
}
