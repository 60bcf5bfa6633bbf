/** Committed spending: what an account pays at least in a month, a quarter or a year, also without any use (P-08). */
import { BillingError } from '#base/billing-error.ts'
import { formatMonth, startOfMonth } from '#base/civil-time.ts'
import { parseDecimal } from '#base/decimal.ts'
import { decimalText } from '#base/decimal-text.ts'
import { MONEY_DECIMALS } from '#base/money.ts'
import type { Currency } from '#scenarios/currencies.ts'
import { keySet, refuseUnknownKeys } from '../billing/known-keys.ts'
import { currencyOf, fieldsOf, monthsOf, namesIn, oneOf, textOf } from './card-fields.ts'
import type { UsageLine } from './usage-line.ts'

export interface Commitment {
  readonly account: string
  /** The least charge of a period, whole 1e-8. */
  readonly least: bigint
  readonly currency: Currency
  /** Months of a period. */
  readonly months: number
  /** The first month, and the one after the last; Infinity: none. */
  readonly from: number
  readonly until: number
  /** Metrics and offers that count towards it; undefined: all. */
  readonly of: ReadonlySet<string> | undefined
}

const periods = { month: 1, quarter: 3, year: 12 } as const
const commitmentKeys = keySet('account', 'least', 'per', 'from', 'until', 'currency', 'of')

/** Reads `commitments:`; `names` are those of metrics and offers. Throws BillingError. */
export function commitmentsOf(
  value: unknown,
  names: readonly string[],
  currency: Currency,
  utcOffset: number,
): readonly Commitment[] {
  return [value ?? []].flat().map((each, index) => {
    const where = `commitments[${index}]`
    const fields = fieldsOf(each, where, 'write { account: acme, least: 500, from: 2024-01-01T00:00:00+08:00 }')
    refuseUnknownKeys(fields, commitmentKeys, where)
    const { from, until } = monthsOf(fields, where, utcOffset)
    const months =
      periods[oneOf(fields.per ?? 'month', Object.keys(periods) as (keyof typeof periods)[], `${where}.per`)]
    if (Number.isFinite(until) && (until - from) % months !== 0)
      throw new BillingError(
        `${where}.until`,
        'the last period is cut short',
        `write whole periods of ${months} months`,
      )
    return {
      account: textOf(fields.account, `${where}.account`, 'name the account that is committed'),
      least: parseDecimal(fields.least, MONEY_DECIMALS, `${where}.least`, 'unsigned'),
      currency: currencyOf(fields.currency, `${where}.currency`, currency),
      months,
      from,
      until,
      of: namesIn(fields, names, where),
    }
  })
}

const inMoney = (amount: bigint): string => decimalText(amount, MONEY_DECIMALS)

/**
 * What is missing to a commitment in each of its periods whose last month begins before `end`, on the bill of that month.
 * Late charges of its months change it, as a correction on the bill that has them (I-04).
 */
export function missingLines(
  commitment: Commitment,
  lines: readonly UsageLine[],
  end: number,
  utcOffset: number,
): UsageLine[] {
  const { account, least, currency, months, from, until, of } = commitment
  const counted = lines.filter(
    (line) =>
      line.account === account && line.currency.code === currency.code && (of === undefined || of.has(line.metric)),
  )
  const made: UsageLine[] = []
  for (let first = from; first < until; first += months) {
    const last = first + months - 1
    if (startOfMonth(last, utcOffset) >= end) break
    const inside = counted.filter(({ month }) => month >= first && month <= last)
    const bills = new Set([last, ...inside.map(({ bill }) => bill).filter((bill) => bill > last)])
    let before = 0n
    for (const bill of [...bills].sort((a, b) => a - b)) {
      const charged = inside.filter((line) => line.bill <= bill).reduce((sum, { amount }) => sum + amount, 0n)
      const missing = charged < least ? least - charged : 0n
      if (missing !== before)
        made.push({
          ...{
            account,
            bill,
            month: last,
            metric: 'commitment',
            dimensions: new Map(),
            currency,
            events: 0,
            quantity: 0n,
          },
          ...(bill === last
            ? { rule: 'P-08', text: `${inMoney(least)} committed less ${inMoney(charged)} charged` }
            : {
                rule: 'I-04',
                text: `correction of ${formatMonth(last)}: ${inMoney(missing)} instead of ${inMoney(before)}`,
              }),
          amount: missing - before,
        })
      before = missing
    }
  }
  return made
}
