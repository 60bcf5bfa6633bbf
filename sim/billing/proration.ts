/**
 * "remaining", the part of a term that a change still has before it, in months (of a monthly price) or years (of a
 * yearly one). Exact: 18 September to the end of 8 October is 12/30 + 8/31.
 */
import { BillingError } from '#base/billing-error.ts'
import { addMonths, dateOfDay, dayOf, dayOfDate, daysInMonth, formatInstant } from '#base/civil-time.ts'
import { add, type Rational, rational } from '#base/rational.ts'
import type { Policies } from '#scenarios/policies.ts'
import { type Formula, quoted } from './formula.ts'
import { endOfTerm, lastDay } from './term.ts'

export type Period = 'month' | 'year'

const DAYS_OF_YEAR = 365n
const DAYS_OF_DAY30 = 30n

/** Whole civil days from `first` up to and including `last`; none when last < first. */
interface Days {
  readonly first: number
  readonly last: number
}

/**
 * The remaining part of a term from a change at `from` to the term's end. `termStart` matters to the basis
 * `days-over-term` only; without it the term is taken to be the one month or year that ends there.
 * Throws BillingError when the term has ended before the change.
 */
export function remaining(
  from: number,
  end: number,
  per: Period,
  policies: Pick<Policies, 'proration.basis' | 'proration.countChangeDay' | 'time.utcOffset'>,
  termStart?: number,
): Formula {
  const offset = policies['time.utcOffset']
  if (from > end)
    throw new BillingError(
      'remaining',
      `the term ends at ${formatInstant(end, offset)}, before ${formatInstant(from, offset)}`,
      'write the end of the term last',
    )
  const days: Days = {
    first: dayOf(from, offset) + (policies['proration.countChangeDay'] ? 0 : 1),
    last: lastDay(endOfTerm(end, offset), offset),
  }
  if (days.last < days.first) return quoted(rational(0n, 1n), '0')
  if (policies['proration.basis'] === 'days-over-term') return overTerm(days, per, termStart, offset)
  if (per === 'year') return fraction(BigInt(countDays(days) - leapDays(days)), DAYS_OF_YEAR)
  return policies['proration.basis'] === 'day30' ? fraction(BigInt(countDays(days)), DAYS_OF_DAY30) : byMonths(days)
}

const countDays = ({ first, last }: Days): number => last - first + 1

const fraction = (part: bigint, whole: bigint): Formula => quoted(rational(part, whole), `${part}/${whole}`)

/** Days left / days in the month, summed over the calendar months. Months that are left whole count 1 each. */
function byMonths({ first, last }: Days): Formula {
  const from = dateOfDay(first)
  const to = dateOfDay(last)
  const inFirst = daysInMonth(from.year, from.month)
  const months = to.year * 12 + to.month - from.year * 12 - from.month
  if (months === 0) return fraction(BigInt(last - first + 1), BigInt(inFirst))
  const head = rational(BigInt(inFirst - from.day + 1), BigInt(inFirst))
  const tail = rational(BigInt(to.day), BigInt(daysInMonth(to.year, to.month)))
  const between = months - 1
  return {
    value: add(add(head, rational(BigInt(between), 1n)), tail),
    text: [ratio(head), ...(between > 0 ? [String(between)] : []), ratio(tail)].join(' + '),
    binds: 'as-sum',
  }
}

const ratio = ({ numerator, denominator }: Rational): string => `${numerator}/${denominator}`

/** How many 29 Februaries are among the days. */
function leapDays({ first, last }: Days): number {
  let count = 0
  for (let year = dateOfDay(first).year; year <= dateOfDay(last).year; year++) {
    if (daysInMonth(year, 2) < 29) continue
    const leapDay = dayOfDate(year, 2, 29)
    if (leapDay >= first && leapDay <= last) count++
  }
  return count
}

/** Days left / days of the term x the months or years in it. */
function overTerm(days: Days, per: Period, termStart: number | undefined, offset: number): Formula {
  const monthsOfPeriod = per === 'year' ? 12 : 1
  const start = termStart === undefined ? addMonths(days.last, -monthsOfPeriod) : dayOf(termStart, offset)
  const from = dateOfDay(start)
  const to = dateOfDay(days.last)
  const months = (to.year - from.year) * 12 + to.month - from.month
  const termDays = days.last - start
  if (termDays <= 0 || months === 0) return fraction(BigInt(countDays(days)), BigInt(Math.max(1, termDays)))
  const periods = months === monthsOfPeriod ? '' : ` x ${months}/${monthsOfPeriod}`
  return {
    value: rational(BigInt(countDays(days)) * BigInt(months), BigInt(termDays) * BigInt(monthsOfPeriod)),
    text: `${countDays(days)}/${termDays}${periods}`,
    binds: 'as-product',
  }
}

/**
 * the extra part of a period that a renewal buys when its end moves from `end` to `alignedEnd`; every day between
 * the two counts.
 */
export const alignmentExtra = (
  end: number,
  alignedEnd: number,
  per: Period,
  policies: Pick<Policies, 'proration.basis' | 'time.utcOffset'>,
): Formula => remaining(end - 1, alignedEnd, per, { ...policies, 'proration.countChangeDay': false })
