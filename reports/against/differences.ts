/** What a comparison found: every difference as data, a few to show, all of them counted. */
import { formatInstant, formatMonth } from '#base/civil-time.ts'
import { csvLine } from '#base/csv-text.ts'
import { formatAmount } from '#base/money.ts'
import type { Cause } from './rated-line.ts'

/** `missing`: we charge it and the invoices do not. `unknown`: they charge what we know nothing of. */
export type Verdict = 'differs' | 'missing' | 'unknown'

export interface Difference {
  readonly verdict: Verdict
  readonly account: string
  /** Year x 12 + month - 1; undefined where the invoices do not say. */
  readonly month: number | undefined
  readonly resource: string
  readonly hour: number | undefined
  readonly product: string
  /** Which figure: amount, charges or payable. */
  readonly figure: string
  /** Whole 1e-8; undefined on the side that has none. */
  readonly ours: bigint | undefined
  readonly theirs: bigint | undefined
  readonly cause: Cause
  /** The rule they most likely break. */
  readonly rule: string
  readonly text: string
  /** Line of the invoices, 0 when there is none. */
  readonly line: number
}

export const differencesHead =
  'verdict,account,month,resource,hour,product,figure,ours,theirs,difference,likely,rule,why,line\n'

const amount = (value: bigint | undefined): string => (value === undefined ? '' : formatAmount(value))

/** By how much they charge more than we do. */
export const gapOf = ({ ours = 0n, theirs = 0n }: Pick<Difference, 'ours' | 'theirs'>): bigint => theirs - ours

export function differenceLine(difference: Difference, utcOffset: number): string {
  const { verdict, account, month, resource, hour, product, figure, ours, theirs, cause, rule, text, line } = difference
  return csvLine([
    verdict,
    account,
    month === undefined ? '' : formatMonth(month),
    resource,
    hour === undefined ? '' : formatInstant(hour, utcOffset),
    product,
    figure,
    amount(ours),
    amount(theirs),
    amount(gapOf(difference)),
    cause,
    rule,
    text,
    line === 0 ? '' : String(line),
  ])
}

/** A difference for the eye, on one line. */
export function differenceText(difference: Difference, utcOffset: number): string {
  const { verdict, account, month, resource, hour, product, figure, ours, theirs, cause, rule, text, line } = difference
  const where = [
    account,
    month === undefined ? '' : formatMonth(month),
    resource,
    product,
    hour === undefined ? '' : formatInstant(hour, utcOffset),
  ].filter((part) => part !== '')
  const gap = gapOf(difference)
  const said =
    verdict === 'differs'
      ? `${figure} ${amount(theirs)} where we have ${amount(ours)} (${gap > 0n ? '+' : ''}${amount(gap)})`
      : verdict === 'missing'
        ? `not on the invoices: ${amount(ours)}`
        : `not in our records: ${amount(theirs)}`
  const at = line === 0 ? '' : ` [line ${line}]`
  return `${verdict}: ${where.join(', ')}: ${said}; likely ${cause}${rule === '' ? '' : ` (${rule})`}: ${text}${at}`
}

export class Differences {
  readonly counts: Record<Verdict, number> = { differs: 0, missing: 0, unknown: 0 }
  readonly causes = new Map<Cause, number>()
  readonly first: Difference[] = []
  agrees = 0
  /** The one cause of everything that was found, where there is one. */
  oneCause: Pick<Difference, 'cause' | 'rule' | 'text'> | undefined
  gap = 0n
  readonly #shown: number
  readonly #onDifference: (difference: Difference) => void

  constructor(shown: number, onDifference: (difference: Difference) => void) {
    this.#shown = shown
    this.#onDifference = onDifference
  }

  get total(): number {
    return this.counts.differs + this.counts.missing + this.counts.unknown
  }

  add(difference: Difference): void {
    this.counts[difference.verdict]++
    this.causes.set(difference.cause, (this.causes.get(difference.cause) ?? 0) + 1)
    // The tax of a bill is part of what is payable.
    if (difference.figure !== 'tax') this.gap += gapOf(difference)
    this.addFurther(difference)
  }

  /** Another figure of a bill that was counted already, such as its charges next to its payable. */
  addFurther(difference: Difference): void {
    if (this.first.length < this.#shown) this.first.push(difference)
    this.#onDifference(difference)
  }
}
