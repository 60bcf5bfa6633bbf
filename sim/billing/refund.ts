/** N-01..N-07: what an unsubscribed yearly/monthly image releases. */

import { BillingError } from '#base/billing-error.ts'
import { dayOf, formatInstant, startOfHour } from '#base/civil-time.ts'
import { type Amount, MONEY_DECIMALS } from '#base/money.ts'
import { rational } from '#base/rational.ts'
import { DAY, HOUR } from '#base/time.ts'
import type { Policies } from '#scenarios/policies.ts'
import { kindOf, type ProductKind } from '#scenarios/product-kinds.ts'
import { type Formula, literal, times } from './formula.ts'
import { type Line, lineOf, type Refusal, sumOf } from './line.ts'
import { percentOf } from './percent.ts'
import { endOfTerm, termEnd } from './term.ts'

export interface Unsubscription {
  /** What was paid in cash and by coupon, whole 1e-8. */
  readonly cash: Amount
  readonly coupon: Amount
  readonly start: number
  readonly termEnd: number
  readonly termMonths: number
  readonly at: number
  /** false: a renewal period that has not begun (N-05). */
  readonly begun: boolean
  /** Instances the account has already returned under N-06 in this calendar year. */
  readonly fiveDayReturns?: number
}

export type Refunded = { readonly lines: readonly Line[]; readonly couponReturned: Amount } | Refusal

type RefundPolicies = Pick<
  Policies,
  'refund.consumed' | 'refund.fee' | 'refund.fiveDay' | 'rounding.charge' | 'time.utcOffset'
>

const FIVE_DAYS = 120 * HOUR
const FIVE_DAY_RETURNS = 10

/** N-04: percent of the cash paid, by year of use; a term of up to a year has one. */
const handlingPercent: Readonly<Record<number, readonly number[]>> = { 12: [10], 24: [15, 10], 36: [15, 10, 5] }

const cashLine = (rule: string, text: string, amount: Amount): Line => ({ rule, text, amount })

/**
 * Cash paid - consumed - handling fee, never below 0; consumed is the charge that is rounded (M-03). Coupons come back
 * under N-05 and N-06 only. Refused once expired (N-07). Throws BillingError for a use before its start.
 */
export function refund(asked: Unsubscription, policies: RefundPolicies): Refunded {
  const offset = policies['time.utcOffset']
  const end = endOfTerm(asked.termEnd, offset)
  if (asked.at >= end) return { refused: 'expired', rule: 'N-07' }
  if (!asked.begun) return { lines: [cashLine('N-05', 'paid, not begun', asked.cash)], couponReturned: asked.coupon }
  if (asked.at < asked.start)
    throw new BillingError(
      'at',
      `${formatInstant(asked.at, offset)} is before the start of a term that has begun`,
      'write "begun": false, or a time within the term',
    )
  if (isFiveDay(asked, policies))
    return { lines: [cashLine('N-06', 'paid, within 5 x 24 h', asked.cash)], couponReturned: asked.coupon }
  const paid = literal(asked.cash, MONEY_DECIMALS)
  const rounding = policies['rounding.charge']
  const consumed = lineOf('N-03', times(paid, used(asked, end, policies)), rounding)
  const lines = [cashLine('N-03', 'cash paid', asked.cash), taken(consumed, 'consumed')]
  if (policies['refund.fee'] === 'intl') {
    const percent = BigInt(handlingFee(asked, offset)) * 100_000_000n
    lines.push(taken(lineOf('N-04', times(paid, percentOf(percent)), rounding), 'handling fee'))
  }
  const left = sumOf(lines)
  if (left < 0n) lines.push(cashLine('N-03', 'never below 0', -left))
  return { lines, couponReturned: 0n }
}

const taken = (line: Line, name: string): Line => ({ ...line, text: `${name}: ${line.text}`, amount: -line.amount })

/** N-06, half-open like every interval (T-03). */
const isFiveDay = (asked: Unsubscription, policies: RefundPolicies): boolean =>
  policies['refund.fiveDay'] === 'cn' &&
  asked.at - asked.start < FIVE_DAYS &&
  (asked.fiveDayReturns ?? 0) < FIVE_DAY_RETURNS

/** Used / total, both ends floored to the hour or the day. */
function used({ start, at }: Unsubscription, end: number, policies: RefundPolicies): Formula {
  const offset = policies['time.utcOffset']
  const whole = (instant: number): number =>
    policies['refund.consumed'] === 'days' ? dayOf(instant, offset) : (startOfHour(instant, offset) + offset) / HOUR
  const part = whole(at) - whole(start)
  const total = whole(end) - whole(start)
  if (total > 0) return { value: rational(BigInt(part), BigInt(total)), text: `${part}/${total}`, binds: 'as-product' }
  const unit = policies['refund.consumed'] === 'days' ? DAY : HOUR
  throw new BillingError('termEnd', `the term is shorter than ${unit / HOUR} h`, 'check start and end of the term')
}

/** N-04, percent. A year of use ends where a term of that many years would (T-04, T-05). */
function handlingFee({ start, at, termMonths }: Unsubscription, offset: number): number {
  const percents = handlingPercent[termMonths <= 12 ? 12 : termMonths]
  if (percents === undefined)
    throw new BillingError('termMonths', `there is no handling fee for ${termMonths} months`, 'write 1..12, 24 or 36')
  let year = 0
  while (year < percents.length - 1 && at >= termEnd(start, 12 * (year + 1), offset)) year++
  return percents[year]
}

/** What is known of an order to refund. */
export interface Returnable {
  readonly kind: ProductKind
  readonly billing: 'yearly' | 'monthly' | 'pay-per-use' | 'one-off'
  readonly invoiced: boolean
  readonly trial: boolean
  /** Another transaction of the resource is open (O-09). */
  readonly busy: boolean
}

/** N-01, N-02, N-07, in this order; null when it may be unsubscribed. */
export function unsubscriptionRefusal(order: Returnable): Refusal | null {
  if (!kindOf(order).refundable || order.billing === 'pay-per-use') return { refused: 'not-refundable', rule: 'N-01' }
  if (order.invoiced) return { refused: 'invoice-outstanding', rule: 'N-02' }
  if (order.billing === 'one-off' || order.trial) return { refused: 'not-refundable', rule: 'N-07' }
  return order.busy ? { refused: 'change-in-progress', rule: 'N-07' } : null
}
