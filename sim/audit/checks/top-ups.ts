/** buyers top up by whole multiples of their amount, as many as they needed just then, and never without need. */
import type { AuditContext, Check } from '../check.ts'
import { amountWritten } from '../exact.ts'
import type { AccountFacts } from '../facts.ts'
import { kinds } from '../kinds.ts'
import type { Workings } from '../workings.ts'

export function topUps(context: AuditContext): Check {
  return {
    account(facts, workings) {
      if (workings.replay.topUps.length === 0) return
      const wallet = context.premises.scenario.buyers.find(({ segment }) => segment === facts.segment)?.wallet
      const each = wallet?.topUp == null ? 0n : amountWritten(wallet.topUp.amount)
      const below = wallet?.topUp == null ? 0n : amountWritten(wallet.topUp.below)
      for (const { at, from, amount, cash, due, creditUsed } of workings.replay.topUps) {
        const short = below - cash + creditUsed
        const lacking = due + largestOpen(context, facts, workings, at) - cash
        const needed = lacking > short ? lacking : short
        // As few of the amount as cover what is needed: one less would not.
        const isDue =
          each > 0n && facts.budget === undefined && amount > 0n && amount % each === 0n && amount - each < needed
        if (isDue) continue
        const text = `topped up where at most ${needed} (1e-8) were needed (A-05)`
        context.findings.differ(kinds.topUp, `account ${facts.id} transaction ${from}`, at, amount, needed, text)
      }
    },
  }
}

/** The largest order that may have waited for money. */
function largestOpen({ premises }: AuditContext, facts: AccountFacts, workings: Workings, at: number): bigint {
  let largest = 0n
  for (const { id, at: made, steps, amount } of facts.orders) {
    if (made > at) continue
    const left = steps.find(({ from }) => premises.word(from) === 'pending-payment')?.at
    if (left !== undefined && left < at) continue
    const priced = workings.priced(id)?.amount ?? 0n
    for (const each of [amount, priced]) if (each > largest) largest = each
  }
  return largest
}
