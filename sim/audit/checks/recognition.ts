/** M-05, Q-07: revenue earned day by day, each booking against the days that have ended, and what stays deferred. */
import type { AuditContext, Check } from '../check.ts'
import type { AccountFacts, Order } from '../facts.ts'
import { kinds } from '../kinds.ts'
import { moved } from '../legs.ts'
import type { Earning } from '../order-money.ts'
import type { Transaction } from '../transaction.ts'
import type { Workings } from '../workings.ts'

export function recognition(context: AuditContext): Check {
  return {
    account(facts, workings) {
      const recorded = byOrder(context, facts)
      for (const order of facts.orders) {
        judgeOrder(context, order, recorded.get(order.id) ?? [], workings)
        recorded.delete(order.id)
      }
      for (const [order, transactions] of recorded)
        for (const transaction of transactions)
          tellSurplus(context, transaction, `earned for order ${order}, which the account does not have`)
    },
  }
}

function byOrder({ words }: AuditContext, { transactions }: AccountFacts): Map<number, Transaction[]> {
  const groups = new Map<number, Transaction[]>()
  for (const transaction of transactions) {
    if (transaction.kind !== words.recognition) continue
    const group = groups.get(transaction.order)
    if (group) group.push(transaction)
    else groups.set(transaction.order, [transaction])
  }
  return groups
}

function judgeOrder(context: AuditContext, order: Order, recorded: readonly Transaction[], workings: Workings): void {
  const { findings, words, premises } = context
  const earned = workings.earnings(order.id)
  if (recorded.length > 0 || earned.length > 0) judgeBookings(context, order, recorded, earned)
  const net = workings.netKept(order.id)
  if (net === 0n && recorded.length === 0) return
  const said = recorded.reduce((sum, transaction) => sum + moved(transaction, words.deferredRevenue), 0n)
  const taken = workings.takenBack(order.id).reduce((sum, { amount }) => sum + amount, 0n)
  findings.compare(kinds.deferred, net - said + taken, net - workings.earned(order.id), () => ({
    subject: `order ${order.id}`,
    at: premises.end,
    text: `of ${net} (1e-8) paid net of tax, ${said} are booked as earned`,
  }))
}

/** Each booking against what is earned by its instant. */
function judgeBookings(
  context: AuditContext,
  order: Order,
  recorded: readonly Transaction[],
  earned: readonly Earning[],
): void {
  const { findings, words } = context
  // An image and its servers are earned apart; at one instant several bookings of one order and day count together.
  const whose = (cloud: boolean): number => (cloud ? words.cloudRevenue : words.marketplaceRevenue)
  const keyOf = (at: number, day: number, revenue: number): string => `${at} ${day} ${revenue}`
  const booked = Map.groupBy(recorded, ({ at, day, legs }) => keyOf(at, day, whose(legs.has(words.cloudRevenue))))
  const due = Map.groupBy(earned, ({ at, day, cloud }) => keyOf(at, day, whose(cloud)))
  for (const [key, earnings] of due) {
    const [{ at }] = earnings
    const described = () => ({
      subject: `order ${order.id}`,
      at,
      text: 'earned for the days of the term that have ended',
    })
    const said = (booked.get(key) ?? []).reduce(
      (sum, transaction) => sum + moved(transaction, words.deferredRevenue),
      0n,
    )
    findings.compare(
      kinds.recognition,
      said,
      earnings.reduce((sum, { amount }) => sum + amount, 0n),
      described,
    )
    judgeDays(context, order, booked.get(key) ?? [], earnings)
    judgeShare(context, order, booked.get(key) ?? [], earnings)
    booked.delete(key)
  }
  for (const transactions of booked.values())
    for (const transaction of transactions) tellSurplus(context, transaction, 'no month, term or run ends here')
}

/** L-06: as an agent what is earned is the commission, as a principal the price, the share of the seller being its cost. */
function judgeShare(
  { findings, words, premises }: AuditContext,
  order: Order,
  recorded: readonly Transaction[],
  earnings: readonly Earning[],
): void {
  const [{ at, cloud }] = earnings
  if (cloud) return
  const sumOf = (of: (earning: Earning) => bigint): bigint => earnings.reduce((sum, each) => sum + of(each), 0n)
  const [price, commission] = [sumOf(({ amount }) => amount), sumOf((each) => each.commission)]
  const isPrincipal = premises.policies['revenue.presentation'] === 'principal'
  const due = [
    [words.marketplaceRevenue, isPrincipal ? -price : -commission],
    [words.deferredCost, commission - price],
    [words.sellerCost, isPrincipal ? price - commission : 0n],
  ] as const
  for (const [ledger, amount] of due) {
    const said = recorded.reduce((sum, transaction) => sum + moved(transaction, ledger), 0n)
    const described = () => ({ subject: `order ${order.id}`, at, text: `${premises.word(ledger)} of what is earned` })
    findings.compare(kinds.sellerShare, said, amount, described)
  }
}

/** M-09: the rows of `recognitions` say which days are earned, and of what. */
function judgeDays(
  { findings }: AuditContext,
  order: Order,
  recorded: readonly Transaction[],
  earnings: readonly Earning[],
): void {
  const said = recorded.flatMap(({ earned }) => earned)
  const due = earnings.flatMap(({ days }) => days ?? [])
  const [{ at }] = earnings
  const described = (text: string) => () => ({ subject: `order ${order.id}`, at, text })
  findings.compare(kinds.earnedDays, said.length, due.length, described('rows of recognitions'))
  for (const [index, days] of due.entries())
    for (const name of ['price', 'commission', 'firstDay', 'days', 'since', 'from', 'to'] as const)
      findings.compare(kinds.earnedDays, said[index]?.[name] ?? 0, days[name], described(`${name} of its recognitions`))
}

function tellSurplus({ findings, words }: AuditContext, transaction: Transaction, text: string): void {
  const subject = `transaction ${transaction.id} order ${transaction.order}`
  findings.differ(kinds.recognition, subject, transaction.at, moved(transaction, words.deferredRevenue), 0, text)
}
