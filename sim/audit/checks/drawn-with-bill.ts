/** What a monthly bill draws as it is made, besides the charges in it: the tax on use (M-07) and its rounding (M-08). */
import type { AuditContext } from '../check.ts'
import { type Kind, kinds } from '../kinds.ts'
import { moved } from '../legs.ts'
import type { Transaction } from '../transaction.ts'

/** When it was to be drawn, where it was to come from, and what each of these is called in a finding. */
export interface DueWithBill {
  readonly month: number
  readonly written: number
  readonly drawn: { readonly cash?: bigint; readonly coupon?: bigint } | undefined
  readonly texts: { readonly instant: string; readonly cash: string }
}

/** Judges the instant, the money and the day (M-09) of what was drawn with a bill. */
export function judgeDrawnWithBill(
  { findings, premises, words }: AuditContext,
  kind: Kind,
  transaction: Transaction,
  { month, written, drawn, texts }: DueWithBill,
  described: (text: string) => () => { subject: string; at: number; text: string },
): void {
  const { calendar, end } = premises
  findings.compare(kinds.settledAt, transaction.at, written, described(texts.instant))
  findings.compare(kind, moved(transaction, words.cash), drawn?.cash ?? 0n, described(texts.cash))
  findings.compare(kind, moved(transaction, words.coupons), drawn?.coupon ?? 0n, described('drawn from coupons'))
  const day = calendar.dayOf(Math.min(calendar.nextMonth(month) - 1, end - 1))
  findings.compare(kinds.civilDay, transaction.day, day, described('about the last day of the month (M-09)'))
}
