/** Rates and factors that people set, by their decimals: what has more of them fits a small difference by chance. */
import type { Invoices } from './invoices.ts'
import { partsOf, type Reason } from './reason.ts'

/** Sales taxes of a place are sums of several, with up to three decimals. */
const MOST_RATE_DECIMALS = 3
/** Factors that amounts of two decimals show. */
const MOST_COARSE_DECIMALS = 3
const FINE_DECIMALS = 3

const decimalsOf = (text: string): number => text.split('.')[1]?.length ?? 0
const isRound = (rate: string): boolean => /^\d+(\.5)?$/.test(rate)

/** The rates of a reason, those of each of its causes: several where each of them fits. */
const ratesOf = (reason: Reason): (readonly string[])[] =>
  partsOf(reason).flatMap(({ rates }) => (rates === undefined ? [] : [rates]))

const factorsOf = (reason: Reason): string[] =>
  partsOf(reason).flatMap(({ factor }) => (factor === undefined ? [] : [factor]))

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
  const areRates = ratesOf(reason).every((rates) =>
    rates.length > 1 ? rates.every(isRound) : decimalsOf(rates[0]) <= MOST_RATE_DECIMALS,
  )
  const hasLongFactor = factorsOf(reason).some((factor) => decimalsOf(factor) > MOST_COARSE_DECIMALS)
  return areRates && !(hasLongFactor && areCoarse(invoices))
}
