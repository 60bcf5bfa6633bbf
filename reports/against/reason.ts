/** Why a figure may differ, and when that may be said: what fits by chance is not a cause. */
import type { Difference } from './differences.ts'
import type { Cause } from './rated-line.ts'

export interface Reason extends Pick<Difference, 'cause' | 'rule' | 'text'> {
  /** Rates of tax in percent, as decimal text: each of them fits. */
  readonly rates?: readonly string[] | undefined
  /** What charges are multiplied with or divided by, as decimal text. */
  readonly factor?: string | undefined
  /** How many prices of ours it replaces by others. */
  readonly prices?: number | undefined
  /** The causes that only together come to the figures; a single cause has none. */
  readonly parts?: readonly Reason[] | undefined
}

type Facts = Pick<Reason, 'rates' | 'factor' | 'prices'>

export const because = (cause: Cause, rule: string, text: string, facts: Facts = {}): Reason => ({
  ...{ cause, rule, text },
  ...facts,
})

const ofCharges: ReadonlySet<Cause> = new Set(['missing resource', 'missing hour', 'double charge'])

/** How many of its causes are charges that happen to be missing or twice, and no rule. */
export const countOfCharges = (reason: Reason): number =>
  partsOf(reason).filter(({ cause }) => ofCharges.has(cause)).length

/** Whether it is of charges that happen to be missing or twice, not of a rule. */
export const isOfCharges = (reason: Reason): boolean => countOfCharges(reason) > 0

/** The causes of a reason, one by one. */
export const partsOf = (reason: Reason): readonly Reason[] => reason.parts ?? [reason]

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

/** A cause, where one is certain. */
export const certainly = (reason: Reason | undefined): Reason | undefined =>
  reason?.cause === 'unexplained' ? undefined : reason

/** Causes that only together come to the figures; the first is the one that is counted. */
export function together(...reasons: readonly [Reason, ...Reason[]]): Reason {
  const parts = reasons.flatMap(partsOf)
  const joined = (of: (reason: Reason) => string, by: string): string =>
    parts
      .map(of)
      .filter((text) => text !== '')
      .join(by)
  const { cause } = reasons[0]
  return { cause, rule: joined(({ rule }) => rule, ', '), text: joined(({ text }) => text, '; and '), parts }
}

/** Ends the text of a cause that may be one of several things. */
export const SEVERAL = 'others that come to the same'

/** The only cause that fits, of what several things it may be; where several causes fit, none is certain. */
export const certain = (reasons: readonly Reason[]): Reason | undefined => {
  const found = [...new Map(reasons.map((reason) => [reason.text, reason])).values()]
  const [first] = found
  if (found.length < 2) return first
  const others = found.filter(({ cause }) => cause !== first.cause)
  if (others.length > 0) return uncertain([first, others[0]])
  return { ...first, text: `${first.text}, or ${found.length - 1} ${SEVERAL}` }
}
