/** Dunning: messages so many days before a phase ends, and its end. One timer walks along them. */
import { DAY, type Instant } from '#base/time.ts'
import type { NoticeCode } from './codes.ts'

export interface Milestone {
  /** Days before the end of the phase; 0 is its end. */
  readonly daysBefore: number
  readonly notice: NoticeCode
}

/** 5 and 2 days before the freeze and on its day, 6 and 2 days before the release and on its day. */
export const graceMilestones: readonly Milestone[] = [
  { daysBefore: 5, notice: 'freeze-in-5-days' },
  { daysBefore: 2, notice: 'freeze-in-2-days' },
  { daysBefore: 0, notice: 'frozen' },
]
export const retentionMilestones: readonly Milestone[] = [
  { daysBefore: 6, notice: 'release-in-6-days' },
  { daysBefore: 2, notice: 'release-in-2-days' },
  { daysBefore: 0, notice: 'released' },
]

/**
 * The first milestone from position `from` on that still is ahead of `now`, in a phase that ends at `end`: a short phase
 * has no early messages, and a silent one none at all. An end that has passed already is due now. Null after the last.
 */
export function nextMilestone(
  milestones: readonly Milestone[],
  from: number,
  { end, now, silent = false }: { readonly end: number; readonly now: number; readonly silent?: boolean },
): { readonly index: number; readonly at: Instant } | null {
  for (let index = from; index < milestones.length; index++) {
    const { daysBefore } = milestones[index]
    const at = end - daysBefore * DAY
    if (daysBefore > 0 && (at <= now || silent)) continue
    return { index, at: Math.max(now, at) }
  }
  return null
}
