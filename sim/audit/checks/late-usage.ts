/** U-09: what became of records that came twice, late or changed, and what was drawn for those that came late. */
import type { AuditContext, Check } from '../check.ts'
import type { AccountFacts, Instance, UsageFault } from '../facts.ts'
import { kinds } from '../kinds.ts'
import { isBilled, isInWindow, type LateCharge, lineOf } from '../late-usage.ts'
import { moved } from '../legs.ts'
import type { Transaction } from '../transaction.ts'
import type { Workings } from '../workings.ts'

export function lateUsage(context: AuditContext): Check {
  return {
    account(facts, workings) {
      for (const instance of facts.instances)
        for (const fault of instance.faults) judge(context, instance, fault, workings)
      judgeCharges(context, facts, workings)
    },
  }
}

function judge(
  { findings, words, premises }: AuditContext,
  instance: Instance,
  fault: UsageFault,
  workings: Workings,
): void {
  const { at, hour, outcome } = fault
  const described = (text: string) => () => ({
    subject: `instance ${instance.id} ${premises.word(fault.item)}`,
    at,
    text,
  })
  const line = lineOf(workings.metered(instance), fault)
  findings.compare(kinds.usageFault, fault.amount, line?.amount ?? 0, described('what its hour costs'))
  const isLate = outcome === words.late
  const isCorrection = outcome === words.correction
  const corrects = premises.policies['usage.late'] === 'next-bill'
  const isIn = isInWindow(premises, hour, at)
  const isTaken = outcome === words.accepted || isCorrection
  // A record that is known already is a duplicate or a conflict after the window, too.
  const isKnown = corrects && !isTaken && !isLate
  if (isTaken) {
    const isNextBill = !isIn || isBilled(premises, hour, at)
    const text = isNextBill ? 'its own bill is final: a correction on the next' : 'on the bill of its month'
    findings.compare(kinds.usageWindow, isCorrection ? 1 : 0, isNextBill ? 1 : 0, described(text))
  } else if (!isKnown) findings.compare(kinds.usageWindow, isLate ? 0 : 1, isIn ? 1 : 0, described('within the window'))
  const isTreated = isLate ? !corrects : !isTaken || isIn || corrects
  findings.compare(kinds.usageWindow, isTreated ? 1 : 0, 1, described('rejected or corrected by usage.late'))
  if (isLate || line === undefined) return
  const isContrary = fault.seconds !== line.seconds
  const text = isContrary ? 'another quantity is a conflict' : 'the same quantity is not a conflict'
  findings.compare(kinds.usageWindow, outcome === words.conflict ? 1 : 0, isContrary ? 1 : 0, described(text))
}

/** Each late charge was drawn once, at the settlement after its record came. */
function judgeCharges(context: AuditContext, facts: AccountFacts, { replay }: Workings): void {
  const recorded = facts.transactions.filter(({ kind }) => kind === context.words.lateUsage)
  const due = replay.late.filter(({ ecs, image }) => ecs + image > 0n)
  for (let index = 0; index < Math.max(recorded.length, due.length); index++)
    judgeCharge(context, facts, recorded[index], due[index] ?? nothing)
}

const nothing: LateCharge = { at: 0, hour: 0, isCorrection: false, ecs: 0n, image: 0n, coupon: 0n, cash: 0n }

function judgeCharge(
  { findings, words }: AuditContext,
  facts: AccountFacts,
  transaction: Transaction | undefined,
  { at, hour, ecs, image, coupon, cash }: LateCharge,
): void {
  const subject = `account ${facts.id} hour ${transaction?.hour ?? hour}`
  const described = (text: string) => () => ({ subject, at: transaction?.at ?? at, text })
  const drawn = (ledger: number): bigint => (transaction ? moved(transaction, ledger) : 0n)
  const rest = drawn(facts.budget === undefined ? words.receivable : words.clearing)
  findings.compare(kinds.settledAt, transaction?.at ?? 0, at, described('settled at another instant'))
  findings.compare(kinds.settledAt, transaction?.hour ?? 0, hour, described('of another hour'))
  findings.compare(kinds.settlement, drawn(words.cash), cash, described('drawn from the balance'))
  findings.compare(kinds.settlement, drawn(words.coupons), coupon, described('drawn from cash coupons'))
  findings.compare(kinds.settlement, rest, ecs + image - coupon - cash, described('drawn on credit, due, or resold'))
  findings.compare(kinds.settlement, -drawn(words.cloudRevenue), ecs, described('revenue of the servers of this hour'))
  findings.compare(
    kinds.settlement,
    -drawn(words.marketplaceRevenue),
    image,
    described('revenue of the images of this hour'),
  )
}
