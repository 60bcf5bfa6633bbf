/** Figures as text for people and as values for summary.json. */
import { decimalText, grouped, roundedText } from '#base/decimal-text.ts'
import { MONEY_DECIMALS, shownMoney } from '#base/money.ts'
import { nearestNumber, type Rational, toScaled } from '#base/rational.ts'
import type { FigureUnit } from './figure.ts'

/** A figure in summary.json: exact decimal text for money, a number else, null when there was nothing to measure. */
export type FigureValue = number | string | null

/** The value of a figure as summary.json holds it. */
export function figureValue(unit: FigureUnit, value: Rational | null): FigureValue {
  if (value === null) return null
  if (unit === 'money') return decimalText(value.numerator, MONEY_DECIMALS, 2)
  const number = nearestNumber(value)
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? value.numerator.toString() : number
}

const rounded = (value: Rational, decimals: number): string =>
  grouped(roundedText(toScaled(value, decimals), decimals, decimals))

/** A duration in the words of a scenario, two parts at most: `1h 30min`, `95s`, `0.25s`. */
export function shownSeconds(value: Rational): string {
  const milliseconds = Number(toScaled(value, 3))
  const seconds = Math.round(milliseconds / 1000)
  if (milliseconds === 0) return '0 s'
  if (milliseconds < 10_000) return `${roundedText(BigInt(milliseconds), 3, 2)} s`
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 120) return `${minutes} min`
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
  const hours = Math.round(minutes / 60)
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** A figure for the eye. */
export function shownFigure(unit: FigureUnit, value: Rational | null): string {
  if (value === null) return 'none'
  switch (unit) {
    case 'money':
      return shownMoney(value.numerator)
    case 'share':
      return `${rounded({ numerator: value.numerator * 100n, denominator: value.denominator }, 1)} %`
    case 'count':
    case 'units':
      return rounded(value, 0)
    case 'minutes':
    case 'hours':
      return rounded(value, 1)
    case 'seconds':
      return shownSeconds(value)
  }
}

/** A value of summary.json for the eye. */
export function shownValue(unit: FigureUnit, value: FigureValue): string {
  if (value === null) return shownFigure(unit, null)
  if (typeof value === 'number')
    return shownFigure(unit, { numerator: BigInt(Math.round(value * 1e6)), denominator: 1_000_000n })
  const [whole, fraction = ''] = value.split('.')
  const decimals = unit === 'money' ? MONEY_DECIMALS : fraction.length
  return shownFigure(unit, { numerator: BigInt(whole + fraction.padEnd(decimals, '0')), denominator: 1n })
}

/** A value in minutes as days, hours and minutes. */
export const shownMinutesValue = (value: FigureValue): string =>
  value === null ? 'none' : shownSeconds({ numerator: BigInt(Math.round(Number(value) * 60)), denominator: 1n })
