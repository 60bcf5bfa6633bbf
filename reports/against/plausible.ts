/** Rates and factors that people set, by their decimals: what has more of them fits a small difference by chance. */
import { billKey, type Invoices } from './invoices.ts'
import type { RatedSource, SourceBill } from './rated-line.ts'
import { partsOf, type Reason, SEVERAL } from './reason.ts'

/** Sales taxes of a place are sums of several, with up to three decimals. */
const MOST_RATE_DECIMALS = 3
/** Factors that amounts of two decimals show. */
const MOST_COARSE_DECIMALS = 3
const FINE_DECIMALS = 3

/** Taxes below one percent are whole or half ones. */
const LEAST_FINE_RATE = 1

/** What prices with a tax in them are divided by at most. */
const HIGHEST = 1.5

const decimalsOf = (text: string): number => text.split('.')[1]?.length ?? 0
/** A whole or half percent below 50: no country has a higher one, and 100 % is everything twice. */
const isRound = (rate: string): boolean => /^[1-4]?\d(\.5)?$/.test(rate)

/** The rates of a reason, those of each of its causes: several where each of them fits. */
const ratesOf = (reason: Reason): (readonly string[])[] =>
  partsOf(reason).flatMap(({ rates }) => (rates === undefined ? [] : [rates]))

const factorsOf = (reason: Reason): string[] =>
  partsOf(reason).flatMap(({ factor }) => (factor === undefined ? [] : [factor]))

/** Nearer to a whole or half percent than that, as a part of it, a rate by payables is that one with a rounding. */
const NEAR = 0.005
const isNearRound = (rate: string): boolean => {
  const gap = Math.abs(Number(rate) - Math.round(2 * Number(rate)) / 2)
  return gap > 0 && gap < NEAR * Number(rate)
}

const isSetRate = (rate: string): boolean =>
  isRound(rate) || (decimalsOf(rate) <= MOST_RATE_DECIMALS && Number(rate) >= LEAST_FINE_RATE)

/** Whether it has a rate of tax that is not a whole or half percent. */
export const hasFineRate = (reason: Reason): boolean => !ratesOf(reason).flat().every(isRound)

/** Whether it has a factor of three decimals or more. */
export const hasFineFactor = (reason: Reason): boolean =>
  factorsOf(reason).some((factor) => decimalsOf(factor) >= FINE_DECIMALS)

/** Whether the invoices have payables only: two decimals, which many rates and factors come to. */
export const areCoarse = (invoices: Invoices): boolean =>
  invoices.level === 'bills' &&
  [...invoices.bills.values()].every(({ figures }) => figures.charges === undefined && figures.tax === undefined)

/** Whether all rates and factors of a reason are such as people set: of several rates that fit, all are whole or half percents. */
export function isPlausible(reason: Reason, invoices: Invoices): boolean {
  const isSet = (rate: string): boolean => isSetRate(rate) && !(areCoarse(invoices) && isNearRound(rate))
  const areRates = ratesOf(reason).every((rates) => (rates.length > 1 ? rates.every(isRound) : isSet(rates[0])))
  // With a rounding or a list next to it, any factor near 1 comes to amounts of two decimals: 0.875 is one that people set, 0.999 is not.
  const isPair = partsOf(reason).length > 1
  const isSetFactor = (factor: string): boolean => decimalsOf(factor) < FINE_DECIMALS || factor.endsWith('5')
  const hasLongFactor = factorsOf(reason).some(
    (factor) => decimalsOf(factor) > MOST_COARSE_DECIMALS || (isPair && !isSetFactor(factor)),
  )
  // Nor do payables show a tax of 621 % in prices together with something else, or one of several hours.
  const isHighTax = partsOf(reason).some(({ cause, factor }) => cause === 'tax rate' && Number(factor ?? 1) >= HIGHEST)
  // Two rates, one of them on a part of the use, come to any payables.
  const areTwoRates = ratesOf(reason).length > 1
  const isAnyOfSome = partsOf(reason).some(({ text }) => text.endsWith(SEVERAL))
  return areRates && !((hasLongFactor || (isPair && (isHighTax || isAnyOfSome || areTwoRates))) && areCoarse(invoices))
}

/** What payables say of a rounding or a step of metering: differences of a cent or two in some bills fit any of them. */
const FEWEST_DIGITS = 2.5

/** Whether the differences of payables, in minor units, say enough for one of these to be named; charges always do. */
export function areTellingOfCents(source: RatedSource, bills: readonly SourceBill[], invoices: Invoices): boolean {
  if (invoices.level === 'lines' || !areCoarse(invoices)) return true
  const unit = 10 ** (8 - source.decimals)
  const digits = bills.reduce((sum, { account, month, payable }) => {
    const theirs = invoices.bills.get(billKey(account, month))?.figures.payable
    return sum + Math.log10(1 + (2 * Math.abs(Number((theirs ?? payable) - payable))) / unit)
  }, 0)
  return digits >= FEWEST_DIGITS
}
