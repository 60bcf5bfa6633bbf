/** Runs of clock hours laid side by side: what one list says of each hour next to what the other says of it. */
import { HOUR } from './civil-time.ts'

/** `hours` clock hours from `firstHour` on, of one item and what priced it. */
export interface Span {
  readonly item: number
  readonly priced: number
  readonly firstHour: number
  readonly hours: number
}

export const inOrder = (a: Span, b: Span): number => byKey(a, b) || a.firstHour - b.firstHour
/** Rolling hours that begin at different minutes never cover one another's hours: they are things apart (U-02). */
const phaseOf = ({ firstHour }: Span): number => firstHour % HOUR
export const byKey = (a: Span, b: Span): number => a.item - b.item || a.priced - b.priced || phaseOf(a) - phaseOf(b)
export const endOf = ({ firstHour, hours }: Span): number => firstHour + hours * HOUR

/** A stretch of hours, and which span of each list covers it. */
export type Visit<A, B> = (left: A | undefined, right: B | undefined, firstHour: number, hours: number) => void

/** Visits every hour that either list covers, in stretches. Both are sorted `inOrder` and do not overlap themselves. */
export function sideBySide<A extends Span, B extends Span>(
  left: readonly A[],
  right: readonly B[],
  visit: Visit<A, B>,
): void {
  let a = 0
  let b = 0
  let aFrom = left[0]?.firstHour ?? 0
  let bFrom = right[0]?.firstHour ?? 0
  while (a < left.length || b < right.length) {
    const order = a === left.length ? 1 : b === right.length ? -1 : byKey(left[a], right[b]) || aFrom - bFrom
    const from = order > 0 ? bFrom : aFrom
    let until = Number.POSITIVE_INFINITY
    if (order <= 0) until = endOf(left[a])
    if (order >= 0) until = Math.min(until, endOf(right[b]))
    // Where only one of the two has begun, it is alone until the other begins.
    if (order < 0 && b < right.length && byKey(left[a], right[b]) === 0) until = Math.min(until, bFrom)
    if (order > 0 && a < left.length && byKey(left[a], right[b]) === 0) until = Math.min(until, aFrom)
    visit(order <= 0 ? left[a] : undefined, order >= 0 ? right[b] : undefined, from, (until - from) / HOUR)
    if (order <= 0) {
      aFrom = until
      if (until === endOf(left[a])) aFrom = left[++a]?.firstHour ?? 0
    }
    if (order >= 0) {
      bFrom = until
      if (until === endOf(right[b])) bFrom = right[++b]?.firstHour ?? 0
    }
  }
}
