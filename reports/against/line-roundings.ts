/** Roundings that other systems are known to make of each line. */
import { divideRounded } from '#base/decimal.ts'
import { because, type Reason } from './reason.ts'

/** `half-even` and `up` are of other systems only. */
type Mode = 'half-up' | 'truncate' | 'half-even' | 'up'

/** A rounding of each line to fewer decimals. */
export interface LineRounding {
  readonly decimals: number
  readonly mode: Mode
  /** Whole 1e-8. */
  readonly unit: bigint
}

export const roundingsOf = (modes: readonly Mode[]): readonly LineRounding[] =>
  Array.from({ length: 6 }, (_, index) => index + 2).flatMap((decimals) =>
    modes.map((mode) => ({ decimals, mode, unit: 10n ** BigInt(8 - decimals) })),
  )

/** Those that are tried next to other causes. */
export const lineRoundings = roundingsOf(['half-up', 'truncate'])
/** All of them: where no amount is halfway, half-up comes before half-even. */
export const allRoundings = roundingsOf(['half-up', 'truncate', 'half-even', 'up'])

/** An amount, whole 1e-8, rounded by its size. */
export function roundLine(amount: bigint, { mode, unit }: LineRounding): bigint {
  if (mode === 'half-up' || mode === 'truncate') return divideRounded(amount, unit, mode) * unit
  const size = amount < 0n ? -amount : amount
  const [whole, rest] = [size / unit, size % unit]
  const isUp = mode === 'up' ? rest > 0n : rest * 2n > unit || (rest * 2n === unit && whole % 2n === 1n)
  const rounded = (isUp ? whole + 1n : whole) * unit
  return amount < 0n ? -rounded : rounded
}

export const roundingReason = ({ decimals, mode }: LineRounding): Reason =>
  because('rounding', 'M-02', `each line rounded to ${decimals} decimals, ${mode}`)
