/** I-02, M-02: one bill for each account and month with charges: their sum, what is payable of it, and whether final. */
import type { AuditContext, Check } from '../check.ts'
import type { AccountFacts, Bill } from '../facts.ts'
import { kinds } from '../kinds.ts'
import { moved } from '../legs.ts'
import { taxOn } from '../pricing.ts'
import { payableOf } from '../rounding.ts'
import type { Transaction } from '../transaction.ts'
import type { Workings } from '../workings.ts'
import { judgeDrawnWithBill } from './drawn-with-bill.ts'

export function bills(context: AuditContext): Check {
  return {
    account(facts, workings) {
      const seen = new Set<number>()
      const taxed = facts.transactions.filter(({ kind }) => kind === context.words.usageTax)
      for (const bill of facts.bills) {
        if (seen.has(bill.month)) tellSurplus(context, facts, bill, 'a second bill of the month')
        else judgeBill(context, facts, bill, { workings, taxed })
        seen.add(bill.month)
      }
      for (const { month, tax } of facts.billTaxes)
        if (!workings.replay.months.has(month))
          context.findings.differ(kinds.taxOnUse, subjectOf(facts), month, tax, 0n, 'nothing was used in the month')
      for (const [month, { charges }] of workings.replay.months)
        if (!seen.has(month))
          context.findings.differ(kinds.billCharges, subjectOf(facts), month, 0, charges, 'the month has no bill')
    },
  }
}

const subjectOf = (facts: AccountFacts): string => `account ${facts.id} bill`

/** What bills are judged by. */
interface Worked {
  readonly workings: Workings
  /** Transactions that draw the tax on a month's use, each of which has been replayed. */
  readonly taxed: readonly Transaction[]
}

function judgeBill(context: AuditContext, facts: AccountFacts, bill: Bill, { workings, taxed }: Worked): void {
  const { replay } = workings
  const { findings, premises } = context
  const audited = replay.months.get(bill.month)
  if (audited === undefined) {
    tellSurplus(context, facts, bill, 'nothing was settled in the month')
    return
  }
  const described = (text: string) => () => ({ subject: subjectOf(facts), at: bill.month, text })
  findings.compare(kinds.billLines, bill.lines, audited.lines, described('charges settled in the month'))
  findings.compare(
    kinds.billCharges,
    bill.charges,
    audited.charges,
    described('sum of the charges settled in the month'),
  )
  const finalAt = premises.calendar.billFinalAt(bill.month)
  const written = Math.min(finalAt, premises.end)
  const { decimals } = premises.scenario.currency
  const onUse = taxOn(premises, facts.region, written, audited.charges - audited.orders)
  const payable = payableOf(premises, written, audited.charges + onUse)
  const rounding = payable - audited.charges - onUse
  findings.compare(kinds.rounding, bill.rounding, rounding, described('what brings the bill to minor units'))
  findings.compare(kinds.billPayable, bill.payable, payable, described(`the total, rounded to ${decimals} decimals`))
  judgeTax(context, facts, { workings, taxed }, { month: bill.month, onUse, written })
  const final = finalAt < premises.end ? 1 : 0
  findings.compare(kinds.billFinal, bill.final, final, described('final on the 3rd at 10:00'))
}

/** M-07: the tax on the month's use was drawn once, as the bill was made. */
function judgeTax(
  context: AuditContext,
  facts: AccountFacts,
  { workings, taxed }: Worked,
  { month, onUse, written }: { month: number; onUse: bigint; written: number },
): void {
  const { findings, words } = context
  const { replay } = workings
  const described = (text: string) => () => ({ subject: subjectOf(facts), at: month, text })
  const drawn = taxed.filter(({ id }) => replay.taxes.get(id)?.month === month)
  const [transaction, second] = drawn
  const said = transaction === undefined ? 0n : -moved(transaction, words.taxPayable)
  findings.compare(kinds.taxOnUse, said, onUse, described('tax on the use of the month'))
  if (second !== undefined)
    findings.differ(kinds.taxOnUse, subjectOf(facts), month, -moved(second, words.taxPayable), 0n, 'drawn twice')
  judgeRow(context, facts, workings, {
    month,
    onUse,
    written,
    transaction,
  })
  if (transaction === undefined) return
  const due = {
    month,
    written,
    drawn: replay.taxes.get(transaction.id),
    texts: { instant: 'tax drawn when the bill is made', cash: 'drawn from the balance' },
  }
  judgeDrawnWithBill(context, kinds.taxOnUse, transaction, due, described)
}

/** What `bill_taxes` says of the tax on a month's use: one row where there is any. */
function judgeRow(
  { findings }: AuditContext,
  facts: AccountFacts,
  { replay }: Workings,
  {
    month,
    onUse,
    written,
    transaction,
  }: { month: number; onUse: bigint; written: number; transaction: Transaction | undefined },
): void {
  const [row, second] = facts.billTaxes.filter((each) => each.month === month)
  const described = (text: string) => () => ({ subject: subjectOf(facts), at: month, text })
  findings.compare(kinds.taxOnUse, row?.tax ?? 0n, onUse, described('tax on the use of the month, as the bill says'))
  if (second !== undefined)
    findings.differ(kinds.taxOnUse, subjectOf(facts), month, second.tax, 0n, 'one month is listed twice')
  if (row === undefined) return
  const { charges, orders, orderTax } = replay.months.get(month) ?? { charges: 0n, orders: 0n, orderTax: 0n }
  findings.compare(kinds.taxOnUse, row.taxable, charges - orders, described('the use that is taxed'))
  findings.compare(kinds.taxOnUse, row.ofOrders, orderTax, described('the tax in the orders of the bill'))
  findings.compare(kinds.taxRegion, row.region, facts.region, described('taxed as its home region is'))
  findings.compare(kinds.settledAt, row.at, written, described('taxed when the bill is made'))
  findings.compare(kinds.taxRegion, row.transaction, transaction?.id ?? 0, described('drawn by that transaction'))
}

function tellSurplus({ findings }: AuditContext, facts: AccountFacts, bill: Bill, text: string): void {
  findings.differ(kinds.billCharges, subjectOf(facts), bill.month, bill.charges, 0, text)
}
