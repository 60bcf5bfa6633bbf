/** Roundings that other systems are known to make of each line. */
import type { Policies } from '#scenarios/policies.ts'
import { because, type Reason } from './reason.ts'

/** A rounding of each line to fewer decimals. */
export interface LineRounding {
  readonly decimals: number
  readonly rounding: Policies['rounding.charge']
  readonly unit: bigint
}

export const lineRoundings: readonly LineRounding[] = Array.from({ length: 6 }, (_, index) => index + 2).flatMap(
  (decimals) =>
    (['half-up', 'truncate'] as const).map((rounding) => ({ decimals, rounding, unit: 10n ** BigInt(8 - decimals) })),
)

export const roundingReason = ({ decimals, rounding }: LineRounding): Reason =>
  because('rounding', 'M-02', `each line rounded to ${decimals} decimals, ${rounding}`)
