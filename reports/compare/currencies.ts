/** Two currencies are compared only at a given rate; what it converted is marked everywhere. */
import { InputError } from '#base/input-error.ts'
import { moneyText } from '#base/money.ts'
import { type Rational, toScaled } from '#base/rational.ts'
import type { FigureValue } from '../figures/show.ts'
import type { Summary, SummaryFigure } from '../summary.ts'
import type { ComparedRun } from './compared-run.ts'
import { unitsOf } from './value.ts'

/** One unit of `from` is `rate` units of the other run's currency. */
export interface Rate {
  readonly from: string
  readonly text: string
  readonly rate: Rational
}

/** What was converted, and how. */
export interface Conversion extends Rate {
  readonly side: 'a' | 'b'
  readonly to: string
}

const EXAMPLE = 'write one such as --rate EUR=1.08: one EUR is 1.08 of the other currency'

/** `EUR=1.08`. Throws InputError. */
export function parseRate(text: string): Rate {
  const match = /^([A-Z]{3,8})=(\d{0,12})(?:\.(\d{1,18}))?$/.exec(text)
  const [, from, whole = '', fraction = ''] = match ?? []
  const numerator = BigInt(whole + fraction || '0')
  if (match === null || numerator === 0n) throw new InputError(`--rate ${text} is not a rate`, EXAMPLE)
  return {
    from,
    text: `${whole || '0'}${fraction && `.${fraction}`}`,
    rate: { numerator, denominator: 10n ** BigInt(fraction.length) },
  }
}

/**
 * How the runs of two sides become comparable: undefined where all have one currency. Throws InputError for two
 * currencies without a rate, a rate of none of them, or a rate that is not needed.
 */
export function conversionOf(
  a: readonly string[],
  b: readonly string[],
  rate: Rate | undefined,
): Conversion | undefined {
  const [ofA, ofB] = [a, b].map((side) => [...new Set(side)])
  for (const [name, currencies] of [['A', ofA] as const, ['B', ofB] as const])
    if (currencies.length > 1)
      throw new InputError(
        `the runs of ${name} are in ${currencies.join(' and ')}`,
        'compare runs of one currency per side',
      )
  if (ofA[0] === ofB[0]) {
    if (rate === undefined) return undefined
    throw new InputError(`both sides are in ${ofA[0]}, so no conversion is needed`, 'remove --rate')
  }
  const fix = `give a rate: --rate ${ofB[0]}=R means that one ${ofB[0]} is R ${ofA[0]}, --rate ${ofA[0]}=R the reverse`
  if (rate === undefined) throw new InputError(`A is in ${ofA[0]} and B is in ${ofB[0]}`, fix)
  if (rate.from === ofB[0]) return { ...rate, side: 'b', to: ofA[0] }
  if (rate.from === ofA[0]) return { ...rate, side: 'a', to: ofB[0] }
  throw new InputError(`neither A (${ofA[0]}) nor B (${ofB[0]}) is in ${rate.from}`, fix)
}

/** `B converted: 1 EUR = 1.08 USD` */
export const conversionText = ({ side, from, text, to }: Conversion): string =>
  `${side.toUpperCase()} converted: 1 ${from} = ${text} ${to}`

/** A run with its money in the other currency, each amount rounded to 8 decimals, halves away from zero. */
export function converted(run: ComparedRun, { rate }: Conversion): ComparedRun {
  const units = (amount: bigint): bigint =>
    toScaled({ numerator: amount * rate.numerator, denominator: rate.denominator }, 0)
  const value = (each: FigureValue): FigureValue => (each === null ? null : moneyText(units(unitsOf(String(each)))))
  const figure = (each: SummaryFigure): SummaryFigure =>
    each.unit !== 'money'
      ? each
      : { ...each, value: value(each.value), by: mapped(each.by, (values) => mapped(values, value)) }
  const summary: Summary = { ...run.summary, figures: mapped(run.summary.figures, figure) }
  const gross = new Map([...run.days.gross].map(([day, amount]) => [day, Number(units(BigInt(Math.round(amount))))]))
  const accounts = new Map(
    [...run.accounts].map(([name, account]) => [name, { ...account, charged: units(account.charged) }]),
  )
  return { ...run, summary, days: { ...run.days, gross }, accounts }
}

const mapped = <T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
