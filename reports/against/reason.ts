/** Why a figure may differ, and when that may be said: what fits by chance is not a cause. */
import type { Difference } from './differences.ts'
import type { Cause } from './rated-line.ts'

export type Reason = Pick<Difference, 'cause' | 'rule' | 'text'>

export const because = (cause: Cause, rule: string, text: string): Reason => ({ cause, rule, text })

/** What makes two reasons the same one; a number of seconds differs from line to line. */
export const reasonKey = ({ cause, text }: Reason): string => (cause === 'hour boundary' ? cause : `${cause}: ${text}`)

/** One reason of several that fit: the only one, or the only cause of all; else none is certain. */
export function onlyOne(reasons: readonly Reason[], otherwise: string): Reason {
  const [first] = reasons
  if (first === undefined) return because('unexplained', '', otherwise)
  const others = reasons.filter(({ cause }) => cause !== first.cause)
  return others.length === 0 ? first : uncertain([first, others[0]])
}

/** Two causes come to the same figure: neither is named as the cause. */
export const uncertain = (reasons: readonly Reason[]): Reason =>
  because('unexplained', '', `could be ${reasons.map(({ cause, text }) => `${cause} (${text})`).join(' or ')}`)

/** Two causes that only together come to the figures; the first is the one that is counted. */
export const together = (first: Reason, second: Reason): Reason =>
  because(first.cause, `${first.rule}, ${second.rule}`, `${first.text}; and ${second.text}`)

/** The only cause that fits, of what several things it may be; where several causes fit, none is certain. */
export const certain = (reasons: readonly Reason[]): Reason | undefined => {
  const found = [...new Map(reasons.map((reason) => [reason.text, reason])).values()]
  const [first] = found
  if (found.length < 2) return first
  const others = found.filter(({ cause }) => cause !== first.cause)
  if (others.length > 0) return uncertain([first, others[0]])
  return because(first.cause, first.rule, `${first.text}, or ${found.length - 1} others that come to the same`)
}
