/** Percentages in text: of a discount, a tax, a platform fee, a handling fee. */
import { parseDecimal } from '#base/decimal.ts'
import { decimalText } from '#base/decimal-text.ts'
import { rational } from '#base/rational.ts'
import type { Formula } from './formula.ts'

const PERCENT_DECIMALS = 8
const HUNDRED_PERCENT = 10_000_000_000n

/** Percent x 1e8 of `15`, `15%` or `15 %`, 0 or more, up to 8 decimals. Throws BillingError. */
export const parsePercent = (text: unknown, where: string): bigint =>
  parseDecimal(
    typeof text === 'string' && text.endsWith('%') ? text.slice(0, text.endsWith(' %') ? -2 : -1) : text,
    PERCENT_DECIMALS,
    where,
    'unsigned',
  )

export const percentText = (percent: bigint): string => `${decimalText(percent, PERCENT_DECIMALS)}%`

/** `6%` as a factor. */
export const percentOf = (percent: bigint): Formula => ({
  value: rational(percent, HUNDRED_PERCENT),
  text: percentText(percent),
  binds: 'tightly',
})

/** `1 - 6%` as a factor. */
export const lessPercent = (percent: bigint): Formula => ({
  value: rational(HUNDRED_PERCENT - percent, HUNDRED_PERCENT),
  text: `1 - ${percentText(percent)}`,
  binds: 'as-sum',
})

export const isAboveHundred = (percent: bigint): boolean => percent > HUNDRED_PERCENT
