/** M-09: the civil day that each transaction is about, whenever it was booked. */
import type { AuditContext, Check } from '../check.ts'
import { kinds } from '../kinds.ts'
import type { Transaction } from '../transaction.ts'

export function days({ findings, premises, words }: AuditContext): Check {
  const { calendar, end } = premises
  /** Use belongs to the day of its hour; what is made as the run ends to its last day; days of terms are judged apart. */
  const audited = ({ kind, hour, at, day, order }: Transaction): number => {
    if (kind === words.usage || kind === words.lateUsage) return calendar.dayOf(hour)
    // L-06: of metered use, a day's share is judged with its sum.
    const isJudged =
      kind === words.recognition ||
      kind === words.usageTax ||
      kind === words.billRounding ||
      (kind === words.sellerShare && order === 0)
    return isJudged ? day : calendar.dayOf(Math.min(at, end - 1))
  }
  return {
    account({ transactions, settlements }) {
      // Those that are about another day are no plain ones.
      if (settlements !== undefined && settlements.length > 0) findings.agree(kinds.civilDay, 0, settlements.length)
      for (const transaction of transactions) {
        const { id, at, day } = transaction
        const is = audited(transaction)
        if (is === day) {
          findings.agree(kinds.civilDay, calendar.instantOf(day))
          continue
        }
        const text = `a ${premises.word(transaction.kind)} about another day`
        const [said, due] = [day, is].map((each) => calendar.instantOf(each))
        findings.differ(kinds.civilDay, `transaction ${id}`, at, said, due, text)
      }
    },
  }
}
