/** what every change of a subscription must satisfy. */
import type { Policies } from '#scenarios/policies.ts'
import { type Formula, literal } from './formula.ts'
import { type Line, lineOf, type Refusal } from './line.ts'
import { withinLastDays } from './term.ts'

/** When a change is made within its term. */
export interface ChangeTime {
  readonly at: number
  readonly termEnd: number
}

const LAST_DAYS = 30

export const outOfTerm: Refusal = { refused: 'out-of-term', rule: 'X-01' }
export const onlyUpwards: Refusal = { refused: 'only-upwards', rule: 'X-01' }

/** a change needs a term that has not ended; terms are half-open (T-03). */
export const isInTerm = ({ at, termEnd }: ChangeTime): boolean => at < termEnd

/**
 * `change.downAtRenewal`: a smaller configuration may be chosen in the last 30 days of a term; it takes effect at the
 * renewal and costs nothing now.
 */
export function changeDown(
  rule: string,
  time: ChangeTime | undefined,
  policies: Pick<Policies, 'change.downAtRenewal'>,
  refusal: Refusal,
): { lines: readonly Line[] } | Refusal {
  if (!policies['change.downAtRenewal'] || time === undefined) return refusal
  if (!withinLastDays(time.at, time.termEnd, LAST_DAYS)) return refusal
  const free: Formula = { ...literal(0n, 0), text: '0 now, the smaller configuration begins with the renewal' }
  return { lines: [lineOf(rule, free, 'truncate')] }
}
